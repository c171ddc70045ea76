"""The head-counts of the evening as they become known, and the steps that need them."""

import pytest

from branches.models import AuditEvent, Role
from branches.workflow import NotAllowed
from evaluations.models import Ballot, BallotStatus, EntryMode
from evaluations.services import entry, heads
from evaluations.services.heads import HeadProblems, SavedMeanwhile
from evaluations.services.sealing import key_path
from evaluations.services.setup import prepare_ballot
from meetings.models import Attendance, AttendanceStatus
from meetings.services import record_attendance
from members.models import RosterEntry
from tests.factories.branches import account_with
from tests.factories.evaluations import (
    Evening,
    bring_to,
    collect_papers,
    evening,
    frozen_branch,
    issue_papers,
    meeting_of,
    save_heads,
    type_papers,
)

pytestmark = pytest.mark.django_db


def problems_of(made: Evening, **numbers: int | None) -> dict[str, str]:
    """The problems by field when these numbers are saved; nothing is saved then."""
    before = Ballot.objects.filter(pk=made.ballot.pk).values().get()
    with pytest.raises(HeadProblems) as refusal:
        save_heads(made, by=None, **numbers)
    assert Ballot.objects.filter(pk=made.ballot.pk).values().get() == before
    assert str(refusal.value) == refusal.value.problems[0].message
    return {problem.field: problem.message for problem in refusal.value.problems}


def test_people_come_from_the_attendance_and_papers_from_the_hand() -> None:
    made = evening(members=6)
    ballot = save_heads(made, printed=8, issued=6)
    assert (ballot.expected, ballot.present, ballot.printed, ballot.issued) == (6, 6, 8, 6)
    assert ballot.version == 1


def test_numbers_of_a_later_stage_are_not_taken_yet() -> None:
    made = evening()
    assert save_heads(made, printed=7, issued=5, returned=5, unused=2).returned is None


def test_two_people_saving_the_heads_get_what_the_other_saved() -> None:
    made = evening("issued")
    opened = made.ballot.version
    save_heads(made, returned=4)
    with pytest.raises(SavedMeanwhile) as refusal:
        heads.save_heads(ballot=made.ballot, by=made.tellers[0], version=opened, numbers={"returned": 5})
    assert refusal.value.current.returned == 4
    assert "另一位同志" in str(refusal.value)
    assert made.reload().returned == 4


def test_who_may_count_papers() -> None:
    made = evening("setup")
    assert made.scrutineer is not None
    for person in (made.secretary, made.scrutineer, made.tellers[0], made.tellers[1]):
        save_heads(made, by=person, printed=7)
    for role in (Role.PUBLICITY, Role.OFFICE):
        where = made.campaign.issuer if role == Role.OFFICE else made.organization
        with pytest.raises(NotAllowed, match="测评由本支部书记"):
            save_heads(made, by=account_with(role, where), printed=7)


def test_more_papers_back_than_issued_stops_the_round() -> None:
    made = evening("issued")
    with pytest.raises(HeadProblems) as refusal:
        save_heads(made, unused=2, replaced=0, returned=6)
    assert refusal.value.final
    assert "无效，重新进行" in str(refusal.value)
    assert made.reload().returned is None


def test_numbers_that_do_not_fit_are_not_saved() -> None:
    made = evening("issued", members=5)
    assert "发出不能多于实到" in problems_of(made, issued=6)["issued"]
    assert "印制 7 应等于" in problems_of(made, unused=1, replaced=0)["unused"]
    assert problems_of(made, replaced=-1)["replaced"] == "损坏更换不能小于 0，请重新填写。"
    assert "太大了" in problems_of(made, printed=70_000)["printed"]


def test_a_number_that_is_needed_cannot_be_emptied_again() -> None:
    made = evening("issued")
    assert problems_of(made, issued=None) == {"issued": "请填写发出的张数，没有就填 0。"}
    assert set(problems_of(made, printed=None, issued=None)) == {"printed", "issued"}
    bring_to(made, "setup")
    collect_papers(made)
    for name in ("printed", "issued", "replaced", "unused", "returned"):
        assert name in problems_of(made, **{name: None})


def test_a_returned_count_below_what_is_typed_is_refused() -> None:
    made = evening("collected")
    type_papers(made, made.tellers[0], made.votes[:4], finish=False)
    entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=5, marks="1")
    assert problems_of(made, returned=4) == {"returned": "已经录的票比这个数多，请先核对收回的张数。"}


def test_another_returned_count_opens_both_typings_again() -> None:
    made = evening("collected", members=6, returned=5)
    type_papers(made, made.tellers[0])
    type_papers(made, made.tellers[1])
    assert entry.both_finished(made.ballot)
    save_heads(made, unused=2)
    assert entry.both_finished(made.ballot)
    save_heads(made, returned=6)
    assert not entry.both_finished(made.ballot)


def test_no_number_changes_once_the_result_is_formed() -> None:
    for stage in ("matched", "certified", "void"):
        made = evening(stage)
        with pytest.raises(NotAllowed, match="票数不能再改"):
            save_heads(made, returned=3)


def test_papers_go_out_only_in_an_open_meeting_and_with_fitting_numbers() -> None:
    organization, campaign, secretary, people = frozen_branch(members=5)
    meeting, _, _ = meeting_of(organization, campaign, secretary, people, opened=False)
    early = prepare_ballot(meeting=meeting, by=secretary)
    with pytest.raises(NotAllowed, match="会议还没有开始"):
        heads.issue(ballot=early, by=secretary)
    opened = evening("setup")
    with pytest.raises(NotAllowed, match="请填写印制的张数"):
        heads.issue(ballot=opened.ballot, by=opened.secretary)
    save_heads(opened, printed=7)
    with pytest.raises(NotAllowed, match="请填写发出的张数"):
        heads.issue(ballot=opened.ballot, by=opened.secretary)


def test_who_comes_late_or_leaves_counts_when_papers_go_out() -> None:
    made = evening("setup", members=6)
    save_heads(made, printed=8, issued=6)
    absent = RosterEntry.objects.get(member=made.people[1])
    record_attendance(
        meeting=made.meeting, marks={str(absent.pk): (AttendanceStatus.ABSENT, "")}, by=made.secretary
    )
    with pytest.raises(NotAllowed, match="发出不能多于实到"):
        heads.issue(ballot=made.ballot, by=made.secretary)
    assert made.reload().present == 6
    save_heads(made, issued=5)
    assert heads.issue(ballot=made.ballot, by=made.secretary).present == 5


def test_no_more_papers_than_people_who_may_fill_one_in() -> None:
    made = evening("setup", members=4, probationary=2, rules={"probationary_votes": False})
    assert made.meeting.present_count == 6
    assert "到会并且可以填票的有 4 人" in problems_of(made, printed=8, issued=5)["issued"]
    save_heads(made, printed=8, issued=4)
    Attendance.objects.filter(entry__member=made.people[0]).update(status=AttendanceStatus.LEAVE)
    with pytest.raises(NotAllowed, match="可以填票的有 3 人"):
        heads.issue(ballot=made.ballot, by=made.secretary)


def test_somebody_not_expected_who_comes_fills_in_a_paper_too() -> None:
    made = evening("setup", members=4)
    guest = RosterEntry.objects.get(member=made.people[0])
    RosterEntry.objects.filter(pk=guest.pk).update(
        is_expected=False, is_voter=False, exempt_reason="bedridden"
    )
    ballot = save_heads(made, printed=6, issued=4)
    assert (ballot.expected, ballot.present) == (4, 4)
    assert issue_papers(made).status == BallotStatus.ISSUED


def test_the_box_is_collected_when_everything_is_counted() -> None:
    made = evening("issued")
    with pytest.raises(NotAllowed, match="请填写损坏更换的张数"):
        heads.collect(ballot=made.ballot, by=made.secretary)
    save_heads(made, replaced=0)
    with pytest.raises(NotAllowed, match="请填写余票的张数"):
        heads.collect(ballot=made.ballot, by=made.secretary)
    save_heads(made, unused=2)
    with pytest.raises(NotAllowed, match="请填写收回的张数"):
        heads.collect(ballot=made.ballot, by=made.secretary)
    assert not key_path(made.ballot.pk).exists()
    save_heads(made, returned=5)
    collected = heads.collect(ballot=made.ballot, by=made.tellers[0])
    assert collected.status == BallotStatus.COLLECTED
    assert key_path(made.ballot.pk).stat().st_mode & 0o777 == 0o600
    with pytest.raises(NotAllowed, match="现在是「正在计票」，不能再清点完毕"):
        heads.collect(ballot=made.ballot, by=made.tellers[0])


def test_the_way_of_typing_may_change_until_somebody_has_typed() -> None:
    made = evening("collected")
    entry.take_slot(ballot=made.ballot, by=made.tellers[0])
    changed = heads.set_entry_mode(ballot=made.ballot, mode=EntryMode.TOTALS, by=made.secretary)
    assert (changed.entry_mode, changed.version) == (EntryMode.TOTALS, made.ballot.version + 1)
    with pytest.raises(NotAllowed, match="请选择一种计票方式"):
        heads.set_entry_mode(ballot=made.ballot, mode="camera", by=made.secretary)
    with pytest.raises(NotAllowed, match="测评由本支部书记"):
        heads.set_entry_mode(ballot=made.ballot, mode="papers", by=account_with(None, made.organization))
    entry.save_totals(ballot=made.ballot, by=made.tellers[0], void=1, lines={})
    with pytest.raises(NotAllowed, match="已经开始录票"):
        heads.set_entry_mode(ballot=made.ballot, mode="papers", by=made.secretary)
    other = evening("collected")
    entry.save_paper(ballot=other.ballot, by=other.tellers[0], paper_no=1, marks="1")
    with pytest.raises(NotAllowed, match="已经开始录票"):
        heads.set_entry_mode(ballot=other.ballot, mode="totals", by=other.secretary)
    done = evening("certified")
    with pytest.raises(NotAllowed, match="现在是「已核定」"):
        heads.set_entry_mode(ballot=done.ballot, mode="totals", by=done.secretary)


def test_the_record_names_what_was_counted() -> None:
    made = evening("collected")
    events = AuditEvent.objects.filter(about_id=str(made.ballot.pk)).order_by("sequence")
    assert [event.action for event in events] == ["prepare", "save_heads", "issue", "save_heads", "collect"]
    assert events[1].detail == {"printed": 7, "issued": 5}
