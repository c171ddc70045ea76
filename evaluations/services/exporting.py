"""What leaves the system: which branches' assessments stand and may be taken, and the record of every export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Max

from branches.models import Campaign, Organization, RuleSet, Run, User
from branches.services.audit import record
from branches.services.rounds import round_of
from evaluations.models import AssessmentSheet, AssessmentStatus, BallotStatus
from evaluations.permissions.assessing import BRANCH_ONLY
from evaluations.permissions.exporting import can_take_results

NOT_BEGUN = "还没有开始评定"
KEPT = "由支部掌握"
ORDERED_AGAIN = "责令重新进行，还没有重新评定"
VOIDED = "测评已作废，还没有重新评定"


@dataclass(frozen=True)
class Standing:
    """The branches of a campaign at or below one organisation, in tree order, with the assessments that stand.

    `sheets` are those in force that may be taken; `kept` those in force that stay in the branch by the rules;
    `states` says of every other branch how far it is. All by organisation id.
    """

    branches: tuple[Organization, ...]
    sheets: Mapping[int, AssessmentSheet]
    kept: frozenset[int] = field(default_factory=frozenset)
    states: Mapping[int, str] = field(default_factory=dict)

    def taken(self) -> list[tuple[Organization, AssessmentSheet]]:
        """The branches whose assessment may be taken, in tree order."""
        return [(branch, self.sheets[branch.pk]) for branch in self.branches if branch.pk in self.sheets]

    def state(self, branch: Organization) -> str:
        """Why a branch is not in the table."""
        return KEPT if branch.pk in self.kept else self.states.get(branch.pk, NOT_BEGUN)


def standing_sheets(
    *, campaign: Campaign, organization: Organization, reader: User | None, category: str = ""
) -> Standing:
    """Returns what stands for one reader (None: whoever reads for an office); of several rounds the present one.

    Six queries at most, whatever the number of branches.
    """
    branches = campaign.branches().filter(path__range=organization.subtree_range)
    if category:
        branches = branches.filter(category=category)
    chosen = {branch.pk: branch for branch in branches}
    found = AssessmentSheet.objects.filter(
        campaign=campaign, organization__path__range=organization.subtree_range
    )
    rule_sets = {rules.version: rules for rules in RuleSet.objects.filter(campaign=campaign)}
    runs = Run.objects.filter(
        campaign=campaign, organization__path__range=organization.subtree_range
    ).order_by()
    rounds = dict(runs.values_list("organization").annotate(Max("round_no")))
    last = {
        sheet.organization_id: sheet
        for sheet in found.select_related("ballot__meeting").order_by("round_no")
        if sheet.organization_id in chosen
    }
    sheets: dict[int, AssessmentSheet] = {}
    kept: set[int] = set()
    states: dict[int, str] = {}
    for pk, sheet in last.items():
        branch = sheet.organization = chosen[pk]
        publicity = rule_sets[sheet.rules_version].resolved(branch.category).result_publicity
        passed = gone(sheet, rounds.get(pk, 1))
        if passed or sheet.status != AssessmentStatus.EFFECTIVE:
            states[pk] = passed or sheet.get_status_display()
        elif _may_take(reader, branch, publicity):
            sheets[pk] = sheet
        else:
            kept.add(pk)
    return Standing(tuple(chosen.values()), sheets, frozenset(kept), states)


def superseded(sheet: AssessmentSheet) -> str:
    """Why an assessment is no longer the one that counts; empty while it is. One query."""
    return gone(sheet, round_of(sheet.campaign, sheet.organization))


def gone(sheet: AssessmentSheet, present_round: int) -> str:
    """Why an assessment does not count in this round, empty when it does."""
    if sheet.round_no != present_round:
        return ORDERED_AGAIN
    return "" if sheet.ballot.status == BallotStatus.CERTIFIED else VOIDED


def _may_take(reader: User | None, branch: Organization, publicity: str) -> bool:
    """Whether the reader may take the branch's grades out."""
    if reader is None:
        return publicity != BRANCH_ONLY
    return bool(can_take_results(reader, branch, publicity))


def record_backfill(
    *, campaign: Campaign, organization: Organization, rows: int, full: bool, by: User
) -> None:
    """Record that the table for the national system was taken: how many rows, and whether with full ID numbers."""
    detail = {"campaign": campaign.slug, "rows": rows, "unmasked": full}
    if full:
        record(by=by, action="export_backfill_full", about=organization, detail=detail)
    else:
        record(by=by, action="export_backfill", about=organization, detail=detail)


def record_registration(*, sheet: AssessmentSheet, rows: int, by: User) -> None:
    """Record that so many registration forms of a branch were made as a file."""
    record(by=by, action="export_registration", about=sheet, detail={"rows": rows})


def record_graded(*, campaign: Campaign, organization: Organization, rows: int, by: User) -> None:
    """Record that the summary with grades was taken, and of how many branches."""
    detail = {"campaign": campaign.slug, "rows": rows}
    record(by=by, action="export_graded", about=organization, detail=detail)


def record_statistics(*, campaign: Campaign, organization: Organization, rows: int, by: User) -> None:
    """Record that the numbers for the yearly statistics were taken, and of how many branches."""
    detail = {"campaign": campaign.slug, "rows": rows}
    record(by=by, action="export_statistics", about=organization, detail=detail)
