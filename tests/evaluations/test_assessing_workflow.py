"""Every step of an assessment × everybody × every state, and what each step asks for before it is taken."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Kind, Role
from branches.permissions import Denied
from branches.services.steps import order_redo
from branches.workflow import NotAllowed, perform
from evaluations import permissions as p
from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus
from evaluations.services.present import present_sheet
from evaluations.workflow import ASSESSMENT
from evaluations.workflow.assessments import asks_above
from meetings.models import Meeting, MeetingKind, MeetingStatus
from tests.evaluations.test_permissions import BOARD, CLERKS, LEADERS, PEOPLE, allowed, cast_of
from tests.factories.assessing import Assessed, assessed, decide, hear
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import published_campaign

pytestmark = pytest.mark.django_db

TABLE = {
    "decide": ({"draft"}, "effective"),
    "ask": ({"draft"}, "awaiting"),
    "take_back": ({"awaiting"}, "draft"),
    "confirm": ({"awaiting"}, "effective"),
    "return": ({"awaiting"}, "draft"),
}
CONFIRMING = {"general", "office", "leader_above"}
READING = CONFIRMING | {"supervisor", "instructor"}
WHO = {
    "decide": LEADERS,
    "ask": LEADERS,
    "take_back": LEADERS,
    "confirm": CONFIRMING,
    "return": CONFIRMING,
}
# Which steps the state and its guard let through, whoever asks.
OPEN = {
    "within": {"decide"},
    "over": {"ask"},
    "awaiting": {"take_back", "confirm", "return"},
    "effective": set[str](),
}


def below(stage: str, **how: Any) -> Assessed:
    """An assessment of a branch below a general branch of the township."""
    township = OrganizationFactory.create(kind=Kind.COMMITTEE)
    general = OrganizationFactory.create(parent=township, kind=Kind.GENERAL_BRANCH)
    branch = OrganizationFactory.create(parent=general)
    rules = how.pop("rules", None)
    campaign = published_campaign(township, rules=rules)
    return assessed(stage, organization=branch, campaign=campaign, **how)


def prepared(found: Assessed, *, over: bool) -> AssessmentSheet:
    """A draft with everything the step looks at, as `decide` leaves it to the step."""
    sheet = found.reload()
    sheet.meeting, sheet.decided_on = found.evening.meeting, found.evening.meeting.day
    sheet.effective_on = sheet.decided_on
    sheet.cap = {
        "share": "1/3",
        "base": "full_members",
        "number": 3,
        "chosen": 3 if over else 1,
        "grade": "优秀",
    }
    sheet.cap_reason = "抢险表现突出" if over else ""
    sheet.save()
    return sheet


def in_state(state: str) -> Assessed:
    """A sheet in each of the states."""
    if state in ("within", "over"):
        found = below("written", members=3)
        prepared(found, over=state == "over")
        return found
    return below("decided" if state == "effective" else state, members=3)


def test_the_table_is_the_table() -> None:
    assert {name: (set(t.sources), t.target) for name, t in ASSESSMENT.transitions.items()} == TABLE
    assert {name for name, t in ASSESSMENT.transitions.items() if t.note_required} == {"return"}


@pytest.mark.parametrize("state", OPEN)
def test_every_step_for_everybody_in_every_state(state: str) -> None:
    found = in_state(state)
    people, sheet = cast_of(found.evening), found.reload()
    for name, who in WHO.items():
        yes = {person for person in PEOPLE if ASSESSMENT.step(sheet, name, people[person], "原因")}
        assert yes == (who if name in OPEN[state] else set()), (state, name)
        buttons = {person for person in PEOPLE if name in dict(ASSESSMENT.available(sheet, people[person]))}
        assert buttons == (who if sheet.status in TABLE[name][0] else set()), (state, name)


@pytest.mark.parametrize("state", OPEN)
def test_a_step_refused_leaves_everything_as_it_was(state: str) -> None:
    found = in_state(state)
    people, before = cast_of(found.evening), found.reload().status
    for name, who in WHO.items():
        for person in PEOPLE:
            if person == "nobody" or (name in OPEN[state] and person in who):
                continue
            with pytest.raises(NotAllowed) as refusal:
                perform(ASSESSMENT, found.sheet, name, by=people[person], note="原因")
            assert refusal.value.reason.endswith("。")
            assert found.reload().status == before


@pytest.mark.parametrize("state", ["within", "over", "awaiting"])
def test_a_step_taken_leads_where_the_table_says(state: str) -> None:
    for name in sorted(OPEN[state]):
        found = in_state(state)
        people = cast_of(found.evening)
        AssessmentSheet.objects.update(effective_on=timezone.localdate())
        person = sorted(WHO[name])[0]
        assert perform(ASSESSMENT, found.sheet, name, by=people[person], note="原因").status == TABLE[name][1]


def test_a_return_needs_a_reason() -> None:
    found = below("awaiting", members=3)
    with pytest.raises(NotAllowed, match="退回支部须写明原因"):
        perform(ASSESSMENT, found.sheet, "return", by=found.office, note=" ")


def test_who_may_write_decide_and_confirm() -> None:
    found = below("written", members=3)
    people, sheet = cast_of(found.evening), found.sheet
    branch = found.evening.organization
    assert allowed(lambda u: p.can_begin_assessment(u, branch), people) == CLERKS
    assert allowed(lambda u: p.can_write_assessment(u, sheet), people) == CLERKS
    assert allowed(lambda u: p.can_decide_assessment(u, sheet), people) == LEADERS
    assert allowed(lambda u: p.can_confirm_assessment(u, sheet), people) == CONFIRMING


def test_a_leader_above_who_writes_for_the_branch_does_not_confirm_it() -> None:
    found = below("awaiting", members=3)
    both = account_with(Role.ORGANIZER, found.evening.organization)
    account_with(Role.SECRETARY, found.evening.campaign.issuer)
    post = found.evening.campaign.issuer.appointments.filter(role=Role.SECRETARY).first()
    assert post is not None
    post.user = both
    post.save()
    assert isinstance(p.can_confirm_assessment(both, found.sheet), Denied)


@pytest.mark.parametrize(
    ("publicity", "stage", "readers"),
    [
        ("file_up", "written", BOARD),
        ("file_up", "awaiting", BOARD | READING),
        ("file_up", "decided", BOARD | READING),
        ("scoped_notice", "decided", BOARD | READING),
        ("branch_only", "written", BOARD),
        ("branch_only", "awaiting", BOARD | READING),
        ("branch_only", "decided", BOARD),
    ],
)
def test_who_reads_the_sheet(publicity: str, stage: str, readers: set[str]) -> None:
    found = below(stage, members=3, rules={"result_publicity": publicity})
    people = cast_of(found.evening)
    assert allowed(lambda u: p.can_see_sheet(u, found.sheet), people) == readers
    listed = {name for name in PEOPLE if AssessmentSheet.objects.visible_to(people[name]).exists()}
    assert listed == BOARD | READING


# What must hold


def refused(found: Assessed, name: str = "decide") -> str:
    """Why the secretary may not take the step; empty when it may be taken."""
    answer = ASSESSMENT.step(found.sheet, name, found.secretary)
    return answer.reason if isinstance(answer, Denied) else ""


@pytest.fixture
def ready() -> Assessed:
    """A sheet within the cap on which only the step is missing."""
    found = below("written", members=7)
    prepared(found, over=False)
    return found


def test_it_works_only_in_an_open_campaign_in_the_present_round(ready: Assessed) -> None:
    assert refused(ready) == ""
    ready.sheet.campaign.status = "closed"
    assert "已经结束" in refused(ready)
    ready.reload()
    order_redo(
        campaign=ready.evening.campaign,
        organization=ready.evening.organization,
        reason="走过场",
        by=ready.office,
    )
    assert "上一轮的评定" in refused(ready)
    assert present_sheet(ready.evening.campaign, ready.evening.organization) is None


def test_everybody_has_an_opinion_a_grade_and_was_heard_where_needed(ready: Assessed) -> None:
    rows = Assessment.objects.filter(pk__in=[row.pk for row in ready.rows])
    rows.update(opinion=" ")
    names = [row.name for row in ready.rows]
    assert refused(ready) == f"还没有写评定意见：{'、'.join(names[:5])}等 7 人。"
    rows.update(opinion="好")
    rows.filter(name=names[0]).update(grade="")
    assert refused(ready) == f"还没有评定等次：{names[0]}。"
    rows.filter(name=names[0]).update(grade="unqualified")
    assert refused(ready) == f"拟评定“不合格”的，要先同本人见面、听取申辩并登记：{names[0]}。"
    hear(ready, ready.rows[0])
    ready.reload()
    assert refused(ready) == ""


def test_nobody_need_be_heard_where_the_rules_do_not_ask_for_it() -> None:
    found = below("written", members=7, rules={"appeal_before_effect": False})
    prepared(found, over=False)
    Assessment.objects.filter(pk=found.rows[0].pk).update(grade="unqualified")
    assert refused(found) == ""


def test_the_meeting_is_one_of_the_branch_that_may_decide_and_took_place(ready: Assessed) -> None:
    sheet, meeting = ready.sheet, ready.evening.meeting
    sheet.meeting = None
    assert refused(ready) == "请选择作出评定的会议。"
    sheet.meeting, sheet.decided_on = meeting, None
    assert refused(ready) == "请选择作出评定的会议。"
    sheet.decided_on = meeting.day
    elsewhere = OrganizationFactory.create()
    for changed in ({"kind": MeetingKind.BRIEFING}, {"organization_id": elsewhere.pk}):
        sheet.meeting = _with(meeting, **changed)
        assert refused(ready) == "评定意见由本支部支委会、党员大会提出，请选择这样的会议。"
    sheet.meeting = _with(meeting, kind=MeetingKind.COMMITTEE)
    assert refused(ready) == ""
    sheet.meeting = _with(meeting, status=MeetingStatus.PLANNED)
    assert "还没有召开" in refused(ready)
    sheet.meeting = _with(meeting, starts_at=meeting.starts_at - datetime.timedelta(days=2))
    assert refused(ready) == "作出评定的会议早于民主测评，请核对。"


def _with(meeting: Meeting, **changed: Any) -> Meeting:
    """The meeting otherwise, not saved."""
    other = Meeting.objects.get(pk=meeting.pk)
    for name, value in changed.items():
        setattr(other, name, value)
    return other


def test_the_day_of_the_decision_is_the_meetings_or_one_since(ready: Assessed) -> None:
    sheet, meeting = ready.sheet, ready.evening.meeting
    today = timezone.localdate()
    for days in (-1, 1):
        sheet.decided_on = meeting.day + datetime.timedelta(days=days)
        assert "评定日期应是开会那天" in refused(ready)
    early = timezone.now() - datetime.timedelta(days=4)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=early)
    ready.reload()
    for day in (today, today - datetime.timedelta(days=1)):
        ready.sheet.decided_on = day
        assert refused(ready) == ""


def test_only_the_committee_decides_where_the_rules_say_so() -> None:
    found = below("written", members=7, rules={"assessment_by": "committee"})
    prepared(found, over=False)
    assert refused(found) == "评定意见由本支部支委会提出，请选择这样的会议。"


def test_above_the_cap_a_reason_is_given_and_the_superior_asked() -> None:
    found = below("written", members=3)
    prepared(found, over=True)
    assert asks_above(found.sheet)
    assert "须上级党组织确认后生效" in refused(found)
    assert refused(found, "ask") == ""
    found.sheet.cap_reason = " "
    for name in ("decide", "ask"):
        assert "超过 2 人。请写明理由。" in refused(found, name)
    prepared(found, over=False)
    assert "不用上级确认" in refused(found, "ask")
    found.sheet.cap = {}
    assert not asks_above(found.sheet)
    assert refused(found) == ""


def test_a_sheet_is_called_by_its_branch_and_rows_by_their_names() -> None:
    found = below("written", members=3)
    hear(found, found.rows[0])
    row = found.rows[0]
    assert str(found.sheet) == f"{found.evening.organization.short_name}组织评定"
    assert str(row) == row.name
    assert str(row.hearings.get()) == f"{row.name}申辩"
    assert row.organization == found.evening.organization
    decide(found)
    assert found.sheet.status == AssessmentStatus.EFFECTIVE
