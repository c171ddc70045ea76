"""The table of a notice: who stands in it and in what words, in the roster's order, never by grade."""

from __future__ import annotations

from typing import Any

from evaluations.models import Assessment, DisposalCase, NoticeNames, ResultNotice, TallyLine
from evaluations.models.disposal import DisposalStatus
from evaluations.rules.assessing import DISPOSE
from evaluations.rules.publicity import masked

TOOK_PART = "已参加民主评议"  # where the rules have no grades


def people_of(notice: ResultNotice) -> list[Assessment]:
    """Those who may stand in it: everybody graded; 预备党员 and those exempted never."""
    rows = list(notice.sheet.assessments.filter(graded=True).select_related("entry").order_by("ordinal"))
    for row in rows:
        row.sheet = notice.sheet
    return rows


def left_out_at_first(notice: ResultNotice) -> list[str]:
    """Who is left out unless the branch says otherwise: the lowest grade, and who has a disposal under way."""
    over = (DisposalStatus.REFUSED, DisposalStatus.DROPPED)
    cases = DisposalCase.objects.filter(organization=notice.sheet.organization_id).exclude(status__in=over)
    named = set(cases.values_list("member_id", flat=True))
    return [str(row.pk) for row in people_of(notice) if row.use == DISPOSE or row.entry.member_id in named]


def may_show_votes(notice: ResultNotice) -> bool:
    """Whether the branch may choose to print votes: no grades to print instead, and the counts are not withheld."""
    return not notice.sheet.scale and not notice.sheet.ballot.counts_withheld


def rows_of(notice: ResultNotice) -> list[dict[str, Any]]:
    """The rows as they would be posted now: {name, result, votes}."""
    votes = _votes(notice) if notice.show_votes and may_show_votes(notice) else {}
    out, hidden = set(notice.left_out), notice.names == NoticeNames.MASKED
    return [
        {
            "name": masked(row.name) if hidden else row.name,
            "result": row.grade_label or TOOK_PART,
            "votes": votes.get(row.entry_id, ""),
        }
        for row in people_of(notice)
        if str(row.pk) not in out
    ]


def _votes(notice: ResultNotice) -> dict[int | None, str]:
    """The votes of each in words, by roster entry."""
    ballot = notice.sheet.ballot
    lines = TallyLine.objects.filter(ballot=ballot, subject__entry__isnull=False)
    return {
        entry: "，".join(f"{label} {count} 票" for label, count in zip(ballot.options, counts, strict=True))
        for entry, counts in lines.values_list("subject__entry", "counts")
    }
