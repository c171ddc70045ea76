"""The result on screen, vouched for, sent back, certified, printed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Role, User
from evaluations.models import BallotStatus, PaperEntry, Signature
from evaluations.rules import Paper
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, evening, sign_all

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
SAME = [Paper("11111")] * 5


def at(made: Evening, name: str = "result") -> str:
    return reverse(f"evaluations:{name}", args=[made.ballot.pk])


def test_the_table_shows_votes_and_shares(client_of: ClientOf) -> None:
    made = evening("matched", members=5, probationary=1, votes=[*SAME, Paper("2x011")])
    page = client_of(made.secretary).get(at(made)).content.decode()
    assert '<b>5</b> <span class="clause">83.33%</span>' in page
    assert "预备党员，不评定等次" in page
    assert "得票率 = 该等次票数 ÷ 有效票（6 票）" in page


def test_few_papers_are_not_shown_to_anybody_on_screen(client_of: ClientOf) -> None:
    made = evening("matched", members=4, votes=[Paper("1111")] * 4)
    page = client_of(made.secretary).get(at(made)).content.decode()
    assert "每人的票数不在屏幕上显示" in page
    assert "100.00%" not in page
    assert 'class="result cards"' not in page
    assert client_of(made.secretary).get(at(made, "summary_pdf")).status_code == 200
    above = account_with(Role.OFFICE, made.campaign.issuer)
    assert client_of(above).get(at(made)).status_code == 403


def test_only_the_leaders_are_told_when_all_papers_are_alike(client_of: ClientOf) -> None:
    made = evening("matched", members=5, votes=SAME)
    assert "只给书记的提示" in client_of(made.secretary).get(at(made)).content.decode()
    assert "只给书记的提示" not in client_of(made.tellers[0]).get(at(made)).content.decode()
    assert made.scrutineer is not None
    assert "只给书记的提示" not in client_of(made.scrutineer).get(at(made)).content.decode()


def test_the_hint_can_be_switched_off_and_needs_papers_that_are_alike(client_of: ClientOf) -> None:
    made = evening("matched", members=5, votes=SAME, rules={"uniform_hint": False})
    assert "只给书记的提示" not in client_of(made.secretary).get(at(made)).content.decode()
    made = evening("matched", members=5, votes=[*SAME[:4], Paper("11112")])
    assert "只给书记的提示" not in client_of(made.secretary).get(at(made)).content.decode()


def test_each_vouches_in_the_own_capacity_and_the_secretary_certifies(client_of: ClientOf) -> None:
    made = evening("matched", members=5)
    assert made.scrutineer is not None
    for person, duty in ((made.scrutineer, "scrutineer"), (made.tellers[1], "teller")):
        client = client_of(person)
        assert f'value="{duty}"' in client.get(at(made)).content.decode()
        page = client.post(at(made, "confirm"), {"duty": duty}, follow=True).content.decode()
        assert "身份确认。" in page
        assert client.post(at(made, "confirm"), {"duty": "secretary"}).status_code == 403
    client = client_of(made.secretary)
    assert "还等" not in client.get(at(made)).content.decode()
    assert "还缺支部书记的确认" in client.get(at(made, "certify")).content.decode()
    refused = client.post(at(made, "certify"), follow=True).content.decode()
    assert "还缺支部书记的确认" in refused
    page = client.post(at(made, "confirm"), {"duty": "secretary"}, follow=True).content.decode()
    assert "核定结果…" in page
    assert "等书记核定" in client_of(made.tellers[1]).get(at(made)).content.decode()
    assert "立即销毁，不能恢复" in client.get(at(made, "certify")).content.decode()
    page = client.post(at(made, "certify"), follow=True).content.decode()
    assert "结果已核定" in page
    assert "打印汇总表" in page
    assert made.reload().status == BallotStatus.CERTIFIED
    assert not PaperEntry.objects.exists()


def test_the_other_teller_waits_for_those_still_missing(client_of: ClientOf) -> None:
    made = evening("matched", members=5)
    client_of(made.tellers[0]).post(at(made, "confirm"), {"duty": "teller"})
    page = client_of(made.tellers[0]).get(at(made)).content.decode()
    assert "还等监票人、支部书记确认" in page


def test_paper_signatures_are_noted_for_those_without_an_account(client_of: ClientOf) -> None:
    made = evening("matched", members=5)
    client = client_of(made.secretary)
    assert "监票人已在纸质汇总表上签字" in client.get(at(made)).content.decode()
    page = client.post(at(made, "confirm_paper"), {"duty": "scrutineer"}, follow=True).content.decode()
    assert "（纸质签字）" in page
    page = client.post(at(made, "confirm_paper"), {"duty": "secretary"}, follow=True).content.decode()
    assert "支部书记请在这里直接确认" in page
    assert Signature.objects.count() == 1


def test_certifying_twice_or_going_back_changes_nothing(client_of: ClientOf) -> None:
    made = evening("certified", members=5)
    client = client_of(made.secretary)
    for answer in (
        client.get(at(made, "certify"), follow=True),
        client.post(at(made, "certify"), follow=True),
    ):
        assert "结果已经核定，没有任何改变" in answer.content.decode()
    page = client.post(at(made, "confirm"), {"duty": "secretary"}, follow=True).content.decode()
    assert "不能签字确认" in page
    late = client_of(made.tellers[0]).post(at(made, "recount"), {"reason": "再数"}, follow=True)
    assert "不能退回，没有任何改变" in late.content.decode()


def test_a_result_is_sent_back_with_a_reason(client_of: ClientOf) -> None:
    made = evening("matched", members=5)
    sign_all(made)
    client = client_of(made.tellers[0])
    assert "全部取消，要重新确认" in client.get(at(made, "recount")).content.decode()
    assert "请写明原因" in client.post(at(made, "recount"), {"reason": ""}).content.decode()
    page = client.post(at(made, "recount"), {"reason": "第 3 行有误"}, follow=True).content.decode()
    assert "已退回" in page
    assert made.reload().status == BallotStatus.COLLECTED
    assert not Signature.objects.exists()


def test_superiors_read_the_certified_result(client_of: ClientOf) -> None:
    made = evening("certified", members=5)
    above = account_with(Role.OFFICE, made.campaign.issuer)
    assert "打印汇总表" in client_of(above).get(at(made)).content.decode()


def test_a_voided_result_says_so(client_of: ClientOf) -> None:
    made = evening("void", members=5)
    assert "本轮已作废，不作依据" in client_of(made.secretary).get(at(made)).content.decode()


def test_the_table_is_printed_under_its_own_name(client_of: ClientOf) -> None:
    made = evening("certified", members=5)
    client = client_of(made.secretary)
    paper, book = client.get(at(made, "summary_pdf")), client.get(at(made, "summary_xlsx"))
    assert paper.content.startswith(b"%PDF")
    assert book.content.startswith(b"PK")
    assert "filename*=utf-8''" in paper["Content-Disposition"].lower()
    assert book["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("members", [1, 2, 3, 150])
def test_branches_of_every_size_get_a_form_and_a_page(members: int, client_of: ClientOf) -> None:
    made = evening("setup", members=members)
    assert client_of(made.secretary).get(at(made, "form_pdf")).status_code == 200
    assert client_of(made.secretary).get(at(made, "ballot")).status_code == 200
