"""Help plans (教育帮扶): measures, a helper, a day to look again; going on to a disposal is a person's decision."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from branches.models import User
from branches.services.audit import record
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from evaluations.models import Assessment, AssessmentStatus, DisposalCase, HelpPlan, HelpStatus
from evaluations.permissions import can_escalate_help, can_plan_help
from evaluations.services.disposals import propose
from evaluations.workflow import HELP
from evaluations.workflow.assessments import stands

LONGEST_TEXT = 1_000  # characters, as the columns
LONGEST_HELPER = 40


def locked_plan(plan: HelpPlan, version: int | None = None) -> HelpPlan:
    """The plan under a lock; raises Stale when it was saved since `version`."""
    related = ("assessment__sheet__campaign", "assessment__sheet__organization", "assessment__entry__member")
    return locked_row(plan, *related, version=version)


def open_plan(*, assessment: Assessment, by: User) -> HelpPlan:
    """A person puts a member on the list of those to be helped, whatever the grade, or without any.

    Raises NotAllowed for others than the clerks and while the assessment is not in effect; again changes nothing.
    """
    with transaction.atomic():
        insist(can_plan_help(by, HelpPlan(assessment=assessment)))
        if assessment.sheet.status != AssessmentStatus.EFFECTIVE:
            raise NotAllowed("评定还没有生效，生效以后再列入帮扶。")
        insist(stands(assessment.sheet))
        plan, is_new = HelpPlan.objects.get_or_create(assessment=assessment)
        if is_new:
            record(by=by, action="open_help", about=plan, detail={})
    return plan


def start(
    *, plan: HelpPlan, version: int, measures: str, helper: str, review_on: datetime.date, by: User
) -> HelpPlan:
    """Set the plan: what is done, who helps, and when it is looked at again.

    Raises Stale, and NotAllowed for a day that is past, a text too long, or without the right.
    """
    return _plan(plan, version, "start", measures, helper, review_on, by)


def go_on(
    *, plan: HelpPlan, version: int, measures: str, helper: str, review_on: datetime.date, by: User
) -> HelpPlan:
    """Go on helping after a look: the plan may be changed and has a new day; what was found is kept until the next."""
    return _plan(plan, version, "go_on", measures, helper, review_on, by)


def _plan(
    plan: HelpPlan,
    version: int,
    step: str,
    measures: str,
    helper: str,
    review_on: datetime.date,
    by: User,
) -> HelpPlan:
    """Write the plan and take the step that sets it going."""
    if review_on <= timezone.localdate():
        raise NotAllowed("回访日期已经过去或者就是今天，请填以后的日期。")
    _short(measures, LONGEST_TEXT)
    _short(helper, LONGEST_HELPER)
    with transaction.atomic():
        locked = locked_plan(plan, version)
        if locked.status in HELP.transitions[step].sources:
            locked.measures, locked.helper, locked.review_on = measures.strip(), helper.strip(), review_on
            locked.version += 1
            insist(HELP.step(locked, step, by))
            locked.save(update_fields=["measures", "helper", "review_on", "version"])
        return perform(HELP, locked, step, by=by)


def review(*, plan: HelpPlan, version: int, reviewed_on: datetime.date, outcome: str, by: User) -> HelpPlan:
    """Note how it went (回访); raises Stale, and NotAllowed for a day to come or without a word about it."""
    if reviewed_on > timezone.localdate():
        raise NotAllowed("回访日期还没有到，请核对。")
    _short(outcome, LONGEST_TEXT)
    with transaction.atomic():
        locked = locked_plan(plan, version)
        if locked.status == HelpStatus.RUNNING:
            locked.reviewed_on, locked.outcome = reviewed_on, outcome.strip()
            locked.version += 1
            locked.save(update_fields=["reviewed_on", "outcome", "version"])
        return perform(HELP, locked, "review", by=by)


def close(*, plan: HelpPlan, by: User) -> HelpPlan:
    """The help has done its work."""
    return perform(HELP, plan, "close", by=by)


def escalate(*, plan: HelpPlan, kind: str, reason: str, by: User) -> DisposalCase:
    """A person goes on to a disposal with its reason: the plan ends, a case is proposed; the member is heard next."""
    with transaction.atomic():
        locked = locked_plan(plan)
        insist(can_escalate_help(by, locked))
        perform(HELP, locked, "escalate", by=by, note=reason)
        row = locked.assessment
        return propose(
            campaign=row.sheet.campaign,
            organization=row.sheet.organization,
            member=row.entry.member,
            assessment=row,
            kind=kind,
            reason=reason,
            by=by,
        )


def _short(text: str, longest: int) -> None:
    """Raise NotAllowed for a text that cannot be kept."""
    if len(text.strip()) > longest:
        raise NotAllowed(f"最多写 {longest} 个字，请写短一些。")
