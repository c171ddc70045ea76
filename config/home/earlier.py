"""What earlier rounds of an organisation left behind, still readable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from branches.models import Campaign, Organization, Plan, Run, StepMark
from branches.services import steps
from config.home.days import said
from meetings.models import Meeting


@dataclass(frozen=True)
class Round:
    """What is kept of an earlier round, still readable."""

    number: int
    lines: tuple[str, ...]


def earlier_rounds(campaign: Campaign, organization: Organization, number: int) -> list[Round]:
    """What earlier rounds left behind: ticks, plans, meetings and voided ballots."""
    if number == 1:
        return []
    labels = {step.key: step.label for step in steps.steps_for(campaign, organization)}
    scope: dict[str, Any] = {"campaign": campaign, "organization": organization}
    found: dict[int, list[str]] = {n: [] for n in range(1, number)}
    for mark in StepMark.objects.filter(**scope, round_no__lt=number).order_by("done_on"):
        found[mark.round_no].append(f"{labels.get(mark.step, mark.step)}：{said(mark.done_on)}")
    for plan in Plan.objects.filter(**scope, round_no__lt=number):
        found[plan.round_no].append(f"实施方案：{plan.get_status_display()}")
    ends = dict(Run.objects.filter(**scope).values_list("round_no", "opened_at"))
    for meeting in Meeting.objects.held().filter(**scope).order_by("starts_at"):
        of_round = max([1, *(n for n, at in ends.items() if at <= meeting.starts_at)])
        if of_round < number:
            found[of_round].append(
                f"{meeting.get_kind_display()}：{said(timezone.localtime(meeting.starts_at).date())}"
            )
    return [Round(n, tuple(lines)) for n, lines in found.items()]
