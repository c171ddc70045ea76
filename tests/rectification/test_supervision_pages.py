"""Pages of supervision: one day of a supervisor, the branch's side, teams, points, draws, the summary."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Campaign, Notice, User
from rectification.models import (
    Finding,
    LinkedPoint,
    StageSignOff,
    SupervisionSummary,
    SupervisionTeam,
    Visit,
    VisitDraw,
)
from rectification.services import teams, visit_findings, visits
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.supervising import RULES, SEEN, Watched, finding_of, team_of, typed, visit_to, watched

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def made(tree: Tree) -> Watched:
    """A campaign with supervision."""
    return watched(tree)


def page(client: Client, name: str, *args: Any, query: str = "", status: int = 200) -> str:
    """The text of a page."""
    answer = client.get(reverse(f"rectification:{name}", args=args) + query)
    assert answer.status_code == status
    return answer.content.decode()


def post(
    client: Client, name: str, *args: Any, data: dict[str, Any], status: int = 302, query: str = ""
) -> str:
    """What comes of a posted form, after the redirect."""
    answer = client.post(reverse(f"rectification:{name}", args=args) + query, data, follow=False)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return (
        client.get(answer.headers["Location"]).content.decode() if status == 302 else answer.content.decode()
    )


def watched_elsewhere(made: Watched) -> Campaign:
    """A campaign with supervision of the other township."""
    found: Campaign = CampaignFactory.create(
        issuer=made.tree.other_township, status="running", slug="elsewhere", rules=RULES
    )
    return found


def form_of(visit: Visit, **other: Any) -> dict[str, Any]:
    """What the form of a visit sends."""
    return {
        "version": visit.version,
        "mode": visit.mode,
        "day": visit.day.isoformat(),
        "visitors": visit.visitors,
        "seen": visit.seen,
        **other,
    }


def test_a_supervisors_day_from_the_draw_to_the_summary(made: Watched, client_of: ClientOf) -> None:
    campaign, tree = made.campaign, made.tree
    client, branch = client_of(made.supervisor), client_of(made.secretary)
    assert "没有已安排的" in page(client, "supervision", campaign.slug)

    team = team_of(made, tree.village)
    wanted = {"size": "1", "seed": "6-3-1", "team": team.pk}
    assert "请填 1 到 1 之间的个数" in post(
        client, "draws", campaign.slug, tree.township.pk, data=wanted | {"size": "2"}, status=200
    )
    text = post(client, "draws", campaign.slug, tree.township.pk, data=wanted)
    drawn = VisitDraw.objects.get()
    assert "6-3-1" in text
    assert "安排督查" in text
    organization = tree.village
    assert drawn.result == [organization.code]
    text = page(client, "visit_new", campaign.slug, organization.pk, query=f"?draw={drawn.pk}")
    assert "随机抽中" in text
    today = timezone.localdate().isoformat()
    plan = {"version": "0", "mode": "random", "day": today, "visitors": "李敏", "plan": "1"}
    text = post(client, "visit_new", campaign.slug, organization.pk, data=plan, query=f"?draw={drawn.pk}")
    visit = Visit.objects.get()
    assert (visit.drawn, visit.mode, visit.status) == (drawn, "random", "planned")
    assert "支部不知道" in text
    assert organization.short_name in page(client, "supervision", campaign.slug)

    text = post(client, "visit", visit.pk, data=form_of(visit, seen=SEEN, make="1"))
    assert SEEN in text
    for_finding = {"finding-kind": "suggestion", "finding-text": "请尽快核定花名册。"}
    text = post(client, "visit_step", visit.pk, "find", data=for_finding)
    assert "已反馈给支部" in text
    finding = Finding.objects.get()

    text = page(branch, "branch_visits", campaign.slug, organization.pk)
    assert "请尽快核定花名册" in text
    assert SEEN not in text
    text = post(branch, "finding_step", finding.pk, "answer", data={"answer": "已经核定。"})
    assert "已答复" in text


def test_the_whole_way_of_one_finding(made: Watched, client_of: ClientOf) -> None:
    client, branch = client_of(made.supervisor), client_of(made.secretary)
    finding = finding_of(made)
    told = Notice.objects.filter(recipient=made.secretary, kind="finding_issued").get()
    assert "李敏" not in told.title + told.body
    text = page(branch, "branch_visits", made.campaign.slug, made.tree.village.pk)
    assert "答复这一条" in text
    assert "李敏" not in text
    assert SEEN not in text
    assert "不要求另外报材料" in text
    assert "请填写答复" in post(branch, "finding_step", finding.pk, "answer", data={"answer": ""}, status=200)
    post(branch, "finding_step", finding.pk, "answer", data={"answer": "已于今天核定。"})
    assert Notice.objects.filter(recipient=made.supervisor, kind="finding_answered").exists()
    assert "已于今天核定" in page(client, "visit", finding.visit_id)
    text = post(client, "visit_step", finding.visit_id, "close", data={"version": "0"})
    assert "还有 1 条发现没有办结" in text
    text = post(client, "finding_step", finding.pk, "settle", data={"outcome": "已当面核实"})
    assert "已当面核实" in text
    text = post(client, "visit_step", finding.visit_id, "close", data={"version": "0"})
    assert "已办结" in text
    assert Visit.objects.get().status == "closed"
    assert "没有等办理的" in page(client, "supervision", made.campaign.slug)


def test_an_unannounced_visit_is_nowhere_to_be_seen_for_the_branch_until_it_is_made(
    made: Watched, client_of: ClientOf
) -> None:
    visit = visit_to(made, seen="", mode="covert")
    branch = client_of(made.secretary)
    place = (made.campaign.slug, made.tree.village.pk)
    assert "还没有督查" in page(branch, "branch_visits", *place)
    page(branch, "visit", visit.pk, status=404)
    assert not Notice.objects.filter(recipient=made.secretary).exists()
    visits.save_visit(
        visit=visit, version=0, typed=typed(mode="covert", seen=SEEN), by=made.supervisor, make=True
    )
    assert "暗访" in page(branch, "branch_visits", *place)
    page(branch, "visit", visit.pk, status=403)


def test_a_visit_told_beforehand_is_shown_without_a_name(made: Watched, client_of: ClientOf) -> None:
    client, place = client_of(made.supervisor), (made.campaign.slug, made.tree.village.pk)
    form = {"mode": "open", "day": timezone.localdate().isoformat(), "visitors": "李敏", "version": "0"}
    post(client, "visit_new", *place, data=form | {"announced": "on"})
    told = Notice.objects.get(recipient=made.secretary)
    assert "不用另外准备材料" in told.title
    assert "李敏" not in told.title
    text = page(client_of(made.secretary), "branch_visits", *place)
    assert "明察" in text
    assert "李敏" not in text


def test_what_was_typed_comes_back_with_the_reason(made: Watched, client_of: ClientOf) -> None:
    client, place = client_of(made.supervisor), (made.campaign.slug, made.tree.village.pk)
    form = {"mode": "covert", "day": timezone.localdate().isoformat(), "visitors": "李敏", "version": "0"}
    text = post(client, "visit_new", *place, data=form | {"announced": "on", "seen": "门开着"}, status=200)
    assert "不提前告诉支部，请去掉" in text
    assert "门开着" in text
    text = post(client, "visit_new", *place, data=form | {"make": "1"}, status=200)
    assert "请先写一两句看到的情况" in text
    visit = visit_to(made, seen="")
    first = form_of(visit, visitors="李敏、何芳")
    post(client, "visit", visit.pk, data=first)
    text = post(client, "visit", visit.pk, data=form_of(visit, seen="第二个人写的"), status=409)
    assert "别人刚刚保存过" in text
    assert "第二个人写的" in text
    text = post(client, "visit", visit.pk, data=form_of(visit, version=1, visitors=""), status=200)
    assert "请填写督查人员" in text
    text = post(client, "visit", visit.pk, data=form_of(visit, version=1, make="1"), status=200)
    assert "请先写一两句" in text
    text = post(client, "visit_step", visit.pk, "find", data={"finding-kind": "x"}, status=200)
    assert "错误：" in text


def test_the_record_sheet_of_a_visit_is_filled_or_left_to_the_pen(made: Watched, client_of: ClientOf) -> None:
    client, finding = client_of(made.supervisor), finding_of(made)
    gone = visit_findings.issue_finding(visit=finding.visit, kind="advice", text="写错了", by=made.supervisor)
    visit_findings.withdraw_finding(finding=gone, note="写错", by=made.supervisor)
    visit_findings.issue_finding(visit=finding.visit, kind="redo", text="流于形式", by=made.supervisor)
    visit_findings.answer_finding(finding=finding, answer="已经核定。", by=made.secretary)
    visit_findings.settle_finding(finding=finding, outcome="当面看过", by=made.supervisor)
    said = {}
    for visit in (finding.visit, visit_to(made, seen="")):
        answer = client.get(reverse("rectification:visit_paper", args=[visit.pk]))
        table = docx.Document(io.BytesIO(answer.content)).tables[0]
        said[visit.status] = {row.cells[0].text: row.cells[1].text for row in table.rows}
    assert said["made"]["看到的情况"] == SEEN
    assert said["made"]["发现和意见"] == "建议：请尽快核定花名册。"
    assert said["made"]["支部答复"] == "已经核定。"
    assert said["made"]["办结情况"] == "当面看过"
    assert said["planned"]["看到的情况"].strip() == ""
    assert said["planned"]["被督查党组织"] == "新河村党支部"


def test_a_visit_is_cancelled_with_a_reason_only(made: Watched, client_of: ClientOf) -> None:
    client, visit = client_of(made.supervisor), visit_to(made, seen="")
    text = post(
        client, "visit_step", visit.pk, "cancel", data={"version": "0", "reason-note": ""}, status=200
    )
    assert "请填写原因" in text
    text = post(client, "visit_step", visit.pk, "cancel", data={"version": "7", "reason-note": "下雨"})
    assert "刚才别人改过" in text
    text = post(client, "visit_step", visit.pk, "cancel", data={"version": "0", "reason-note": "下雨"})
    assert "取消的原因：下雨" in text
    assert client.post(reverse("rectification:visit_step", args=[visit.pk, "none"])).status_code == 404


def test_a_proposal_goes_up_and_leads_to_the_order_of_another_round(
    made: Watched, client_of: ClientOf
) -> None:
    finding = finding_of(made, kind="redo", text="民主评议流于形式。")
    assert Notice.objects.filter(kind="finding_proposed", recipient=made.township).exists()
    assert not Notice.objects.filter(recipient=made.secretary).exists()
    order = reverse("order_redo", args=[made.campaign.slug, made.tree.village.pk])
    text = page(client_of(made.secretary), "branch_visits", made.campaign.slug, made.tree.village.pk)
    assert "流于形式" not in text
    assert order in page(client_of(made.township), "visit", finding.visit_id)
    assert order not in page(client_of(made.supervisor), "visit", finding.visit_id)
    page(client_of(made.secretary), "finding_step", finding.pk, "answer", status=404)


def test_a_finding_is_withdrawn_with_a_reason(made: Watched, client_of: ClientOf) -> None:
    finding, client = finding_of(made), client_of(made.supervisor)
    assert "撤回一条发现" in page(client, "finding_step", finding.pk, "withdraw")
    text = post(client, "finding_step", finding.pk, "withdraw", data={"note": "写错了支部"})
    assert "撤回的原因：写错了支部" in text
    branch = client_of(made.secretary)
    assert "没有反馈的意见" in page(branch, "branch_visits", made.campaign.slug, made.tree.village.pk)
    text = post(client, "finding_step", finding.pk, "settle", data={"outcome": "好了"}, status=200)
    assert "不能再办结" in text
    page(client, "finding_step", finding.pk, "other", status=404)


def test_a_stage_is_signed_off_when_every_line_of_the_checklist_is(
    made: Watched, client_of: ClientOf
) -> None:
    client, place = client_of(made.supervisor), (made.campaign.slug, made.tree.village.pk)
    form = {"sign-part": "会前", "sign-on": timezone.localdate().isoformat(), "sign-passed": ["0"]}
    text = post(client, "sign_off", *place, data=form, status=200)
    assert "还有不放过的：整改措施不到位的不放过" in text
    text = post(client, "sign_off", *place, data=form | {"sign-passed": ["0", "1"], "sign-note": "扎实"})
    assert "已把关" in text
    assert "扎实" in text
    signed = StageSignOff.objects.get()
    assert "已把关" in page(client_of(made.secretary), "branch_visits", *place)
    assert "须写明原因" in post(client, "sign_off_revoke", signed.pk, data={"revoke-note": " "})
    assert "已撤销把关" in post(client, "sign_off_revoke", signed.pk, data={"revoke-note": "看错了"})
    assert "还没有把关" in page(client, "branch_visits", *place)


def test_the_office_keeps_teams_and_the_grid_of_a_linked_point(made: Watched, client_of: ClientOf) -> None:
    client, place = client_of(made.township), (made.campaign.slug, made.tree.township.pk)
    assert "还没有登记" in page(client, "teams", *place)
    form = {
        "version": "0",
        "kind": "team",
        "name": "第一督导组",
        "accounts": [str(made.supervisor.pk)],
        "others": "韩秀英，县委党校\n\n秦文",
        "organizations": [made.tree.village.pk, made.tree.general.pk],
    }
    text = post(client, "team_new", *place, data=form)
    assert "韩秀英（县委党校）" in text
    team = SupervisionTeam.objects.get()
    assert team.covers(made.tree.mill)
    assert not team.covers(made.tree.sibling)
    text = page(client, "team", team.pk)
    assert "韩秀英，县委党校" in text
    assert "秦文" in text
    text = post(client, "team", team.pk, data=form | {"name": "第二督导组"})
    assert "第二督导组" in text
    text = post(client, "team", team.pk, data=form, status=409)
    assert "别人刚刚保存过" in text
    text = post(client, "team", team.pk, data=form | {"version": "1", "organizations": []}, status=200)
    assert "请选择督导哪些党组织" in text
    text = post(client, "team_new", *place, data=form | {"name": "第二督导组"}, status=200)
    assert "同名的已经有了" in text

    leader = made.leader.posts()[0]
    point = {"leader": str(leader.pk), "organization": made.tree.village.pk, "from_on": "2026-01-05"}
    text = post(client, "point_new", *place, data=point)
    assert "郑国栋" in text
    assert "3 个阶段、15 个环节都要参与指导" in text
    assert "已经联系这个党组织" in post(client, "point_new", *place, data=point, status=200)
    text = post(client, "point_new", *place, data=point | {"leader": "", "name": ""}, status=200)
    assert "请选择哪位领导，或者写姓名" in text
    text = post(
        client, "point_new", *place, data=point | {"leader": "", "name": "魏秀英", "post": "人大主席"}
    )
    assert "魏秀英" in text
    found = LinkedPoint.objects.get(user=made.leader)
    visit_to(made, by=made.leader, point=found, steps=("plan", "study"))
    text = page(client_of(made.leader), "point", found.pk)
    assert "已参与 1 个阶段" in text
    assert "登记一次参与指导" in page(client_of(made.leader), "supervision", made.campaign.slug)
    assert "联系点已结束" in post(client, "point_end", found.pk, data={})
    assert "不能再结束联系" in post(client, "point_end", found.pk, data={})
    assert "督导已结束" in post(client, "team_end", team.pk, data={})
    assert "不能再结束督导" in post(client, "team_end", team.pk, data={})


def test_the_overview_counts_in_tree_order_and_makes_a_workbook(made: Watched, client_of: ClientOf) -> None:
    finding_of(made, kind="praise", text="党课讲得好。")
    visit_to(made, place=made.tree.sibling)
    team_of(made)
    client, place = client_of(made.township), (made.campaign.slug, made.tree.township.pk)
    text = page(client, "supervision_overview", *place)
    assert text.index("新河村支部") < text.index("白沙村支部")
    assert "第一督导组" in text
    assert "不排名次" in text
    text = page(client, "supervision_overview", *place, query="?q=白沙")
    assert "新河村支部</a>" not in text
    assert "没有这样的党组织" in page(client, "supervision_overview", *place, query="?q=没有")
    answer = client.get(reverse("rectification:supervision_export", args=place))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book["督查情况"].iter_rows(min_row=4)]
    assert [row[1:3] for row in rows[:2]] == [["新河村党支部", 1], ["白沙村党支部", 1]]
    assert "党课讲得好。" in [cell.value for cell in list(book["督查意见"].iter_rows())[-1]]


def test_the_summary_is_drafted_edited_and_taken_away(made: Watched, client_of: ClientOf) -> None:
    finding_of(made, kind="correct", text="花名册没有核定就开会。")
    client, place = client_of(made.supervisor), (made.campaign.slug, made.tree.township.pk)
    assert "起草青石镇的总结" in page(client, "supervision_summaries", *place)
    text = post(client, "supervision_summaries", *place, data={})
    found = SupervisionSummary.objects.get()
    assert "花名册没有核定就开会" in text
    assert "共督查 1 次" in found.overall
    form = {"version": "0", "title": found.title, "overall": "总的不错。", "problems": found.problems}
    assert "已保存" in post(client, "supervision_summary", found.pk, data=form)
    text = post(client, "supervision_summary", found.pk, data=form | {"overall": "晚了一步"}, status=409)
    assert "晚了一步" in text
    text = post(
        client,
        "supervision_summary",
        found.pk,
        data=form | {"version": "1", "redraft": "overall"},
        status=200,
    )
    assert "还没有保存" in text
    assert "共督查 1 次" in text
    text = post(
        client, "supervision_summary", found.pk, data=form | {"version": "1", "title": ""}, status=200
    )
    assert "请填写标题" in text
    settle = form | {"version": "1", "finish": "1"}
    empty = settle | {"overall": "", "problems": "还没有保存过的话"}
    text = post(client, "supervision_summary", found.pk, data=empty, status=200)
    assert "请先写好总体情况" in text
    assert "还没有保存过的话" in text
    text = post(client, "supervision_summary", found.pk, data=settle | {"practice": "定稿时才写的一句。"})
    assert "已定稿" in text
    assert "定稿时才写的一句。" in text
    text = post(client, "supervision_summary", found.pk, data=form | {"version": "3"}, status=200)
    assert "总结已经定稿" in text
    text = post(client, "supervision_summary_step", found.pk, "reopen", data={"version": "0"})
    assert "刚才别人改过" in text
    file = client.get(reverse("rectification:supervision_summary_file", args=[found.pk]))
    said = "\n".join(line.text for line in docx.Document(io.BytesIO(file.content)).paragraphs)
    assert "一、总体情况" in said
    assert "总的不错。" in said
    assert "三、存在的问题" in said
    assert "青石镇党委" in said
    assert "改回草稿" in post(client, "supervision_summary_step", found.pk, "reopen", data={"version": "3"})
    assert (
        client.post(
            reverse("rectification:supervision_summary_step", args=[found.pk, "none"]), {}
        ).status_code
        == 404
    )


def test_meetings_soon_lead_to_a_visit_at_the_meeting(made: Watched, client_of: ClientOf) -> None:
    meeting = MeetingFactory.create(organization=made.tree.village, campaign=made.campaign)
    later = timezone.now() + datetime.timedelta(days=40)
    MeetingFactory.create(
        organization=made.tree.sibling, campaign=made.campaign, starts_at=later, place="很久以后"
    )
    client = client_of(made.supervisor)
    text = page(client, "supervision", made.campaign.slug)
    assert "安排列席" in text
    assert "很久以后" not in text
    text = page(
        client,
        "visit_new",
        made.campaign.slug,
        made.tree.village.pk,
        query=f"?mode=attend&meeting={meeting.pk}",
    )
    assert f'value="{meeting.pk}" selected' in text
    assert "督查新河村支部" in page(client_of(made.instructor), "supervision", made.campaign.slug)
    team_of(made, made.tree.sibling)
    assert "安排列席" not in page(client, "supervision", made.campaign.slug)


def test_where_nobody_is_to_look_in_the_pages_say_so(tree: Tree, client_of: ClientOf) -> None:
    made = watched(
        tree,
        supervision=[],
        visit_modes=[],
        linked_points=False,
        superior_attendance="none",
    )
    text = page(client_of(made.supervisor), "supervision", made.campaign.slug, status=403)
    assert "没有安排督导" in text


def test_a_form_posted_twice_counts_once_and_refusals_keep_the_form(
    made: Watched, client_of: ClientOf
) -> None:
    client, office = client_of(made.supervisor), client_of(made.township)
    place, body = (made.campaign.slug, made.tree.village.pk), (made.campaign.slug, made.tree.township.pk)
    today, key = timezone.localdate().isoformat(), {"submission": "6f0d1b62-6f2e-4a53-8a93-0d2f6a1a9b11"}
    visit: dict[str, Any] = {
        "mode": "open",
        "day": today,
        "visitors": "李敏",
        "version": "0",
        "seen": SEEN,
        "make": "1",
    }
    draw = {"size": "1"}
    team = {"version": "0", "kind": "team", "name": "甲", "others": "韩秀英", "organizations": [place[1]]}
    point = {"leader": "", "name": "魏秀英", "organization": place[1], "from_on": today}
    forms: list[tuple[str, tuple[str, int], dict[str, Any], Client]] = [
        ("visit_new", place, visit, client),
        ("draws", body, draw, client),
        ("team_new", body, team, office),
        ("point_new", body, point, office),
    ]
    for number, (name, address, data, who) in enumerate(forms):
        once = {"submission": f"{key['submission'][:-1]}{number}"}
        post(who, name, *address, data=data | once)
        post(who, name, *address, data=data | once)
    counts = [Visit.objects.count(), VisitDraw.objects.count()]
    assert [*counts, SupervisionTeam.objects.count(), LinkedPoint.objects.count()] == [1, 1, 1, 1]
    found = Visit.objects.get()
    finding = {"finding-kind": "advice", "finding-text": "抓紧"}
    for _ in range(2):
        post(
            client,
            "visit_step",
            found.pk,
            "find",
            data=finding | {"submission": key["submission"][:-1] + "9"},
        )
    assert Finding.objects.count() == 1
    text = post(client, "draws", *body, data={"size": "1", "seed": "0123456789abcdef"}, status=200)
    assert "分不清是谁定的" in text
    Finding.objects.all().delete()
    assert "已办结" in post(client, "visit_step", found.pk, "close", data={"version": "0"})
    text = post(client, "visit_step", found.pk, "find", data=finding, status=200)
    assert "不能再写" in text
    text = post(client, "sign_off", *place, data={"sign-part": "会前", "sign-on": "x"}, status=200)
    assert "请填写完整的日期" in text


def test_a_campaign_sent_elsewhere_has_no_page_of_the_body(made: Watched, client_of: ClientOf) -> None:
    foreign = watched_elsewhere(made)
    page(client_of(made.county), "teams", foreign.slug, made.tree.township.pk, status=404)


def test_a_team_without_accounts_and_a_checklist_without_lines(tree: Tree, client_of: ClientOf) -> None:
    made = watched(tree, review_checklist=[])
    place = (made.campaign.slug, made.tree.village.pk)
    form = {"sign-part": "会前", "sign-on": timezone.localdate().isoformat()}
    assert "已把关" in post(client_of(made.supervisor), "sign_off", *place, data=form)
    Appointment.objects.filter(role__in=("supervisor", "instructor")).update(user=None)
    body = (made.campaign.slug, made.tree.township.pk)
    text = page(client_of(made.township), "team_new", *body)
    assert "已登记任职的督导人员" not in text
    named = [teams.Person("旧人", "", made.member), teams.Person("无名")]
    team = team_of(made, people=named)
    assert "旧人" in page(client_of(made.township), "team", team.pk)


def test_where_the_rules_name_no_teams_none_is_written_down(tree: Tree, client_of: ClientOf) -> None:
    made = watched(tree, supervision=[])
    client, place = client_of(made.township), (made.campaign.slug, made.tree.township.pk)
    text = page(client, "teams", *place)
    assert "没有写派什么督导力量" in text
    assert reverse("rectification:team_new", args=place) not in text
    page(client, "team_new", *place, status=404)


def test_a_visit_of_a_team_that_has_moved_on_keeps_its_team(made: Watched, client_of: ClientOf) -> None:
    team = team_of(made)
    visit = visit_to(made, seen="", team=team)
    teams.end_team(team=team, by=made.township)
    assert f'value="{team.pk}" selected' in page(client_of(made.supervisor), "visit", visit.pk)


def test_a_summary_of_a_team_and_one_that_may_not_be_begun(made: Watched, client_of: ClientOf) -> None:
    team = team_of(made)
    client, place = client_of(made.township), (made.campaign.slug, made.tree.township.pk)
    text = post(client, "supervision_summaries", *place, data={"team": str(team.pk)})
    assert "青石镇第一督导组关于" in text
    found = SupervisionSummary.objects.get()
    file = client.get(reverse("rectification:supervision_summary_file", args=[found.pk]))
    said = [line.text for line in docx.Document(io.BytesIO(file.content)).paragraphs]
    assert "青石镇党委第一督导组" in said
    text = page(client_of(made.county), "supervision_summaries", *place)
    assert "还没有起草" in text
    assert "第一督导组" in text


def test_no_summary_is_offered_where_the_notice_wants_none(tree: Tree, client_of: ClientOf) -> None:
    made = watched(tree, supervision_summary=False)
    client, place = client_of(made.supervisor), (made.campaign.slug, tree.township.pk)
    for text in (
        page(client, "supervision", made.campaign.slug),
        *(page(client, name, *place) for name in ("supervision_overview", "teams", "draws")),
    ):
        assert "总结" not in text
    assert "没有要求写督查总结" in page(client, "supervision_summaries", *place, status=403)


def test_addresses_that_name_nothing_are_not_found(made: Watched, client_of: ClientOf) -> None:
    client = client_of(made.supervisor)
    place = (made.campaign.slug, made.tree.village.pk)
    for query in ("?draw=x", f"?draw={visit_to(made).pk}"):
        page(client, "visit_new", *place, query=query, status=404)
    page(client, "branch_visits", made.campaign.slug, made.tree.group.pk, status=404)
    page(client_of(made.member), "supervision", made.campaign.slug, status=403)
    office = client_of(made.township)
    url = reverse("rectification:supervision_summaries", args=[made.campaign.slug, made.tree.township.pk])
    assert office.post(url, {"team": "x"}).status_code == 404
