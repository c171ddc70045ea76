"""A branch's own plan (实施方案): written, handed in, taken back; or the light 沟通记录 in its place."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import (
    Campaign,
    Consultation,
    DecisionKind,
    Kind,
    Organization,
    Plan,
    PlanStatus,
    PlanVersion,
    StepDecision,
    User,
)
from branches.models.organization import BODIES
from branches.permissions import Answer, Denied, can_edit_plan, can_write_plan
from branches.rules import show
from branches.services.audit import record
from branches.services.notices import announce
from branches.services.plan_copies import content_of, find_copies
from branches.services.plan_offices import reviewing_office
from branches.services.rounds import round_of
from branches.services.versions import Stale, locked_row
from branches.workflow import PLAN, NotAllowed, perform
from branches.workflow.plans import APPROVE, CONSULT, EDITABLE, PLAN_FIELDS, WRITTEN, is_past_round

NOT_YET = "实施方案还没有批准，批准后方可部署实施。请先写好方案上报，上级批准以后再安排会议。"
AT_THE_SUPERIORS = "实施方案已经上报，上级还没有批准，批准后方可部署实施。"


def plan_gate(campaign: Campaign, organization: Organization) -> str:
    """How plans are asked for here: approve, file_for_record, own, consult or none (groups write none)."""
    if organization.kind not in (Kind.BRANCH, *BODIES):
        return "none"
    return campaign.rules_for(organization).plan_gate


def gates_of(campaign: Campaign) -> set[str]:
    """How plans are asked for anywhere in the campaign, over all categories of organisations."""
    current = campaign.rule_set()
    return {current.stored("plan_gate", category) for category in ("", *current.overlays)}


def _gate(plan: Plan) -> str:
    """How the plan's own campaign asks for it."""
    return plan_gate(plan.campaign, plan.organization)


def current_plan(campaign: Campaign, organization: Organization) -> Plan | None:
    """The plan of the present round, None when nobody has begun one."""
    number = round_of(campaign, organization)
    plans = Plan.objects.filter(campaign=campaign, organization=organization, round_no=number)
    return plans.select_related("campaign", "organization").first()


def blank_plan(*, campaign: Campaign, organization: Organization, by: User) -> Plan:
    """A plan of the present round that is not saved: theme and time as the notice gives them."""
    rules = campaign.rules_for(organization)
    finish = rules.finish_by or campaign.finish_by
    time = show("window", rules.window) if rules.window else ""
    if not time and finish is not None:
        time = f"{finish.year}年{finish.month}月{finish.day}日以前"
    return Plan(
        campaign=campaign,
        organization=organization,
        round_no=round_of(campaign, organization),
        theme=rules.theme or campaign.theme,
        time=time,
        author=by,
    )


def _required(campaign: Campaign, organization: Organization, answer: Answer, *gates: str) -> None:
    """Raise NotAllowed unless the person may, the campaign is open and asks this of the organisation."""
    if answer and not campaign.is_open:
        answer = Denied("活动还没有发布或者已经结束，现在不用填写。")
    if answer and not campaign.covers(organization):
        answer = Denied("这项活动没有发给本组织，不用填写。")
    if answer and plan_gate(campaign, organization) not in gates:
        answer = Denied("这项活动对本组织没有这样的要求，不用填写。")
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)


def open_plan(*, campaign: Campaign, organization: Organization, by: User) -> Plan:
    """Begin the plan of the present round, or return the one begun already.

    Raises NotAllowed for others than the organisation's clerks, and where no plan is asked for.
    """
    _required(campaign, organization, can_write_plan(by, organization), *WRITTEN)
    with transaction.atomic():
        blank = blank_plan(campaign=campaign, organization=organization, by=by)
        plan, is_new = Plan.objects.get_or_create(
            campaign=campaign,
            organization=organization,
            round_no=blank.round_no,
            defaults={"theme": blank.theme, "time": blank.time, "author": by},
        )
        if is_new:
            record(by=by, action="open_plan", about=plan, detail={"campaign": campaign.pk})
    return plan


def _locked(plan: Plan, revision: int) -> Plan:
    """The plan's row under a lock; raises Stale when it was saved since `revision`."""
    return locked_row(plan, "campaign", "organization", version=revision, column="revision")


def save_plan(*, plan: Plan, revision: int, by: User, **fields: str) -> Plan:
    """Keep what was typed; `revision` is the one the page was filled from.

    Raises Stale when somebody saved something else since, NotAllowed for others than the clerks and for
    a plan that is out of their hands. The very text that is saved already is taken as saved.
    """
    with transaction.atomic():
        try:
            locked = _locked(plan, revision)
        except Stale as stale:
            saved: Plan = stale.saved
            if any(getattr(saved, name) != value for name, value in fields.items()):
                raise
            return saved
        answer = can_edit_plan(by, locked)
        if answer and locked.status not in EDITABLE:
            shown = locked.get_status_display()
            answer = Denied(f"方案现在是「{shown}」，不能直接修改。确需修改的，请先撤回。")
        if answer and is_past_round(locked):
            answer = Denied("上级已经责令重新进行，这是上一轮的方案。请填写新一轮的方案。")
        _required(locked.campaign, locked.organization, answer, *WRITTEN)
        changed = [
            name for name in PLAN_FIELDS if fields.get(name, getattr(locked, name)) != getattr(locked, name)
        ]
        for name in changed:
            setattr(locked, name, fields[name])
        locked.revision += 1
        locked.save(update_fields=[*changed, "revision"])
        record(by=by, action="save_plan", about=locked, detail={"fields": changed})
    return locked


def submit_plan(*, plan: Plan, revision: int, by: User) -> Plan:
    """Hand the plan in as it was looked through at `revision`; the reviewing office is told.

    Raises Stale, or NotAllowed with what is missing. The version kept says where it repeats other texts.
    """
    with transaction.atomic():
        moved = perform(PLAN, _locked(plan, revision), "submit", by=by)
        version = _keep_version(moved, by)
        moved.submitted_on, moved.decided_on = timezone.localdate(), None
        moved.save(update_fields=["submitted_on", "decided_on"])
        announce(
            kind=f"plan_submitted_{version.number}",
            about=moved,
            recipients=reviewing_office(moved).people,
            title=f"{moved.organization.short_name}上报了实施方案，请审核",
            body="批准以前，支部不能往下做。" if _gate(moved) == APPROVE else "",
            url=reverse("branches:plan_review", args=[moved.campaign.slug, moved.organization_id]),
        )
    return moved


def _keep_version(plan: Plan, by: User, **decided: Any) -> PlanVersion:
    """Write down the plan as it is now, with where it repeats other texts."""
    last = plan.versions.first()
    return PlanVersion.objects.create(
        plan=plan,
        number=1 if last is None else last.number + 1,
        content=content_of(plan),
        submitted_at=timezone.now(),
        submitted_by=by.full_name,
        overlap=find_copies(plan).as_json(),
        **decided,
    )


def withdraw_plan(*, plan: Plan, by: User) -> Plan:
    """Take a plan back that nobody has reviewed yet; the version handed in stays in the history."""
    with transaction.atomic():
        moved = perform(PLAN, plan, "withdraw", by=by)
        moved.submitted_on = None
        moved.save(update_fields=["submitted_on"])
        moved.versions.filter(decision="").update(
            decision=PlanStatus.DRAFT, decided_at=timezone.now(), decided_by=by.full_name
        )
    return moved


def make_plan(*, plan: Plan, revision: int, by: User) -> Plan:
    """Settle a plan that the organisation makes for itself; nobody else is asked."""
    with transaction.atomic():
        moved = perform(PLAN, _locked(plan, revision), "make", by=by)
        _keep_version(moved, by, decision=PlanStatus.MADE, decided_at=timezone.now(), decided_by=by.full_name)
        moved.decided_on = timezone.localdate()
        moved.save(update_fields=["decided_on"])
    return moved


def reopen_plan(*, plan: Plan, by: User) -> Plan:
    """Take up a settled plan of one's own again; its version stays in the history."""
    with transaction.atomic():
        moved = perform(PLAN, plan, "reopen", by=by)
        moved.decided_on = None
        moved.save(update_fields=["decided_on"])
    return moved


def note_consultation(
    *,
    campaign: Campaign,
    organization: Organization,
    held_on: datetime.date,
    with_whom: str,
    by: User,
    agreed_on: datetime.date | None = None,
    agreed_form: str = "",
    invited: str = "",
) -> Consultation:
    """Keep the 沟通记录 of the present round, or change it; raises NotAllowed where none is asked for."""
    _required(campaign, organization, can_write_plan(by, organization), CONSULT)
    if held_on > timezone.localdate():
        raise NotAllowed("沟通日期不能晚于今天。请填实际沟通的日期。")
    with transaction.atomic():
        noted, is_new = Consultation.objects.update_or_create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            defaults={
                "held_on": held_on,
                "with_whom": with_whom,
                "agreed_on": agreed_on,
                "agreed_form": agreed_form,
                "invited": invited,
            },
        )
        record(by=by, action="note_consultation", about=noted, detail={"new": is_new})
    return noted


def current_consultation(campaign: Campaign, organization: Organization) -> Consultation | None:
    """The 沟通记录 of the present round, None when there is none."""
    number = round_of(campaign, organization)
    return Consultation.objects.filter(campaign=campaign, organization=organization, round_no=number).first()


def gate_refusal(campaign: Campaign, organization: Organization) -> Answer:
    """Whether the organisation may go on with the campaign: not before its plan is approved, where rules say so.

    A superior that lets it off the plan opens the gate too; a plan filed under earlier rules stands.
    """
    if plan_gate(campaign, organization) != APPROVE:
        return True
    number = round_of(campaign, organization)
    scope = {"campaign": campaign, "organization": organization, "round_no": number}
    status = Plan.objects.filter(**scope).values_list("status", flat=True).first()
    if status in (PlanStatus.APPROVED, PlanStatus.FILED, PlanStatus.MADE):
        return True
    waived = StepDecision.objects.filter(**scope, step="plan", kind=DecisionKind.WAIVED, ended_at=None)
    if waived.exists():
        return True
    return Denied(AT_THE_SUPERIORS if status == PlanStatus.SUBMITTED else NOT_YET)
