"""The pages of study on a phone: a session in one form, make-ups in two taps, nothing lost, nothing scored."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Addressee, Campaign, Organization, User
from members.models import Member, StudyPart, StudySession
from members.services.studies import make_up, record_study
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory

ClientOf = Callable[[User], Client]


@pytest.fixture
def xinyi(tree: Tree) -> Campaign:
    """A running campaign with a study list, forms and make-ups."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="xinyi",
        preset="xinyi_2018",
        status="running",
        year=timezone.localdate().year,
    )
    return made


@pytest.fixture
def people(tree: Tree) -> list[Member]:
    """Four members of the village, one of them in a group."""
    found = [MemberFactory.create(organization=tree.village) for _ in range(3)]
    return [*found, MemberFactory.create(organization=tree.village, group=tree.group)]


def url(name: str, campaign: Campaign, organization: Organization, *more: object) -> str:
    """A page of study."""
    return reverse(f"members:{name}", args=[campaign.slug, organization.pk, *more])


def session_of(campaign: Campaign, tree: Tree, by: User, *absent: Member) -> StudySession:
    """A session of the village today."""
    return record_study(
        campaign=campaign,
        organization=tree.village,
        absent={member.pk for member in absent},
        by=by,
        held_on=timezone.localdate(),
        form="领学宣讲",
        topics=["党章"],
        place="村委会",
    )


def test_a_session_is_one_form_with_everybody_ticked(
    xinyi: Campaign, tree: Tree, secretary: User, people: list[Member], client_of: ClientOf
) -> None:
    client = client_of(secretary)
    page = client.get(url("study_new", xinyi, tree.village)).content.decode()
    assert len(re.findall(r'name="present"[^>]* checked', page)) == 4
    assert len(re.findall(r'name="topics"[^>]* checked', page)) == 4
    assert timezone.localdate().isoformat() in page
    assert "一组" in page
    data = {
        "held_on": timezone.localdate().isoformat(),
        "form": "座谈研讨",
        "topics": ["党章"],
        "place": "村小学",
        "present": [str(member.pk) for member in people[1:]],
        "submission": "8a5aa17a-31c4-4bfa-9f2e-2a2b2c2d2e2f",
    }
    for _twice in range(2):
        answer = client.post(url("study_new", xinyi, tree.village), data)
        assert answer.headers["Location"] == url("studies", xinyi, tree.village)
    session = StudySession.objects.get()
    assert (session.form, session.topics, session.place) == ("座谈研讨", ["党章"], "村小学")
    assert StudyPart.objects.get(part="absent").member == people[0]
    page = client.get(url("studies", xinyi, tree.village)).content.decode()
    assert "参加 3 人，未参加 1 人" in page
    assert f"（{timezone.localdate().month}月{timezone.localdate().day}日没有来）" in page
    assert not re.search(r"\d\s*[%％]|得分|排名|次数", page)


def test_a_refused_form_keeps_what_was_typed(
    xinyi: Campaign, tree: Tree, secretary: User, people: list[Member], client_of: ClientOf
) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    data = {
        "held_on": tomorrow.isoformat(),
        "place": "打谷场",
        "present": [str(people[0].pk)],
        "topics": ["党章"],
    }
    page = client_of(secretary).post(url("study_new", xinyi, tree.village), data).content.decode()
    assert "不能晚于今天" in page
    assert "打谷场" in page
    assert len(re.findall(r'name="present"[^>]* checked', page)) == 1
    nobody = {**data, "held_on": timezone.localdate().isoformat(), "present": []}
    page = client_of(secretary).post(url("study_new", xinyi, tree.village), nobody).content.decode()
    assert "请至少勾选一名" in page
    assert not StudySession.objects.exists()


def test_a_session_is_changed_and_removed(
    xinyi: Campaign, tree: Tree, secretary: User, people: list[Member], client_of: ClientOf
) -> None:
    client, session = client_of(secretary), session_of(xinyi, tree, secretary, people[0])
    edit = url("study_edit", xinyi, tree.village, session.pk)
    page = client.get(edit).content.decode()
    assert len(re.findall(r'name="present"[^>]* checked', page)) == 3
    late = {"held_on": "1990-01-01", "present": [str(people[0].pk)], "form": ""}
    assert "请核对年份" in client.post(edit, late).content.decode()
    done = client.post(edit, {**late, "held_on": timezone.localdate().isoformat()})
    assert done.status_code == 302
    assert StudyPart.objects.filter(part="present").get().member == people[0]
    remove = url("study_remove", xinyi, tree.village, session.pk)
    assert client.post(remove).status_code == 302
    assert not StudySession.objects.exists()
    assert client.post(remove).status_code == 404


def test_make_up_is_a_tick_and_a_button(
    xinyi: Campaign, tree: Tree, secretary: User, people: list[Member], client_of: ClientOf
) -> None:
    client = client_of(secretary)
    session_of(xinyi, tree, secretary, *people[:2])
    post = url("study_makeup", xinyi, tree.village)
    today = timezone.localdate().isoformat()
    assert "请先勾选给谁送了" in client.post(post, {"on": today}).content.decode()
    assert client.post(post, {"on": today, "members": [str(people[0].pk)]}).status_code == 302
    made = StudyPart.objects.get(part="made_up")
    assert made.member == people[0]
    assert "已经送学" in client.get(url("studies", xinyi, tree.village)).content.decode()
    assert client.post(url("study_unmake", xinyi, tree.village, made.pk)).status_code == 302
    assert not StudyPart.objects.filter(part="made_up").exists()


def test_after_the_campaign_nothing_can_be_changed(
    xinyi: Campaign, tree: Tree, secretary: User, people: list[Member], client_of: ClientOf
) -> None:
    client, session = client_of(secretary), session_of(xinyi, tree, secretary, *people[:2])
    make_up(
        campaign=xinyi,
        organization=tree.village,
        members={people[0].pk},
        on=timezone.localdate(),
        by=secretary,
    )
    Campaign.objects.filter(pk=xinyi.pk).update(status="closed")
    page = client.get(url("studies", xinyi, tree.village)).content.decode()
    assert "登记一次学习" not in page
    assert "有 1 名党员没有参加学习" in page
    part = StudyPart.objects.get(part="made_up")
    for refused in (
        url("study_remove", xinyi, tree.village, session.pk),
        url("study_unmake", xinyi, tree.village, part.pk),
    ):
        assert "已经结束" in client.post(refused, follow=True).content.decode()
    assert StudySession.objects.count() == 1
    assert StudyPart.objects.filter(part="made_up").count() == 1


def test_where_nothing_is_asked_there_is_no_page(tree: Tree, secretary: User, client_of: ClientOf) -> None:
    silent = CampaignFactory.create(issuer=tree.township, slug="silent", status="running")
    for name in ("studies", "study_new"):
        assert client_of(secretary).get(url(name, silent, tree.village)).status_code == 404


def test_a_body_is_not_asked_who_came(tree: Tree, township: User, client_of: ClientOf) -> None:
    leaders = CampaignFactory.create(
        issuer=tree.county,
        slug="leaders",
        status="running",
        preset="town_leadership_2014",
        year=timezone.localdate().year,
    )
    Addressee.objects.filter(campaign=leaders).delete()
    Addressee.objects.create(campaign=leaders, organization=tree.township, audience="all")
    client = client_of(township)
    new = url("study_new", leaders, tree.township)
    assert 'name="present"' not in client.get(new).content.decode()
    data = {"held_on": timezone.localdate().isoformat(), "form": "集中学习"}
    assert client.post(new, data).status_code == 302
    assert StudySession.objects.get().organization == tree.township


def test_the_page_asks_the_same_queries_for_more_people(
    xinyi: Campaign, tree: Tree, secretary: User, people: list[Member], client_of: ClientOf
) -> None:
    client = client_of(secretary)
    page = url("studies", xinyi, tree.village)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(page)
        return len(caught)

    session_of(xinyi, tree, secretary, *people[:1])
    queries()
    few = queries()
    more = [MemberFactory.create(organization=tree.village) for _ in range(20)]
    for _ in range(4):
        session_of(xinyi, tree, secretary, *more)
    assert queries() == few
