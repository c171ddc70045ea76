"""Forensics: nothing in the tables tells who gave an opinion, when, or in which order they came."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Notice, User
from config.lib.logs import HideSecretAddresses
from members.models import Moderation, Opinion, OpinionRound
from members.services.opinion_pages import let_in, open_page
from members.services.opinion_points import Wording, merge, single_out
from members.services.opinions import Said, type_in
from tests.conftest import Tree
from tests.factories.opinions import OpinionFactory, OpinionRoundFactory, asking
from tests.members.test_opinion_page import page_of, written

ClientOf = Callable[[User], Client]
TABLE = Opinion._meta.db_table
MANY = 12


@pytest.fixture
def campaign(tree: Tree, township: User) -> Campaign:
    """A campaign of the township that asks for opinions, on the net too."""
    cache.clear()
    return asking(tree.township)


@pytest.fixture
def asked(campaign: Campaign, tree: Tree) -> OpinionRound:
    """A round of the village."""
    made: OpinionRound = OpinionRoundFactory.create(campaign=campaign, organization=tree.village)
    return made


def rows(sql: str) -> list[tuple[object, ...]]:
    """What the database itself answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def texts_on_disk() -> list[str]:
    """The texts in the order in which the rows lie on disk, as an inspector would read them."""
    place = "ctid" if connection.vendor == "postgresql" else "rowid"
    return [str(text) for (text,) in rows(f"SELECT text FROM {TABLE} ORDER BY {place}")]


def test_no_column_tells_the_giver_a_time_or_an_order() -> None:
    columns = {field.column: field.get_internal_type() for field in Opinion._meta.local_fields}
    assert columns == {
        "id": "UUIDField",
        "round_id": "ForeignKey",
        "target": "CharField",
        "member_id": "ForeignKey",  # whom it is about
        "heading": "CharField",
        "source": "CharField",
        "text": "TextField",
        "moderation": "CharField",
        "point_id": "ForeignKey",
    }


def test_rows_on_disk_lie_in_no_order_of_arrival(asked: OpinionRound, secretary: User) -> None:
    came = [f"{number:02d}" for number in range(MANY)]
    for text in came:
        type_in(asked=asked, said=[Said(text)], by=secretary)
    lie = texts_on_disk()
    assert sorted(lie) == came
    assert lie != came  # one chance in 479,001,600
    assert [one.text for one in Opinion.objects.all()] != came


def test_the_transaction_of_a_row_tells_nothing(asked: OpinionRound, secretary: User) -> None:
    for number in range(3):
        type_in(asked=asked, said=[Said(str(number))], by=secretary)
    if connection.vendor == "postgresql":
        assert len(rows(f"SELECT DISTINCT xmin FROM {TABLE}")) == 1
    else:
        numbers = [int(str(one)) for (one,) in rows(f"SELECT rowid FROM {TABLE} ORDER BY rowid")]
        assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_opinions_from_the_page_lie_in_no_order_and_get_new_keys(
    asked: OpinionRound, secretary: User, township: User
) -> None:
    token = open_page(asked=asked, until=timezone.localdate(), by=secretary)
    came = [f"第{number:02d}条" for number in range(MANY)]
    for text in came:
        Client().post(page_of(token), written(text))
    assert sorted(texts_on_disk()) == came
    assert texts_on_disk() != came
    before = set(Opinion.objects.values_list("pk", flat=True))
    let_in(organization=asked.organization, rounds=[asked], accepted=before, refused=[], by=township)
    assert not before & set(Opinion.objects.values_list("pk", flat=True))
    assert sorted(texts_on_disk()) == came


def test_the_record_and_notices_name_no_opinion(
    asked: OpinionRound, campaign: Campaign, tree: Tree, secretary: User, township: User
) -> None:
    type_in(asked=asked, said=[Said("路灯不亮"), Said("水渠没有通"), Said("账没有贴")], by=secretary)
    waiting = OpinionFactory.create(round=asked, moderation=Moderation.WAITING)
    let_in(organization=tree.village, rounds=[asked], accepted=[waiting.pk], refused=[], by=township)
    keys = {str(one) for one in Opinion.objects.values_list("pk", flat=True)} | {str(waiting.pk)}
    first = Opinion.objects.first()
    assert first is not None
    merge(
        campaign=campaign,
        organization=tree.village,
        keys=[first.pk],
        wording=Wording("路灯长期不亮"),
        by=secretary,
    )
    single_out(campaign=campaign, organization=tree.village, by=secretary)
    for event in AuditEvent.objects.all():
        assert event.about != Opinion._meta.label_lower
        assert event.about_id not in keys
        said = str(event.detail)
        assert not any(key in said or key.replace("-", "") in said for key in keys)
        assert "路灯" not in said
    assert not Notice.objects.exists()


def test_lists_are_in_no_order_of_arrival(asked: OpinionRound, secretary: User, client_of: ClientOf) -> None:
    came = [f"第{number:02d}件事" for number in range(MANY)]
    for text in came:
        type_in(asked=asked, said=[Said(text)], by=secretary)
    url = reverse("members:opinion_points", args=[asked.campaign.slug, asked.organization_id])
    page = client_of(secretary).get(url).content.decode()
    shown = sorted(came, key=page.index)
    assert shown != came


def test_no_log_holds_the_address() -> None:
    line = logging.LogRecord("django.request", 30, "", 0, "Not Found: %s", ("/members/say/AbC-123_x/",), None)
    assert HideSecretAddresses().filter(line)
    assert line.getMessage() == "Not Found: /members/say/…/"
    calendar = logging.LogRecord("x", 30, "", 0, "GET /calendar/secret.ics", (), None)
    HideSecretAddresses().filter(calendar)
    assert calendar.getMessage() == "GET /calendar/….ics"


def test_the_sample_site_of_the_web_server_logs_no_visit() -> None:
    sample = (Path(settings.BASE_DIR) / "deploy/nginx.conf").read_text(encoding="utf-8")
    block = sample.split("location /members/say/")[1].split("}")[0]
    assert "access_log off;" in block
    assert 'X-Forwarded-For ""' in block


def test_points_about_a_person(
    asked: OpinionRound,
    tree: Tree,
    secretary: User,
    township: User,
    supervisor: User,
    member: User,
    client_of: ClientOf,
) -> None:
    from_roll = tree.village.members.create(name=member.full_name, user=member)
    single = [Said("吴长河答应的事没有办", from_roll)]
    type_in(asked=asked, said=single, by=secretary)
    opinion = Opinion.objects.get()
    where: dict[str, Any] = {"campaign": asked.campaign, "organization": tree.village}
    merge(**where, keys=[opinion.pk], wording=Wording("答应群众的事没有跟踪", from_roll), by=secretary)
    url = reverse("members:opinions", args=[asked.campaign.slug, tree.village.pk])
    own = reverse("members:opinion_mine", args=[asked.campaign.slug, tree.village.pk])
    for user, sees in ((secretary, True), (township, True), (supervisor, False)):
        assert ("答应群众的事没有跟踪" in client_of(user).get(url).content.decode()) is sees
    assert client_of(member).get(url).status_code in (403, 404)
    assert "现在没有对您的意见" in client_of(member).get(own).content.decode()  # not checked yet
    asked.organization.opinion_points.update(verdict="true")
    page = client_of(member).get(own).content.decode()
    assert "答应群众的事没有跟踪" in page
    assert "吴长河答应的事没有办" not in page
    assert "征求意见表" not in page
