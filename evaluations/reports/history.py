"""One branch year on year: who was assessed, whether in time, how often each grade was given. Never two branches.

Grades stand here as far as the reader may read them, and nowhere where so few papers came in that votes are not shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Q

from branches.models import Campaign, DecisionKind, Organization, RuleSet, Run, StepDecision, User
from branches.permissions import Denied
from branches.rules.steps import steps_of
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus
from evaluations.permissions import can_see_past_grades
from evaluations.progress.assessments import STEP
from evaluations.services.exporting import NOT_BEGUN, gone
from members.models import MemberKind, RosterEntry

SHOWN = 10  # campaigns, the newest; more are on nobody's wall
FEW = "票数少，不列人数"
KEPT = "由支部掌握"
OPINIONS = "只提评定意见，不定等次"
IN_TIME, PUT_OFF, NO_DAY = "按时", "经同意延期", "没有规定期限"


@dataclass(frozen=True)
class Year:
    """One campaign of the branch: persons due and assessed, and each grade with its number of persons, best first.

    `done` is False while no assessment is in force; then `state` says how far it is and nobody counts as assessed.
    `hidden` says why no grades stand here, empty where they do; `timing` whether it was done in time.
    """

    year: int
    campaign: str
    due: int
    assessed: int
    done: bool
    state: str
    timing: str
    grades: tuple[tuple[str, int], ...]
    hidden: str

    @property
    def words(self) -> str:
        """The grades and their numbers, or why they do not stand here."""
        return self.hidden or "、".join(f"{label} {number}" for label, number in self.grades)


@dataclass(frozen=True)
class History:
    """What one organisation did in its last campaigns, newest first."""

    organization: Organization
    years: tuple[Year, ...]


def history_of(organization: Organization, reader: User) -> History:
    """The history of one branch as this person may see it; seven queries, whatever the number of campaigns."""
    campaigns = Campaign.objects.visible_to(reader).filter(
        Q(rosters__organization=organization) | Q(assessments__organization=organization)
    )
    shown = list(campaigns.distinct().order_by("-year", "-pk")[:SHOWN])
    past = _Past.read(organization, shown)
    return History(organization, tuple(_year(campaign, past, reader) for campaign in shown))


@dataclass(frozen=True)
class _Past:
    """What is kept of one branch, by campaign (the grades by sheet)."""

    organization: Organization
    sheets: Mapping[int, AssessmentSheet]
    rounds: Mapping[int, int]
    rules: Mapping[tuple[int, int], RuleSet]
    put_off: frozenset[tuple[int, int]]
    grades: Mapping[object, Mapping[int, str]]
    people: Mapping[int, list[tuple[int, bool]]]

    @classmethod
    def read(cls, organization: Organization, campaigns: list[Campaign]) -> _Past:
        """Read it; six queries."""
        here: dict[str, Any] = {"organization": organization, "campaign__in": campaigns}
        sheets = AssessmentSheet.objects.filter(**here).select_related("ballot").order_by("round_no")
        runs = Run.objects.filter(**here).order_by().values_list("campaign").annotate(Max("round_no"))
        decided = StepDecision.objects.filter(**here, step=STEP, kind=DecisionKind.POSTPONED)
        grades: dict[object, dict[int, str]] = defaultdict(dict)
        rows = Assessment.objects.filter(
            sheet__organization=organization, sheet__campaign__in=campaigns, graded=True
        )
        for sheet, entry, grade in rows.order_by().values_list("sheet", "entry", "grade"):
            grades[sheet][entry] = grade
        people: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        full = RosterEntry.objects.filter(
            roster__organization=organization, roster__campaign__in=campaigns, kind=MemberKind.FULL
        )
        for campaign, entry, subject in full.order_by().values_list("roster__campaign", "pk", "is_subject"):
            people[campaign].append((entry, subject))
        return cls(
            organization=organization,
            sheets={sheet.campaign_id: sheet for sheet in sheets},
            rounds=dict(runs),
            rules={(r.campaign_id, r.version): r for r in RuleSet.objects.filter(campaign__in=campaigns)},
            put_off=frozenset(decided.values_list("campaign_id", "round_no")),
            grades=grades,
            people=people,
        )


def _year(campaign: Campaign, past: _Past, reader: User) -> Year:
    """One campaign's line."""
    sheet = past.sheets.get(campaign.pk)
    passed = "" if sheet is None else gone(sheet, past.rounds.get(campaign.pk, 1))
    done = sheet is not None and not passed and sheet.status == AssessmentStatus.EFFECTIVE
    given = past.grades.get(sheet.pk, {}) if sheet is not None and done else {}
    due = sum(subject or entry in given for entry, subject in past.people.get(campaign.pk, ()))
    state = NOT_BEGUN if sheet is None else passed or sheet.get_status_display()
    line = Year(campaign.year, campaign.name, due, len(given), done, state, "", (), "")
    if sheet is None or not done:
        return line
    rules = past.rules[campaign.pk, sheet.rules_version].resolved(past.organization.category)
    last = next(
        (s.due.day for s in steps_of(rules, year=campaign.year, finish=campaign.finish_by) if s.key == STEP),
        None,
    )
    put_off = (campaign.pk, sheet.round_no) in past.put_off
    hidden = _hidden(sheet, can_see_past_grades(reader, past.organization, rules.result_publicity))
    counts = Counter(given.values())
    return Year(
        year=line.year,
        campaign=line.campaign,
        due=due,
        assessed=line.assessed,
        done=True,
        state=state,
        timing=timing_of(sheet.decided_on, last, sheet.round_no, put_off=put_off),
        grades=() if hidden else tuple((label, counts[key]) for key, label in sheet.labels.items()),
        hidden=hidden,
    )


def _hidden(sheet: AssessmentSheet, may: bool | Denied) -> str:
    """Why the grades of a sheet are not shown; empty where they are."""
    if not may:
        return KEPT
    if not sheet.scale:
        return OPINIONS
    return FEW if sheet.ballot.counts_withheld else ""


def timing_of(decided: date | None, last: date | None, round_no: int, *, put_off: bool) -> str:
    """Whether it was done in time, in words. What was put off with leave or ordered again is never called late."""
    if last is None or decided is None:
        return NO_DAY
    if decided <= last:
        return IN_TIME
    if round_no > 1:
        return f"第 {round_no} 轮"
    return PUT_OFF if put_off else f"晚 {(decided - last).days} 天"
