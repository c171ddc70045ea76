"""Every member is told: by whom, when and how; the member takes note or objects; an objection is answered."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization, User
from branches.permissions import LEADERS
from branches.services.notices import announce, holders
from branches.workflow import NotAllowed, perform
from evaluations.models import Assessment, Feedback, FeedbackMode, FeedbackStatus
from evaluations.services.closing import keep_holds
from evaluations.workflow import FEEDBACK

LONGEST_NAME = 40  # characters, as the column
LONGEST_TEXT = 1_000  # characters, as the columns


def told_since(assessment: Assessment) -> datetime.date | None:
    """The first day on which the member can have been told: when it was decided, or decided anew."""
    again = assessment.redecisions.order_by("decided_on").last()
    return again.decided_on if again else assessment.sheet.decided_on or assessment.sheet.effective_on


def _locked(feedback: Feedback) -> Feedback:
    """The feedback as it is now, locked until the transaction ends."""
    related = (
        "assessment__entry__member__user",
        "assessment__sheet__campaign",
        "assessment__sheet__organization",
    )
    return Feedback.objects.select_for_update(of=("self",)).select_related(*related).get(pk=feedback.pk)


def _keep(feedback: Feedback) -> None:
    """The numbers that hold the campaign open follow."""
    sheet = feedback.assessment.sheet
    keep_holds(campaign=sheet.campaign, organization=sheet.organization)


def give(*, feedback: Feedback, given_by: str, given_on: datetime.date, mode: str, by: User) -> Feedback:
    """Note that one member was told; raises NotAllowed with what to do."""
    return give_all(feedbacks=[feedback], given_by=given_by, given_on=given_on, mode=mode, by=by)[0]


def give_all(
    *, feedbacks: Iterable[Feedback], given_by: str, given_on: datetime.date, mode: str, by: User
) -> list[Feedback]:
    """Note that these members were told on one day in one way, all or nothing; who was told in writing hears of it.

    Raises NotAllowed with the name it is about: no day between the decision and today, told already, about oneself.
    """
    chosen = sorted(feedbacks, key=lambda one: one.pk)
    if not chosen:
        raise NotAllowed("请先选择已经反馈的党员。")
    if mode not in FeedbackMode.values:
        raise NotAllowed("请选择反馈的方式。")
    with transaction.atomic():
        given = [_give(_locked(one), given_by, given_on, mode, by) for one in chosen]
        for one in {feedback.assessment.sheet_id: feedback for feedback in given}.values():
            _keep(one)
    return given


def _give(feedback: Feedback, given_by: str, given_on: datetime.date, mode: str, by: User) -> Feedback:
    """One of those told; `feedback` is locked."""
    assessment, since = feedback.assessment, told_since(feedback.assessment)
    if given_on > timezone.localdate() or (since is not None and given_on < since):
        raise NotAllowed(f"{assessment.name}：反馈日期应在评定那天和今天之间，请核对。")
    if feedback.status == FeedbackStatus.OWED:
        feedback.given_by, feedback.given_on, feedback.mode = given_by.strip()[:LONGEST_NAME], given_on, mode
        feedback.save(update_fields=["given_by", "given_on", "mode"])
    try:
        moved = perform(FEEDBACK, feedback, "give", by=by)
    except NotAllowed as refusal:
        raise NotAllowed(f"{assessment.name}：{refusal.reason}") from refusal
    member = assessment.entry.member.user
    if mode == FeedbackMode.WRITING and member is not None:
        announce(
            kind="feedback_given",
            about=feedback,
            recipients=[member],
            title="支部向您书面反馈了评议意见，请查看",
            url=reverse("evaluations:own_result"),
        )
    return moved


def acknowledge(*, feedback: Feedback, on_paper: bool, by: User) -> Feedback:
    """The member has taken note: pressed it in person, or signed on paper and the branch notes that."""
    with transaction.atomic():
        locked = _locked(feedback)
        _in_own_way(locked, on_paper, by)
        if locked.status == FeedbackStatus.GIVEN:
            locked.acknowledged_on, locked.on_paper = timezone.localdate(), on_paper
            locked.save(update_fields=["acknowledged_on", "on_paper"])
        return perform(FEEDBACK, locked, "acknowledge", by=by)


def object_to(*, feedback: Feedback, objection: str, by: User, on_paper: bool = False) -> Feedback:
    """The member objects, in person or on paper; the secretary is told, but not what is objected to."""
    with transaction.atomic():
        locked = _locked(feedback)
        _in_own_way(locked, on_paper, by)
        if locked.status in FEEDBACK.transitions["object"].sources:
            locked.objection, locked.objected_on = _text(objection), timezone.localdate()
            locked.save(update_fields=["objection", "objected_on"])
        moved = perform(FEEDBACK, locked, "object", by=by)
        _keep(locked)
        here = Organization.objects.filter(pk=locked.organization.pk)
        announce(
            kind="feedback_objected",
            about=locked,
            recipients=[person for person in holders(here, LEADERS) if person.pk != by.pk],
            title=f"{locked.assessment.name}对评议意见有异议，请研究答复",
            url=reverse("evaluations:feedback_one", args=[locked.pk]),
        )
    return moved


def answer(*, feedback: Feedback, answer: str, by: User) -> Feedback:
    """Answer an objection without deciding anew; the member hears of it."""
    with transaction.atomic():
        locked = _locked(feedback)
        if locked.status == FeedbackStatus.OBJECTED:
            locked.answer, locked.answered_on = _text(answer), timezone.localdate()
            locked.save(update_fields=["answer", "answered_on"])
        moved = perform(FEEDBACK, locked, "answer", by=by)
        _keep(locked)
        member = locked.assessment.entry.member.user
        announce(
            kind="feedback_answered",
            about=locked,
            recipients=[] if member is None else [member],
            title="支部答复了您提出的异议，请查看",
            url=reverse("evaluations:own_result"),
        )
    return moved


def _in_own_way(feedback: Feedback, on_paper: bool, by: User) -> None:
    """The member says it here, others only what the member signed on paper; raises NotAllowed."""
    if on_paper == (feedback.assessment.entry.member.user_id == by.pk):
        raise NotAllowed(
            "本人请在“我的评议结果”里直接表示。" if on_paper else "不是本人的，只能按纸面签字登记。"
        )


def _text(written: str) -> str:
    """What was written, without blank ends; raises NotAllowed when it is too long to be kept."""
    text = written.strip()
    if len(text) > LONGEST_TEXT:
        raise NotAllowed(f"最多写 {LONGEST_TEXT} 个字，现在是 {len(text)} 个字，请写短一些。")
    return text
