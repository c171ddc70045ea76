"""Reports: opened, saved, reviewed, handed in, received, returned; who may and what is refused with which words."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from branches.models import Appointment, AuditEvent, Campaign, Notice, Organization, Role, Run, User
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from meetings.models import Report, ReportRecipient
from meetings.permissions.reports import (
    can_list_reports,
    can_note_receipt,
    can_read_report,
    can_receive_report,
    can_return_report,
    can_review_report,
    can_write_report,
)
from meetings.progress.reports import reports_by_organization
from meetings.services import reports
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.reports import NUMBERS, SECTIONS, report_of, reporting
from tests.races import at_once, refused

REVIEWED = {"report_reviewer": "supervisors"}


@pytest.fixture
def asking(tree: Tree) -> Campaign:
    """A campaign of the township that asks for a report."""
    return reporting(tree.township)


@pytest.fixture
def vetting(tree: Tree) -> Campaign:
    """One where the supervisors review it first, and two offices get it."""
    return reporting(tree.township, "vetting", report_recipients=["上一级党组织", "上级纪委"], **REVIEWED)


def opened(campaign: Campaign, organization: Organization, by: User) -> Report:
    return reports.open_report(
        campaign=campaign, organization=organization, title="报告", sections=SECTIONS, numbers=NUMBERS, by=by
    )


def only(report: Report) -> ReportRecipient:
    return report.recipients.select_related("organization", "report__organization").get()


def told(person: User) -> list[str]:
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("title", flat=True))


def test_a_report_is_begun_once_with_its_receivers(
    tree: Tree, asking: Campaign, secretary: User, organizer: User
) -> None:
    report = opened(asking, tree.village, secretary)
    again = opened(asking, tree.village, organizer)
    assert again == report
    assert (report.kind, report.round_no, report.numbers) == ("special", 1, NUMBERS)
    assert only(report).organization == tree.township
    assert only(report).name == "青石镇党委"
    assert AuditEvent.objects.filter(action="open_report").count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rules": {"report": "none"}}, "不要求报告"),
        ({"status": "closed"}, "已经结束"),
    ],
)
def test_nobody_is_asked_for_a_report_the_rules_do_not_want(
    tree: Tree, secretary: User, change: dict[str, Any], words: str
) -> None:
    campaign = reporting(tree.township, **change.get("rules", {}))
    Campaign.objects.filter(pk=campaign.pk).update(status=change.get("status", "running"))
    campaign.refresh_from_db()
    with pytest.raises(NotAllowed, match=words):
        opened(campaign, tree.village, secretary)
    assert not Report.objects.exists()


def test_a_campaign_that_does_not_cover_the_branch_asks_nothing(tree: Tree, secretary: User) -> None:
    campaign = reporting(tree.other_township)
    with pytest.raises(NotAllowed, match="没有发给本组织"):
        opened(campaign, tree.village, secretary)


def test_others_than_the_clerks_write_no_report(tree: Tree, asking: Campaign, township: User) -> None:
    with pytest.raises(NotAllowed, match="组织委员填写"):
        opened(asking, tree.village, township)
    assert can_write_report(township, tree.village) is not True


def test_the_organizer_writes_and_the_leaders_hand_in(tree: Tree, asking: Campaign, organizer: User) -> None:
    report = report_of(asking, tree.village, organizer)
    with pytest.raises(NotAllowed, match="书记（副书记）送审、上报"):
        reports.submit_report(report=report, revision=0, by=organizer)


def test_saving_keeps_the_text_and_what_is_stale_is_refused(
    tree: Tree, asking: Campaign, secretary: User, organizer: User
) -> None:
    report = opened(asking, tree.village, secretary)
    saved = reports.save_report(
        report=report, revision=0, title="新标题", texts={"next": "年底前办完。"}, by=secretary
    )
    assert (saved.revision, saved.title, saved.sections[1]["text"]) == (1, "新标题", "年底前办完。")
    assert saved.sections[0]["text"] == SECTIONS[0].text
    same = reports.save_report(
        report=report, revision=0, title="新标题", texts={"next": "年底前办完。"}, by=organizer
    )
    assert same.revision == 1
    with pytest.raises(Stale) as stale:
        reports.save_report(
            report=report, revision=0, title="新标题", texts={"next": "另一种。"}, by=organizer
        )
    assert stale.value.saved.revision == 1


def test_a_section_that_is_too_long_is_refused(tree: Tree, asking: Campaign, secretary: User) -> None:
    report = opened(asking, tree.village, secretary)
    with pytest.raises(NotAllowed, match="一段最多"):
        reports.save_report(
            report=report, revision=0, title="报告", texts={"next": "字" * 20_001}, by=secretary
        )


def test_numbers_are_taken_over_one_by_one_or_all(tree: Tree, asking: Campaign, secretary: User) -> None:
    report = opened(asking, tree.village, secretary)
    now = {"study_times": "5", "expected": "22"}
    one = reports.take_numbers(report=report, keys=["study_times"], now=now, by=secretary)
    assert one.numbers == {"study_times": "5", "expected": "21"}
    every = reports.take_numbers(report=report, keys=None, now={"expected": "22"}, by=secretary)
    assert every.numbers == {"expected": "22"}
    assert every.numbers_on == timezone.localdate()
    assert every.sections == report.sections
    with pytest.raises(NotAllowed, match="组织委员填写"):
        reports.take_numbers(report=report, keys=None, now=now, by=account_with(Role.OFFICE, tree.township))


def test_handed_in_received_and_everybody_is_told(
    tree: Tree, asking: Campaign, secretary: User, township: User
) -> None:
    report = report_of(asking, tree.village, secretary, stage="submitted")
    assert (report.status, report.submitted_on) == ("submitted", timezone.localdate())
    assert told(township) == ["新河村支部的报告报来了，请查收"]
    got = reports.receive_report(recipient=only(report), on=timezone.localdate(), by=township)
    assert got.status == "received"
    assert told(secretary) == ["新河村支部的报告，报送单位都已收到"]
    assert reports.receive_report(recipient=only(report), on=timezone.localdate(), by=township) == got
    assert AuditEvent.objects.filter(action="receive_report").count() == 1


def test_what_is_handed_in_cannot_be_changed(tree: Tree, asking: Campaign, secretary: User) -> None:
    report = report_of(asking, tree.village, secretary, stage="submitted")
    with pytest.raises(NotAllowed, match="现在是「已上报」，不能直接修改"):
        reports.save_report(report=report, revision=0, title="报告", texts={}, by=secretary)


def test_taken_back_until_somebody_has_it(
    tree: Tree, vetting: Campaign, secretary: User, supervisor: User, township: User
) -> None:
    report = report_of(vetting, tree.village, secretary, reviewer=supervisor, stage="submitted")
    back = reports.withdraw_report(report=report, by=secretary)
    assert (back.status, back.submitted_on) == ("draft", None)
    report = report_of(vetting, tree.village, secretary, reviewer=supervisor, stage="submitted")
    first = report.recipients.get(organization=tree.township)
    reports.receive_report(recipient=first, on=timezone.localdate(), by=township)
    with pytest.raises(NotAllowed, match="已经有单位收到"):
        reports.withdraw_report(report=report, by=secretary)


def test_several_receivers_and_one_outside(
    tree: Tree, vetting: Campaign, secretary: User, supervisor: User, township: User
) -> None:
    report = report_of(vetting, tree.village, secretary, reviewer=supervisor, stage="submitted")
    outside = report.recipients.get(organization=None)
    here = report.recipients.get(organization=tree.township)
    assert [row.name for row in report.recipients.all()] == ["青石镇党委", "上级纪委"]
    with pytest.raises(NotAllowed, match="不在系统里，由上报的组织登记"):
        reports.receive_report(recipient=outside, on=timezone.localdate(), by=township)
    with pytest.raises(NotAllowed, match="由青石镇党委登记收到"):
        reports.receive_report(recipient=here, on=timezone.localdate(), by=secretary)
    assert (
        reports.receive_report(recipient=outside, on=timezone.localdate(), by=secretary).status == "submitted"
    )
    assert reports.receive_report(recipient=here, on=timezone.localdate(), by=township).status == "received"


@pytest.mark.parametrize("days", [-1, 1])
def test_a_receipt_lies_between_handing_in_and_today(
    tree: Tree, asking: Campaign, secretary: User, township: User, days: int
) -> None:
    report = report_of(asking, tree.village, secretary, stage="submitted")
    day = timezone.localdate() + datetime.timedelta(days=days)
    with pytest.raises(NotAllowed, match="在上报那天和今天之间"):
        reports.receive_report(recipient=only(report), on=day, by=township)


def test_nothing_is_received_that_was_not_handed_in(
    tree: Tree, asking: Campaign, secretary: User, township: User
) -> None:
    report = report_of(asking, tree.village, secretary)
    with pytest.raises(NotAllowed, match="还不能登记收到"):
        reports.receive_report(recipient=only(report), on=timezone.localdate(), by=township)


def test_where_supervisors_review_it_goes_to_them_first(
    tree: Tree, vetting: Campaign, secretary: User, supervisor: User
) -> None:
    report = report_of(vetting, tree.village, secretary)
    with pytest.raises(NotAllowed, match="先经督导组审阅"):
        reports.submit_report(report=report, revision=0, by=secretary)
    sent = reports.send_to_review(report=report, revision=0, by=secretary)
    assert sent.status == "in_review"
    assert told(supervisor) == ["新河村支部的报告送来了，请审阅"]
    back = reports.send_back(report=sent, note="会议日期写错了。", by=supervisor)
    assert (back.status, back.note) == ("returned", "会议日期写错了。")
    assert told(secretary)[-1].startswith("督导组退回了")
    sent = reports.send_to_review(report=back, revision=0, by=secretary)
    assert sent.note == ""
    assert reports.review_report(report=sent, revision=0, by=supervisor).status == "reviewed"
    assert reports.submit_report(report=sent, revision=0, by=secretary).status == "submitted"


def test_where_nobody_reviews_nothing_is_sent_to_review(
    tree: Tree, asking: Campaign, secretary: User
) -> None:
    report = report_of(asking, tree.village, secretary)
    with pytest.raises(NotAllowed, match="请直接上报"):
        reports.send_to_review(report=report, revision=0, by=secretary)


def test_returning_needs_a_reason_and_whoever_has_it_gets_it_anew(
    tree: Tree, asking: Campaign, secretary: User, township: User
) -> None:
    report = report_of(asking, tree.village, secretary, stage="submitted")
    reports.receive_report(recipient=only(report), on=timezone.localdate(), by=township)
    with pytest.raises(NotAllowed, match="须写明原因"):
        reports.return_report(report=report, note=" ", by=township)
    back = reports.return_report(report=report, note="没有写整改措施。", by=township)
    assert (back.status, back.submitted_on, only(report).received_on) == ("returned", None, None)
    assert told(secretary)[-1].startswith("上级退回了")
    assert reports.submit_report(report=back, revision=0, by=secretary).status == "submitted"


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"next": " "}, "还没有写：二、下一步"),
        ({"next": "〔没有的数〕"}, "认不出的数：〔没有的数〕"),
    ],
)
def test_an_unfinished_report_is_not_handed_in(
    tree: Tree, asking: Campaign, secretary: User, texts: dict[str, str], words: str
) -> None:
    report = report_of(asking, tree.village, secretary)
    saved = reports.save_report(report=report, revision=0, title="报告", texts=texts, by=secretary)
    with pytest.raises(NotAllowed, match=words):
        reports.submit_report(report=saved, revision=1, by=secretary)


def test_what_was_changed_meanwhile_is_not_handed_in(tree: Tree, asking: Campaign, secretary: User) -> None:
    report = report_of(asking, tree.village, secretary)
    reports.save_report(report=report, revision=0, title="另一个", texts={}, by=secretary)
    with pytest.raises(Stale):
        reports.submit_report(report=report, revision=0, by=secretary)


def test_rules_or_rounds_that_changed_end_a_report(
    tree: Tree, asking: Campaign, secretary: User, supervisor: User
) -> None:
    report = report_of(asking, tree.village, secretary)
    Run.objects.create(
        campaign=asking, organization=tree.village, round_no=2, opened_at=timezone.now(), reason="流于形式"
    )
    with pytest.raises(NotAllowed, match="这是上一轮的报告"):
        reports.submit_report(report=report, revision=0, by=secretary)
    with pytest.raises(NotAllowed, match="请写新一轮的报告"):
        reports.save_report(report=report, revision=0, title="报告", texts={}, by=secretary)
    assert reports.current_report(asking, tree.village) is None
    second = opened(asking, tree.village, secretary)
    assert second.round_no == 2
    rules = asking.rule_set()
    rules.values = {**rules.values, "report": "none"}
    rules.locked_at = None
    type(rules).objects.filter(pk=rules.pk).update(values=rules.values)
    fresh = Report.objects.get(pk=second.pk)
    with pytest.raises(NotAllowed, match="不要求报告"):
        reports.submit_report(report=fresh, revision=0, by=secretary)
    Campaign.objects.filter(pk=asking.pk).update(status="closed")
    with pytest.raises(NotAllowed, match="已经结束"):
        reports.submit_report(report=Report.objects.get(pk=second.pk), revision=0, by=secretary)


def _reason(person: User, report: Report) -> str:
    answer = can_review_report(person, report)
    return "" if answer is True else answer.reason


def test_who_wrote_it_never_reviews_it(
    tree: Tree, vetting: Campaign, secretary: User, organizer: User
) -> None:
    report = report_of(vetting, tree.village, secretary)
    reports.save_report(report=report, revision=0, title="报告", texts={}, by=organizer)
    AppointmentFactory.create(user=secretary, role=Role.INSTRUCTOR, organization=tree.township)
    assert "不能审阅自己" in _reason(User.objects.get(pk=secretary.pk), report)
    Appointment.objects.filter(user=organizer).update(
        ends_on=timezone.localdate() - datetime.timedelta(days=1)
    )
    AppointmentFactory.create(user=organizer, role=Role.SUPERVISOR, organization=tree.township)
    assert "不能审阅自己" in _reason(User.objects.get(pk=organizer.pk), report)


def test_who_is_nobody_here_may_nothing(
    tree: Tree,
    asking: Campaign,
    secretary: User,
    member: User,
    township: User,
    supervisor: User,
    stranger: User,
) -> None:
    report = report_of(asking, tree.village, secretary, stage="submitted")
    for person in (member, stranger):
        assert not can_review_report(person, report)
        assert not can_return_report(person, report)
        assert not can_receive_report(person, only(report))
        assert not can_note_receipt(person, report)
        assert not can_list_reports(person)
    assert can_review_report(supervisor, report)
    assert can_return_report(township, report)
    assert can_note_receipt(township, report)
    assert can_list_reports(township)


def test_who_runs_the_branch_never_returns_its_report(
    tree: Tree, asking: Campaign, secretary: User, township: User
) -> None:
    report = report_of(asking, tree.village, secretary, stage="submitted")
    AppointmentFactory.create(user=township, role=Role.DEPUTY, organization=tree.village)
    assert not can_return_report(User.objects.get(pk=township.pk), report)


@pytest.mark.parametrize(
    ("stage", "done", "word"),
    [
        ("draft", False, "填写中"),
        ("in_review", False, "待审阅"),
        ("reviewed", False, "已审阅，待上报"),
        ("submitted", True, "已上报"),
    ],
)
def test_the_board_is_told_how_far_the_report_is(
    tree: Tree, vetting: Campaign, secretary: User, supervisor: User, stage: str, done: bool, word: str
) -> None:
    report_of(vetting, tree.village, secretary, reviewer=supervisor, stage=stage)
    here = Organization.objects.filter(pk=tree.village.pk)
    found = reports_by_organization(vetting, here, {})
    fact = found[tree.village.pk].fact
    assert (fact.done, fact.word) == (done, word)
    assert (fact.handed_in is not None) == (stage == "in_review")
    assert reports_by_organization(vetting, here, {tree.village.pk: 2}) == {}


def test_a_report_of_an_earlier_day_may_be_received_on_the_day_it_came(
    tree: Tree, asking: Campaign, secretary: User, township: User
) -> None:
    day = timezone.localdate() - datetime.timedelta(days=3)
    with time_machine.travel(timezone.now() - datetime.timedelta(days=3)):
        report = report_of(asking, tree.village, secretary, stage="submitted")
    reports.receive_report(recipient=only(report), on=day, by=township)
    assert only(report).received_on == day


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_hand_it_in_at_the_same_moment_hand_it_in_once(
    tree: Tree, asking: Campaign, secretary: User, organizer: User
) -> None:
    report = report_of(asking, tree.village, secretary)
    results = at_once(
        lambda: reports.submit_report(report=report, revision=0, by=secretary),
        lambda: reports.submit_report(report=report, revision=0, by=secretary),
    )
    assert refused(results) == 1
    assert Report.objects.get(pk=report.pk).status == "submitted"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_saved_and_taken_back_and_received_at_the_same_moment_never_deadlock(
    tree: Tree, asking: Campaign, secretary: User, township: User
) -> None:
    report = report_of(asking, tree.village, secretary, stage="submitted")
    row, today = only(report), timezone.localdate()
    results = at_once(
        lambda: reports.withdraw_report(report=report, by=secretary),
        lambda: reports.receive_report(recipient=row, on=today, by=township),
        lambda: reports.receive_report(recipient=row, on=today, by=township),
    )
    kept = Report.objects.get(pk=report.pk)
    assert kept.status in ("draft", "received")
    assert (only(kept).received_on is not None) == (kept.status == "received")
    assert refused(results) >= 1


def test_a_report_is_read_outside_only_when_it_has_come(
    tree: Tree, vetting: Campaign, secretary: User, organizer: User, supervisor: User, township: User
) -> None:
    readers = {"own": organizer, "supervisor": supervisor, "office": township}
    seen = {}
    for stage in ("draft", "in_review", "reviewed", "submitted"):
        report = report_of(vetting, tree.village, secretary, reviewer=supervisor, stage=stage)
        seen[stage] = [name for name, person in readers.items() if can_read_report(person, report)]
        Report.objects.all().delete()
    assert seen == {
        "draft": ["own"],
        "in_review": ["own", "supervisor"],
        "reviewed": ["own", "supervisor"],
        "submitted": ["own", "supervisor", "office"],
    }


def test_the_office_of_a_body_writes_its_report_and_the_superior_receives_it(
    tree: Tree, township: User, county: User, supervisor: User, secretary: User
) -> None:
    campaign = reporting(tree.county, "bodies", meeting_form="democratic_life", report_reviewer="supervisors")
    campaign.addressees.create(organization=tree.township, audience="bodies")
    report = report_of(campaign, tree.township, township, reviewer=supervisor, stage="submitted")
    assert told(township)[-1].endswith("已审阅，请上报")
    assert not can_review_report(township, report)
    assert not can_return_report(township, report)
    assert not can_write_report(secretary, tree.township)
    assert can_return_report(county, report)
    got = reports.receive_report(recipient=only(report), on=timezone.localdate(), by=county)
    assert got.status == "received"
