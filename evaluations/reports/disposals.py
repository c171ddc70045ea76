"""Help and disposals on screen: a branch's own, the cases that wait for a superior, and members to be commended."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from branches.models import Campaign, Organization, Run, User
from branches.permissions import COMMITTEE_ROLES, holds
from evaluations.models import (
    Assessment,
    AssessmentSheet,
    AssessmentStatus,
    BallotStatus,
    DisposalCase,
    DisposalStatus,
    HelpPlan,
    HelpStatus,
)
from evaluations.permissions import (
    can_begin_assessment,
    can_handle_disposal,
    can_propose_disposal,
    can_see_disposal,
    can_see_sheet,
)
from evaluations.workflow import DISPOSAL, HELP

HELP_STATES = {
    HelpStatus.OWED: "now",
    HelpStatus.RUNNING: "now",
    HelpStatus.REVIEWED: "now",
    HelpStatus.CLOSED: "ok",
    HelpStatus.ESCALATED: "warn",
}
CASE_STATES = {
    DisposalStatus.IN_FORCE: "warn",
    DisposalStatus.ENDED: "ok",
    DisposalStatus.REFUSED: "idle",
    DisposalStatus.DROPPED: "idle",
}
CASE_RELATED = ("campaign__issuer", "organization", "member", "meeting", "previous")
PLAN_RELATED = (
    "assessment__sheet__organization",
    "assessment__sheet__campaign__issuer",
    "assessment__entry__member",
)


@dataclass(frozen=True)
class HelpRow:
    """One help plan."""

    plan: HelpPlan

    @property
    def state(self) -> str:
        """The colour of the state."""
        return HELP_STATES[HelpStatus(self.plan.status)]


@dataclass(frozen=True)
class CaseRow:
    """One case."""

    case: DisposalCase

    @property
    def state(self) -> str:
        """The colour of the state."""
        return CASE_STATES.get(DisposalStatus(self.case.status), "now")


@dataclass(frozen=True)
class FollowUp:
    """A branch's help plans and disposals, newest campaign first, as far as the reader may see them."""

    organization: Organization
    plans: tuple[HelpRow, ...]
    cases: tuple[CaseRow, ...]
    may_propose: bool
    may_help: tuple[Assessment, ...]  # whom this person may put on the list

    @classmethod
    def of(cls, organization: Organization, user: User) -> FollowUp:
        """The page as this person may see it."""
        plans = standing_plans().filter(assessment__sheet__organization=organization)
        cases = DisposalCase.objects.filter(organization=organization).select_related(*CASE_RELATED)
        newest = ("-assessment__sheet__campaign__year", "assessment__ordinal", "pk")
        return cls(
            organization,
            tuple(HelpRow(p) for p in plans.order_by(*newest) if can_see_sheet(user, p.assessment.sheet)),
            tuple(CaseRow(c) for c in cases.order_by("-campaign__year", "pk") if can_see_disposal(user, c)),
            bool(can_propose_disposal(user, organization)),
            tuple(not_helped(organization)) if can_begin_assessment(user, organization) else (),
        )


def not_helped(organization: Organization) -> QuerySet[Assessment]:
    """The members on the branch's newest assessment in effect who have no help plan, in roster order."""
    sheets = AssessmentSheet.objects.filter(
        organization=organization,
        status=AssessmentStatus.EFFECTIVE,
        ballot__status=BallotStatus.CERTIFIED,
    )
    newest = sheets.order_by("-effective_on", "-round_no", "pk").first()
    return Assessment.objects.filter(sheet=newest, help_plan=None).select_related("sheet__organization")


def standing_plans() -> QuerySet[HelpPlan]:
    """Help plans of assessments in effect whose ballot stands; what was ordered anew left them behind."""
    return HelpPlan.objects.filter(
        assessment__sheet__status=AssessmentStatus.EFFECTIVE,
        assessment__sheet__ballot__status=BallotStatus.CERTIFIED,
    ).select_related(*PLAN_RELATED)


def plan_steps(plan: HelpPlan, user: User) -> list[str]:
    """What this person may do with the plan now."""
    return [name for name, _ in HELP.available(plan, user)]


def case_steps(case: DisposalCase, user: User) -> list[str]:
    """What this person may do with the case now; hearing and following are no changes of state."""
    found = [name for name, _ in DISPOSAL.available(case, user)]
    if case.status == DisposalStatus.RESOLVED:  # one of the two, as the rules say
        asks = case.campaign.rules_for(case.organization).disposal_needs_parent
        found = [name for name in found if name != ("enforce" if asks else "submit")]
    if can_handle_disposal(user, case):
        if case.status == DisposalStatus.PROPOSED:
            found.insert(1 if case.heard_on else 0, "hear")
        if (
            case.status == DisposalStatus.ENDED
            and not case.following.exclude(
                status__in=(DisposalStatus.DROPPED, DisposalStatus.REFUSED)
            ).exists()
        ):
            found.append("follow")
    return found


def waiting_cases(user: User) -> list[CaseRow]:
    """The cases handed in below the reader that are to be approved or refused, the earliest first."""
    rows = DisposalCase.objects.visible_to(user).filter(status=DisposalStatus.SUBMITTED)
    ordered = rows.select_related(*CASE_RELATED).order_by("submitted_on", "organization__path", "pk")
    return [CaseRow(case) for case in ordered if can_see_disposal(user, case)]


def running_cases(user: User) -> list[CaseRow]:
    """The cases in force below the reader, the one that is up first on top."""
    rows = DisposalCase.objects.visible_to(user).filter(status=DisposalStatus.IN_FORCE)
    ordered = rows.select_related(*CASE_RELATED).order_by("due_on", "organization__path", "pk")
    return [CaseRow(case) for case in ordered if can_see_disposal(user, case)]


@dataclass(frozen=True)
class Commended:
    """The members of one branch with the best grade, in roster order."""

    organization: Organization
    names: tuple[str, ...]


def commended(campaign: Campaign, organization: Organization, user: User) -> list[Commended]:
    """Members with the best grade in branches at or below, in the order of the tree; never ranked.

    Only sheets in effect of the present round that the reader may see by the rules.
    """
    sheets = AssessmentSheet.objects.filter(
        campaign=campaign,
        organization__path__range=organization.subtree_range,
        status=AssessmentStatus.EFFECTIVE,
        ballot__status=BallotStatus.CERTIFIED,
    ).exclude(_left_behind(campaign))
    best = {}
    told: dict[tuple[int, str, bool], bool] = {}  # the same answer for all of one kind
    for sheet in sheets.select_related("organization").order_by("organization__path"):
        sheet.campaign = campaign
        own = holds(user, COMMITTEE_ROLES, sheet.organization)
        key = (sheet.rules_version, sheet.organization.category, own)
        if key not in told:
            told[key] = bool(can_see_sheet(user, sheet))
        if sheet.scale and told[key]:
            best[sheet.pk] = sheet
    names: dict[object, list[str]] = {pk: [] for pk in best}
    rows = Assessment.objects.filter(sheet__in=list(best)).exclude(grade="")
    for pk, grade, name in rows.order_by("ordinal").values_list("sheet", "grade", "name"):
        if grade == best[pk].scale[0]["key"]:
            names[pk].append(name)
    return [Commended(sheet.organization, tuple(names[pk])) for pk, sheet in best.items() if names[pk]]


def _left_behind(campaign: Campaign) -> Q:
    """The sheets of rounds that have to be held again."""
    found = Q(pk__in=[])
    for organization, number in Run.objects.filter(campaign=campaign).values_list("organization", "round_no"):
        found |= Q(organization=organization, round_no__lt=number)
    return found
