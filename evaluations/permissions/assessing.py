"""Who writes, decides, confirms and reads assessments, gives feedback, plans help and handles disposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import (
    CLERK_ROLES,
    COMMITTEE_ROLES,
    LEADERS,
    READER_ROLES,
    Answer,
    Denied,
    holds,
    is_above,
    is_user,
    posts_at,
)
from evaluations.models import (
    Assessment,
    AssessmentSheet,
    AssessmentStatus,
    DisposalCase,
    DisposalStatus,
    Feedback,
    FeedbackStatus,
    HelpPlan,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

BRANCH_ONLY = "branch_only"  # value of the rule `result_publicity`
HANDED_UP = (
    DisposalStatus.SUBMITTED,
    DisposalStatus.IN_FORCE,
    DisposalStatus.ENDED,
    DisposalStatus.REFUSED,
)


def _is_self(user: User | AnonymousUser, assessment: Assessment) -> bool:
    """Whether the assessment is about the user."""
    return is_user(user) and assessment.entry.member.user_id == user.pk


def _reads_above(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user reads for an organisation strictly above."""
    above = posts_at(user, READER_ROLES, organization)
    return any(post.organization_id != organization.pk for post in above)


def can_begin_assessment(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Begin the assessment of a branch: its secretary, deputy or organiser."""
    if holds(user, CLERK_ROLES, organization):
        return True
    return Denied("组织评定由本支部书记、副书记或组织委员办理。")


def can_write_assessment(user: User | AnonymousUser, sheet: AssessmentSheet) -> Answer:
    """Write opinions, grades and evidence, and note a hearing: the branch's secretary, deputy or organiser."""
    return can_begin_assessment(user, sheet.organization)


def can_see_sheet(user: User | AnonymousUser, sheet: AssessmentSheet) -> Answer:
    """Read a branch's whole assessment: its committee; superiors once decided, unless the rules keep it in the branch.

    Who has to confirm an exceeded cap reads it then, whatever the rules say of publicity.
    """
    if holds(user, COMMITTEE_ROLES, sheet.organization):
        return True
    if not _reads_above(user, sheet.organization):
        return Denied("组织评定情况由支部委员会掌握；本人的评定意见在“我的评议结果”里看。")
    if sheet.status == AssessmentStatus.DRAFT:
        return Denied("支部还在提出评定意见，评定以后才能查看。")
    if sheet.status == AssessmentStatus.AWAITING or sheet.rules().result_publicity != BRANCH_ONLY:
        return True
    return Denied("按本次活动的规定，评定情况由支部掌握，不报上级。")


def can_see_history(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read what a branch did year on year: its committee, and those who read for an organisation above."""
    if holds(user, COMMITTEE_ROLES, organization) or _reads_above(user, organization):
        return True
    return Denied("历年评议情况由支部委员会和上级党组织掌握；本人历年的结果在“我的评议结果”里看。")


def can_see_past_grades(user: User | AnonymousUser, organization: Organization, publicity: str) -> Answer:
    """Read how many were given each grade: the branch's committee; superiors unless the rules keep it in the branch."""
    if publicity != BRANCH_ONLY or holds(user, COMMITTEE_ROLES, organization):
        return True
    return Denied("按本次活动的规定，评定情况由支部掌握，不报上级。")


def can_see_own_result(user: User | AnonymousUser, assessment: Assessment) -> Answer:
    """Read the own assessment: the member alone, once somebody of the branch has told the person."""
    if not _is_self(user, assessment):
        return Denied("这里只能看本人的评议结果。")
    feedback = Feedback.objects.filter(assessment=assessment).first()
    if feedback is None or feedback.status == FeedbackStatus.OWED:
        return Denied("支部还没有向您反馈评定意见，反馈以后可以在这里查看。")
    return True


def can_decide_assessment(user: User | AnonymousUser, sheet: AssessmentSheet) -> Answer:
    """Note what the meeting decided, or take it back before it is confirmed: the branch's secretary or deputy."""
    if holds(user, LEADERS, sheet.organization):
        return True
    return Denied("会议的评定结果由支部书记（副书记）登记。")


def can_confirm_assessment(user: User | AnonymousUser, sheet: AssessmentSheet) -> Answer:
    """Confirm or return an assessment over the cap: strictly above, and nobody who wrote it."""
    if is_above(user, sheet.organization) and not holds(user, CLERK_ROLES, sheet.organization):
        return True
    return Denied("超过优秀比例的，由上级党组织确认或退回。")


def can_see_feedback(user: User | AnonymousUser, sheet: AssessmentSheet) -> Answer:
    """Read who has been told and who not: the branch's committee; leaders and offices above once it is in effect.

    No grade and no opinion stands there, so the rule of publicity does not matter: somebody above tells the
    secretary where nobody else in the branch can.
    """
    if holds(user, COMMITTEE_ROLES, sheet.organization):
        return True
    if is_above(user, sheet.organization) and sheet.status == AssessmentStatus.EFFECTIVE:
        return True
    return Denied("反馈情况由支部委员会和上级党组织掌握；本人的评定意见在“我的评议结果”里看。")


def can_give_feedback(user: User | AnonymousUser, feedback: Feedback) -> Answer:
    """Note that a member was told: the branch's committee or the superior, never about oneself."""
    organization = feedback.organization
    if _is_self(user, feedback.assessment):
        return Denied("对自己的反馈，请由支部其他委员或上级党组织的同志办理。")
    if holds(user, COMMITTEE_ROLES, organization) or is_above(user, organization):
        return True
    return Denied("反馈由支部委员会的同志办理。")


def can_note_reply(user: User | AnonymousUser, feedback: Feedback) -> Answer:
    """Say that one has been told, or object: the member; the branch's clerks note what was signed on paper."""
    if _is_self(user, feedback.assessment) or holds(user, CLERK_ROLES, feedback.organization):
        return True
    return Denied("由本人表示，或者由支部书记、副书记、组织委员按纸面签字登记。")


def can_answer_objection(user: User | AnonymousUser, feedback: Feedback) -> Answer:
    """Answer a member's objection, or note that it was decided anew: the branch's secretary or deputy."""
    if holds(user, LEADERS, feedback.organization):
        return True
    return Denied("异议由支部书记（副书记）答复。")


def can_plan_help(user: User | AnonymousUser, plan: HelpPlan) -> Answer:
    """Write a help plan and how it went: the branch's secretary, deputy or organiser."""
    if holds(user, CLERK_ROLES, plan.organization):
        return True
    return Denied("帮扶计划由本支部书记、副书记或组织委员填写。")


def can_escalate_help(user: User | AnonymousUser, plan: HelpPlan) -> Answer:
    """Go on from help to a disposal: the branch's secretary or deputy; the program never does."""
    if holds(user, LEADERS, plan.organization):
        return True
    return Denied("是否转为组织处置，由支部书记（副书记）提请支部研究后登记。")


def can_propose_disposal(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Open a disposal case: the branch's secretary or deputy."""
    if holds(user, LEADERS, organization):
        return True
    return Denied("组织处置由支部书记（副书记）登记。")


def can_handle_disposal(user: User | AnonymousUser, case: DisposalCase) -> Answer:
    """Note hearing and resolution, hand the case in, drop or end it: the branch's secretary or deputy."""
    return can_propose_disposal(user, case.organization)


def can_judge_disposal(user: User | AnonymousUser, case: DisposalCase) -> Answer:
    """Approve or refuse: strictly above, and nobody who handles it in the branch."""
    if is_above(user, case.organization) and not holds(user, CLERK_ROLES, case.organization):
        return True
    return Denied("组织处置由上级党组织批准。")


def can_see_disposal(user: User | AnonymousUser, case: DisposalCase) -> Answer:
    """Read a case: the branch's committee; offices and leaders above once it is handed in."""
    if holds(user, COMMITTEE_ROLES, case.organization):
        return True
    if is_above(user, case.organization):
        if case.status in HANDED_UP:
            return True
        return Denied("支部还没有上报，上报以后可以查看。")
    return Denied("组织处置情况由支部委员会和上级党组织掌握。")
