"""The notice of results on screen and on paper: the redacted table as it stands or was approved, and the steps open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from branches.models import User
from branches.permissions import Denied
from config.lib.pdf import render_pdf
from evaluations.models import NoticeObjection, NoticeStatus, ResultNotice
from evaluations.permissions import can_draft_result_notice, can_post_result_notice
from evaluations.workflow import RESULT_NOTICE
from evaluations.workflow.notice_rows import rows_of

STYLESHEET = "css/result-notice.css"
STEPS = ("approve", "post", "take_down", "withdraw")


@dataclass(frozen=True)
class NoticePage:
    """One notice for one reader. `lacks` says why the next step cannot be taken yet."""

    notice: ResultNotice
    rows: list[dict[str, Any]]
    objections: list[NoticeObjection]
    steps: tuple[str, ...]
    lacks: str
    may_edit: bool

    @property
    def votes_shown(self) -> bool:
        """Whether the table has votes."""
        return any(row["votes"] for row in self.rows)


def notice_page(notice: ResultNotice, user: User) -> NoticePage:
    """The page, with the same queries for any number of members."""
    draft = notice.status == NoticeStatus.DRAFT
    answers = {name: RESULT_NOTICE.step(notice, name, user) for name in STEPS}
    objections = list(notice.objections.all())
    steps = [name for name in STEPS if name != "withdraw" and answers[name]]
    if notice.status == NoticeStatus.POSTED and can_post_result_notice(user, notice):
        steps += ["answer"] if any(not one.answer for one in objections) else []
        steps.append("object")
    coming = {NoticeStatus.DRAFT: "approve", NoticeStatus.APPROVED: "post", NoticeStatus.POSTED: "take_down"}
    answer = answers.get(coming.get(NoticeStatus(notice.status), ""), True)
    return NoticePage(
        notice=notice,
        rows=rows_of(notice) if draft else notice.body,
        objections=objections,
        steps=(*steps, "withdraw") if _may_withdraw(notice, user) else tuple(steps),
        lacks=answer.reason if isinstance(answer, Denied) else "",
        may_edit=draft and bool(can_draft_result_notice(user, notice.sheet)),
    )


def _may_withdraw(notice: ResultNotice, user: User) -> bool:
    """Whether this person may withdraw it now, a reason given."""
    step = RESULT_NOTICE.transitions["withdraw"]
    return notice.status in step.sources and bool(step.allowed(user, notice))


def notice_pdf(notice: ResultNotice) -> bytes:
    """The approved notice as A4 in large type, to hang up."""
    html = render_to_string(
        "evaluations/reports/result_notice.html",
        {"notice": notice, "rows": notice.body, "votes": any(row["votes"] for row in notice.body)},
    )
    return render_pdf(html, stylesheet=STYLESHEET)
