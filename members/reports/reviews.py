"""What the review of a material shows: one seat's page, and what was said, for the author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from branches.rules import Rules
from members.models import Decision, Material, MaterialStatus, MaterialVersion, ReviewRemark, ReviewSlot
from members.rules.paper import Block, Paper
from members.rules.remarks import WORDS, BlockChange, changed_blocks, paragraph_at, what_became
from members.rules.routing import SEATS
from members.services.material_copies import Alike, alike_of
from members.services.must_answer import Point, must_answer
from members.services.review_decisions import checklist_of

STATES = {Decision.PENDING: "now", Decision.PASSED: "ok", Decision.RETURNED: "bad"}
Place = tuple[str, int]


@dataclass(frozen=True)
class Seat:
    """One seat as people read it; what it says is shown once it has decided."""

    slot: ReviewSlot

    @property
    def word(self) -> str:
        """The name of the seat."""
        return SEATS.get(self.slot.seat, self.slot.seat)

    @property
    def office(self) -> str:
        """Where who sits there has the post, and which; empty when nobody does."""
        if self.slot.office is None:
            return ""
        return f"{self.slot.office.short_name}{self.slot.get_role_display()}"

    @property
    def is_decided(self) -> bool:
        """Whether it has passed or returned the version."""
        return self.slot.decision != Decision.PENDING

    @property
    def state(self) -> str:
        """The colour of its word."""
        return STATES[Decision(self.slot.decision)]

    @property
    def note(self) -> str:
        """What it says of the whole."""
        return self.slot.note if self.is_decided else ""

    @property
    def refused(self) -> list[str]:
        """The points of the checklist it answered with 否."""
        return [point for point, answer in self.slot.checklist.items() if self.is_decided and answer == "no"]


@dataclass(frozen=True)
class Said:
    """One remark: its seat, where, the paragraph it is about, and what became of that in a newer text."""

    seat: str
    remark: ReviewRemark
    title: str
    quoted: str
    became: str = ""

    @property
    def place(self) -> Place:
        """Block and paragraph."""
        return self.remark.block, self.remark.paragraph

    @property
    def text(self) -> str:
        """What was said."""
        return self.remark.text

    @property
    def became_word(self) -> str:
        """What became of the paragraph, in words; empty where there is no newer text."""
        return WORDS.get(self.became, "")


def seats_of_version(version: MaterialVersion) -> tuple[Seat, ...]:
    """The seats of one version with their offices; one query."""
    return tuple(Seat(slot) for slot in version.slots.select_related("office").order_by("-seat"))


def said_of(version: MaterialVersion, *, since: Sequence[Block] | None = None) -> tuple[Said, ...]:
    """The remarks of the seats that decided on a version, in the order of its text.

    `since`: the blocks of a newer text, to say what became of each paragraph.
    """
    blocks = Paper.loads(version.content).blocks()
    order = {block.id: number for number, block in enumerate(blocks)}
    titles = {block.id: block.title for block in blocks}
    rows = ReviewRemark.objects.filter(slot__version=version).exclude(slot__decision=Decision.PENDING)
    found = [
        Said(
            seat=SEATS.get(row.slot.seat, row.slot.seat),
            remark=row,
            title=titles.get(row.block, ""),
            quoted=paragraph_at(blocks, row.block, row.paragraph),
            became="" if since is None else what_became(blocks, since, row.block, row.paragraph),
        )
        for row in rows.select_related("slot").order_by("paragraph", "pk")
    ]
    return tuple(sorted(found, key=lambda one: order.get(one.remark.block, len(order))))


@dataclass(frozen=True)
class ReviewNotes:
    """What the author sees: the seats of the newest version, and what was said of the newest decided one."""

    material: Material
    newest: MaterialVersion | None
    seats: tuple[Seat, ...]
    decided: MaterialVersion | None
    decisions: tuple[Seat, ...]
    remarks: tuple[Said, ...]

    @classmethod
    def of(cls, material: Material) -> ReviewNotes:
        """Everything that was said so far; what a seat is still writing is not shown."""
        newest = material.versions.first()
        decided = _newest_decided(material)
        seats = seats_of_version(newest) if newest is not None else ()
        if decided is None:
            return cls(material, newest, seats, None, (), ())
        spoken = tuple(seat for seat in seats_of_version(decided) if seat.is_decided)
        since = Paper.loads(material.content).blocks() if material.content_sealed else None
        return cls(material, newest, seats, decided, spoken, said_of(decided, since=since))

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.seats or self.decisions)

    def by_place(self) -> dict[Place, list[str]]:
        """The remarks by block and paragraph of the version they were made at."""
        found: dict[Place, list[str]] = {}
        for said in self.remarks:
            found.setdefault(said.place, []).append(said.text)
        return found


def _newest_decided(material: Material) -> MaterialVersion | None:
    """The newest version at which a seat has decided."""
    decided = ReviewSlot.objects.exclude(decision=Decision.PENDING).values("version")
    return material.versions.filter(pk__in=decided).first()


@dataclass(frozen=True)
class Paragraph:
    """One paragraph to be read, with the remarks of this seat."""

    block: str
    number: int
    text: str
    remarks: tuple[ReviewRemark, ...]
    is_open: bool

    @property
    def anchor(self) -> str:
        """Where a link leads to."""
        return f"p-{self.block}-{self.number}"

    @property
    def place(self) -> str:
        """As a form sends it."""
        return f"{self.block}:{self.number}"


@dataclass(frozen=True)
class Passage:
    """One block with its paragraphs."""

    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Hints:
    """What the reviewer is pointed to; never a verdict."""

    chars: int
    least: int | None
    unanswered: tuple[Point, ...]
    is_alike: bool

    @property
    def is_short(self) -> bool:
        """Whether it has fewer characters than the rules want as a rule (一般)."""
        return self.least is not None and self.chars < self.least

    @property
    def any(self) -> bool:
        """Whether there is anything to point to."""
        return bool(self.is_short or self.unanswered or self.is_alike)


@dataclass(frozen=True)
class ReviewPage:
    """The page of one seat."""

    slot: ReviewSlot
    material: Material
    passages: tuple[Passage, ...]
    seats: tuple[Seat, ...]
    hints: Hints
    points: tuple[str, ...]
    alike: tuple[Alike, ...]
    before: MaterialVersion | None
    changed: tuple[BlockChange, ...]
    earlier: tuple[Said, ...]
    earlier_notes: tuple[Seat, ...]

    @classmethod
    def of(cls, slot: ReviewSlot, opened: Place | None = None) -> ReviewPage:
        """The version as it was handed in, what changed since the one before, and what was said of that.

        Taken back, the text is the author's again: nothing of it is shown.
        """
        version, material = slot.version, slot.version.material
        is_away = material.status == MaterialStatus.DRAFT
        paper = Paper() if is_away else Paper.loads(version.content)
        blocks = paper.blocks()
        before = None if is_away else material.versions.filter(number__lt=version.number).first()
        old = Paper.loads(before.content).blocks() if before is not None else ()
        rules = material.campaign.rules_for(material.organization)
        return cls(
            slot=slot,
            material=material,
            passages=_passages(blocks, slot.remarks.all(), opened),
            seats=seats_of_version(version),
            hints=hints_of(version, paper, rules, () if is_away else must_answer(material)),
            points=checklist_of(slot),
            alike=() if is_away else alike_of(version),
            before=before,
            changed=changed_blocks(old, blocks) if before is not None else (),
            earlier=said_of(before, since=blocks) if before is not None else (),
            earlier_notes=_spoken(before),
        )

    @property
    def is_away(self) -> bool:
        """Whether the author took the material back."""
        return self.material.status == MaterialStatus.DRAFT

    @property
    def remark_count(self) -> int:
        """How many remarks this seat has made."""
        return sum(len(p.remarks) for passage in self.passages for p in passage.paragraphs)


def _spoken(version: MaterialVersion | None) -> tuple[Seat, ...]:
    """The seats of a version that decided and said something of the whole."""
    return tuple(seat for seat in seats_of_version(version) if seat.note) if version is not None else ()


def hints_of(version: MaterialVersion, paper: Paper, rules: Rules, points: Iterable[Point]) -> Hints:
    """What to point to in one version."""
    return Hints(
        chars=version.chars,
        least=rules.material_min_chars,
        unanswered=tuple(point for point in points if point.id not in paper.answered),
        is_alike=bool(version.alike_sealed),
    )


def _passages(
    blocks: Iterable[Block], remarks: Iterable[ReviewRemark], opened: Place | None
) -> tuple[Passage, ...]:
    """The text with the remarks of one seat in their places."""
    by_place: dict[Place, list[ReviewRemark]] = {}
    for remark in remarks:
        by_place.setdefault((remark.block, remark.paragraph), []).append(remark)
    return tuple(
        Passage(
            block.title,
            tuple(
                Paragraph(block.id, n, text, tuple(by_place.get((block.id, n), ())), (block.id, n) == opened)
                for n, text in enumerate(block.paragraphs)
            ),
        )
        for block in blocks
    )
