"""A ballot is set up from the frozen roster and the rules; a voided round is held again."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from branches.models import Role
from branches.workflow import CAMPAIGN, NotAllowed, perform
from evaluations.models import Ballot, BallotStatus, BallotSubject, BranchResult, EntryMode, SubjectKind
from evaluations.reports.branch import branch_summary
from evaluations.services.form import ballot_form
from evaluations.services.setup import prepare_ballot, void_ballot
from meetings.services import cancel_meeting, close_meeting
from members.models import Member, RosterEntry
from members.services.rosters import exempt_from_count
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.evaluations import (
    SCALES,
    bring_to,
    evening,
    frozen_branch,
    meeting_of,
)
from tests.factories.meetings import MeetingFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db


def planned(**how: Any) -> Any:
    """A branch with a frozen roster and a planned meeting: (meeting, secretary, people)."""
    organization, campaign, secretary, people = frozen_branch(**how)
    meeting, _, _ = meeting_of(organization, campaign, secretary, people, opened=False)
    return meeting, secretary, people


@pytest.mark.parametrize("preset", SCALES)
def test_the_form_has_the_scale_of_the_rules_and_the_people_of_the_roster(preset: str) -> None:
    meeting, secretary, _ = planned(members=3, probationary=1, preset=preset)
    ballot = prepare_ballot(meeting=meeting, by=secretary)
    assert ballot.options == list(SCALES[preset])
    assert (ballot.round_no, ballot.status, ballot.entry_mode) == (1, "setup", EntryMode.PAPERS)
    assert (ballot.percent_base, ballot.min_to_show) == ("valid", 5)
    entries = list(RosterEntry.objects.filter(roster=meeting.roster).order_by("ordinal"))
    rows = list(ballot.subjects.all())
    assert [row.name for row in rows] == [entry.name for entry in entries]
    assert [row.ordinal for row in rows] == [1, 2, 3, 4]
    (new,) = [row for row in rows if not row.graded]
    assert new.note == "预备党员，不评定等次"
    assert ballot.rated().count() == 3


def test_the_rules_may_leave_probationary_members_off_the_form() -> None:
    meeting, secretary, _ = planned(members=3, probationary=2, rules={"probationary_subject": "omit"})
    ballot = prepare_ballot(meeting=meeting, by=secretary)
    assert ballot.subjects.count() == ballot.rated().count() == 3


def test_leaders_who_took_part_above_are_not_rated_when_the_rules_say_so() -> None:
    organization, campaign, secretary, people = frozen_branch(members=3, preset="luoyang_2014")
    leader = MemberFactory.create(organization=organization, is_leader=True)
    meeting, _, _ = meeting_of(organization, campaign, secretary, people, opened=False)
    assert leader.name not in [row.name for row in prepare_ballot(meeting=meeting, by=secretary).rated()]


def test_why_somebody_is_not_counted_never_stands_on_the_anonymous_form() -> None:
    meeting, secretary, people = planned(members=4)
    entry = RosterEntry.objects.get(roster=meeting.roster, member=people[0])
    exempt_from_count(entry=entry, reason="incapable", by=secretary, note="住院", why="病情")
    ballot = prepare_ballot(meeting=meeting, by=secretary)
    form = ballot_form(ballot)
    assert people[0].name in [row.name for row in form.rows]
    assert "疾病" not in str(form)
    assert "住院" not in str(form)
    assert any("疾病" in note for note in branch_summary(ballot, for_signing=True).notes)


@pytest.mark.parametrize("count", [1, 3, 150])
def test_a_branch_of_any_size_gets_its_form(count: int) -> None:
    meeting, secretary, _ = planned(members=count)
    ballot = prepare_ballot(meeting=meeting, by=secretary)
    assert ballot.rated().count() == count
    assert len(ballot_form(ballot).rows) == count


def test_the_committee_is_rated_by_the_headings_of_the_rules() -> None:
    made = evening(preset="xinyi_2018", subject_kind=SubjectKind.COMMITTEE)
    assert made.ballot.options == ["好", "较好", "一般", "差"]
    assert [row.name for row in made.ballot.subjects.all()] == list(made.meeting.rules().committee_headings)
    form = ballot_form(made.ballot)
    assert form.title.endswith("支部委员会测评表")
    assert form.name_heading == "评议内容"
    assert "姓名" not in "".join(form.notes)


def test_members_and_committee_are_two_ballots_of_one_meeting() -> None:
    made = evening(preset="xinyi_2018", subject_kind=SubjectKind.COMMITTEE)
    members = prepare_ballot(meeting=made.meeting, by=made.secretary)
    assert {made.ballot.subject_kind, members.subject_kind} == {"members", "committee"}


def refused(reason: str, meeting: Any, by: Any, **how: Any) -> None:
    """Preparing is refused for this reason, and nothing is left behind."""
    before = (Ballot.objects.count(), BallotSubject.objects.count())
    with pytest.raises(NotAllowed) as refusal:
        prepare_ballot(meeting=meeting, by=by, **how)
    assert refusal.value.reason == reason
    assert (Ballot.objects.count(), BallotSubject.objects.count()) == before


def test_only_the_branchs_own_clerks_prepare() -> None:
    meeting, _, _ = planned(members=3)
    for role in (Role.PUBLICITY, Role.DISCIPLINE):
        refused("测评由本支部书记、副书记或组织委员准备。", meeting, account_with(role, meeting.organization))
    organizer = account_with(Role.ORGANIZER, meeting.organization)
    assert prepare_ballot(meeting=meeting, by=organizer).status == BallotStatus.SETUP


def test_before_the_roster_is_frozen_there_is_no_ballot() -> None:
    _, campaign, _, _ = frozen_branch(members=3)
    other, _, by, _ = frozen_branch(members=3)
    meeting = MeetingFactory.create(organization=other, campaign=campaign)
    refused("请先核定花名册，再准备测评。", meeting, by)


def test_a_branch_without_members_cannot_come_to_a_ballot() -> None:
    with pytest.raises(NotAllowed):
        frozen_branch(members=0)


def test_a_branch_of_probationary_members_only_has_nobody_to_rate() -> None:
    meeting, secretary, _ = planned(members=0, probationary=3)
    refused("花名册上没有可以测评的党员，请先核对花名册。", meeting, secretary)


def test_no_ballot_on_a_cancelled_or_closed_meeting() -> None:
    meeting, secretary, _ = planned(members=3)
    cancelled = cancel_meeting(meeting=meeting, by=secretary, note="大雨")
    refused("会议已取消，不能再准备测评。", cancelled, secretary)
    made = evening("void")
    close_meeting(meeting=made.meeting, by=made.secretary)
    made.meeting.refresh_from_db()
    refused("会议已散会，不能再准备测评。", made.meeting, made.secretary)


def test_no_ballot_in_a_campaign_that_is_over() -> None:
    meeting, secretary, _ = planned(members=3)
    office = account_with(Role.OFFICE, meeting.campaign.issuer)
    meeting.campaign = perform(CAMPAIGN, meeting.campaign, "close", by=office)
    refused("活动还没有发布或者已经结束，不能准备测评。", meeting, secretary)


def test_the_rules_may_know_no_ballot() -> None:
    meeting, secretary, _ = planned(members=3, preset="town_leadership_2014")
    refused("本次活动的规则不进行民主测评。", meeting, secretary)


def test_the_committee_is_rated_only_where_the_rules_ask_and_there_is_one() -> None:
    meeting, secretary, _ = planned(members=3, preset="luoyang_2014")
    how = {"subject_kind": SubjectKind.COMMITTEE}
    refused("本次活动的规则没有要求评议支委会。", meeting, secretary, **how)
    meeting, secretary, _ = planned(members=3)
    refused("本支部没有设支委会，不用评议支委会。", meeting, secretary, **how)
    meeting, secretary, _ = planned(members=3, rules={"committee_headings": []})
    AppointmentFactory.create(role=Role.ORGANIZER, organization=meeting.organization)
    refused("规则没有列出评议支委会的内容。", meeting, secretary, **how)


def test_one_round_stands_at_a_time_even_at_another_meeting() -> None:
    made = evening()
    standing = "本支部在这次活动中已经有一轮测评；如要重来，请先作废。"
    refused(standing, made.meeting, made.secretary)
    again = MeetingFactory.create(organization=made.organization, campaign=made.campaign)
    refused(standing, again, made.secretary)


def test_a_voided_round_stays_and_the_next_has_the_next_number_also_at_another_meeting() -> None:
    made = evening("void")
    first = made.ballot
    assert (first.status, first.void_reason) == (BallotStatus.VOID, "票箱没有当场清点")
    assert first.lines.count() == 5
    again = MeetingFactory.create(organization=made.organization, campaign=made.campaign)
    second = prepare_ballot(meeting=again, by=made.secretary)
    assert second.round_no == 2
    assert str(second).endswith("测评第2轮")
    made.ballot = void_ballot(ballot=second, by=made.secretary, reason="会议改期")
    assert prepare_ballot(meeting=made.meeting, by=made.secretary).round_no == 3
    assert Ballot.objects.standing().count() == 1


@pytest.mark.parametrize("stage", ["setup", "issued", "collected", "typed", "matched", "certified"])
def test_a_round_may_be_voided_at_any_stage_with_a_reason_and_once(stage: str) -> None:
    made = evening(stage)
    with pytest.raises(NotAllowed, match="须写明原因"):
        void_ballot(ballot=made.ballot, by=made.secretary, reason="  ")
    voided = void_ballot(ballot=made.ballot, by=made.secretary, reason=" 收回多于发出 ")
    assert (voided.status, voided.void_reason) == (BallotStatus.VOID, "收回多于发出")
    assert not voided.papers.exists()
    assert not voided.totals.exists()
    assert not voided.slots.exists()
    with pytest.raises(NotAllowed, match="现在是「已作废」"):
        void_ballot(ballot=made.ballot, by=made.secretary, reason="又一次")
    assert made.reload().void_reason == "收回多于发出"


def test_a_voided_result_leaves_the_roll_up() -> None:
    made = evening("certified")
    assert BranchResult.objects.filter(ballot=made.ballot).exists()
    void_ballot(ballot=made.ballot, by=made.secretary, reason="责令重新进行")
    assert not BranchResult.objects.exists()


def test_voiding_takes_the_secretary_or_the_office_above() -> None:
    made = evening("matched")
    for person in (*made.tellers, made.scrutineer, account_with(Role.ORGANIZER, made.organization)):
        assert person is not None
        with pytest.raises(NotAllowed, match="只有支部书记或上级党组织可以作废重来"):
            void_ballot(ballot=made.ballot, by=person, reason="试试")
    office = account_with(Role.OFFICE, made.campaign.issuer)
    assert void_ballot(ballot=made.ballot, by=office, reason="流于形式").status == BallotStatus.VOID


def test_a_secretary_whose_term_has_ended_does_nothing_any_more() -> None:
    made = evening("setup")
    made.secretary.appointments.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    made.secretary.refresh_from_db()
    with pytest.raises(NotAllowed):
        void_ballot(ballot=made.ballot, by=made.secretary, reason="任期已满")


def test_rules_are_copied_to_the_ballot_when_it_is_prepared() -> None:
    made = evening(rules={"min_ballots_to_show_counts": 8, "percent_base": "present"})
    assert (made.ballot.min_to_show, made.ballot.percent_base) == (8, "present")


def test_the_tellers_are_rated_like_everybody_else() -> None:
    made = bring_to(evening(members=4), "certified")
    names = [row.name for row in made.ballot.rated()]
    assert {teller.full_name for teller in made.tellers} <= set(names)
    assert Member.objects.filter(user__in=made.tellers).count() == 2


@pytest.mark.parametrize("kind", ["committee", "group", "briefing"])
def test_the_ballot_is_held_at_a_meeting_of_the_whole_branch_only(kind: str) -> None:
    meeting, secretary, _ = planned(members=3)
    other = MeetingFactory.create(organization=meeting.organization, campaign=meeting.campaign, kind=kind)
    with pytest.raises(NotAllowed, match="党员大会上进行"):
        prepare_ballot(meeting=other, by=secretary)
    thematic = MeetingFactory.create(
        organization=meeting.organization, campaign=meeting.campaign, kind="thematic"
    )
    assert prepare_ballot(meeting=thematic, by=secretary).status == BallotStatus.SETUP
