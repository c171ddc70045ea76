"""What the pages of one material show: while it is written, before it is handed in, when it is read, its versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from branches.models import User
from branches.permissions import Answer
from branches.rules import Clause, Rules, clause_for
from branches.services.plans import gate_refusal
from members.models import Material, MaterialRole, MaterialStatus, MaterialVersion
from members.permissions.materials import (
    can_read_remarks,
    can_receive_material,
    can_submit_material,
    can_write_material,
)
from members.reports.reviews import ReviewNotes, Said
from members.reports.spot_checks import Found, findings_of
from members.rules.material_owed import heads_for
from members.rules.paper import Block, Paper
from members.rules.remarks import BlockChange, changed_blocks
from members.rules.routing import SeatPlan
from members.services.material_copies import OTHER, Alike, alike_of, find_alike
from members.services.material_notes import asks_discussion, asks_publicity
from members.services.materials import can_edit
from members.services.must_answer import Point, must_answer
from members.services.reviewing import seats_for
from members.workflow.preparing import EDITABLE, MATERIAL

ANOTHER = "本支部另一位同志的材料"


@dataclass(frozen=True)
class Wanted:
    """What the notice wants of one material: heads, sections, length, points to answer, with its words."""

    rules: Rules
    heads: tuple[str, ...]
    parts: tuple[str, ...]
    least: int | None
    points: tuple[Point, ...]
    length_clause: Clause | None
    own_clause: Clause | None

    @classmethod
    def of(cls, material: Material) -> Wanted:
        """What is wanted of it."""
        organization = material.organization
        rules = material.campaign.rules_for(organization)
        quoted = material.campaign.rule_set().quoted()
        return cls(
            rules,
            heads_for(rules, material.role, is_weak=organization.is_weak),
            rules.material_sections,
            rules.material_min_chars,
            must_answer(material),
            clause_for("material_min_chars", quoted, organization.category),
            clause_for("material_self_written", quoted, organization.category),
        )

    @property
    def is_self_written(self) -> bool:
        """Whether the notice says 自己动手."""
        return self.rules.material_self_written


@dataclass(frozen=True)
class Unfinished:
    """What is pointed out before handing in; nothing of it stops anybody."""

    chars: int
    least: int | None
    unanswered: tuple[Point, ...]

    @classmethod
    def of(cls, wanted: Wanted, paper: Paper) -> Unfinished:
        """What the text lacks."""
        open_points = (point for point in wanted.points if point.id not in paper.answered)
        return cls(paper.chars, wanted.least, tuple(open_points))

    @property
    def missing_chars(self) -> int:
        """How many characters are missing to the usual length."""
        return max(0, (self.least or 0) - self.chars)

    @property
    def open_ids(self) -> frozenset[str]:
        """The ids of the points without an answer."""
        return frozenset(point.id for point in self.unanswered)


@dataclass(frozen=True)
class Told:
    """The private hint in words: whose text, how much."""

    whose: str
    alike: Alike


def told_author(found: Sequence[Alike]) -> tuple[Told, ...]:
    """The hint for the author: of another's text it is not said whose."""
    return tuple(Told(ANOTHER if one.kind == OTHER else f"您在“{one.name}”里的材料", one) for one in found)


def told_reviewer(version: MaterialVersion) -> tuple[Told, ...]:
    """The hint for the reviewer of a version."""
    return tuple(
        Told(f"{one.name}的材料" if one.kind == OTHER else f"本人在“{one.name}”里的材料", one)
        for one in alike_of(version)
    )


@dataclass(frozen=True)
class CheckPage:
    """Everything on one page before it is handed in."""

    material: Material
    blocks: tuple[Block, ...]
    wanted: Wanted
    lacks: Unfinished
    alike: tuple[Told, ...]
    seats: tuple[SeatPlan, ...]
    gate: Answer
    may_submit: Answer

    @classmethod
    def of(cls, material: Material, user: User) -> CheckPage:
        """The material as it is saved now."""
        paper, wanted = Paper.loads(material.content), Wanted.of(material)
        return cls(
            material,
            paper.blocks(),
            wanted,
            Unfinished.of(wanted, paper),
            told_author(find_alike(material, paper)),
            seats_for(material),
            gate_refusal(material.campaign, material.organization),
            can_submit_material(user, material),
        )

    @property
    def may_go(self) -> bool:
        """Whether the button is offered."""
        return bool(self.blocks and self.gate and self.may_submit)


@dataclass(frozen=True)
class ShowPage:
    """A material as those read it who may."""

    material: Material
    newest: MaterialVersion | None
    blocks: tuple[Block, ...]
    wanted: Wanted
    lacks: Unfinished
    alike: tuple[Told, ...]
    notes: ReviewNotes | None
    findings: tuple[Found, ...]
    is_author: bool
    may_edit: bool
    may_withdraw: bool
    may_note: bool

    @classmethod
    def of(cls, material: Material, user: User) -> ShowPage:
        """Its author sees the text as it is, others what was handed in last.

        What was said of it is for the author and those who review it.
        """
        is_author, newest = bool(can_write_material(user, material)), material.versions.first()
        draft = is_author and material.status in EDITABLE
        text = material.content if draft or newest is None else newest.content
        if not is_author and newest is None:
            text = ""
        paper, wanted = Paper.loads(text), Wanted.of(material)
        steps, hears = dict(MATERIAL.available(material, user)), can_read_remarks(user, material)
        stages = asks_discussion(material, wanted.rules) or asks_publicity(wanted.rules)
        return cls(
            material,
            newest,
            paper.blocks(),
            wanted,
            Unfinished.of(wanted, paper),
            told_author(alike_of(newest)) if is_author and newest is not None and not draft else (),
            ReviewNotes.of(material) if hears else None,
            findings_of(material) if hears else (),
            is_author,
            bool(can_edit(user, material)),
            "withdraw" in steps and material.campaign.is_open,
            (stages or material.role == MaterialRole.COMMITTEE)
            and material.campaign.is_open
            and bool(can_receive_material(user, material)),
        )

    @property
    def was_returned(self) -> bool:
        """Whether it is to be mended now."""
        return self.material.status == MaterialStatus.RETURNED

    @property
    def asks_discussion(self) -> bool:
        """Whether it is to be discussed and consulted on."""
        return asks_discussion(self.material, self.wanted.rules)

    @property
    def asks_publicity(self) -> bool:
        """Whether it is to be shown or pledged."""
        return asks_publicity(self.wanted.rules)


def remarks_by_block(notes: ReviewNotes) -> dict[str, list[Said]]:
    """What reviewers said, by the block of the text it was said of."""
    found: dict[str, list[Said]] = {}
    for said in notes.remarks:
        found.setdefault(said.remark.block, []).append(said)
    return found


@dataclass(frozen=True)
class Handed:
    """One version as the history shows it."""

    version: MaterialVersion
    blocks: tuple[Block, ...]
    changed: tuple[BlockChange, ...]
    is_first: bool


def history(material: Material) -> tuple[Handed, ...]:
    """Every version handed in, the newest first, with what changed since the one before."""
    found: list[Handed] = []
    before: tuple[Block, ...] | None = None
    for version in material.versions.order_by("number"):
        blocks = Paper.loads(version.content).blocks()
        changed = changed_blocks(before, blocks) if before is not None else ()
        found.append(Handed(version, blocks, changed, before is None))
        before = blocks
    return tuple(reversed(found))
