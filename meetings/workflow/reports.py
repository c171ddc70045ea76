"""The steps of a report (专项报告、情况总结): written, reviewed where the rules ask for it, handed in, received."""

from __future__ import annotations

from typing import Any

from branches.models import Run
from branches.permissions import Answer, Denied
from branches.rules import Rules
from branches.workflow import Transition, Workflow
from meetings.models import Report, ReportStatus
from meetings.permissions.reports import (
    can_hand_in_report,
    can_note_receipt,
    can_return_report,
    can_review_report,
)
from meetings.rules.report import NOT_ASKED, Section, unknown_in, unwritten

EDITABLE = (ReportStatus.DRAFT, ReportStatus.RETURNED)
OUT = (ReportStatus.IN_REVIEW, ReportStatus.REVIEWED, ReportStatus.SUBMITTED)


def rules_of(report: Report) -> Rules:
    """The rules that hold for the report's organisation."""
    return report.campaign.rules_for(report.organization)


def sections_of(report: Report) -> tuple[Section, ...]:
    """The parts of a report as they are kept."""
    return tuple(Section(**part) for part in report.sections)


def is_reviewed_first(rules: Rules) -> bool:
    """Whether somebody has to review the report before it is handed in."""
    return rules.report_reviewer != "none"


def is_past_round(report: Report) -> bool:
    """Whether the superior has ordered another round since, so that the report is only there to be read."""
    newer = Run.objects.filter(campaign=report.campaign_id, organization=report.organization_id)
    return newer.filter(round_no__gt=report.round_no).exists()


def works(report: Report) -> Answer:
    """The campaign is open, the rules ask for a report, and it is of the present round."""
    if not report.campaign.is_open:
        return Denied("活动还没有发布或者已经结束，报告不能再办理。")
    if rules_of(report).report == NOT_ASKED:
        return Denied("这项活动不要求报告，不用办理。")
    if is_past_round(report):
        return Denied("上级已经责令重新进行，这是上一轮的报告，只供查看。")
    return True


def _complete(report: Report) -> Answer:
    """It works, something is written under every heading, and every place of a number is known."""
    answer = works(report)
    if not answer:
        return answer
    empty = unwritten(sections_of(report))
    if empty:
        return Denied(f"还没有写：{'、'.join(empty)}。写好以后再报。")
    wrong = unknown_in(sections_of(report), report.numbers)
    if wrong:
        return Denied(f"正文里有认不出的数：{'、'.join(f'〔{key}〕' for key in wrong)}。请改正以后再报。")
    return True


def _may_be_sent_to_review(report: Report) -> Answer:
    """It is complete and somebody reviews it."""
    if not is_reviewed_first(rules_of(report)):
        return Denied("这项活动的报告不用先送审，请直接上报。")
    return _complete(report)


def _may_be_submitted(report: Report) -> Answer:
    """It is complete, and reviewed where the rules ask for it."""
    if is_reviewed_first(rules_of(report)) and report.status != ReportStatus.REVIEWED:
        return Denied("这份报告先经督导组审阅，审阅以后再上报。")
    return _complete(report)


def _may_be_taken_back(report: Report) -> Answer:
    """Nobody has received it yet."""
    if report.recipients.filter(received_on__isnull=False).exists():
        return Denied("已经有单位收到这份报告，不能撤回。确需修改的，请上级退回。")
    return works(report)


def _received_by_all(report: Report) -> Answer:
    """Every receiver has it."""
    waiting = [recipient.name for recipient in report.recipients.all() if recipient.received_on is None]
    return Denied(f"还没有收到：{'、'.join(waiting)}。") if waiting else True


def _step(label: str, sources: tuple[str, ...], target: str, allowed: Any, **more: Any) -> Transition[Report]:
    """One step of the table."""
    return Transition(label, frozenset(sources), target, allowed, **more)


REPORT: Workflow[Report] = Workflow(
    "报告",
    Report,
    {
        "send_to_review": _step(
            "送审", EDITABLE, ReportStatus.IN_REVIEW, can_hand_in_report, guard=_may_be_sent_to_review
        ),
        "review": _step(
            "审阅通过", (ReportStatus.IN_REVIEW,), ReportStatus.REVIEWED, can_review_report, guard=works
        ),
        "send_back": _step(
            "退回修改",
            (ReportStatus.IN_REVIEW,),
            ReportStatus.RETURNED,
            can_review_report,
            guard=works,
            note_required=True,
        ),
        "submit": _step(
            "上报",
            (*EDITABLE, ReportStatus.REVIEWED),
            ReportStatus.SUBMITTED,
            can_hand_in_report,
            guard=_may_be_submitted,
        ),
        "withdraw": _step("撤回", OUT, ReportStatus.DRAFT, can_hand_in_report, guard=_may_be_taken_back),
        "receive_all": _step(
            "登记收到",
            (ReportStatus.SUBMITTED,),
            ReportStatus.RECEIVED,
            can_note_receipt,
            guard=_received_by_all,
        ),
        "return": _step(
            "退回",
            (ReportStatus.SUBMITTED, ReportStatus.RECEIVED),
            ReportStatus.RETURNED,
            can_return_report,
            guard=works,
            note_required=True,
        ),
    },
)
