"""Disposals: proposed, heard, carried by a counted vote, approved above, with a clock that is never longer than the rules."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import AuditEvent, Notice, Role
from branches.rules.dates import months_after
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from evaluations.models import DisposalCase
from evaluations.rules.assessing import Resolution
from evaluations.services import disposals as d
from evaluations.services.disposals import Vote
from tests.factories.branches import account_with
from tests.factories.disposing import FACTS, Case, begin, case_of, end, hear, today, vote
from tests.factories.following import Followed, followed, held_meeting
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


def propose(made: Followed, **changes: Any) -> DisposalCase:
    """Open a case."""
    said: dict[str, Any] = {
        "campaign": made.evening.campaign,
        "organization": made.evening.organization,
        "member": made.rows[1].entry.member,
        "kind": "deadline",
        "reason": FACTS,
        "by": made.secretary,
    }
    return d.propose(**{**said, **changes})


def notices(kind: str) -> list[tuple[str, str]]:
    """Who was told, and the title."""
    return list(Notice.objects.filter(kind=kind).values_list("recipient__username", "title"))


def test_a_case_is_on_a_member_of_the_branch_and_one_at_a_time() -> None:
    made = followed()
    refused: list[tuple[dict[str, Any], str]] = [
        ({"kind": "shame"}, "请选择怎样处置"),
        ({"reason": "  "}, "请写明事实和理由"),
        ({"reason": "长" * 1001}, "最多 1000 个字"),
        ({"member": MemberFactory.create()}, "组织关系在本支部"),
        ({"by": account_with(Role.ORGANIZER, made.evening.organization)}, "由支部书记（副书记）登记"),
    ]
    for change, why in refused:
        with pytest.raises(NotAllowed, match=why):
            propose(made, **change)
    case = propose(made)
    assert (case.status, str(case)) == ("proposed", "限期改正")
    event = AuditEvent.objects.latest("sequence")
    assert (event.action, event.detail) == ("propose_disposal", {"kind": "deadline"})
    with pytest.raises(NotAllowed, match="还没有办结"):
        propose(made)


def test_the_member_is_heard_before_the_vote() -> None:
    made = followed()
    found = case_of(made)
    with pytest.raises(NotAllowed, match="要先同本人见面、听取申辩"):
        d.resolve(case=found.case, version=0, vote=vote(made.evening.meeting), by=made.secretary)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"heard_on": today() + datetime.timedelta(days=1)}, "日期还没有到"),
        ({"heard_by": ""}, "请写明谈话人"),
        ({"statement": ""}, "没有意见的写“没有意见”"),
        ({"by": found.office}, "由支部书记（副书记）登记"),
    ]
    for change, why in refused:
        said: dict[str, Any] = {
            "heard_on": today(),
            "heard_by": "刘德福",
            "statement": "没有意见",
            "by": made.secretary,
            **change,
        }
        with pytest.raises(NotAllowed, match=why):
            d.note_hearing(case=found.case, version=0, **said)
    hear(found)
    assert (found.case.heard_by, found.case.statement, found.case.version) == ("刘德福", "没有意见", 1)


def test_after_the_vote_no_hearing_is_noted_and_nothing_typed_meanwhile_is_lost() -> None:
    found = case_of(followed(), "resolved")
    with pytest.raises(NotAllowed, match="在大会决议以前登记"):
        hear(found)
    with pytest.raises(Stale) as stale:
        d.submit(case=found.case, version=0, by=found.made.secretary)
    assert stale.value.saved == found.case


def test_the_vote_is_counted_and_carried_at_a_meeting_of_the_branch() -> None:
    made = followed()
    found = case_of(made)
    hear(found)
    meeting = made.evening.meeting
    planned = held_meeting(made.evening, "plenary", days=5)
    type(planned).objects.filter(pk=planned.pk).update(status="planned")
    planned.refresh_from_db()
    refused = [
        (vote(planned), "还没有召开"),
        (Vote(None, None), "请选择作出决议的党员大会"),
        (Vote(meeting, None), "填写应到、到会、赞成"),
        (vote(held_meeting(made.evening)), "须由本支部党员大会讨论决定"),
        (vote(meeting, 2), "没有通过"),
        (Vote(meeting, Resolution(5, 6, 4, 1, 1)), "多于应到"),
        (Vote(meeting, Resolution(5, 5, 4, 0, 0)), "应当相等"),
        (Vote(meeting, Resolution(12, 5, 5, 0, 0)), "不能表决"),
    ]
    for given, why in refused:
        with pytest.raises(NotAllowed, match=why):
            d.resolve(case=found.case, version=1, vote=given, by=made.secretary)
    assert found.now().meeting is None
    carried = d.resolve(case=found.case, version=1, vote=vote(meeting), by=made.secretary)
    assert (carried.status, carried.in_favour, carried.against) == ("resolved", 4, 1)
    with pytest.raises(NotAllowed, match="大会已决议"):
        d.resolve(case=carried, version=2, vote=vote(meeting), by=made.secretary)


def test_a_hearing_after_the_meeting_is_none() -> None:
    made = followed()
    found = case_of(made)
    hear(found)
    earlier = held_meeting(made.evening, "plenary", days=-3)
    with pytest.raises(NotAllowed, match="听取申辩在这次大会以后"):
        d.resolve(case=found.case, version=1, vote=vote(earlier), by=made.secretary)


def test_handed_in_the_office_above_hears_of_it_without_a_name() -> None:
    made = followed()
    found = case_of(made, "submitted")
    title = f"{made.evening.organization.short_name}：报来一件组织处置，请审批"
    assert (found.office.username, title) in notices("disposal_submitted")
    assert all(made.rows[1].name not in title for _, title in notices("disposal_submitted"))
    assert found.now().submitted_on == today()
    with pytest.raises(NotAllowed, match="已报上级"):
        d.submit(case=found.now(), version=found.now().version, by=made.secretary)


def approve(found: Case, **changes: Any) -> DisposalCase:
    """Approve from the day of the meeting on."""
    case = found.now()
    assert case.meeting is not None
    said: dict[str, Any] = {"starts_on": case.meeting.day, "due_on": None, "note": "", **changes}
    return d.approve(case=case, version=case.version, by=found.office, **said)


def test_the_clock_is_as_long_as_the_rules_say_and_never_longer() -> None:
    made = followed()
    found = case_of(made, "submitted")
    begins = made.evening.meeting.day
    last = months_after(begins, 12)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"due_on": last + datetime.timedelta(days=1)}, f"最长 12 个月，期满日期最迟 {last.isoformat()}"),
        ({"due_on": begins}, "最长 12 个月"),
        ({"starts_on": begins - datetime.timedelta(days=1)}, "起算日期早于大会"),
    ]
    for change, why in refused:
        with pytest.raises(NotAllowed, match=why):
            approve(found, **change)
    done = approve(found, note=" 同意 ")
    assert (done.status, done.starts_on, done.due_on) == ("in_force", begins, last)
    assert (done.parent_note, done.approved_on) == ("同意", today())
    assert notices("disposal_approved") == [
        (made.secretary.username, f"{made.evening.organization.short_name}：上级批准了报送的组织处置")
    ]
    with pytest.raises(NotAllowed, match="已批准执行"):
        approve(found)


def test_a_shorter_time_may_be_given_and_other_kinds_have_no_clock() -> None:
    made = followed()
    short = made.evening.meeting.day + datetime.timedelta(days=90)
    assert approve(case_of(made, "submitted"), due_on=short).due_on == short
    persuaded = case_of(made, "submitted", kind="persuade", row=2)
    assert approve(persuaded, due_on=short).due_on is None


def test_nobody_of_the_branch_approves() -> None:
    found = case_of(followed(), "submitted")
    with pytest.raises(NotAllowed, match="由上级党组织批准"):
        d.approve(
            case=found.now(),
            version=found.now().version,
            starts_on=today() + datetime.timedelta(days=5),
            due_on=None,
            note="",
            by=found.made.secretary,
        )
    assert found.now().starts_on is None


def test_a_refusal_says_why_and_the_leaders_hear_of_it() -> None:
    made = followed()
    found = case_of(made, "submitted")
    with pytest.raises(NotAllowed, match="不同意须写明原因"):
        d.refuse(case=found.now(), version=found.now().version, note=" ", by=found.office)
    refused = d.refuse(case=found.now(), version=found.now().version, note="事实不清", by=found.office)
    assert (refused.status, refused.parent_note) == ("refused", "事实不清")
    assert [who for who, _ in notices("disposal_refused")] == [made.secretary.username]
    assert propose(made).status == "proposed"  # the member may be proposed again


def test_where_nobody_above_has_to_approve_the_branch_begins_it() -> None:
    made = followed(rules={"disposal_needs_parent": False})
    found = case_of(made, "resolved")
    begins = made.evening.meeting.day
    with pytest.raises(NotAllowed, match="不要求上级批准"):
        d.submit(case=found.now(), version=found.now().version, by=made.secretary)
    done = d.enforce(
        case=found.now(), version=found.now().version, starts_on=begins, due_on=None, by=made.secretary
    )
    assert (done.status, done.due_on) == ("in_force", months_after(begins, 12))
    with pytest.raises(NotAllowed, match="已批准执行"):
        d.enforce(
            case=found.now(), version=found.now().version, starts_on=begins, due_on=None, by=made.secretary
        )


def test_without_plenary_where_the_rules_ask_for_none() -> None:
    made = followed(rules={"disposal_needs_plenary": False, "disposal_needs_parent": False})
    found = case_of(made)
    hear(found)
    done = d.resolve(case=found.case, version=1, vote=Vote(None, None), by=made.secretary)
    begun = d.enforce(case=done, version=done.version, starts_on=today(), due_on=None, by=made.secretary)
    assert begun.status == "in_force"


def test_what_needs_approval_is_not_begun_without_it() -> None:
    found = case_of(followed(), "resolved")
    with pytest.raises(NotAllowed, match="须报上级党组织批准"):
        d.enforce(
            case=found.now(),
            version=found.now().version,
            starts_on=today() + datetime.timedelta(days=9),
            due_on=None,
            by=found.made.secretary,
        )


def test_a_case_that_is_not_handed_in_may_be_taken_back_with_the_reason() -> None:
    made = followed()
    found = case_of(made)
    with pytest.raises(NotAllowed, match="撤回须写明原因"):
        d.drop(case=found.case, version=0, note="", by=made.secretary)
    assert d.drop(case=found.case, version=0, note="情况有变", by=made.secretary).outcome == "情况有变"
    other = case_of(made, "submitted", row=2)
    with pytest.raises(NotAllowed, match="已报上级"):
        d.drop(case=other.now(), version=other.now().version, note="晚了", by=made.secretary)


def test_the_end_says_how_it_was_and_on_which_day() -> None:
    found = case_of(followed(), "submitted")
    begin(found)
    DisposalCase.objects.filter(pk=found.case.pk).update(starts_on=today())
    tomorrow, yesterday = today() + datetime.timedelta(days=1), today() - datetime.timedelta(days=1)
    for ended_on, outcome, why in (
        (tomorrow, "改正", "起算那天和今天之间"),
        (yesterday, "改正", "起算那天和今天之间"),
        (today(), " ", "请写明结果"),
    ):
        with pytest.raises(NotAllowed, match=why):
            d.end(
                case=found.now(),
                version=found.now().version,
                ended_on=ended_on,
                outcome=outcome,
                by=found.made.secretary,
            )
    end(found)
    assert (found.case.status, found.case.outcome, found.case.ended_on) == ("ended", "没有改正", today())
    with pytest.raises(NotAllowed, match="已结束"):
        d.end(
            case=found.now(),
            version=found.now().version,
            ended_on=today(),
            outcome="再",
            by=found.made.secretary,
        )


def test_what_follows_is_a_new_case_that_knows_the_one_before() -> None:
    made = followed()
    found = case_of(made, "in_force")
    with pytest.raises(NotAllowed, match="还没有结束"):
        d.follow(previous=found.now(), kind="persuade", reason=FACTS, by=made.secretary)
    end(found)
    after = d.follow(previous=found.now(), kind="persuade", reason=FACTS, by=made.secretary)
    assert (after.previous, after.member, after.status) == (found.case, found.case.member, "proposed")
    with pytest.raises(NotAllowed, match="已经提出接续的处置"):
        d.follow(previous=found.now(), kind="persuade", reason=FACTS, by=made.secretary)
    d.drop(case=after, version=0, note="情况有变", by=made.secretary)
    assert d.follow(previous=found.now(), kind="persuade", reason=FACTS, by=made.secretary).pk != after.pk


def test_a_clock_that_has_run_out_ends_nothing_by_itself() -> None:
    found = case_of(followed(), "in_force")
    past = timezone.localdate() - datetime.timedelta(days=400)
    DisposalCase.objects.filter(pk=found.case.pk).update(starts_on=past, due_on=past)
    assert found.now().status == "in_force"
    assert DisposalCase.objects.count() == 1
