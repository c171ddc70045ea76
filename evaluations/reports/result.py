"""The result of one ballot on screen: the table, who has vouched, and what is next."""

from __future__ import annotations

from dataclasses import dataclass

from branches.models import User
from branches.permissions import LEADERS, holds
from evaluations.models import Ballot, BallotStatus, Signature, SubjectKind
from evaluations.permissions import (
    can_begin_assessment,
    can_certify,
    can_match,
    can_note_paper_signature,
    can_print_result,
    can_sign,
)
from evaluations.reports.branch import screen_summary
from evaluations.reports.summary import BranchSummary, count_text, percent_text
from evaluations.rules import uniform
from meetings.models import Duty, DutyKind


@dataclass(frozen=True)
class ResultRow:
    """One row as text: votes and percentage for each grade."""

    ordinal: int
    name: str
    figures: tuple[tuple[str, str, str], ...]  # grade, votes, percentage
    abstained: str
    invalid: str
    graded: bool
    remarks: str


@dataclass(frozen=True)
class Signing:
    """One capacity: who is named for it, who has vouched, what this person can do about it."""

    duty: str
    label: str
    named: tuple[str, ...]
    signed: tuple[str, ...]
    may_sign: bool
    may_note: bool


@dataclass(frozen=True)
class ResultPage:
    """All that the page of a result shows to one person."""

    summary: BranchSummary
    rows: tuple[ResultRow, ...]
    signings: tuple[Signing, ...]
    corrected: int
    open: bool
    complete: bool
    uniform_hint: bool
    may_certify: bool
    may_recount: bool
    may_print: bool
    may_assess: bool

    @property
    def missing(self) -> list[str]:
        """The capacities nobody has vouched in yet."""
        return [signing.label for signing in self.signings if not signing.signed]

    @property
    def mine(self) -> list[Signing]:
        """The capacities in which this person can vouch now."""
        return [signing for signing in self.signings if signing.may_sign]


def result_page(ballot: Ballot, user: User) -> ResultPage:
    """The result as this person may see it."""
    summary = screen_summary(ballot)
    is_open = ballot.status == BallotStatus.MATCHED
    signings = _signings(ballot, user, is_open)
    return ResultPage(
        summary=summary,
        rows=tuple(_rows(summary)),
        signings=signings,
        corrected=ballot.corrected,
        open=is_open,
        complete=all(signing.signed for signing in signings),
        uniform_hint=not summary.withheld and _looks_uniform(ballot, user),
        may_certify=is_open and bool(can_certify(user, ballot)),
        may_recount=is_open and bool(can_match(user, ballot)),
        may_print=bool(can_print_result(user, ballot)),
        may_assess=_leads_on(ballot) and bool(can_begin_assessment(user, ballot.organization)),
    )


def _leads_on(ballot: Ballot) -> bool:
    """Whether an assessment follows from it: a certified ballot on the members."""
    return ballot.status == BallotStatus.CERTIFIED and ballot.subject_kind == SubjectKind.MEMBERS


def _rows(summary: BranchSummary) -> list[ResultRow]:
    """The rows of the table as text."""
    return [
        ResultRow(
            ordinal=row.ordinal,
            name=row.name,
            figures=tuple(
                (grade, count_text(votes), percent_text(share))
                for grade, (votes, share) in zip(summary.grades, summary.figures(row), strict=False)
            ),
            abstained=count_text(summary.abstained(row)),
            invalid=count_text(summary.invalid(row)),
            graded=row.graded,
            remarks=row.remarks,
        )
        for row in summary.rows
    ]


def _looks_uniform(ballot: Ballot, user: User) -> bool:
    """A private hint to the branch's leaders that every paper says the same of everybody."""
    if not holds(user, LEADERS, ballot.organization):
        return False
    if not ballot.rules().uniform_hint:
        return False
    return uniform([line.line for line in ballot.lines.all()], ballot.heads.valid or 0)


def _signings(ballot: Ballot, user: User, is_open: bool) -> tuple[Signing, ...]:
    """监票人, 计票人 and 支部书记 with who has vouched."""
    named: dict[str, list[str]] = {}
    counting = (DutyKind.SCRUTINEER, DutyKind.TELLER)
    for duty in Duty.objects.filter(meeting=ballot.meeting, kind__in=counting):
        named.setdefault(duty.kind, []).append(duty.holder_name)
    signed: dict[str, list[Signature]] = {}
    for signature in ballot.signatures.order_by("pk"):
        signed.setdefault(signature.duty, []).append(signature)
    notes = is_open and bool(can_note_paper_signature(user, ballot))
    found = []
    for key, label in Signature.Duty.choices:
        done = signed.get(key, [])
        mine = any(s.name == user.full_name for s in done)
        found.append(
            Signing(
                duty=key,
                label=str(label),
                named=tuple(named.get(key, ())),
                signed=tuple(f"{s.name}（纸质签字）" if s.on_paper else s.name for s in done),
                may_sign=is_open and not mine and bool(can_sign(user, ballot, key)),
                may_note=notes and key != Signature.Duty.SECRETARY and not done and bool(named.get(key)),
            )
        )
    return tuple(found)
