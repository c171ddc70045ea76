"""A branch's assessment on screen: one row a member with what is known and what was written; what is missing, what is next.

The votes stand beside the other evidence, as text: nothing here makes a grade of them, and nobody is put in order by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from branches.models import User
from branches.permissions import Denied
from branches.rules import Rules
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus, Ballot, BallotStatus, TallyLine
from evaluations.permissions import (
    can_confirm_assessment,
    can_decide_assessment,
    can_see_result,
    can_write_assessment,
)
from evaluations.rules.assessing import DISPOSE, TYPED_EVIDENCE, Cap
from evaluations.rules.known_facts import KnownFacts
from evaluations.services.assessing import is_behind, rows_wanted
from evaluations.services.assessing_facts import facts_of, reckon_cap
from evaluations.services.present import masses_ballot_of, present_ballot
from evaluations.workflow.assessments import MEETING_KINDS, NO_ASSESSMENT, works

WITHHELD = "票数只在签字的汇总表上，请对照纸质汇总表。"
Votes = Mapping[int, tuple[str, ...]]  # roster entry → votes in words
OPINION, GRADE, HEARING = "评定意见", "评定等次", "听取申辩"


@dataclass(frozen=True)
class MemberRow:
    """One member: what is known (label and words), what was written, what is missing."""

    pk: UUID
    ordinal: int
    name: str
    note: str
    graded: bool
    tally: tuple[str, ...]
    masses: tuple[str, ...]  # the votes of 群众代表, beside the others and never added to them
    known: tuple[tuple[str, str], ...]
    evidence: tuple[tuple[str, str], ...]
    opinion: str
    grade: str
    heard: bool
    must_be_heard: bool
    missing: tuple[str, ...]


@dataclass(frozen=True)
class SheetPage:
    """The whole sheet for one reader."""

    sheet: AssessmentSheet
    rows: tuple[MemberRow, ...]
    withheld: str
    has_masses: bool
    masses_withheld: str
    has_scale: bool
    deciders: tuple[tuple[str, str], ...]
    cap: Cap | None
    never_over: bool
    asks_above: bool
    stopped: str
    behind: bool
    may_write: bool
    may_decide: bool
    may_confirm: bool

    @property
    def is_draft(self) -> bool:
        """Whether it may still be written."""
        return self.sheet.status == AssessmentStatus.DRAFT

    @property
    def is_awaiting(self) -> bool:
        """Whether the superior has it."""
        return self.sheet.status == AssessmentStatus.AWAITING

    @property
    def is_effective(self) -> bool:
        """Whether it is decided for good."""
        return self.sheet.status == AssessmentStatus.EFFECTIVE

    @property
    def is_over(self) -> bool:
        """Whether more have the best grade than the cap allows."""
        return self.cap is not None and self.cap.over > 0

    @property
    def warns(self) -> bool:
        """Whether the cap is exceeded and nobody has confirmed that yet."""
        return self.is_over and not self.is_effective

    @property
    def decided_by(self) -> str:
        """The meetings that may decide, in words; empty where none is asked for."""
        return "或".join(label for _kind, label in self.deciders)

    @property
    def lacking(self) -> tuple[MemberRow, ...]:
        """The members something is missing of."""
        return tuple(row for row in self.rows if row.missing)

    @property
    def written(self) -> int:
        """How many of those assessed are complete."""
        return self.assessed - sum(row.graded for row in self.lacking)

    @property
    def assessed(self) -> int:
        """How many are assessed."""
        return sum(row.graded for row in self.rows)

    @property
    def first(self) -> MemberRow | None:
        """Whom to go on with: the first something is missing of, else the first on the sheet."""
        return next(iter(self.lacking or self.rows), None)


def sheet_page(sheet: AssessmentSheet, user: User) -> SheetPage:
    """The sheet as this person may see it; the same queries for 3 and for 80 members."""
    rules = sheet.rules()
    draft = sheet.status == AssessmentStatus.DRAFT
    rows = _rows_of(sheet)
    facts = facts_of(sheet, rules) if draft else {row.entry_id: KnownFacts.read(row.facts) for row in rows}
    tally, withheld = tally_of(sheet.ballot, user)
    beside = masses_ballot_of(sheet, rules)
    masses, masses_withheld = ({}, "") if beside is None else tally_of(beside, user)
    stopped = works(sheet)
    wanted = rows_wanted(sheet) if draft and stopped else []
    return SheetPage(
        sheet=sheet,
        rows=tuple(_row(row, rules, facts.get(row.entry_id, KnownFacts()), (tally, masses)) for row in rows),
        withheld=withheld,
        has_masses=bool(masses),
        masses_withheld=masses_withheld,
        has_scale=bool(sheet.scale),
        deciders=tuple((kind.value, kind.label) for kind in MEETING_KINDS.get(rules.assessment_by, ())),
        cap=reckon_cap(sheet, rows, rules) if draft else sheet.decided_cap,
        never_over=rules.excellent_hard_block,
        asks_above=rules.excellent_parent_confirms,
        stopped=stopped.reason if isinstance(stopped, Denied) else "",
        behind=is_behind(wanted, {row.entry_id: row for row in rows}) or (draft and _has_newer(sheet)),
        may_write=draft and bool(can_write_assessment(user, sheet)),
        may_decide=bool(can_decide_assessment(user, sheet)),
        may_confirm=bool(can_confirm_assessment(user, sheet)),
    )


def _rows_of(sheet: AssessmentSheet) -> list[Assessment]:
    """Everybody's row, each knowing the sheet itself."""
    rows = list(sheet.assessments.select_related("entry__member").prefetch_related("hearings"))
    for row in rows:
        row.sheet = sheet
    return rows


def _has_newer(sheet: AssessmentSheet) -> bool:
    """Whether another ballot stands now, the one the sheet rests on being void."""
    if sheet.ballot.status == BallotStatus.CERTIFIED:
        return False
    newer = present_ballot(sheet.campaign, sheet.organization)
    return newer is not None and newer.status == BallotStatus.CERTIFIED


def tally_of(ballot: Ballot, user: User) -> tuple[dict[int, tuple[str, ...]], str]:
    """The votes of each member in words by roster entry, and why they are not shown; never below the minimum of papers."""
    allowed = can_see_result(user, ballot)
    if ballot.counts_withheld:
        return {}, WITHHELD
    if isinstance(allowed, Denied):
        return {}, allowed.reason
    lines = TallyLine.objects.filter(ballot=ballot, subject__entry__isnull=False)
    found = {}
    for entry, counts, abstained, invalid in lines.values_list(
        "subject__entry", "counts", "abstained", "invalid"
    ):
        labelled = (*zip(ballot.options, counts, strict=True), ("弃权", abstained), ("无效", invalid))
        always = len(ballot.options)
        found[entry] = tuple(
            f"{label} {votes}" for place, (label, votes) in enumerate(labelled) if votes or place < always
        )
    return found, ""


def known_of(facts: KnownFacts) -> tuple[tuple[str, str], ...]:
    """What the program knows, as label and words."""
    parts = (("参加会议", facts.attended), ("党费", facts.dues))
    return tuple((label, part.words) for label, part in parts if part is not None)


def _row(row: Assessment, rules: Rules, facts: KnownFacts, tallies: tuple[Votes, Votes]) -> MemberRow:
    """One member's row; `tallies`: the votes of the members, and of 群众代表."""
    heard = bool(row.hearings.all())
    must = rules.appeal_before_effect and row.use == DISPOSE
    missing = []
    if row.graded and not row.opinion and rules.assessment_by != NO_ASSESSMENT:
        missing.append(OPINION)
    if row.graded and row.sheet.scale and not row.grade:
        missing.append(GRADE)
    if must and not heard:
        missing.append(HEARING)
    return MemberRow(
        pk=row.pk,
        ordinal=row.ordinal,
        name=row.name,
        note=row.note,
        graded=row.graded,
        tally=tallies[0].get(row.entry_id, ()),
        masses=tallies[1].get(row.entry_id, ()),
        known=known_of(facts),
        evidence=tuple((TYPED_EVIDENCE[key], text) for key, text in row.evidence.items()),
        opinion=row.opinion,
        grade=row.grade_label,
        heard=heard,
        must_be_heard=must,
        missing=tuple(missing),
    )


@dataclass(frozen=True)
class RowPage:
    """One member's page: the row, and who comes before and after in the form's order."""

    row: MemberRow
    place: int
    count: int
    before: UUID | None
    after: UUID | None


def row_page(page: SheetPage, pk: UUID) -> RowPage:
    """The page of one member of the sheet."""
    keys = [row.pk for row in page.rows]
    place = keys.index(pk)
    return RowPage(
        row=page.rows[place],
        place=place + 1,
        count=len(keys),
        before=keys[place - 1] if place else None,
        after=keys[place + 1] if place + 1 < len(keys) else None,
    )
