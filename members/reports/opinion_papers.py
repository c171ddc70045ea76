"""What is printed to ask for opinions: the blank 征求意见表, and the notice with the address of the page."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import segno
from django.template.loader import render_to_string

from branches.models import Campaign, Organization
from branches.rules import Rules
from config.lib.pdf import render_pdf
from members.models import OpinionRound

STYLESHEET = "css/opinion-papers.css"
ROOMS = 9  # so many boxes and more take two pages


@dataclass(frozen=True)
class OpinionForm:
    """The blank form: nobody signs it, and nothing on it tells one sheet from another."""

    organization: str
    campaign: str
    theme: str
    about: str
    heads: tuple[str, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization) -> OpinionForm:
        """The form of an organisation: the heads of the notice, with room to write under each."""
        rules = campaign.rules_for(organization)
        body = "领导班子和成员" if organization.is_body else "班子和党员"
        return cls(organization.name, campaign.name, rules.theme or campaign.theme, body, _heads(rules))

    @property
    def file_name(self) -> str:
        """The name of the file."""
        return f"{self.organization}征求意见表.pdf"

    @property
    def box(self) -> str:
        """How high the boxes are, so that up to eight of them fill one page."""
        return f"h{min(max(len(self.heads), 1), ROOMS)}"

    def to_pdf(self) -> bytes:
        """The form as A4 PDF."""
        html = render_to_string("members/reports/opinion_form.html", {"form": self})
        return render_pdf(html, stylesheet=STYLESHEET)


def _heads(rules: Rules) -> tuple[str, ...]:
    """The heads printed: the committee's, or where the notice names none the members'."""
    return rules.committee_heads or rules.member_heads


@dataclass(frozen=True)
class PageNotice:
    """The notice to be put up: what is asked, the picture to scan, until when."""

    organization: str
    campaign: str
    until: datetime.date | None
    address: str

    @classmethod
    def of(cls, asked: OpinionRound, address: str) -> PageNotice:
        """The notice of a round's page at this address."""
        return cls(asked.organization.name, asked.campaign.name, asked.page_until, address)

    @property
    def file_name(self) -> str:
        """The name of the file."""
        return f"{self.organization}网上征求意见通知.pdf"

    @property
    def picture(self) -> str:
        """The picture to scan."""
        return qr_picture(self.address)

    def to_pdf(self) -> bytes:
        """The notice as A4 PDF."""
        html = render_to_string("members/reports/opinion_notice.html", {"notice": self})
        return render_pdf(html, stylesheet=STYLESHEET)


def qr_picture(address: str) -> str:
    """Returns the address as a picture to scan, in a `data:` address."""
    found: str = segno.make_qr(address, error="m").svg_data_uri(scale=8, border=4)
    return found
