"""What the page of an organisation's outlines of criticism shows: numbers, and the grid without texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from branches.models import Campaign, Organization, User
from branches.permissions import LEADERS, holds
from branches.rules import Clause, Rules, clause_for
from meetings.models import Meeting, OutlineStatus
from meetings.permissions.outlines import can_keep_outlines, can_see_outline_grid, vetting_seats
from meetings.rules.outlines import NOTHING, Asked, Tally, is_consulted, pairs_of
from meetings.services.outline_book import Book, kept
from meetings.services.seats import Seat


@dataclass(frozen=True)
class GridCell:
    """One cell in words and tone; `own` on the diagonal."""

    target: str
    word: str = ""
    tone: str = ""
    own: bool = False


@dataclass(frozen=True)
class GridRow:
    """One author with the cells, and what may be noted for this person."""

    key: str
    name: str
    post: str
    is_me: bool
    cells: tuple[GridCell, ...]
    handed_in: int
    asked: int
    may_receive: bool
    may_take_back: bool
    may_disclose: bool
    may_print: bool


@dataclass(frozen=True)
class Pair:
    """Two who talk it over before the meeting."""

    one: str
    other: str
    names: str
    done: bool


@dataclass(frozen=True)
class OutlinesPage:
    """One organisation's outlines in a campaign: numbers for everybody who may open it, the grid for the committee."""

    campaign: Campaign
    organization: Organization
    rules: Rules
    book: Book
    tally: Tally
    me: Seat | None
    sees_grid: bool
    may_keep: bool
    rows: tuple[GridRow, ...]
    my_pairs: tuple[Pair, ...]
    other_pairs: tuple[Pair, ...]
    mine_open: int
    mine_returned: int
    to_me: int
    clause: Callable[[str], Clause | None]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> OutlinesPage:
        """The page as this person may see it."""
        book = Book.of(campaign, organization)
        rules, me = campaign.rules_for(organization), book.seat_of(user)
        sees = me is not None or bool(can_see_outline_grid(user, organization))
        keeps = campaign.is_open and bool(can_keep_outlines(user, organization))
        leads = campaign.is_open and holds(user, LEADERS, organization)
        pairs = _pairs(book) if sees else ()
        mine = book.rows_of(me.key) if me is not None else []
        quoted = campaign.rule_set().quoted()
        return cls(
            campaign=campaign,
            organization=organization,
            rules=rules,
            book=book,
            tally=book.tally(),
            me=me,
            sees_grid=sees,
            may_keep=keeps,
            rows=_rows(book, me, user, keeps, leads) if sees and book.asked.writes else (),
            my_pairs=tuple(pair for pair in pairs if me is not None and me.key in (pair.one, pair.other)),
            other_pairs=tuple(pair for pair in pairs if me is None or me.key not in (pair.one, pair.other)),
            mine_open=len(book.seats) - 1 - sum(kept(row).is_handed_in for row in mine) if me else 0,
            mine_returned=sum(row.status == OutlineStatus.RETURNED for row in mine),
            to_me=len(book.disclosed_to(me)),
            clause=lambda key: clause_for(key, quoted, organization.category),
        )

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Where it is asked for, each clause once."""
        keys = ("outlines", "outline_reviewer", "disclose_before_meeting", "criticism_consulted")
        found = [self.clause(key) for key in keys]
        return tuple(dict.fromkeys(clause for clause in found if clause is not None))

    @property
    def must_answer_clause(self) -> Clause | None:
        """Where what must be answered comes from."""
        return self.clause("must_answer")

    @property
    def tiles(self) -> tuple[tuple[str, str], ...]:
        """The numbers on top."""
        found: list[tuple[str, str]] = []
        if self.book.asked.writes:
            found.append((f"{self.tally.handed_in}/{self.tally.cells}", "份提纲已交"))
            if self.book.asked.vetted:
                found.append((str(self.tally.waiting), "份待审阅"))
            if self.book.asked.disclosed:
                found.append((str(self.tally.undisclosed), "份待明示本人"))
        if self.book.asked.consulted:
            found.append((f"{self.tally.consulted}/{self.tally.pairs}", "对已经会前沟通"))
        return tuple(found)


def _rows(book: Book, me: Seat | None, user: User, keeps: bool, leads: bool) -> tuple[GridRow, ...]:
    """The grid, the viewer's own row first."""
    cells = book.kept()
    samples = {seat.key: book.sample(seat) for seat in book.seats}
    vets = vetting_seats(samples.values())
    found = []
    for seat in sorted(book.seats, key=lambda seat: me is None or seat.key != me.key):
        own = {target.key: cells.get((seat.key, target.key), NOTHING) for target in book.targets_of(seat.key)}
        is_me = me is not None and seat.key == me.key
        undisclosed = any(
            cell.status == OutlineStatus.VETTED and not cell.is_done(book.asked) for cell in own.values()
        )
        plan = vets[samples[seat.key].pk]
        shown = {key: cell.shown(book.asked) for key, cell in own.items()}
        found.append(
            GridRow(
                key=seat.key,
                name=seat.name,
                post=seat.post,
                is_me=is_me,
                cells=tuple(
                    GridCell(t.name, *shown[t.key]) if t.key in shown else GridCell(t.name, own=True)
                    for t in book.seats
                ),
                handed_in=sum(cell.is_handed_in for cell in own.values()),
                asked=len(own),
                may_receive=keeps and any(not cell.is_handed_in for cell in own.values()),
                may_take_back=keeps and any(cell.on_paper for cell in own.values()),
                may_disclose=undisclosed and (leads or (is_me and book.campaign.is_open)),
                may_print=is_me or (plan is not None and user.pk in plan.holders),
            )
        )
    return tuple(found)


def _pairs(book: Book) -> tuple[Pair, ...]:
    """All pairs with whether they have talked; none where the rules do not ask."""
    if not book.asked.consulted:
        return ()
    names, cells = {seat.key: seat.name for seat in book.seats}, book.kept()
    return tuple(
        Pair(one, other, f"{names[one]}、{names[other]}", is_consulted(cells, one, other))
        for one, other in pairs_of(book.keys)
    )


def page_of_meeting(meeting: Meeting) -> str:
    """The address of the outlines that a meeting with speakers in turn prepares for; empty where none are asked."""
    if not meeting.about.speaks or Asked.of(meeting.rules()).nothing:
        return ""
    return reverse("meetings:outlines", args=[meeting.campaign.slug, meeting.organization_id])
