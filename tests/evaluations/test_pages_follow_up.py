"""Pages of help and disposals: a branch's list, a plan, a case through all its steps, the superior's lists."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Role, User
from branches.services import steps
from evaluations.models import DisposalCase
from evaluations.reports.disposals import commended
from evaluations.services import disposals as d
from tests.factories.branches import account_with
from tests.factories.disposing import FACTS, case_of, plan_of, today
from tests.factories.following import Followed, followed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
SOON = datetime.timedelta(days=60)


def office_of(made: Followed) -> User:
    """The office above the branch."""
    return account_with(Role.OFFICE, made.evening.campaign.issuer)


def page_of(client: Client, name: str, *args: object) -> str:
    """The page, as text."""
    return client.get(reverse(f"evaluations:{name}", args=args)).content.decode()


def take(client: Client, name: str, pk: object, step: str, **fields: object) -> str:
    """Post one step with its prefixed fields; the page that comes of it."""
    data = {f"{step}-{key}": str(value) for key, value in fields.items()}
    return client.post(reverse(f"evaluations:{name}", args=[pk, step]), data, follow=True).content.decode()


def test_a_plan_is_set_looked_at_gone_on_with_and_ended(client_of: ClientOf) -> None:
    made = followed()
    plan, client = plan_of(made), client_of(made.secretary)
    said = {"measures": "每月谈一次心", "helper": "刘德福", "review_on": today() + SOON}
    page = take(client, "help_step", plan.pk, "start", version=0, **{**said, "review_on": today()})
    assert "请填以后的日期" in page
    assert "每月谈一次心" in page  # what was typed is kept
    assert "已定下帮扶计划" in take(client, "help_step", plan.pk, "start", version=0, **said)
    assert "还剩 60 天" in page_of(client, "help_plan", plan.pk)
    assert "请填写回访情况" in take(client, "help_step", plan.pk, "review", version=1, reviewed_on=today())
    page = take(client, "help_step", plan.pk, "review", version=1, reviewed_on=today(), outcome="有改进")
    assert "请决定继续帮扶还是结束" in page
    later = {**said, "review_on": today() + 2 * SOON}
    assert "继续帮扶，下次回访" in take(client, "help_step", plan.pk, "go_on", version=2, **later)
    take(client, "help_step", plan.pk, "review", version=3, reviewed_on=today(), outcome="改好了")
    assert "帮扶已结束" in take(client, "help_step", plan.pk, "close")
    assert client.post(reverse("evaluations:help_step", args=[plan.pk, "no"])).status_code == 404


def test_two_who_write_at_once_lose_nothing(client_of: ClientOf) -> None:
    made = followed()
    plan, client = plan_of(made, "running"), client_of(made.secretary)
    page = take(client, "help_step", plan.pk, "review", version=0, reviewed_on=today(), outcome="我写的")
    assert "别人刚才改过帮扶计划" in page
    assert "我写的" in page
    assert 'name="review-version" value="1"' in page
    case = case_of(made, row=2).case
    d.note_hearing(
        case=case, version=0, heard_on=today(), heard_by="王桂兰", statement="没有意见", by=made.secretary
    )
    page = take(
        client,
        "disposal_step",
        case.pk,
        "hear",
        version=0,
        heard_on=today(),
        heard_by="刘德福",
        statement="有话说",
    )
    assert "别人刚才改过这一件" in page
    assert "有话说" in page
    assert 'name="hear-version" value="1"' in page


def test_going_on_to_a_disposal_leads_to_the_case(client_of: ClientOf) -> None:
    made = followed()
    plan, client = plan_of(made, "reviewed"), client_of(made.secretary)
    page = take(client, "help_step", plan.pk, "escalate", kind="deadline", reason=FACTS)
    assert "<h1>限期改正：" in page
    assert "登记听取申辩" in page
    organizer = client_of(account_with(Role.ORGANIZER, made.evening.organization))
    assert "转组织处置" not in page_of(organizer, "help_plan", plan.pk).replace("<dd>转组织处置</dd>", "")


def test_the_branch_sees_its_help_and_disposals_and_proposes(client_of: ClientOf) -> None:
    made = followed()
    branch, client = made.evening.organization, client_of(made.secretary)
    page = page_of(client, "follow_up", branch.pk)
    assert "没有要帮扶的党员" in page
    assert "没有组织处置" in page
    url = reverse("evaluations:disposal_new", args=[made.evening.campaign.slug, branch.pk])
    assert url in page
    assert "请选择党员" in client.post(url, {"kind": "deadline", "reason": FACTS}).content.decode()
    data = {"member": str(made.rows[1].entry.member_id), "kind": "deadline", "reason": FACTS}
    assert "接下来同本人见面" in client.post(url, data, follow=True).content.decode()
    assert "还没有办结" in client.post(url, data).content.decode()
    plan_of(made, "running", row=2)
    plan_of(made, row=3)
    page = page_of(client, "follow_up", branch.pk)
    for row in made.rows[1:4]:
        assert row.name in page


def test_a_case_goes_from_hearing_to_its_end_and_on(client_of: ClientOf) -> None:
    made = followed()
    found = case_of(made)
    case, branch, above = found.case, client_of(made.secretary), client_of(found.office)
    heard = {"heard_on": today(), "heard_by": "刘德福", "statement": "没有意见"}
    assert "已登记听取申辩" in take(branch, "disposal_step", case.pk, "hear", version=0, **heard)
    page = page_of(branch, "disposal", case.pk)
    assert page.index("登记大会决议") < page.index("登记听取申辩")  # heard: the vote comes next
    assert 'name="resolve-expected" value="5"' in page  # prefilled from the latest 大会
    meeting = made.evening.meeting
    votes = {"meeting": meeting.pk, "in_favour": 4, "against": 1, "abstained": 0}
    page = take(
        branch, "disposal_step", case.pk, "resolve", version=1, **{**votes, "in_favour": 2, "against": 3}
    )
    assert "没有通过" in page
    page = take(branch, "disposal_step", case.pk, "resolve", version=1)
    assert "请选择作出决议的党员大会" in page
    page = take(branch, "disposal_step", case.pk, "resolve", version=1, **votes)
    assert "赞成 4 票，反对 1 票，弃权 0 票" in page
    assert "报上级批准" in page
    assert "已报上级" in take(branch, "disposal_step", case.pk, "submit", version=2)
    page = page_of(above, "disposals")
    assert made.rows[1].name in page
    days = {"starts_on": meeting.day, "due_on": meeting.day + datetime.timedelta(days=4_000)}
    assert "限期改正最长 12 个月" in take(above, "disposal_step", case.pk, "approve", version=3, **days)
    page = take(above, "disposal_step", case.pk, "approve", version=3, starts_on=meeting.day, note="同意")
    assert "已批准" in page
    assert "正在执行" in page_of(above, "disposals")
    DisposalCase.objects.update(starts_on=today())
    ended = {"ended_on": today(), "outcome": "没有改正"}
    assert "没有改正" in take(branch, "disposal_step", case.pk, "end", version=4, **ended)
    url = reverse("evaluations:disposal_follow", args=[case.pk])
    assert url in page_of(branch, "disposal", case.pk)
    page = branch.post(url, {"kind": "persuade", "reason": FACTS}, follow=True).content.decode()
    assert "<h1>劝其退党：" in page
    assert "限期改正（已结束）" in page
    assert "已经提出接续的处置" in branch.post(url, {"kind": "persuade", "reason": FACTS}).content.decode()
    page = page_of(branch, "disposal", case.pk)
    assert "劝其退党（支部提出）" in page
    assert url not in page
    assert branch.get(url).status_code == 200
    assert branch.post(reverse("evaluations:disposal_step", args=[case.pk, "no"])).status_code == 404


def test_a_case_that_is_refused_says_why_and_other_kinds_have_no_clock(client_of: ClientOf) -> None:
    made = followed()
    found = case_of(made, "submitted", kind="persuade")
    above = client_of(found.office)
    assert "due_on" not in page_of(above, "disposal", found.case.pk)
    version = found.now().version
    assert "请填写原因" in take(above, "disposal_step", found.case.pk, "refuse", version=version)
    page = take(above, "disposal_step", found.case.pk, "refuse", version=version, note="事实不清")
    assert "事实不清" in page


def test_where_nobody_above_approves_the_branch_begins_it(client_of: ClientOf) -> None:
    made = followed(rules={"disposal_needs_parent": False})
    found = case_of(made, "resolved")
    client = client_of(made.secretary)
    page = page_of(client, "disposal", found.case.pk)
    assert "报上级批准" not in page
    day = made.evening.meeting.day
    page = take(client, "disposal_step", found.case.pk, "enforce", version=found.now().version, starts_on=day)
    assert "已登记执行" in page


def test_heads_typed_stand_before_those_of_the_meeting(client_of: ClientOf) -> None:
    made = followed()
    found = case_of(made)
    client = client_of(made.secretary)
    heard = {"heard_on": today(), "heard_by": "刘德福", "statement": "没有意见"}
    take(client, "disposal_step", found.case.pk, "hear", version=0, **heard)
    votes = {"meeting": made.evening.meeting.pk, "in_favour": 4, "against": 0, "abstained": 0}
    take(client, "disposal_step", found.case.pk, "resolve", version=1, expected=6, present=4, **votes)
    assert (found.now().expected, found.now().present) == (6, 4)


def test_lists_of_a_superior_say_when_there_is_nothing(client_of: ClientOf) -> None:
    made = followed()
    client = client_of(office_of(made))
    assert "没有等批准的组织处置" in page_of(client, "disposals")
    campaign, issuer = made.evening.campaign, made.evening.campaign.issuer
    assert "还没有可以看的名单" in page_of(client, "commend", campaign.slug, issuer.pk)


def test_the_pool_names_the_best_in_the_order_of_tree_and_roster_and_ranks_nobody(
    client_of: ClientOf,
) -> None:
    first = followed(["qualified", "excellent", "basic", "excellent"])
    campaign = first.evening.campaign
    second = followed(["excellent"], campaign=campaign)
    none = followed(campaign=campaign)
    opinions = followed(preset="luoyang_2014")
    rows = commended(campaign, campaign.issuer, office_of(first))
    assert [row.organization for row in rows] == [first.evening.organization, second.evening.organization]
    assert rows[0].names == (first.rows[1].name, first.rows[3].name)
    page = page_of(client_of(office_of(first)), "commend", campaign.slug, campaign.issuer.pk)
    assert "、".join(rows[0].names) in page
    assert "不分先后" in page
    assert none.evening.organization.short_name not in page
    other = opinions.evening.campaign
    assert commended(other, other.issuer, office_of(opinions)) == []


def test_the_pool_holds_nobody_where_results_stay_in_the_branch_or_were_ordered_anew() -> None:
    kept = followed(["excellent"], rules={"result_publicity": "branch_only"})
    campaign = kept.evening.campaign
    assert commended(campaign, campaign.issuer, office_of(kept)) == []
    made = followed(["excellent"])
    campaign, branch = made.evening.campaign, made.evening.organization
    assert len(commended(campaign, campaign.issuer, office_of(made))) == 1
    steps.order_redo(campaign=campaign, organization=branch, reason="重来", by=office_of(made))
    assert commended(campaign, campaign.issuer, office_of(made)) == []


def test_who_reads_one_branch_in_its_own_committee_reads_no_other_through_the_pool() -> None:
    made = followed(["excellent"], rules={"result_publicity": "branch_only"})
    campaign = made.evening.campaign
    other = followed(["excellent"], campaign=campaign)
    rows = commended(campaign, campaign.issuer, made.secretary)
    assert [row.organization for row in rows] == [made.evening.organization]
    assert other.evening.organization != made.evening.organization


def test_the_pool_costs_the_same_queries_for_more_branches() -> None:
    made = followed(["excellent"])
    campaign, office, counts = made.evening.campaign, office_of(made), []
    for _ in range(2):
        reader = User.objects.get(pk=office.pk)
        with CaptureQueriesContext(connection) as queries:
            commended(campaign, campaign.issuer, reader)
        counts.append(len(queries))
        followed(["excellent"], campaign=campaign)
    assert counts[0] == counts[1]


def test_a_plan_left_behind_by_a_new_round_is_not_found(client_of: ClientOf) -> None:
    made = followed()
    plan = plan_of(made)
    type(made.sheet).objects.filter(pk=made.sheet.pk).update(status="draft")
    assert client_of(made.secretary).get(reverse("evaluations:help_plan", args=[plan.pk])).status_code == 404


def test_a_member_is_put_on_the_list_of_those_to_be_helped(client_of: ClientOf) -> None:
    made = followed(preset="luoyang_2014")
    branch, client = made.evening.organization, client_of(made.secretary)
    url = reverse("evaluations:help_new", args=[branch.pk])
    assert url in page_of(client, "follow_up", branch.pk)
    assert "请选择要帮扶的党员" in client.post(url, {"who": ""}, follow=True).content.decode()
    page = client.post(url, {"who": str(made.rows[1].pk)}, follow=True).content.decode()
    assert f"<h1>帮扶计划：{made.rows[1].name}</h1>" in page
    assert f'value="{made.rows[1].pk}"' not in page_of(client, "follow_up", branch.pk)
    assert url not in page_of(client_of(office_of(made)), "follow_up", branch.pk)
