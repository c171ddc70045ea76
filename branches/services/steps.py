"""A branch's line through a campaign: ticking, postponing, letting off, ordering another round."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import (
    Campaign,
    CampaignStatus,
    DecisionKind,
    Organization,
    Role,
    Run,
    StepDecision,
    StepMark,
    User,
    path_and_above,
)
from branches.permissions import (
    LEADERS,
    Answer,
    Denied,
    can_note_step,
    can_order_redo,
    can_postpone,
    can_waive,
)
from branches.rules.steps import Step, steps_of
from branches.rules.steptypes import outlasts
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.plans import gate_refusal
from branches.services.rounds import round_of
from branches.workflow import NotAllowed

NEW_ROUND = "上级刚才责令重新进行，页面上是上一轮的情况。请看过新的要求再办。"


def steps_for(campaign: Campaign, organization: Organization) -> tuple[Step, ...]:
    """The prescribed steps of one organisation under the rules that hold for it."""
    return steps_of(
        campaign.rules_for(organization),
        year=campaign.year,
        finish=campaign.finish_by,
        is_body=organization.is_body,
        has_committee=organization.has_committee,
    )


def is_worked_on(campaign: Campaign, key: str) -> bool:
    """Whether a step may be worked on: in an open campaign every one, in a closed one those whose clocks run on."""
    return campaign.is_open or (campaign.status == CampaignStatus.CLOSED and outlasts(key))


def _step(campaign: Campaign, organization: Organization, key: str, answer: Answer) -> Step:
    """The step if it may be worked on now; raises NotAllowed with what to do."""
    if not answer:
        raise NotAllowed(answer.reason)
    if not is_worked_on(campaign, key):
        raise NotAllowed("活动还没有发布或已经结束，不能再登记。")
    if not campaign.covers(organization):
        raise NotAllowed("这个活动没有发给本组织。")
    found = next((step for step in steps_for(campaign, organization) if step.key == key), None)
    if found is None:
        raise NotAllowed("这个活动没有这个环节，不需要登记。请刷新页面。")
    return found


def check_work(
    campaign: Campaign, organization: Organization, step: str, answer: Answer, day: datetime.date
) -> Step:
    """The step, if work done on this day may be written down for it; raises NotAllowed with what to do.

    Refused: who may not, a day to come, before the campaign or before the present round, or a plan not yet
    approved.
    """
    found = _step(campaign, organization, step, answer)
    if day > timezone.localdate():
        raise NotAllowed("完成日期不能晚于今天。请填实际完成的日期。")
    if day.year < campaign.year - 1:
        raise NotAllowed(f"{day.year}年早于本次活动（{campaign.year}年度），请核对年份。")
    run = Run.objects.filter(campaign=campaign, organization=organization).last()
    if run is not None and day < timezone.localdate(run.opened_at):
        since = timezone.localtime(run.opened_at)
        raise NotAllowed(
            f"上级在 {since.month}月{since.day}日责令重新进行，这以前办的不算本轮。请填重新办理的日期。"
        )
    gate = gate_refusal(campaign, organization) if "plan" in found.after else True
    if not gate:
        raise NotAllowed(gate.reason)
    return found


def note_step(
    *, campaign: Campaign, organization: Organization, step: str, done_on: datetime.date, by: User
) -> StepMark:
    """Tick a step by hand with the day it was done; ticking again changes the day.

    Raises NotAllowed: not one's own, a step an app keeps, a day to come or before the present round, or a
    plan not yet approved.
    """
    answer = can_note_step(by, organization)
    found = _step(campaign, organization, step, answer)
    if not found.may_tick:
        raise NotAllowed(f"“{found.label}”由系统根据办理情况自动登记，不用手工勾选。")
    check_work(campaign, organization, step, answer, done_on)
    with transaction.atomic():
        mark, _ = StepMark.objects.update_or_create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            step=step,
            defaults={"done_on": done_on},
        )
        record(by=by, action="note_step", about=mark, detail={"campaign": campaign.pk, "step": step})
    return mark


def unnote_step(*, campaign: Campaign, organization: Organization, step: str, by: User) -> None:
    """Take a tick back; nothing happens when there is none."""
    _step(campaign, organization, step, can_note_step(by, organization))
    with transaction.atomic():
        marks = StepMark.objects.filter(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            step=step,
        )
        for mark in marks:
            record(by=by, action="unnote_step", about=mark, detail={"campaign": campaign.pk, "step": step})
            mark.delete()


def postpone_step(
    *,
    campaign: Campaign,
    organization: Organization,
    step: str,
    reason: str,
    until: datetime.date | None,
    by: User,
) -> StepDecision:
    """Postpone a step (“时间服从质量”), telling the superior; it is not late until a person ends that.

    Raises NotAllowed without a reason, for a new day already past, or for one without the right.
    """
    found = _step(campaign, organization, step, can_postpone(by, organization))
    if until is not None and until < timezone.localdate():
        raise NotAllowed("预计日期已经过去。请填以后的日期，或者不填。")
    return _decide(campaign, organization, found, DecisionKind.POSTPONED, reason, until, by)


def waive_step(
    *, campaign: Campaign, organization: Organization, step: str, reason: str, by: User
) -> StepDecision:
    """Let an organisation off a step, with the reason; raises NotAllowed for anybody but its superior."""
    found = _step(campaign, organization, step, can_waive(by, organization))
    return _decide(campaign, organization, found, DecisionKind.WAIVED, reason, None, by)


def _decide(
    campaign: Campaign,
    organization: Organization,
    step: Step,
    kind: DecisionKind,
    reason: str,
    until: datetime.date | None,
    by: User,
) -> StepDecision:
    """Write the decision in place of the one that held, and tell the other side."""
    if not reason.strip():
        raise NotAllowed("请写明原因。")
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        number = round_of(campaign, organization)
        holding = StepDecision.objects.filter(
            campaign=campaign, organization=organization, round_no=number, step=step.key, ended_at=None
        )
        if same := holding.filter(kind=kind, reason=reason.strip(), until=until).first():
            return same  # the button was pressed twice
        holding.update(ended_at=timezone.now())
        decision = StepDecision.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=number,
            step=step.key,
            kind=kind,
            reason=reason.strip(),
            until=until,
            decided_by=by.full_name,
            decided_at=timezone.now(),
        )
        record(by=by, action=f"step_{kind}", about=decision, detail={"step": step.key})
        words = "延期" if kind == DecisionKind.POSTPONED else "经上级同意不做"
        _tell(decision, f"{organization.short_name}：“{step.label}”{words}", reason.strip(), by)
    return decision


def end_decision(*, decision: StepDecision, by: User) -> StepDecision:
    """End a waiver or postponement; its superior may, and the own leader may end a postponement."""
    answer: Answer = can_waive(by, decision.organization)
    if not answer and decision.kind == DecisionKind.POSTPONED:
        answer = can_postpone(by, decision.organization)
    if answer and not is_worked_on(decision.campaign, decision.step):
        answer = Denied("活动已经结束，不能再改。")
    if answer and decision.round_no != round_of(decision.campaign, decision.organization):
        answer = Denied(NEW_ROUND)
    if not answer:
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        locked = StepDecision.objects.select_for_update().get(pk=decision.pk)
        if locked.ended_at is None:
            locked.ended_at = timezone.now()
            locked.save(update_fields=["ended_at"])
            record(by=by, action="end_decision", about=locked, detail={"step": locked.step})
            _tell(
                locked, f"{locked.organization.short_name}：原来的“{locked.get_kind_display()}”已解除", "", by
            )
    return locked


def _tell(decision: StepDecision, title: str, body: str, by: User) -> None:
    """Tell the offices above and the organisation's leaders, not the one who decided."""
    told = {*offices_above(decision.campaign, decision.organization), *leaders_of(decision.organization)}
    announce(
        kind=f"step_{decision.kind}_{'ended' if decision.ended_at else 'decided'}",
        about=decision,
        recipients=sorted(told - {by}, key=lambda person: person.pk),
        title=title[:120],
        body=body,
        url=reverse("org_steps", args=[decision.campaign.slug, decision.organization_id])
        + f"#{decision.step}",
    )


def offices_above(campaign: Campaign, organization: Organization) -> list[User]:
    """Who works today for the offices from the campaign's issuer down to just above the organisation."""
    above = [p for p in path_and_above(organization.path)[:-1] if p.startswith(campaign.issuer.path)]
    return holders(Organization.objects.filter(path__in=above), (Role.OFFICE,))


def leaders_of(organization: Organization) -> list[User]:
    """The organisation's secretary and deputy who have an account."""
    return holders(Organization.objects.filter(pk=organization.pk), LEADERS)


def check_round(campaign: Campaign, organization: Organization, seen: int | None) -> None:
    """Raise NotAllowed when the round shown to the person is no longer the present one; None asks nothing."""
    if seen is not None and seen != round_of(campaign, organization):
        raise NotAllowed(NEW_ROUND)


def order_redo(
    *, campaign: Campaign, organization: Organization, reason: str, by: User, seen: int | None = None
) -> Run:
    """Order another round (责令重新进行): the old one stays readable, everything is owed anew.

    `seen` is the round the person was shown. Raises NotAllowed without a reason, for anybody but the
    superior, or when a colleague has ordered another round meanwhile. The caller voids what must not
    stand any more, in the same transaction.
    """
    answer = can_order_redo(by, organization)
    if answer and not campaign.is_open:
        answer = Denied("活动还没有发布或已经结束，不能责令重新进行。")
    if answer and not campaign.covers(organization):
        answer = Denied("这个活动没有发给这个组织。")
    if answer and not reason.strip():
        answer = Denied("请写明原因和要求，支部要照此重新进行。")
    if not answer:
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
        check_round(campaign, organization, seen)
        run = Run.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization) + 1,
            opened_at=timezone.now(),
            reason=reason.strip(),
        )
        record(by=by, action="order_redo", about=run, detail={"round": run.round_no})
        announce(
            kind="redo_ordered",
            about=run,
            recipients=leaders_of(organization),
            title=f"上级要求重新进行：{campaign.name}"[:120],
            body=run.reason,
            url=reverse("home"),
        )
    return run
