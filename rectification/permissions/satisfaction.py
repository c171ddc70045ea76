"""Who runs, counts and reads the surveys of satisfaction, and who notes what follows a failed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import (
    CLERK_ROLES,
    COMMITTEE_ROLES,
    LEADERS,
    OFFICE_ROLES,
    READER_ROLES,
    SUPERIOR_KINDS,
    SUPERVISOR_ROLES,
    Answer,
    Denied,
    has_role,
    holds,
    is_above,
    posts_at,
)
from rectification.models import DutyKind, MeasureCase, RoundStatus, SatisfactionDuty, SurveyRound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

FROM_ABOVE = (*OFFICE_ROLES, *SUPERVISOR_ROLES)
# What the organisation notes of itself; the rest is what the superior does to its head.
OWN_DUTIES = (DutyKind.MAKE_UP, DutyKind.SELF_CRITICISM)


def can_see_surveys(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read an organisation's surveys: its committee, and leaders, offices and supervisors above."""
    if has_role(user, READER_ROLES, organization):
        return True
    return Denied("群众满意度由本组织班子、上级党组织和督导组查看。")


def can_run_survey(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Hold a survey: the organisation's secretary, deputy or organiser, an office or supervisors above."""
    if holds(user, CLERK_ROLES, organization) or has_role(user, FROM_ABOVE, organization):
        return True
    return Denied("测评由本组织书记、副书记、组织委员，或者督导组、上级党建办组织。")


def is_over_it(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user looks at the organisation from above: supervisors, offices and leaders above, nobody of its own."""
    from_above = any(
        post.role in SUPERVISOR_ROLES or post.organization_id != organization.pk
        for post in posts_at(user, FROM_ABOVE, organization)
    )
    own = holds(user, COMMITTEE_ROLES, organization)
    return (from_above or is_above(user, organization)) and not own


def can_step_survey(user: User | AnonymousUser, survey_round: SurveyRound) -> Answer:
    """Move a round on: those who may hold the survey."""
    return can_run_survey(user, survey_round.organization)


def can_void_survey(user: User | AnonymousUser, survey_round: SurveyRound) -> Answer:
    """Void a round: before the count who holds it; later only from above, so that nobody drops a bad result of the own."""
    if survey_round.status == RoundStatus.OPEN:
        return can_run_survey(user, survey_round.organization)
    if is_over_it(user, survey_round.organization):
        return True
    return Denied("计票开始以后，测评只能由督导组或者上级党组织作废。")


def can_count_survey(user: User | AnonymousUser, survey_round: SurveyRound) -> Answer:
    """Count: anybody of the organisation's committee, supervisors and offices above; two different people."""
    organization = survey_round.organization
    if holds(user, COMMITTEE_ROLES, organization) or has_role(user, FROM_ABOVE, organization):
        return True
    return Denied("计票由本组织班子成员、督导组或者上级党建办的两个人各数一遍。")


def can_note_duty(user: User | AnonymousUser, duty: SatisfactionDuty) -> Answer:
    """Note that a duty was done: 补课 and 检讨 the organisation or its superior, the others only the superior."""
    organization = duty.organization
    if is_above(user, organization) and not holds(user, LEADERS, organization):
        return True
    if duty.kind in OWN_DUTIES:
        if holds(user, CLERK_ROLES, organization):
            return True
        return Denied("由本组织书记、副书记、组织委员或者上级党组织登记。")
    return Denied("这一项由上级党组织办理和登记。")


def can_waive_duty(user: User | AnonymousUser, duty: SatisfactionDuty) -> Answer:
    """Let somebody off a duty, or take a note of it back: its superior, never who leads the organisation."""
    if is_above(user, duty.organization) and not holds(user, LEADERS, duty.organization):
        return True
    return Denied("由上级党组织决定。")


def can_see_case(user: User | AnonymousUser, case: MeasureCase) -> Answer:
    """Read a case of 组织措施: the superior, and the organisation's own secretary and deputy."""
    if is_above(user, case.organization) or holds(user, LEADERS, case.organization):
        return True
    return Denied("组织措施由上级党组织掌握。")


def can_decide_case(user: User | AnonymousUser, case: MeasureCase) -> Answer:
    """Decide a case, and note how it ended: an office or leader strictly above, never who leads the organisation."""
    if holds(user, LEADERS, case.organization):
        return Denied("对自己任主要负责人的组织，由上级党组织的其他同志办理。")
    if is_above(user, case.organization):
        return True
    return Denied("组织措施由上级党组织研究决定。")


def can_see_satisfaction_below(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read the overview of a superior: its leaders, office and supervisors, and those above."""
    if any(post.organization.kind in SUPERIOR_KINDS for post in posts_at(user, READER_ROLES, organization)):
        return True
    return Denied("所属各组织的群众满意度由上级党组织查看；本组织的在“群众满意度测评”里。")
