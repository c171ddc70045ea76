"""A branch's summary table, made from its ballot."""

from __future__ import annotations

from django.utils import timezone

from evaluations.models import Ballot, BallotStatus, BallotSubject, SubjectKind, TallyLine
from evaluations.reports.summary import BranchSummary, HeadCounts, SummaryRow, count_text
from evaluations.rules import BASES, base_number
from evaluations.services.heading import heading_of

WITHHELD = "有效票少于规则规定的张数，为保护无记名投票，票数只在支部签字的汇总表上。"
PROVISIONAL = "核对稿：尚未核定。"
VOIDED = "本轮已作废，不作依据。"


def branch_summary(ballot: Ballot, *, for_signing: bool) -> BranchSummary:
    """The table F2 of one ballot; with few papers the votes stand on the signed copy only.

    For the screen such votes are not even put into the table.
    """
    hidden = ballot.counts_withheld and not for_signing
    lines = {line.subject_id: line for line in TallyLine.objects.filter(ballot=ballot)}
    heading = heading_of(ballot)
    committee = ballot.subject_kind == SubjectKind.COMMITTEE
    return BranchSummary(
        title=heading.title,
        organization=heading.organization,
        campaign=heading.campaign,
        round_no=ballot.round_no,
        held_on=heading.held_on,
        heads=_head_counts(ballot),
        grades=tuple(ballot.options),
        rows=tuple(_row(subject, lines.get(subject.pk), hidden) for subject in ballot.subjects.all()),
        base_name=BASES[ballot.percent_base],
        base=base_number(ballot.percent_base, ballot.heads),
        name_heading="评议内容" if committee else "姓名",
        notes=(*_state(ballot), *_channels(ballot), *heading.notes),
        withheld=hidden,
        withheld_reason=WITHHELD,
    )


def _row(subject: BallotSubject, line: TallyLine | None, hidden: bool) -> SummaryRow:
    """One row of the table; dashes for somebody who is not rated, no votes where they are hidden."""
    counts: tuple[int | None, ...] = ()
    if line is not None:
        counts = (None,) * len(line.counts) if hidden else tuple(line.counts)
    return SummaryRow(
        ordinal=subject.ordinal,
        name=subject.name,
        counts=counts,
        abstained=None if line is None or hidden else line.abstained,
        invalid=None if line is None or hidden else line.invalid,
        remarks=subject.note,
        graded=subject.graded and line is not None,
    )


def _head_counts(ballot: Ballot) -> HeadCounts:
    """The head-counts in the table's own order."""
    heads = ballot.heads
    return HeadCounts(
        expected=heads.expected,
        present=heads.present,
        printed=heads.printed,
        issued=heads.all_issued,
        returned=heads.all_returned,
        valid=heads.valid,
        void=heads.all_void,
        unused=heads.unused,
        replaced=heads.replaced,
        not_returned=heads.all_not_returned,
    )


def _channels(ballot: Ballot) -> tuple[str, ...]:
    """The line that says how many papers and how many codes make up 发出 and 收回; nothing for papers alone."""
    if not ballot.on_device:
        return ()
    h = ballot.heads
    device = (
        f"现场电子票发出 {count_text(h.codes)}，已投 {count_text(h.cast)}，未用 {count_text(h.codes_left)}"
    )
    if not ballot.on_paper:
        return (f"{device}；没有印制纸质票。",)
    paper = f"纸质票发出 {count_text(h.issued)}，收回 {count_text(h.returned)}"
    return (f"发出、收回的合计中：{paper}；{device}。各对象的得票合在一起计算，不分开公布。",)


def _state(ballot: Ballot) -> tuple[str, ...]:
    """The line that says a table is not, or no longer, the result."""
    if ballot.status == BallotStatus.VOID:
        return (VOIDED,)
    return () if ballot.status == BallotStatus.CERTIFIED else (PROVISIONAL,)


def screen_summary(ballot: Ballot) -> BranchSummary:
    """The table as shown on screen today."""
    return branch_summary(ballot, for_signing=False)


def file_name(ballot: Ballot, ending: str) -> str:
    """The name of the table as a file."""
    summary = branch_summary(ballot, for_signing=False)
    return f"{summary.file_stem(timezone.localdate())}.{ending}"
