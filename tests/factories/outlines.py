"""Outlines of criticism for tests: a committee of so many, and outlines at any stage; every text is invented."""

from __future__ import annotations

from branches.models import Campaign, Organization, User
from meetings.models import Outline
from meetings.services.outline_book import Book
from meetings.services.outline_steps import disclose_outlines, pass_outline
from meetings.services.outlines import save_outlines, submit_outlines
from tests.factories.branches import CampaignFactory

TOWN = {
    "outlines": "required",
    "outline_reviewer": "own_head",
    "disclose_before_meeting": True,
    "reviewer_when_author": "supervisors",
    "outline_checklist": ["批评内容严肃认真", "实事求是、客观公正"],
    "must_answer": ["“四风”问题"],
    "criticism_aim": "团结—批评—团结",
}
WORDS = "三组的水渠拖了半年没有修，会上表态多、下去看得少。"


def outline_campaign(issuer: Organization, **rules: object) -> Campaign:
    """A running campaign that asks for outlines as a leading body's notice does; `rules` change single keys."""
    made: Campaign = CampaignFactory.create(issuer=issuer, status="running", rules={**TOWN, **rules})
    return made


def written(campaign: Campaign, organization: Organization, author: User, text: str = WORDS) -> Book:
    """Everything one author owes, typed and saved."""
    book = Book.of(campaign, organization)
    seat = book.seat_of(author)
    assert seat is not None
    save_outlines(
        campaign=campaign,
        organization=organization,
        revision=book.revision(seat.key),
        texts={target.key: f"对{target.name}：{text}" for target in book.targets_of(seat.key)},
        by=author,
    )
    return Book.of(campaign, organization)


def handed_in(
    campaign: Campaign, organization: Organization, author: User, text: str = WORDS
) -> list[Outline]:
    """The same, handed in."""
    book = written(campaign, organization, author, text)
    seat = book.seat_of(author)
    assert seat is not None
    submit_outlines(campaign=campaign, organization=organization, revision=book.revision(seat.key), by=author)
    return Book.of(campaign, organization).rows_of(seat.key)


def vetted(campaign: Campaign, organization: Organization, author: User, reviewer: User) -> list[Outline]:
    """The same, passed one by one."""
    rows = handed_in(campaign, organization, author)
    return [pass_outline(outline=row, revision=row.revision, by=reviewer) for row in rows]


def disclosed(campaign: Campaign, organization: Organization, author: User, reviewer: User) -> list[Outline]:
    """The same, disclosed to whom they are about."""
    rows = vetted(campaign, organization, author, reviewer)
    disclose_outlines(campaign=campaign, organization=organization, key=rows[0].author_key, by=author)
    return Book.of(campaign, organization).rows_of(rows[0].author_key)
