"""Both 计票人 settle what they typed differently; nothing they agree on is shown."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import User
from evaluations.models import BallotStatus, TallyLine
from evaluations.rules import Paper
from tests.factories.evaluations import Evening, evening, type_all, type_papers

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def at(made: Evening, name: str = "mismatches") -> str:
    return reverse(f"evaluations:{name}", args=[made.ballot.pk])


def differing(second: dict[int, Paper], *, mode: str = "papers", members: int = 3) -> Evening:
    """Three papers; the second teller typed some of them differently."""
    votes = [Paper("1" * members), Paper("2" * members), Paper("3" * members)]
    made = evening("collected", members=members, votes=votes, entry_mode=mode)
    type_all(made, [second.get(n, paper) for n, paper in enumerate(votes, 1)])
    return made


def test_before_both_have_finished_nothing_is_compared(client_of: ClientOf) -> None:
    made = evening("collected", members=3)
    type_papers(made, made.tellers[0])
    page = client_of(made.tellers[0]).get(at(made), follow=True).content.decode()
    assert "两位计票人都录完以后，才能一起核对" in page


def test_only_what_differs_is_shown_and_nothing_is_chosen_beforehand(client_of: ClientOf) -> None:
    made = differing({2: Paper("212")})
    page = client_of(made.tellers[1]).get(at(made)).content.decode()
    assert "还有 1 张、1 处不一样" in page
    name = made.ballot.rated()[1].name
    assert f"2 <b>{name}</b>：甲录的 <b>合格</b>，乙录的 <b>优秀</b>" in page
    assert page.count("<fieldset>") == 1
    assert "checked" not in page


def test_a_paper_read_again_leads_to_the_result(client_of: ClientOf) -> None:
    made = differing({2: Paper("212")})
    client = client_of(made.tellers[0])
    page = client.post(at(made), {"paper": "2", "r1": "1"}, follow=True).content.decode()
    assert "第 2 张已核对" in page
    assert "两人录的都相符" in page
    page = client.post(at(made, "match"), follow=True).content.decode()
    assert "结果已形成" in page
    assert made.reload().status == BallotStatus.MATCHED
    assert list(TallyLine.objects.get(subject__ordinal=2).counts) == [2, 0, 1, 0]
    for url in (at(made), at(made, "match")):
        assert client.post(url).headers["Location"] == at(made, "result")


def test_a_row_left_open_is_refused_and_the_other_choices_stay(client_of: ClientOf) -> None:
    made = differing({2: Paper("113")})
    page = client_of(made.tellers[0]).post(at(made), {"paper": "2", "r0": "1"}).content.decode()
    assert "第 2 张还有没选的" in page
    assert page.count("checked") == 1


@pytest.mark.parametrize("paper", ["9", "", "二"])
def test_an_unknown_paper_is_refused_in_words(paper: str, client_of: ClientOf) -> None:
    made = differing({2: Paper("212")})
    answer = client_of(made.tellers[0]).post(at(made), {"paper": paper, "r1": "1"})
    assert answer.status_code == 200
    assert made.reload().status == BallotStatus.COLLECTED


def test_forming_the_result_too_early_is_refused(client_of: ClientOf) -> None:
    made = differing({2: Paper("212")})
    page = client_of(made.tellers[0]).post(at(made, "match"), follow=True).content.decode()
    assert "请先核对" in page


def test_a_paper_one_called_void_is_settled_as_void(client_of: ClientOf) -> None:
    made = differing({2: Paper("222", void=True)})
    client = client_of(made.tellers[0])
    page = client.get(at(made)).content.decode()
    assert "甲录的 <b>有效</b>，乙录的 <b>整张作废</b>" in page
    page = client.post(at(made), {"paper": "2", "asks_whole": "1"}).content.decode()
    assert "还没有选这张票是否作废" in page
    client.post(at(made), {"paper": "2", "asks_whole": "1", "whole": "void"})
    client.post(at(made, "match"))
    assert made.reload().void_papers == 1


def test_a_paper_wrongly_called_void_is_typed_after_all(client_of: ClientOf) -> None:
    made = differing({2: Paper("???", void=True)})
    client = client_of(made.tellers[0])
    data = {"paper": "2", "asks_whole": "1", "whole": "valid"}
    page = client.post(at(made), data, follow=True).content.decode()
    assert "请原来记为作废的计票人把这一张补录完" in page
    assert not made.ballot.slots.get(number=2).finished


def test_an_order_gone_wrong_is_pointed_out(client_of: ClientOf) -> None:
    made = evening("collected", members=5, votes=[Paper(m * 5) for m in "12341"])
    type_all(made, [Paper(m * 5) for m in "23412"])
    client = client_of(made.tellers[1])
    page = client.get(at(made)).content.decode()
    assert "不一样的特别多" in page
    back = at(made, "enter") + "?paper=1"
    assert back in page
    assert '<b class="big">1</b>' in client.get(back).content.decode()
    marks = {f"r{row}": "1" for row in range(5)}
    client.post(at(made, "enter"), {"paper": "1", **marks})
    assert not made.ballot.slots.get(number=2).finished


def test_totals_counted_differently_are_counted_again(client_of: ClientOf) -> None:
    made = differing({2: Paper("212")}, mode="totals")
    client = client_of(made.tellers[0])
    page = client.get(at(made)).content.decode()
    assert "还有 1 行不一样" in page
    subject = str(made.ballot.rated()[1].pk)
    again = dict(zip(("c0", "c1", "c2", "c3", "c4", "c5"), "210000", strict=True))
    page = client.post(at(made), {"subject": subject, **again, "c0": "9"}).content.decode()
    assert "各栏合计 10，应为有效票 3" in page
    assert 'value="9"' in page
    assert "请填弃权" in client.post(at(made), {"subject": subject, **again, "c4": ""}).content.decode()
    settled = client.post(at(made), {"subject": subject, **again, "c1": "0", "c2": "1"}, follow=True)
    assert "两人录的都相符" in settled.content.decode()


def test_the_number_of_void_papers_is_settled_before_the_rows(client_of: ClientOf) -> None:
    made = differing({2: Paper("222", void=True)}, mode="totals")
    client = client_of(made.tellers[0])
    page = client.get(at(made)).content.decode()
    assert "整张作废的张数不一样" in page
    assert "另有 3 行" in page
    assert "不能多于收回的 3 张" in client.post(at(made), {"void": "7"}).content.decode()
    page = client.post(at(made), {"void": "0"}, follow=True).content.decode()
    assert "还有 3 行不一样" in page
