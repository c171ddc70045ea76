"""What is put up in public on screen and on paper: the list of an organisation, one publication, the A4 notice."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.template.loader import render_to_string

from branches.models import Campaign, Organization, User
from branches.permissions import Denied
from branches.rules import Clause, clause_for
from config.lib.pdf import render_pdf
from members.reports.opinion_papers import qr_picture
from rectification.models import Publication, PublicationKind, PublicationObjection, PublicationStatus
from rectification.permissions import (
    can_ask_page,
    can_close_page,
    can_draft_publication,
    can_post_publication,
    can_read_drafts,
    can_release_page,
)
from rectification.rules.redaction import Piece, hidden, shown
from rectification.services.public_pages import OPEN, may_have_page
from rectification.workflow import PUBLICATION
from rectification.workflow.publication_text import names_of, on_page, on_paper
from rectification.workflow.publications import SCOPED, kinds_asked

STYLESHEET = "css/publication-paper.css"
STEPS = ("approve", "post", "take_down", "withdraw")
COMING = {
    PublicationStatus.DRAFT: "approve",
    PublicationStatus.APPROVED: "post",
    PublicationStatus.POSTED: "take_down",
}
RULES = {
    PublicationKind.MATERIAL: "material_public_notice",
    PublicationKind.PLEDGE: "material_pledge",
    PublicationKind.MEASURES: "rectification_public",
    PublicationKind.RESULTS: "result_publicity",
}
TONES = {
    PublicationStatus.DRAFT: "idle",
    PublicationStatus.APPROVED: "now",
    PublicationStatus.POSTED: "now",
    PublicationStatus.ENDED: "ok",
    PublicationStatus.WITHDRAWN: "idle",
}


def page_word(publication: Publication) -> str:
    """How far the page without login is, in words; empty where nobody asked for one."""
    if publication.page_digest:
        return "已批准上网"
    return "等上级批准上网" if publication.asked_on is not None and publication.status in OPEN else ""


@dataclass(frozen=True)
class PublicationList:
    """All publications of one organisation in a campaign, with what its rules ask to be put up."""

    campaign: Campaign
    organization: Organization
    rows: tuple[tuple[Publication, str, str], ...]  # with the colour of its state and the words on its page
    kinds: tuple[PublicationKind, ...]
    asked: tuple[tuple[str, Clause | None], ...]
    page_allowed: bool
    results_asked: bool
    materials_asked: bool

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> PublicationList:
        """The list, with a constant number of queries."""
        rules = campaign.rules_for(organization)
        kinds = kinds_asked(rules)
        quoted = campaign.rule_set().quoted()
        found = Publication.objects.visible_to(user).filter(campaign=campaign, organization=organization)
        if not can_read_drafts(user, organization):
            found = found.approved()
        waiting = Count("objections", filter=Q(objections__answer=""))
        rows = found.annotate(waiting=waiting).order_by("-from_on", "-pk")
        return cls(
            campaign,
            organization,
            tuple((row, TONES[PublicationStatus(row.status)], page_word(row)) for row in rows),
            kinds,
            tuple(
                (str(kind.label), clause_for(RULES[kind], quoted, organization.category))
                for kind in kinds
                if kind in RULES
            ),
            rules.public_page,
            rules.result_publicity == SCOPED,
            rules.material_public_notice or rules.material_pledge,
        )


@dataclass(frozen=True)
class PublicationPage:
    """One publication for one reader. `lacks` says why the next step cannot be taken yet."""

    publication: Publication
    title: tuple[Piece, ...]
    lines: tuple[tuple[Piece, ...], ...]
    hidden: tuple[tuple[str, int], ...]
    online: dict[str, str]
    objections: list[PublicationObjection]
    steps: tuple[str, ...]
    lacks: str
    page_lacks: str
    page_word: str
    may_edit: bool
    asks_filing: bool


def publication_page(publication: Publication, user: User) -> PublicationPage:
    """The page; a draft as it would stand if approved now, with marks where something is hidden."""
    draft = publication.status == PublicationStatus.DRAFT
    rules = publication.campaign.rules_for(publication.organization)
    names = names_of(publication.organization) if draft else frozenset()
    paper = on_paper(publication, names) if draft else _as_approved(publication)
    online = publication.online
    if draft and rules.public_page:
        online = {key: shown(words) for key, words in on_page(publication, names).items()}
    objections = list(publication.objections.all())
    coming = COMING.get(PublicationStatus(publication.status), "")
    mine = bool(coming) and bool(PUBLICATION.transitions[coming].allowed(user, publication))
    answer = PUBLICATION.step(publication, coming, user) if mine else True
    page = may_have_page(publication) if rules.public_page and publication.status in OPEN else True
    filing = publication.kind == PublicationKind.MEASURES and rules.rectification_filed
    return PublicationPage(
        publication=publication,
        title=paper["title"],
        lines=lines_of(paper["text"]),
        hidden=hidden((*paper["title"], *paper["text"])),
        online=online if rules.public_page else {},
        objections=objections,
        steps=tuple(
            _steps(
                publication,
                user,
                objections,
                page_open=rules.public_page and publication.status in OPEN and bool(page),
                filing=filing,
            )
        ),
        lacks=answer.reason if isinstance(answer, Denied) else "",
        page_lacks=page.reason if isinstance(page, Denied) else "",
        page_word=page_word(publication),
        may_edit=draft and bool(can_draft_publication(user, publication.organization)),
        asks_filing=filing,
    )


def _as_approved(publication: Publication) -> dict[str, tuple[Piece, ...]]:
    """Title and text as they were approved."""
    return {"title": (Piece(publication.title),), "text": (Piece(publication.text),)}


def _steps(
    publication: Publication,
    user: User,
    objections: list[PublicationObjection],
    *,
    page_open: bool,
    filing: bool,
) -> list[str]:
    """What this person can do now, the next step first; withdrawing last."""
    found = [name for name in STEPS if name != "withdraw" and PUBLICATION.step(publication, name, user)]
    may_post = bool(can_post_publication(user, publication))
    if publication.status == PublicationStatus.POSTED and may_post:
        found += ["answer"] if any(not one.answer for one in objections) else []
        found.append("object")
    if filing and may_post and publication.posted_on and publication.status != PublicationStatus.WITHDRAWN:
        found.append("file")
    if page_open and not publication.page_digest:
        if publication.asked_on is None:
            found += ["ask"] if can_ask_page(user, publication) else []
        elif can_release_page(user, publication):
            found.insert(0, "release")
    if publication.asked_on is not None and publication.status in OPEN and can_close_page(user, publication):
        found.append("close")
    withdraw = PUBLICATION.transitions["withdraw"]
    if publication.status in withdraw.sources and withdraw.allowed(user, publication):
        found.append("withdraw")
    return found


def lines_of(pieces: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], ...]:
    """The pieces line by line, empty lines left out."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        first, *rest = piece.text.split("\n")
        lines[-1].append(Piece(first, piece.why))
        lines += [[Piece(text, piece.why)] for text in rest]
    return tuple(tuple(line) for line in lines if any(piece.text.strip() for piece in line))


def notice_pdf(publication: Publication, address: str = "") -> bytes:
    """The approved notice as A4 in large type, to hang up; with `address` the way to the page, to scan and to type."""
    context = {
        "publication": publication,
        "lines": [line for line in publication.text.split("\n") if line.strip()],
        "address": address,
        "picture": qr_picture(address) if address else "",
    }
    html = render_to_string("rectification/reports/publication.html", context)
    return render_pdf(html, stylesheet=STYLESHEET)
