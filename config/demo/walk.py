"""The steps of many branches in bulk: plans or 沟通记录, and ticks with their days, as if the season were half over."""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence

from django.utils import timezone

from branches.models import (
    Campaign,
    Consultation,
    DecisionKind,
    Organization,
    Plan,
    PlanStatus,
    PlanVersion,
    StepDecision,
    StepMark,
    User,
)
from branches.rules import Rules
from branches.rules.steps import Step, steps_of
from branches.services.plan_copies import content_of
from meetings.models import Meeting

BATCH = 2000
GATES = {"approve": PlanStatus.APPROVED, "file_for_record": PlanStatus.FILED, "own": PlanStatus.MADE}
NOON = datetime.time(11, 20)
BEFORE, AFTER = "会前", "会后"


def walk(
    chance: random.Random, campaign: Campaign, organizations: Sequence[Organization], *, author: User
) -> int:
    """Plans and ticks for organisations: those that met ticked what comes before; returns how many ticks.

    Of the others some are half-way and some have not begun. `author` stands as writer of the plans.
    """
    met = {
        meeting.organization_id: timezone.localtime(meeting.starts_at).date()
        for meeting in Meeting.objects.held().filter(campaign=campaign, organization__in=organizations)
    }
    known: dict[str, tuple[Rules, tuple[Step, ...]]] = {}
    marks: list[StepMark] = []
    begun: list[tuple[Organization, datetime.date, Rules]] = []
    for organization in organizations:
        if organization.category not in known:
            rules = campaign.rules_for(organization)
            steps = steps_of(rules, year=campaign.year, finish=campaign.finish_by, has_committee=False)
            known[organization.category] = (rules, steps)
        rules, steps = known[organization.category]
        held = met.get(organization.pk)
        if held is None and chance.random() < 0.4:
            continue
        day = held or timezone.localdate()
        begun.append((organization, day - datetime.timedelta(days=20), rules))
        marks += _marks(chance, campaign, organization, steps, day, has_met=held is not None)
    StepMark.objects.bulk_create(marks, batch_size=BATCH)
    _plans(campaign, begun, author)
    return len(marks)


def _marks(
    chance: random.Random,
    campaign: Campaign,
    organization: Organization,
    steps: tuple[Step, ...],
    day: datetime.date,
    *,
    has_met: bool,
) -> list[StepMark]:
    """Ticks of one organisation: before the meeting nearly all, after it the first ones."""
    found = []
    for number, step in enumerate(steps):
        if not step.may_tick or step.kind == "meeting":
            continue
        likely = 0.95 if step.part == BEFORE and has_met else 0.5 if has_met or step.part == BEFORE else 0.0
        if chance.random() >= likely:
            continue
        days = -max(1, 18 - number) if step.part == BEFORE else chance.randint(0, 2)
        done_on = min(day + datetime.timedelta(days=days), timezone.localdate())
        found.append(StepMark(campaign=campaign, organization=organization, step=step.key, done_on=done_on))
    return found


def _plans(campaign: Campaign, begun: list[tuple[Organization, datetime.date, Rules]], author: User) -> None:
    """What the gate of each asks for: an approved, filed or made plan, or a 沟通记录."""
    plans = [
        Plan(
            campaign=campaign,
            organization=organization,
            status=GATES[rules.plan_gate],
            theme=campaign.theme,
            time="本月中下旬，具体日期会前三天通知",
            form="召开党员大会，现场无记名填写测评表",
            attendees="全体党员，邀请镇党委派员参加",
            requirements="会前逐户走访听取意见，会上不说空话套话，会后列出清单逐条落实。",
            submitted_on=day,
            decided_on=day + datetime.timedelta(days=1),
            author=author,
        )
        for organization, day, rules in begun
        if rules.plan_gate in GATES
    ]
    Plan.objects.bulk_create(plans, batch_size=BATCH)
    PlanVersion.objects.bulk_create([_version(plan, author) for plan in plans], batch_size=BATCH)
    talks = [
        Consultation(
            campaign=campaign,
            organization=organization,
            held_on=day,
            with_whom="镇党建办",
            agreed_form="党员大会",
            invited="镇党委派员",
        )
        for organization, day, rules in begun
        if rules.plan_gate == "consult"
    ]
    Consultation.objects.bulk_create(talks, batch_size=BATCH)


def _version(plan: Plan, by: User) -> PlanVersion:
    """The one version of a plan that is settled, as handed in on its day and decided on the next."""
    day = plan.submitted_on or timezone.localdate()
    handed_in = timezone.make_aware(datetime.datetime.combine(day, NOON))
    return PlanVersion(
        plan=plan,
        number=1,
        content=content_of(plan),
        submitted_at=handed_in,
        submitted_by=f"{plan.organization.short_name}书记",
        decision=plan.status,
        decided_at=handed_in + datetime.timedelta(days=1),
        decided_by=by.full_name,
    )


def hold_up(campaign: Campaign, organization: Organization, step: str, reason: str, *, by: User) -> None:
    """One postponed step, so that the board shows what that looks like."""
    StepDecision.objects.create(
        campaign=campaign,
        organization=organization,
        step=step,
        kind=DecisionKind.POSTPONED,
        reason=reason,
        until=timezone.localdate() + datetime.timedelta(days=14),
        decided_by=by.full_name,
        decided_at=timezone.now(),
    )
