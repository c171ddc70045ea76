"""The summary of a superior with grades, made from the assessments in force; the same rows for page and file."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from branches.models import Campaign, Organization, User
from evaluations.models import Assessment, AssessmentSheet
from evaluations.reports.graded_table import GradedLine, GradedRollUp, GradedSection
from evaluations.reports.rollup_table import NotYet
from evaluations.rules.assessing import Cap
from evaluations.services.exporting import Standing, standing_sheets
from members.models import ExemptReason, MemberKind, RosterEntry

LEADER = "已参加领导班子民主生活会"
OTHER = "其他"
BASES = {"full_members": "正式党员", "assessed": "参评", "present": "到会"}  # as BASE_WORDS, for a column


@dataclass
class People:
    """The people of one branch: counted from its roster and its assessments."""

    full: int = 0
    probationary: int = 0
    due: int = 0
    assessed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def graded_rollup(
    campaign: Campaign, organization: Organization, *, reader: User | None, category: str = ""
) -> GradedRollUp:
    """One row for each branch at or below `organization` whose assessment is in force and may be read there.

    Six queries, whatever the number of branches; `reader` None: an office's own program.
    """
    standing = standing_sheets(campaign=campaign, organization=organization, reader=reader, category=category)
    grades, assessed = _grades(campaign, organization, standing)
    people = _people(campaign, organization, standing, assessed)
    sections: dict[str, list[GradedLine]] = {}
    scales: dict[str, tuple[str, ...]] = {}
    for branch, sheet in standing.taken():
        key = json.dumps(sheet.scale)
        scales[key] = tuple(sheet.labels.values())
        lines = sections.setdefault(key, [])
        lines.append(_line(branch, sheet, people[branch.pk], grades[sheet.pk], len(lines) + 1))
    return GradedRollUp(
        title=f"{campaign.year}年度民主评议党员情况汇总表",
        filler=organization.name,
        campaign=campaign.name,
        as_of=timezone.localdate(),
        sections=tuple(GradedSection.of(scales[key], lines) for key, lines in sections.items()),
        others=tuple(
            NotYet(branch.name, branch.get_category_display(), standing.state(branch))
            for branch in standing.branches
            if branch.pk not in standing.sheets
        ),
    )


def _grades(
    campaign: Campaign, organization: Organization, standing: Standing
) -> tuple[Mapping[object, Counter[str]], set[int]]:
    """How often each grade was given on each sheet, and the roster entries that were assessed."""
    sheets = {sheet.pk for sheet in standing.sheets.values()}
    grades: dict[object, Counter[str]] = defaultdict(Counter)
    assessed = set()
    rows = Assessment.objects.filter(
        sheet__campaign=campaign,
        sheet__organization__path__range=organization.subtree_range,
        graded=True,
    )
    for sheet, entry, grade in rows.order_by().values_list("sheet", "entry", "grade"):
        if sheet in sheets:
            grades[sheet][grade] += 1
            assessed.add(entry)
    return grades, assessed


def _people(
    campaign: Campaign, organization: Organization, standing: Standing, assessed: set[int]
) -> Mapping[int, People]:
    """The people of each branch by organisation id, from the rosters of the campaign."""
    found: dict[int, People] = defaultdict(People)
    rows = RosterEntry.objects.filter(
        roster__campaign=campaign, roster__organization__path__range=organization.subtree_range
    )
    columns = ("pk", "roster__organization", "kind", "is_subject", "exempt_reason", "is_leader_exempt")
    for entry, branch, kind, subject, exempt, leader in rows.order_by("ordinal").values_list(*columns):
        if branch not in standing.sheets:
            continue
        people = found[branch]
        if kind != MemberKind.FULL:
            people.probationary += 1
            continue
        people.full += 1
        people.due += subject or entry in assessed
        people.assessed += entry in assessed
        if entry not in assessed:
            people.reasons[_reason(exempt, leader)] += 1
    return found


def _reason(exempt: str, leader: bool) -> str:
    """Why somebody was not assessed, in the words of the roster; never a remark somebody has typed."""
    if exempt:
        return ExemptReason(exempt).label
    return LEADER if leader else OTHER


def _line(
    branch: Organization, sheet: AssessmentSheet, people: People, grades: Counter[str], ordinal: int
) -> GradedLine:
    """One branch's row."""
    remarks = [f"第{sheet.round_no}轮"] if sheet.round_no > 1 else []
    cap = sheet.decided_cap
    if cap is not None and cap.most is not None:
        remarks.append(_cap_words(cap))
    return GradedLine(
        organization=branch.name,
        members=people.full + people.probationary,
        full=people.full,
        probationary=people.probationary,
        due=people.due,
        assessed=people.assessed,
        counts=tuple(grades[key] for key in sheet.grades),
        reasons=tuple(people.reasons.items()),
        remarks="；".join(remarks),
        ordinal=ordinal,
        code=branch.code,
    )


def _cap_words(cap: Cap) -> str:
    """The base and the arithmetic of the cap, short enough for a column."""
    over = f"，超过{cap.over}人" if cap.over else ""
    ratio = "" if cap.share is None else f"×{cap.share.numerator}/{cap.share.denominator}"
    return f"“{cap.grade}”最多{cap.most}人（{BASES[cap.base]}{cap.number}人{ratio}）{over}"
