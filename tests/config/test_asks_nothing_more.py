"""Where the notice asks for no plan, personal text, report or picture, no page asks for one or counts one.

Every page that a secretary, an organiser, a member, a group leader, a supervisor and the township's
office can reach by links under the rules of 新义村 2018 is read; the words may stand there only negated.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from branches.models import Campaign, User
from branches.rules import load_preset, resolve
from branches.rules.steps import steps_of
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.members import MemberFactory
from tests.walking import walk

ClientOf = Callable[[User], Client]
PEOPLE = ("secretary", "organizer", "member", "group_leader", "supervisor", "township")
PAPERS = re.compile(
    "方案|发言材料|检查材料|发言提纲|批评提纲|总结|专项报告|报表|(?<!党费)台账|照片|录像|拍照|打卡|签到码|截图"
)
NEGATED = re.compile("不要求|不需要|不必|不用|没有|不写|无须|免")
QUOTED = re.compile(r"<q>.*?</q>|<option.*?</option>|<title>.*?</title>", re.DOTALL)
DOCUMENT = load_preset("xinyi_2018").document
# The table of all rules names every rule, and the support of an office is about more than one campaign;
# dues are paid whatever a campaign asks.
NOT_READ = re.compile(
    r"^/(static|logout|audit|office-admin|calendar)/|/rules/|/campaigns/new/|^/members/dues/|\.ics|/file/|/notice/|[?&](page|who=|size)"
)


@pytest.fixture
def xinyi(tree: Tree) -> Campaign:
    """The running campaign that asks for little; a meeting is planned."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township, slug="xinyi", name="2018年度组织生活会", preset="xinyi_2018", status="running"
    )
    MemberFactory.create_batch(5, organization=tree.village)
    MeetingFactory.create(organization=tree.village, campaign=made)
    return made


def asked_for(page: str) -> list[str]:
    """Sentences of a page that name a paper without saying that none is asked for."""
    text = html.unescape(re.sub(r"<[^>]+>", "\n", QUOTED.sub("", page))).replace(DOCUMENT, "")
    return [
        sentence.strip()
        for sentence in re.split(r"[\n。；]", text)
        if PAPERS.search(sentence) and not NEGATED.search(sentence)
    ]


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_asks_for_what_the_notice_does_not_want(
    who: str, xinyi: Campaign, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    pages, refused = walk(client_of(request.getfixturevalue(who)), leave=NOT_READ)
    assert len(pages) >= 4
    assert refused == {}
    assert {url: found for url, page in pages.items() if (found := asked_for(page))} == {}
    assert not [url for url, page in pages.items() if 'accept="image' in page or "capture=" in page]


@pytest.mark.parametrize("who", ["secretary", "member"])
def test_it_is_said_where_one_looks_first(
    who: str, xinyi: Campaign, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    client = client_of(request.getfixturevalue(who))
    page = client.get("/campaigns/xinyi/duties/").content.decode()
    for words in (
        "不要求党员撰写个人发言材料",
        "任何活动都不要求照片、录像",
        "上级党组织对基层党组织不搞“痕迹管理”",
    ):
        assert words in page


def test_the_home_of_a_secretary_says_it_in_short(
    xinyi: Campaign, secretary: User, client_of: ClientOf
) -> None:
    page = client_of(secretary).get("/").content.decode()
    for words in ("不要求支部搞工作方案", "不要求总结报告、报表台账", "任何活动都不要求照片、录像"):
        assert words in page


@pytest.mark.parametrize("has_committee", [True, False])
def test_no_step_is_a_paper_nobody_wants(has_committee: bool) -> None:
    chosen = load_preset("xinyi_2018")
    steps = steps_of(
        resolve(chosen.values, chosen.overlays, "village"), year=2018, has_committee=has_committee
    )
    assert {step.kind for step in steps} & {"lists", "outlines", "report", "discussion"} == set()
    assert [step.label for step in steps if PAPERS.search(step.label)] == []


def test_a_page_that_asks_would_be_found() -> None:
    assert asked_for("<h2>请上传实施方案</h2><p>不要求总结报告。</p>") == ["请上传实施方案"]
    assert asked_for("<p>依据：<q>各单位实施方案于8月8日前报</q></p>") == []
