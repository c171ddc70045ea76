"""Services of supervision: what is refused, and with which words; what is written into the record."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from branches.models import AuditEvent, Notice, Run, StepMark
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from rectification.models import Finding, LinkedPoint, StageSignOff, SupervisionSummary, Visit, VisitDraw
from rectification.reports.draws import DrawPage
from rectification.reports.supervision import Totals, lines_of
from rectification.reports.supervision_summary import SummaryDraft
from rectification.reports.teams import TeamsPage
from rectification.reports.visit_facts import known_of
from rectification.services import draws, supervision_summary, teams, visit_findings, visits
from rectification.services.supervision import below
from rectification.services.visits import Typed
from rectification.workflow import FINDING
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.evaluations import evening
from tests.factories.meetings import MeetingFactory
from tests.factories.plans import PlanFactory
from tests.factories.supervising import RULES, SEEN, Watched, finding_of, team_of, typed, visit_to, watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(tree: Tree) -> Watched:
    """A campaign with supervision."""
    return watched(tree)


def refused(act: Callable[..., Any], **how: Any) -> str:
    """The reason something is refused with; nothing is written."""
    with pytest.raises(NotAllowed) as refusal:
        act(**how)
    assert refusal.value.reason.endswith("。")
    return refusal.value.reason


def draw(made: Watched, **how: Any) -> VisitDraw:
    """A draw of the township."""
    values: dict[str, Any] = {
        "campaign": made.campaign,
        "body": made.tree.township,
        "size": 2,
        "by": made.supervisor,
    }
    return draws.draw_visits(**values | how)


def plan(made: Watched, values: Typed, **how: Any) -> Visit:
    """A visit to the village planned by the supervisor."""
    place = {"campaign": made.campaign, "organization": made.tree.village, "by": made.supervisor}
    return visits.plan_visit(typed=values, **place | how)


def test_a_draw_can_be_repeated_and_is_taken_from_tree_order(made: Watched) -> None:
    first, second = draw(made, seed="3-5-2"), draw(made, seed="3-5-2")
    assert first.result == second.result
    assert first.pool == [one.code for one in below(made.campaign, made.tree.township)]
    assert draws.repeats(first)
    first.result = first.result[::-1]
    assert not draws.repeats(first)
    page = DrawPage.of(second, made.supervisor)
    assert [line.code for line in page.lines] == second.result
    assert [code for _n, code, _name, _lot in page.pool][:2] == second.result
    assert page.is_typed
    assert not DrawPage.of(draw(made), made.supervisor).is_typed
    assert AuditEvent.objects.filter(action="draw_visits").count() == 3


def test_a_draw_keeps_to_the_field_the_team_and_who_was_not_visited(made: Watched) -> None:
    tree = made.tree
    assert draw(made, category="school", size=1).pool == [tree.school.code]
    team = team_of(made, tree.general)
    kept = draw(made, team=team, size=1)
    assert kept.pool == [tree.mill.code]
    assert "第一督导组负责的" in kept.words
    visit_to(made)
    kept = draw(made, fresh=True)
    assert tree.village.code not in kept.pool
    assert "还没有督查过的" in kept.words


def test_a_draw_is_refused_with_what_to_do(made: Watched) -> None:
    assert "由本级党建办" in refused(draw, made=made, by=made.secretary)
    assert "请填 1 到" in refused(draw, made=made, size=99)
    assert "没有可抽的" in refused(draw, made=made, category="retired")
    assert "机器产生的一样" in refused(draw, made=made, seed="0123456789abcdef")
    foreign = CampaignFactory.create(issuer=made.tree.other_township, status="running", rules=RULES)
    assert "没有发给本单位" in refused(draw, made=made, campaign=foreign)
    team = team_of(made)
    type(team).objects.update(sender=made.tree.county)
    team.refresh_from_db()
    assert "不是本单位" in refused(draw, made=made, team=team)
    type(made.campaign).objects.update(status="closed")
    made.campaign.refresh_from_db()
    assert "已经结束" in refused(draw, made=made)


def test_a_drawn_organisation_that_is_gone_shows_its_code(made: Watched) -> None:
    kept = draw(made)
    VisitDraw.objects.update(result=["GONE"], pool=["GONE"], size=1)
    page = DrawPage.of(VisitDraw.objects.get(pk=kept.pk), made.supervisor)
    assert page.lines[0].organization is None
    assert page.lines[0].visit is None
    assert not page.may_plan


def test_an_organisation_of_a_draw_has_one_visit(made: Watched) -> None:
    kept = draw(made, category="village", size=2)
    values = typed(mode="random")
    plan(made, values, drawn=kept)
    assert "已经安排过督查" in refused(plan, made=made, values=values, drawn=kept)
    assert "没有抽中" in refused(plan, made=made, values=values, drawn=kept, organization=made.tree.school)
    page = DrawPage.of(kept, made.supervisor)
    assert sum(line.visit is not None for line in page.lines) == 1


def test_what_does_not_fit_is_refused(made: Watched) -> None:
    tree = made.tree
    other = LinkedPoint.objects.create(
        campaign=made.campaign,
        organization=tree.sibling,
        sender=tree.township,
        leader_name="魏秀英",
        from_on=timezone.localdate(),
    )
    meeting = MeetingFactory.create(organization=tree.sibling, campaign=made.campaign)
    elsewhere = MeetingFactory.create(organization=tree.village)
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"meeting": elsewhere}, "是另一个活动的"),
        ({"mode": "phone"}, "没有这种督查方式"),
        ({"mode": "random", "announced": True}, "不提前告诉支部"),
        ({"visitors": " "}, "请写明督查人员"),
        ({"team": team_of(made, tree.sibling)}, "不在这个组的督导范围"),
        ({"point": other}, "不是这位领导的联系点"),
        ({"meeting": meeting}, "不是这个党组织的会议"),
    )
    for values, words in wrong:
        assert words in refused(plan, made=made, values=typed(**values))
    assert "在这个党组织任职" in refused(plan, made=made, values=typed(), by=made.secretary)
    assert "由上级党组织" in refused(plan, made=made, values=typed(), by=made.member)
    foreign = CampaignFactory.create(issuer=tree.other_township, status="running", rules=RULES)
    assert "没有发给这个党组织" in refused(plan, made=made, values=typed(), campaign=foreign)
    draft = CampaignFactory.create(issuer=tree.township, rules=RULES)
    assert "还没有发布" in refused(plan, made=made, values=typed(), campaign=draft)
    silent = {"supervision": [], "visit_modes": [], "linked_points": False, "superior_attendance": "none"}
    quiet = CampaignFactory.create(issuer=tree.township, status="running", rules=RULES | silent)
    assert "没有安排督导" in refused(plan, made=made, values=typed(), campaign=quiet)
    assert not Visit.objects.exists()


def test_a_visit_is_noted_on_its_day_and_at_a_meeting_with_the_meeting(made: Watched) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert "还没有到" in refused(plan, made=made, values=typed(seen=SEEN, day=tomorrow), make=True)
    assert "请先选择是哪一次会议" in refused(
        plan, made=made, values=typed(seen=SEEN, mode="attend"), make=True
    )
    meeting = MeetingFactory.create(organization=made.tree.village, campaign=made.campaign)
    visit = plan(
        made, typed(seen=SEEN, mode="attend", meeting=meeting, steps=["meeting", "unknown"]), make=True
    )
    assert (visit.status, visit.steps) == ("made", ["meeting"])
    assert not Visit.objects.filter(status="planned").exists()


def test_a_branch_is_told_once_when_a_visit_becomes_known(made: Watched) -> None:
    visit = visit_to(made, seen="")
    saved = visits.save_visit(visit=visit, version=0, typed=typed(announced=True), by=made.supervisor)
    visits.save_visit(visit=saved, version=1, typed=typed(announced=True), by=made.supervisor)
    told = Notice.objects.filter(kind="visit_announced")
    assert {one.recipient for one in told} == {made.secretary, made.deputy, made.organizer}


def test_saving_a_visit_keeps_others_out(made: Watched) -> None:
    visit = visit_to(made)
    how: dict[str, Any] = {"visit": visit, "typed": typed(seen=SEEN), "by": made.supervisor}
    assert "由安排的同志" in refused(visits.save_visit, **how | {"by": made.instructor}, version=0)
    with pytest.raises(Stale):
        visits.save_visit(**how, version=5)
    assert "请保留看到的情况" in refused(visits.save_visit, **how | {"typed": typed()}, version=0)
    assert visits.save_visit(**how | {"by": made.township}, version=0).version == 1
    closed = visits.close_visit(visit=visit, version=1, by=made.supervisor)
    assert closed.version == 2
    assert "不能再改" in refused(visits.save_visit, **how, version=2)
    assert "不能再写" in refused(
        visit_findings.issue_finding, visit=visit, kind="advice", text="晚了", by=made.supervisor
    )


def test_findings_come_after_the_visit_and_by_the_powers_of_the_rules(made: Watched) -> None:
    planned = visit_to(made, seen="")
    how: dict[str, Any] = {"visit": planned, "kind": "advice", "text": "抓紧", "by": made.supervisor}
    issue = visit_findings.issue_finding
    assert "请先登记已督查" in refused(issue, **how)
    how["visit"] = visit_to(made)
    assert "没有给上级这种办法" in refused(issue, **how | {"kind": "measures"})
    assert "请写明内容" in refused(issue, **how | {"text": " "})
    assert "请写明内容" in refused(issue, **how | {"text": "长" * 1001})
    assert "由安排的同志" in refused(issue, **how | {"by": made.instructor})
    found = issue(**how)
    event = AuditEvent.objects.get(action="issue_finding")
    assert event.organization_path == made.tree.village.path
    assert "抓紧" not in str(event.detail)
    assert found.status == "issued"


def test_praise_and_proposals_ask_no_answer_and_praise_holds_nothing_up(made: Watched) -> None:
    praise, redo = finding_of(made, kind="praise"), finding_of(made, kind="redo")
    for finding in (praise, redo):
        assert "不用支部答复" in refused(
            visit_findings.answer_finding, finding=finding, answer="好", by=made.secretary
        )
    settle = visit_findings.settle_finding
    assert "肯定的意见不用办结" in refused(settle, finding=praise, outcome="好", by=made.supervisor)
    assert "请写明办结的情况" in refused(settle, finding=redo, outcome=" ", by=made.supervisor)
    assert visits.close_visit(visit=praise.visit, version=0, by=made.supervisor).status == "closed"
    assert "还有 1 条" in refused(visits.close_visit, visit=redo.visit, version=0, by=made.supervisor)
    assert settle(finding=redo, outcome="镇党委决定不重新进行", by=made.township).status == "settled"


def test_an_answer_reaches_whoever_was_there(made: Watched) -> None:
    point = teams.add_point(
        campaign=made.campaign,
        sender=made.tree.township,
        organization=made.tree.village,
        leader=teams.Person("郑国栋", "", made.leader),
        from_on=timezone.localdate(),
        by=made.township,
    )
    visit = visit_to(made, by=made.township, team=team_of(made), point=point)
    found = visit_findings.issue_finding(visit=visit, kind="correct", text="补学", by=made.supervisor)
    answer = visit_findings.answer_finding
    assert "由本组织书记" in refused(answer, finding=found, answer="已补", by=made.member)
    answer(finding=found, answer="已补", by=made.organizer)
    told = {one.recipient for one in Notice.objects.filter(kind="finding_answered")}
    assert told == {made.supervisor, made.leader, made.township}
    assert "不能再答复" in refused(answer, finding=found, answer="又补", by=made.organizer)
    assert Finding.objects.get().answer == "已补"


def test_a_settled_finding_without_outcome_is_refused_by_its_table(made: Watched) -> None:
    found = finding_of(made)
    step = FINDING.step(found, "settle_finding", made.supervisor)
    assert not step
    assert "请写明办结的情况" in step.reason


def test_a_stage_is_signed_off_once_a_round(made: Watched) -> None:
    how: dict[str, Any] = {
        "campaign": made.campaign,
        "organization": made.tree.village,
        "part": "会前",
        "on": timezone.localdate(),
        "passed": {0, 1},
        "by": made.supervisor,
    }
    sign = visit_findings.sign_off
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert "没有这个阶段" in refused(sign, **how | {"part": "第九阶段"})
    assert "不能晚于今天" in refused(sign, **how | {"on": tomorrow})
    assert "在这个党组织任职" in refused(sign, **how | {"by": made.deputy})
    sign(**how)
    assert "已经有人把过关" in refused(sign, **how | {"by": made.township})
    Run.objects.create(
        campaign=made.campaign,
        organization=made.tree.village,
        round_no=2,
        reason="重来",
        opened_at=timezone.now(),
    )
    assert visit_findings.holding(made.campaign, made.tree.village) == {}
    again = sign(**how)
    assert again.round_no == 2
    assert "由把关的同志" in refused(
        visit_findings.revoke_sign_off, signed=again, note="看错", by=made.instructor
    )
    assert "不能由您来督导" in refused(
        visit_findings.revoke_sign_off, signed=again, note="看错", by=made.secretary
    )
    assert StageSignOff.objects.count() == 2


def test_teams_are_refused_with_what_to_do(made: Watched) -> None:
    tree = made.tree
    assert "由本级党建办" in refused(team_of, made=made, by=made.supervisor)
    assert "没有这一种督导力量" in refused(team_of, made=made, kind="patrol")
    assert "至少写一名" in refused(team_of, made=made, people=[])
    with pytest.raises(NotAllowed, match="请选择督导哪些"):
        team_of(made, tree.other_village)
    with pytest.raises(NotAllowed, match="请选择督导哪些"):
        team_of(made, tree.group)
    twice = [teams.Person("李敏", "", made.supervisor)] * 2
    assert "写了两次" in refused(team_of, made=made, people=twice)
    foreign = CampaignFactory.create(issuer=tree.other_township, status="running", rules=RULES)
    stranger = Watched(tree, foreign, made.people)
    assert "没有发给本单位" in refused(team_of, made=stranger)
    team = team_of(made)
    teams.end_team(team=team, by=made.township)
    how: dict[str, Any] = {
        "team": team,
        "version": 0,
        "campaign": made.campaign,
        "sender": tree.township,
        "kind": "team",
        "name": "又改",
        "people": [teams.Person("李敏")],
        "organizations": [tree.village],
        "by": made.township,
    }
    assert "已经结束，不能再改" in refused(teams.save_team, **how)


def test_of_very_many_organisations_a_team_takes_those_directly_below(
    made: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = {one.short_name for one in teams.choices_of(made.tree.township)}
    assert "宏达纺织一车间支部" in everything
    assert "一组" not in everything
    monkeypatch.setattr(teams, "MOST_CHOICES", 2)
    assert {one.short_name for one in teams.choices_of(made.tree.township)} == everything - {
        "宏达纺织一车间支部"
    }


def test_linked_points_are_refused_with_what_to_do(made: Watched) -> None:
    tree = made.tree
    how: dict[str, Any] = {
        "campaign": made.campaign,
        "sender": tree.township,
        "organization": tree.village,
        "leader": teams.Person("魏秀英"),
        "from_on": timezone.localdate() + datetime.timedelta(days=9),
        "by": made.township,
    }
    assert "请写明是哪位领导" in refused(teams.add_point, **how | {"leader": teams.Person(" ")})
    assert "只能选本单位下面" in refused(teams.add_point, **how | {"organization": tree.other_village})
    silent = CampaignFactory.create(
        issuer=tree.township, status="running", rules=RULES | {"linked_points": False}
    )
    assert "没有要求建立联系点" in refused(teams.add_point, **how | {"campaign": silent})
    point = teams.add_point(**how)
    ended = teams.end_point(point=point, by=made.township)
    assert ended.to_on == how["from_on"]
    page = TeamsPage.of(made.campaign, tree.township)
    assert [one.leader_name for one in page.points] == ["魏秀英"]
    assert page.leaders_asked == ""


def test_the_page_of_teams_counts_what_they_did(tree: Tree) -> None:
    made = watched(tree, leader_visits_min=2, leader_visits_max=3)
    team = team_of(made, tree.village, tree.sibling)
    meeting = MeetingFactory.create(organization=tree.village, campaign=made.campaign)
    visit_to(made, team=team, mode="attend", meeting=meeting)
    visit_to(made, team=team, mode="attend", meeting=meeting)
    visit_to(made, team=team, place=tree.sibling)
    visit_to(made, team=team, seen="")
    page = TeamsPage.of(made.campaign, tree.township)
    one: Any = page.teams[0]
    assert (one.n_made, one.n_places, one.n_attended) == (3, 2, 1)
    assert "2—3 个党支部" in page.leaders_asked
    assert page.asked.startswith("3 个阶段")


def test_numbers_of_the_overview_and_of_the_summary_are_the_same(made: Watched) -> None:
    tree = made.tree
    meeting = MeetingFactory.create(organization=tree.village, campaign=made.campaign)
    team = team_of(made, tree.village)
    visit_to(made, team=team, mode="attend", meeting=meeting, steps=["meeting"])
    visit_to(made, place=tree.sibling, steps=["plan", "meeting"])
    finding_of(made, kind="praise", text="讲得好")
    for text in ("抓紧核定。", "抓紧核定。", "补好记录。"):
        finding_of(made, kind="suggestion", text=text)
    visit_to(made, seen="")
    rows = below(made.campaign, tree.township)
    lines = {line.organization.pk: line.counts for line in lines_of(made.campaign, rows)}
    village = lines[tree.village.pk]
    assert (village.made, village.planned, village.attended, village.steps) == (5, 1, 1, 1)
    assert (village.findings, village.waiting, village.stages) == (4, 3, 0)
    assert lines[tree.sibling.pk].steps == 2
    totals = Totals.of(made.campaign, rows)
    assert (totals.visited, totals.made, totals.attended) == (2, 6, 1)
    assert totals.kinds == (("肯定", 1), ("建议", 3))
    draft = SummaryDraft.of(made.campaign, tree.township, None)
    assert f"党组织 {len(lines)} 个，已督查 2 个，共督查 6 次" in draft.parts["overall"]
    assert "还有 3 条正在办理" in draft.parts["overall"]
    assert draft.parts["practice"] == "讲得好"
    said = [line.partition(". ")[2] for line in draft.parts["suggestions"].split("\n")]
    assert sorted(said) == ["抓紧核定。", "补好记录。"]  # what is said twice stands once
    assert draft.parts["problems"] == ""
    of_team = SummaryDraft.of(made.campaign, tree.township, team)
    assert "第一督导组负责党组织 1 个，已督查 1 个，共督查 1 次（列席会议 1 次）" in of_team.parts["overall"]
    assert "意见" not in of_team.parts["overall"]
    Finding.objects.exclude(kind="praise").delete()
    assert "都已办结" in SummaryDraft.of(made.campaign, tree.township, None).parts["overall"]


def test_a_summary_is_begun_once_and_settled_when_it_says_something(made: Watched) -> None:
    tree = made.tree
    how: dict[str, Any] = {
        "campaign": made.campaign,
        "body": tree.township,
        "team": None,
        "title": "总结",
        "parts": {},
        "by": made.supervisor,
    }
    begin, finish = supervision_summary.begin_summary, supervision_summary.finish_summary
    assert "撰写" in refused(begin, **how | {"by": made.county})
    foreign = CampaignFactory.create(issuer=tree.other_township, status="running", rules=RULES)
    assert "没有发给本单位" in refused(begin, **how | {"campaign": foreign})
    plain = CampaignFactory.create(
        issuer=tree.township, status="running", rules=RULES | {"supervision_summary": False}
    )
    assert "没有要求写督查总结" in refused(begin, **how | {"campaign": plain})
    team = team_of(made)
    assert begin(**how | {"team": team}).team == team
    first = begin(**how)
    assert begin(**how) == first
    assert "请先写好总体情况" in refused(finish, summary=first, version=0, by=made.supervisor)
    type(team).objects.update(sender=tree.county)
    team.refresh_from_db()
    assert "不是本单位" in refused(begin, **how | {"team": team})
    saved = supervision_summary.save_summary(
        summary=first, version=0, title=" 督查 总结 ", parts={"overall": "好\r\n"}, by=made.supervisor
    )
    assert (saved.title, saved.overall) == ("督查 总结", "好")
    done = finish(summary=saved, version=1, by=made.township)
    assert done.finished_on == timezone.localdate()
    with pytest.raises(Stale):
        supervision_summary.reopen_summary(summary=done, version=1, by=made.township)
    assert supervision_summary.reopen_summary(summary=done, version=2, by=made.township).status == "draft"
    assert SupervisionSummary.objects.count() == 2


def test_a_visitor_is_told_what_the_system_knows_already(made: Watched) -> None:
    campaign, village = made.campaign, made.tree.village
    before = {one.label: one.text for one in known_of(campaign, village)}
    assert before == {"评议花名册": "还没有核定", "会议": "还没有安排", "登记完成": "还没有登记"}
    evening("certified", organization=village, campaign=campaign)
    PlanFactory.create(campaign=campaign, organization=village, author=made.secretary)
    day = timezone.localdate()
    StepMark.objects.create(campaign=campaign, organization=village, step="opinions", done_on=day)
    with CaptureQueriesContext(connection) as seen:
        known = {one.label: one.text for one in known_of(campaign, village)}
    assert known["实施方案"]
    assert known["评议花名册"] == "已核定"
    assert "应到" in known["会议"]
    assert "实到" in known["会议"]
    assert known["登记完成"] == f"征求意见（{day.month}月{day.day}日）"
    assert any(label.startswith("测评") for label in known)
    assert len(seen) <= 9
    MeetingFactory.create(organization=made.tree.sibling, campaign=campaign)
    assert "筹备中" in {one.label: one.text for one in known_of(campaign, made.tree.sibling)}["会议"]
    assert "评议花名册" not in [one.label for one in known_of(campaign, made.tree.township)]


def test_the_database_keeps_its_own_rules(made: Watched) -> None:
    visit, kept = visit_to(made), draw(made)
    bad: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Visit, {"mode": "covert", "announced": True}),
        (Visit, {"seen": ""}),
        (VisitDraw, {"seed": ""}),
    )
    for model, values in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**values)
    assert str(visit).startswith("新河村支部")
    assert str(kept) == "青石镇抽取督查对象"


def test_documents_have_names(made: Watched) -> None:
    finding = finding_of(made)
    team = team_of(made)
    assert str(finding).endswith("建议")
    assert [str(one) for one in (team, team.members.first())] == ["青石镇第一督导组", "李敏"]
    assert team.organization == made.tree.township
