"""Who writes, reviews, hands in, receives and returns a report; who writes is never who reviews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from branches.models import AuditEvent, Organization, User
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
    is_user,
)
from meetings.models import Report, ReportRecipient, ReportStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

HANDED_IN = (ReportStatus.SUBMITTED, ReportStatus.RECEIVED)
WRITING = ("open_report", "save_report", "take_report_numbers")


def _runs(user: User | AnonymousUser, organization: Organization, roles: Iterable[str]) -> bool:
    """Whether the user holds one of the roles in this very organisation; in a body its 党建办 stands for them."""
    return holds(user, (*roles, *(OFFICE_ROLES if organization.is_body else ())), organization)


def can_write_report(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Write a report: the organisation's own secretary, deputy or organiser (a body's 党建办 too)."""
    if _runs(user, organization, CLERK_ROLES):
        return True
    who = "或本级党建办" if organization.is_body else ""
    return Denied(f"报告由本组织书记、副书记、组织委员{who}填写。")


def can_edit_report(user: User | AnonymousUser, report: Report) -> Answer:
    """Change a report's text and numbers: those who may write it."""
    return can_write_report(user, report.organization)


def can_read_report(user: User | AnonymousUser, report: Report) -> Answer:
    """Read the text: the organisation's own committee always, supervisors once it is to be reviewed, others once it is in.

    Whether the person may read of the organisation at all is asked before (`can_see_people`).
    """
    if _runs(user, report.organization, COMMITTEE_ROLES) or report.status in HANDED_IN:
        return True
    reviewed = report.status in (ReportStatus.IN_REVIEW, ReportStatus.REVIEWED)
    if reviewed and has_role(user, SUPERVISOR_ROLES, report.organization):
        return True
    return Denied("报告还没有报来，报来以后可以看。")


def can_hand_in_report(user: User | AnonymousUser, report: Report) -> Answer:
    """Send a report to be reviewed, hand it in or take it back: the organisation's own leaders (a body's 党建办 too)."""
    if _runs(user, report.organization, LEADERS):
        return True
    return Denied("报告由本组织书记（副书记）送审、上报。")


def can_review_report(user: User | AnonymousUser, report: Report) -> Answer:
    """Review a report where the rules ask for it: supervisors and instructors; nobody who wrote at it."""
    if not has_role(user, SUPERVISOR_ROLES, report.organization):
        return Denied("报告由督导组（指导员）审阅。")
    if _runs(user, report.organization, CLERK_ROLES) or _wrote(user, report):
        return Denied("不能审阅自己（本组织）写的报告，请由督导组的其他同志审阅。")
    return True


def _wrote(user: User | AnonymousUser, report: Report) -> bool:
    """Whether the user has written at this report before, in whatever post."""
    written = AuditEvent.objects.filter(about="meetings.report", about_id=str(report.pk), action__in=WRITING)
    return is_user(user) and written.filter(actor_id=user.pk).exists()


def can_receive_report(user: User | AnonymousUser, recipient: ReportRecipient) -> Answer:
    """Note that a report has come: the receiver's own office; for an office outside, the one who sent it."""
    if recipient.organization is None:
        answer = can_write_report(user, recipient.report.organization)
        return answer or Denied(f"{recipient.name}不在系统里，由上报的组织登记收到日期。")
    if holds(user, (*OFFICE_ROLES, *LEADERS), recipient.organization):
        return True
    return Denied(f"由{recipient.name}登记收到。")


def can_note_receipt(user: User | AnonymousUser, report: Report) -> Answer:
    """Note the last receipt of a report: one who may note some receipt of it."""
    recipients = report.recipients.select_related("organization", "report__organization")
    if any(can_receive_report(user, recipient) for recipient in recipients):
        return True
    return Denied("由报送单位登记收到。")


def can_return_report(user: User | AnonymousUser, report: Report) -> Answer:
    """Return a report that was handed in: the superior, and nobody who runs the organisation that wrote it."""
    if is_above(user, report.organization) and not _runs(user, report.organization, CLERK_ROLES):
        return True
    return Denied("报告由上级党组织退回。")


def can_list_reports(user: User | AnonymousUser) -> Answer:
    """Open the list of reports below: offices, leaders and supervisors of a superior organisation."""
    if is_user(user) and any(
        post.role in READER_ROLES and post.organization.kind in SUPERIOR_KINDS for post in user.posts()
    ):
        return True
    return Denied("各组织的报告由上级党组织查看。")
