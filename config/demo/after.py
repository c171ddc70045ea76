"""What follows the count in two branches of the demo: one is told its assessment, one is still writing it."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from branches.models import Campaign, Organization, User
from config.demo.accounts import Login, member_login
from evaluations.models import Assessment, AssessmentSheet, Feedback, FeedbackMode
from evaluations.services import assessing, assessing_decisions, feedback, follow_up
from members.models import Member
from rectification.services import commitments, items
from rectification.services.items import Typed

# What a branch might write of somebody, and the grade it decided on; invented, and taken in turn.
OPINIONS = (
    ("带头清理村口河道，群众有事愿意找他。希望把学习也抓紧些。", "qualified"),
    ("按时参加组织生活，承诺的三件事都办了。继续联系好困难户。", "excellent"),
    ("参加会议还可以，志愿服务来得少。今年补上。", "qualified"),
    ("常年照看村里的孤寡老人，党费按月交。遇事还可以多说话。", "qualified"),
    ("在外务工仍按时交党费、听会议传达。回乡时多走动走动。", "qualified"),
    ("两次会议没有请假，交办的事没有回音。支部找他谈过，本人愿意改。", "basic"),
)
EXPLAINED = "两次没有来开会是送老人住院，当时手机没电没有请假，请支部了解。"
HELP = "每月谈一次心；请他负责党员活动室的开门和登记。"
# Problem, measures, and how long there is for it.
PROBLEMS = (
    (
        "三组、四组的路灯坏了半年没有修好，群众反映多次。",
        "报修并落实专人每月查一遍。",
        datetime.timedelta(days=40),
    ),
    (
        "办事大厅周六没有人，外出务工的党员办事要请假。",
        "排周六值班表，张贴公布。",
        datetime.timedelta(days=20),
    ),
    ("组织生活有时几个月才开一次。", "每月固定一天开，提前三天通知。", datetime.timedelta(days=150)),
)
PROMISE = "每月联系两户困难群众，年底前帮一户找到零工。"
HALF = 4  # how many the second branch has written


def after_the_count(campaign: Campaign, told: Organization, writing: Organization) -> list[Login]:
    """Carry one branch from its count to feedback with an objection and a help plan, and begin another's sheet."""
    secretary, one = member_login("pingding", _people(told)[0], "支部书记，评定已反馈，有一条异议要答复")
    sheet = assessing.begin_assessment(campaign=campaign, organization=told, by=secretary)
    _write(sheet, secretary, len(_rows(sheet)))
    _decide(sheet, secretary)
    two = _tell(sheet, secretary)
    _put_right(campaign, told, secretary)
    other, three = member_login("yijian", _people(writing)[0], "支部书记，正在写评定意见")
    half = assessing.begin_assessment(campaign=campaign, organization=writing, by=other)
    _write(half, other, HALF)
    return [one, two, three]


def _put_right(campaign: Campaign, branch: Organization, by: User) -> None:
    """Three problems of the committee, one of them done, and what three members promised."""
    today = timezone.localdate()
    made = [
        items.add(
            campaign=campaign,
            organization=branch,
            typed=Typed(problem=problem, measures=measures, owner=by.full_name, due_on=today + days),
            by=by,
        )
        for problem, measures, days in PROBLEMS
    ]
    items.note_progress(item=made[0], on=today, text="两个组的路灯已经报修，配件月底到。", by=by)
    items.begin(item=made[1], by=by)
    items.finish(item=made[1], done_on=today, outcome="值班表已经张贴，周六有人。", evidence="", by=by)
    for member in _people(branch)[1:4]:
        commitments.write(campaign=campaign, member=member, version=0, text=PROMISE, by=by)


def _people(branch: Organization) -> list[Member]:
    """The roll of a branch in its order."""
    return list(Member.objects.filter(organization=branch).order_by("roster_number"))


def _rows(sheet: AssessmentSheet) -> list[Assessment]:
    """Everybody assessed, in the order of the form."""
    return list(sheet.assessments.filter(graded=True).order_by("ordinal"))


def _write(sheet: AssessmentSheet, by: User, most: int) -> None:
    """Write the opinions and grades the branch talked over."""
    usual = OPINIONS[:-1]  # the last one is of a single member
    for place, row in enumerate(_rows(sheet)[:most]):
        opinion, grade = OPINIONS[place] if place < len(OPINIONS) else usual[place % len(usual)]
        assessing.save_assessment(
            assessment=row, version=row.version, opinion=opinion, grade=grade, evidence={}, by=by
        )


def _decide(sheet: AssessmentSheet, by: User) -> None:
    """The meeting that fits decides on what is written."""
    sheet.refresh_from_db()
    meeting = assessing_decisions.fitting_meetings(sheet)[0]
    assessing_decisions.decide(
        sheet=sheet, version=sheet.version, meeting=meeting, decided_on=meeting.day, cap_reason="", by=by
    )


def _tell(sheet: AssessmentSheet, by: User) -> Login:
    """Everybody but two is told; the one of 基本合格 objects, and a help plan is begun. The member's login."""
    owed = list(Feedback.objects.filter(assessment__sheet=sheet).select_related("assessment__entry__member"))
    last = next(one for one in owed if one.assessment.grade == "basic")
    member, login = member_login("yiyi", last.assessment.entry.member, "党员，评定已反馈，本人有异议")
    others = [one for one in owed if one.pk != last.pk and one.assessment.entry.member.user_id != by.pk]
    how: dict[str, Any] = {"given_by": by.full_name, "given_on": timezone.localdate(), "by": by}
    feedback.give_all(feedbacks=[last, *others[:-2]], mode=FeedbackMode.TALK, **how)
    feedback.object_to(feedback=last, objection=EXPLAINED, by=member)
    plan = follow_up.open_plan(assessment=last.assessment, by=by)
    follow_up.start(
        plan=plan,
        version=plan.version,
        measures=HELP,
        helper=by.full_name,
        review_on=timezone.localdate() + datetime.timedelta(days=60),
        by=by,
    )
    return login
