"""The urn's pages for those who hold the ballot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import User
from evaluations.models import BallotStatus, UrnCode
from evaluations.services import entry, matching, sealing, urns
from evaluations.views.urns import REFRESHES
from tests.factories.branches import account_with
from tests.factories.evaluations import evening
from tests.factories.voting import BOTH, Voting, count, open_voting, voting

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Any) -> None:
    """Keys of this test only."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")


def at(found: Voting, name: str = "ballot") -> str:
    return reverse(f"evaluations:{name}", args=[found.made.ballot.pk])


def text(client: Client, url: str, data: dict[str, Any] | None = None) -> str:
    """The page, or where a post leads to."""
    answer = client.get(url) if data is None else client.post(url, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_channel_is_offered_only_where_the_rules_allow_one(client_of: ClientOf) -> None:
    found = voting("chosen", members=5, channel="paper")
    clerk = client_of(found.made.secretary)
    page = text(clerk, at(found))
    assert "票的形式" in page
    assert "已改为「现场电子票」" in text(clerk, at(found, "channel"), {"channel": "device"})
    assert "请选择纸质票" in text(clerk, at(found, "channel"), {})
    assert "票的形式" not in text(client_of(found.made.tellers[0]), at(found))
    paper = evening("setup", members=3)
    assert "票的形式" not in text(
        client_of(paper.secretary), reverse("evaluations:ballot", args=[paper.ballot.pk])
    )
    url = reverse("evaluations:channel", args=[paper.ballot.pk])
    assert "规则不允许这样投票" in text(client_of(paper.secretary), url, {"channel": "device"})


def test_slips_are_shown_once_and_printed_again_only_when_said_so(client_of: ClientOf) -> None:
    found = voting("chosen", members=5)
    clerk = client_of(found.made.secretary)
    assert "印票条" in text(clerk, at(found))
    first = clerk.post(at(found, "urn_slips"))
    assert first["Content-Type"] == "application/pdf"
    assert first["Cache-Control"] == "no-store"
    digests = set(UrnCode.objects.values_list("digest", flat=True))
    assert "票条已经印过" in text(clerk, at(found, "urn_slips"), {})
    assert set(UrnCode.objects.values_list("digest", flat=True)) == digests
    again = clerk.post(at(found, "urn_slips"), {"again": "1"})
    assert again.content[:5] == b"%PDF-"
    assert not digests & set(UrnCode.objects.values_list("digest", flat=True))
    assert "已经印了 <b>7</b> 张" in text(clerk, at(found, "urn"))


def test_a_half_is_on_the_screen_once(client_of: ClientOf) -> None:
    found = voting("printed", members=5)
    teller = client_of(found.made.tellers[0])
    assert "拿我的半把开箱钥匙" in text(teller, at(found))
    page = text(teller, at(found, "urn_half"))
    assert "只显示这一次" in page
    key = page.split('name="submission" value="')[1].split('"')[0]
    shown = text(teller, at(found, "urn_half"), {"submission": key})
    half = shown.split('<p class="half mono">')[1].split("<")[0]
    assert len(half) == 24
    reloaded = text(teller, at(found, "urn_half"), {"submission": key})
    assert half not in reloaded
    assert "已经显示过" in reloaded
    assert "换一把新的" in reloaded
    renewed = text(teller, at(found, "urn_half"), {})
    assert half not in renewed
    assert "1</b> / 2 人" in text(client_of(found.made.secretary), at(found, "urn"))
    assert "等两位计票人拿开箱钥匙" in text(client_of(found.made.secretary), at(found))
    bare = voting("chosen", members=5)
    assert "请先印票条" in text(client_of(bare.made.tellers[0]), at(bare, "urn_half"))


def test_turnout_is_shown_in_steps_and_renews_itself(client_of: ClientOf) -> None:
    found = voting("open", members=8, votes=2)
    clerk = client_of(found.made.secretary)
    assert "看投票人数，关闭投票" in text(clerk, at(found))
    assert "刚开始投" in text(clerk, at(found, "urn"))
    found.cast(2)
    found.cast(3)
    part = clerk.get(at(found, "urn"), {"turn": "3"}, headers={"HX-Request": "true"}).content.decode()
    assert "已投 <b>3</b> 张以上" in part
    assert "turn=4" in part
    assert "<html" not in part
    for turn in (str(REFRESHES), "x"):
        part = clerk.get(at(found, "urn"), {"turn": turn}, headers={"HX-Request": "true"}).content.decode()
        assert "hx-get" not in part
    for number in range(4, 8):
        found.cast(number)
    assert "8 张都已投" in text(clerk, at(found, "urn"))


def test_closing_leads_to_counting_where_there_is_no_paper(client_of: ClientOf) -> None:
    found = voting("open", members=6, votes=5)
    clerk, teller = client_of(found.made.secretary), client_of(found.made.tellers[0])
    assert "请两位计票人一起开电子票箱" in text(clerk, at(found, "urn_close"), {})
    assert found.ballot.status == BallotStatus.COLLECTED
    assert "发出电子票 6 = 已投 5 + 未用 1" in text(clerk, at(found))
    assert "等两位计票人开电子票箱" in text(clerk, at(found))
    assert "开电子票箱" in text(teller, at(found))
    assert f">{found.receipts[0]}<" in text(clerk, at(found, "urn"))
    assert text_after(teller, at(found, "enter")).count("没有纸质票要录") == 1
    office = account_with("office", found.made.campaign.issuer)
    assert "等两位计票人开电子票箱" in text(client_of(office), at(found))


def test_halves_are_typed_on_one_page_and_slips_of_the_pen_are_told(client_of: ClientOf) -> None:
    found = voting("collected", members=6, votes=6)
    teller = client_of(found.made.tellers[1])
    assert "第一半钥匙" in text(teller, at(found, "urn_open"))
    first, second = found.halves
    page = text(teller, at(found, "urn_open"), {"half_1": first, "half_2": second[:-1]})
    assert "第二半抄错了" in page
    assert first in page
    assert "第一半不是这个票箱的" in text(teller, at(found, "urn_open"), {"half_1": second, "half_2": first})
    assert "电子票已清点" in text(teller, at(found, "urn_open"), {"half_1": first, "half_2": second})
    assert found.ballot.status == BallotStatus.MATCHED
    assert "只开一次" in text_after(teller, at(found, "urn_open"))
    assert "已经清点" in text(client_of(found.made.secretary), at(found, "urn"))
    result = text(teller, at(found, "result"))
    assert "对照纸质计票记录" not in result
    assert "没有印制纸质票" in result


def test_a_result_sent_back_is_formed_again_by_a_button(client_of: ClientOf) -> None:
    found = voting("counted", members=6, votes=6)
    made = found.made
    matching.recount(ballot=found.ballot, by=made.tellers[0], reason="看错了")
    assert "形成结果" in text(client_of(made.tellers[0]), at(found))
    assert "等计票人形成结果" in text(client_of(made.secretary), at(found))
    assert "结果已形成" in text(client_of(made.tellers[0]), at(found, "urn_result"), {})


def test_both_channels_on_one_page(client_of: ClientOf) -> None:
    found = voting("chosen", members=9, channel="both")
    made = found.made
    clerk, teller = client_of(made.secretary), client_of(made.tellers[0])
    assert "打印测评表" in text(clerk, at(found))
    data = {"version": made.reload().version, "printed": "5"}
    assert "印票条" in text(clerk, at(found, "heads"), data)
    printed = urns.print_codes(ballot=made.ballot, by=made.secretary)
    found.codes, found.address = list(printed.codes), printed.address
    found.halves = [urns.show_half(ballot=made.ballot, by=one) for one in made.tellers]
    assert "发出电子票" in text(clerk, at(found))
    data = {
        "version": made.reload().version,
        "printed": "5",
        "issued": "4",
        "codes_issued": "6",
        "then": "issue",
    }
    assert "纸质票加电子票不能多于实到" in text(clerk, at(found, "heads"), data)
    open_voting(found, papers=3)
    for number in range(6):
        found.cast(number)
    assert "关闭电子投票" in text(clerk, at(found, "urn"))
    assert "收齐纸质票以后" in text(clerk, at(found, "urn_close"), {})
    data = {"version": made.reload().version, "returned": "3", "unused": "1", "replaced": "0", "printed": "4"}
    data |= {"issued": "3", "codes_issued": "6", "then": "collect"}
    assert "清点完毕" in text(clerk, at(found, "heads"), data)
    assert "有效 — = 纸质有效 — + 电子票 6" in text(clerk, at(found))
    assert "开始录票" in text(teller, at(found))
    for one in made.tellers:
        for paper in (1, 2, 3):
            entry.save_paper(ballot=made.ballot, by=one, paper_no=paper, marks="1" * 9)
        entry.finish_slot(ballot=made.ballot, by=one)
    assert "开电子票箱" in text(teller, at(found))
    count(found)
    assert "核对两人录的票" in text(teller, at(found))
    assert "结果" in text(teller, at(found, "match"), {})
    assert "各对象的得票合在一起计算" in text(teller, at(found, "result"))


def test_more_votes_than_slips_handed_out_is_told_and_can_be_put_right(client_of: ClientOf) -> None:
    found = voting("shown", members=6)
    open_voting(found, codes=3)
    for number in range(4):
        found.cast(number)
    clerk = client_of(found.made.secretary)
    assert "多于发出的 3 张" in text(clerk, at(found, "urn_close"), {})
    version = found.ballot.version
    wrong = text(clerk, at(found, "heads"), {"version": version, "codes_issued": "3", "then": "collect"})
    assert "无效，重新进行" in wrong
    right = text(clerk, at(found, "heads"), {"version": version, "codes_issued": "4", "then": "collect"})
    assert "清点完毕" in right


def test_pages_of_the_urn_lead_back_where_there_is_only_paper(client_of: ClientOf) -> None:
    made = evening("setup", members=4, rules=BOTH)
    clerk, teller = client_of(made.secretary), client_of(made.tellers[0])
    for client, name in ((clerk, "urn"), (teller, "urn_half"), (teller, "urn_open")):
        url = reverse(f"evaluations:{name}", args=[made.ballot.pk])
        assert "没有电子票箱" in text_after(client, url)


def text_after(client: Client, url: str) -> str:
    """The page a refused one leads to."""
    return client.get(url, follow=True).content.decode()


def test_a_lost_key_is_told_with_what_to_do(client_of: ClientOf) -> None:
    found = voting("open", members=5)
    sealing.destroy_codes_key(found.ballot.pk)
    assert "密钥不在这台服务器上" in text(client_of(found.made.secretary), at(found, "urn"))
