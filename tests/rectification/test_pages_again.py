"""A second tap counts once, a page that was overtaken loses nothing, and what is late or long is said where it is read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Role, User
from rectification.models import ProgressNote, PublicationObjection, RectificationItem
from rectification.services.publication_objections import answer_objection
from tests.factories.branches import account_with
from tests.factories.evaluations import account_of
from tests.factories.opinions import OpinionPointFactory
from tests.factories.publicity import posted
from tests.factories.rectifying import Rectifying, rectifying

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
MARK = 'name="submission" value="'


def at(name: str, *args: object) -> str:
    """An address."""
    return reverse(f"rectification:{name}", args=args)


def token(text: str) -> str:
    """What a form is told apart by, from the first form of the page."""
    return text.split(MARK)[1].split('"')[0]


@pytest.fixture
def made() -> Rectifying:
    """A branch whose notice wants measures put up in public."""
    return rectifying(rules={"rectification_public": True, "opinion_verdicts": True})


def test_a_word_of_progress_tapped_twice_is_noted_once(made: Rectifying, client_of: ClientOf) -> None:
    client, item = client_of(made.secretary), made.item()
    shown = client.get(at("item", item.pk)).content.decode()
    said = {"note-on": timezone.localdate().isoformat(), "note-text": "开了会。", "submission": token(shown)}
    places = {client.post(at("item_step", item.pk, "note"), said)["Location"] for _twice in range(2)}
    assert places == {at("item", item.pk)}
    assert ProgressNote.objects.count() == 1


def test_a_button_of_the_phone_tapped_twice_leads_back_without_a_complaint(
    made: Rectifying, client_of: ClientOf
) -> None:
    client, item = client_of(made.secretary), made.item()
    page = at("marking", *made.address)
    form = client.get(page).content.decode().split("finish_item/")[1]
    said = {
        "finish_item-done_on": timezone.localdate().isoformat(),
        "next": page,
        "submission": token(form),
    }
    answers = [client.post(at("item_step", item.pk, "finish_item"), said) for _twice in range(2)]
    assert [answer["Location"] for answer in answers] == [page, page]
    item.refresh_from_db()
    assert item.status == "done"


def test_an_objection_sent_twice_is_one_and_leads_to_the_register(
    made: Rectifying, client_of: ClientOf
) -> None:
    client = client_of(made.secretary)
    notice = posted(made.campaign, made.organization, made.secretary)
    page = at("publication", notice.pk)
    shown = client.get(page).content.decode().split("/object/")[1]
    said = {
        "object-version": str(notice.version),
        "object-on": timezone.localdate().isoformat(),
        "object-text": "路灯坏了半年。",
        "submission": token(shown),
    }
    for _twice in range(2):
        assert client.post(at("publication_step", notice.pk, "object"), said)["Location"] == page
    one = PublicationObjection.objects.get()
    answer_objection(objection=one, answer="属实。", to_rectify=True, by=made.secretary)
    pull = at("pull", *made.address)
    assert f'href="{pull}"' in client.get(page).content.decode()
    assert "路灯坏了半年。" in client.get(pull).content.decode()
    office = client_of(account_with(Role.OFFICE, made.township))
    assert f'href="{pull}"' not in office.get(page).content.decode()


def test_what_was_edited_before_listing_is_kept_when_somebody_listed_it_meanwhile(
    made: Rectifying, client_of: ClientOf
) -> None:
    client = client_of(made.secretary)
    OpinionPointFactory.create(**made.place, text="公开栏旧了。", verdict="true")
    key = client.get(at("pull", *made.address)).content.decode().split("?key=")[1].split('"')[0]
    url = at("pull", *made.address) + f"?key={key}"
    first = {"version": "0", "problem": "公开栏旧了。", "term": "lasting", "source": "masses"}
    tapped = first | {"submission": token(client.get(url).content.decode())}
    places = {client.post(url, tapped)["Location"] for _twice in range(2)}
    assert places == {at("pull", *made.address)}
    late = client.post(url, first | {"problem": "改了一半的话。"})
    assert late.status_code == 200
    assert "已经列入过" in late.content.decode()
    assert "改了一半的话。" in late.content.decode()
    assert RectificationItem.objects.count() == 1


def test_a_member_reads_how_long_the_own_item_is_overdue(made: Rectifying, client_of: ClientOf) -> None:
    made.item(member=made.people[1], due_on=timezone.localdate() - datetime.timedelta(days=12))
    shown = client_of(account_of(made.people[1])).get(at("mine")).content.decode()
    assert "已逾期 12 天" in shown


def test_a_long_problem_is_no_heading_and_the_superior_finds_its_choice_made(
    made: Rectifying, client_of: ClientOf
) -> None:
    words = "公开栏上的账目写得太笼统，" * 20
    item = made.item(words, due_on=timezone.localdate())
    client = client_of(made.secretary)
    shown = client.get(at("item", item.pk)).content.decode()
    assert len(shown.split("<h1>")[1].split("</h1>")[0]) <= 40
    assert f"<dd>{words}</dd>" in shown
    client.post(
        at("item_step", item.pk, "finish_item"), {"finish_item-done_on": timezone.localdate().isoformat()}
    )
    office = client_of(account_with(Role.OFFICE, made.township))
    above = office.get(at("item", item.pk)).content.decode()
    assert re.search(r'<input[^>]*value="superior"[^>]*checked', above)


def test_a_quarter_that_waits_for_the_one_before_says_so(client_of: ClientOf) -> None:
    found = rectifying(rules={"plan_gate": "none", "ballot_place": "none", "member_report_times": 3})
    found.held(timezone.localdate() - datetime.timedelta(days=1))
    found.pledge(0)
    shown = client_of(found.secretary).get(at("reports", *found.address)).content.decode()
    assert shown.count("还没有轮到") == 2
    assert shown.count("登记在哪次会上讲的") == 2  # the committee's, and the members' first
