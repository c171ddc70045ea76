"""The summary interface: a key an organisation, kept as a digest, numbers only, counted, described as it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from branches.models import AuditEvent, Campaign, OrganizationStatus, User
from branches.workflow import NotAllowed
from evaluations.models import SummaryKey
from evaluations.services import summary_keys
from members.models import Member
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.evaluations import evening, published_campaign
from tests.factories.exporting import assessed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """Nobody has asked yet in this minute."""
    cache.clear()


@pytest.fixture
def open_campaign(tree: Tree) -> Campaign:
    """A campaign of the county with one branch assessed."""
    campaign = published_campaign(tree.county, slug="open", rules={"result_publicity": "file_up"})
    made = evening("certified", organization=tree.village, campaign=campaign, members=6, probationary=1)
    assessed(made, ["excellent", "qualified"])
    evening("certified", organization=tree.sibling, campaign=campaign, members=3)
    return campaign


def ask(secret: str, path: str = "/api/campaigns.json", **more: Any) -> Any:
    """What a program with this key gets."""
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"}, **more)


def conforms(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether a value has the described shape: exactly the named fields, of the named kinds."""
    if "$ref" in schema:
        return conforms(value, schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if value is None:
        return bool(schema.get("nullable"))
    if schema["type"] == "object":
        fields = schema["properties"]
        return set(value) == set(fields) and all(conforms(value[k], fields[k], schemas) for k in fields)
    if schema["type"] == "array":
        return all(conforms(one, schema["items"], schemas) for one in value)
    kinds: dict[str, type] = {"integer": int, "string": str, "boolean": bool}
    return isinstance(value, kinds[schema["type"]])


def test_a_key_is_shown_once_and_only_its_digest_is_kept(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    client = client_of(township)
    page = client.post(reverse("evaluations:summary_key_make", args=[tree.township.pk])).content.decode()
    key = SummaryKey.objects.get()
    secret = page.partition('<p class="mono address">')[2].partition("</p>")[0]
    assert summary_keys.find_key(secret) == key
    assert secret not in str(list(SummaryKey.objects.values()))
    assert secret not in str([event.detail for event in AuditEvent.objects.all()])
    url = reverse("evaluations:summary_key", args=[tree.township.pk])
    assert secret not in client.get(url).content.decode()
    assert str(key) == "青石镇汇总接口密钥"
    assert SummaryKey.objects.visible_to(township).get() == key


def test_a_new_key_ends_the_old_one_and_a_revoked_one_opens_nothing(tree: Tree, township: User) -> None:
    old = summary_keys.make_key(organization=tree.township, by=township)
    new = summary_keys.make_key(organization=tree.township, by=township)
    assert (ask(old).status_code, ask(new).status_code) == (401, 200)
    assert summary_keys.revoke_key(organization=tree.township, by=township)
    assert not summary_keys.revoke_key(organization=tree.township, by=township)
    assert ask(new).status_code == 401
    assert summary_keys.key_of(tree.township) is None
    made = AuditEvent.objects.filter(action="make_summary_key").order_by("sequence")
    assert [event.detail for event in made] == [{"renewed": False}, {"renewed": True}]
    assert AuditEvent.objects.filter(action="revoke_summary_key").count() == 1


def test_keys_are_for_offices_of_superiors(tree: Tree, township: User, secretary: User) -> None:
    for person, place in ((secretary, tree.village), (township, tree.village), (township, tree.county)):
        with pytest.raises(NotAllowed, match="党建办"):
            summary_keys.make_key(organization=place, by=person)
        with pytest.raises(NotAllowed):
            summary_keys.revoke_key(organization=place, by=person)
    assert not SummaryKey.objects.exists()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nothing", "Basic {secret}", "{secret}"])
def test_without_the_key_nothing_is_said(header: str, tree: Tree, township: User) -> None:
    secret = summary_keys.make_key(organization=tree.township, by=township)
    answer = Client().get("/api/campaigns.json", headers={"Authorization": header.format(secret=secret)})
    assert answer.status_code == 401
    assert set(answer.json()) == {"error"}
    assert answer["WWW-Authenticate"] == "Bearer"


def test_an_abolished_organisation_has_no_key(tree: Tree, township: User) -> None:
    secret = summary_keys.make_key(organization=tree.township, by=township)
    type(tree.township).objects.filter(pk=tree.township.pk).update(status=OrganizationStatus.ABOLISHED)
    assert ask(secret).status_code == 401


def test_the_answers_have_the_shape_that_is_described_and_name_nobody(
    open_campaign: Campaign, tree: Tree, township: User
) -> None:
    secret = summary_keys.make_key(organization=tree.township, by=township)
    document = Client().get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.")
    schemas = document["components"]["schemas"]
    for path, about in document["paths"].items():
        answer = ask(secret, path.replace("{slug}", open_campaign.slug))
        assert answer.status_code == 200
        schema = about["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert conforms(answer.json(), schema, schemas), path
        assert answer["Cache-Control"] == "private, no-store"
        text = answer.content.decode()
        assert not [member.name for member in Member.objects.all() if member.name in text]
    assert not conforms({"campaigns": [{"slug": 1}]}, schemas["Campaigns"], schemas)


def test_the_numbers_are_those_of_the_tables_and_few_papers_are_null(
    open_campaign: Campaign, tree: Tree, township: User
) -> None:
    secret = summary_keys.make_key(organization=tree.township, by=township)
    graded = ask(secret, "/api/campaigns/open/graded.json").json()
    (section,) = graded["sections"]
    assert section["grades"] == ["优秀", "合格", "基本合格", "不合格"]
    (branch,) = section["branches"]
    assert (branch["code"], branch["name"]) == (tree.village.code, tree.village.name)
    assert branch["counts"] == section["total"]["counts"] == [1, 5, 0, 0]
    assert (branch["members"], branch["due"], branch["assessed"]) == (7, 6, 6)
    assert {one["name"] for one in graded["others"]} >= {tree.sibling.name}
    ballots = ask(secret, "/api/campaigns/open/ballots.json").json()
    (section,) = ballots["sections"]
    few = next(one for one in section["branches"] if one["name"] == tree.sibling.name)
    assert few["withheld"]
    assert (few["counts"], few["abstained"], few["invalid"]) == ([None] * 4, None, None)
    many = next(one for one in section["branches"] if one["name"] == tree.village.name)
    assert sum(many["counts"]) + many["abstained"] + many["invalid"] == 6 * 6


def test_a_key_reads_its_own_tree_and_no_draft_nor_strange_campaign(
    open_campaign: Campaign, tree: Tree, township: User, county: User
) -> None:
    CampaignFactory.create(issuer=tree.county, slug="draft")
    CampaignFactory.create(issuer=tree.other_township, slug="strange", status="published")
    own = summary_keys.make_key(organization=tree.township, by=township)
    above = summary_keys.make_key(organization=tree.county, by=county)
    slugs = {one["slug"] for one in ask(own).json()["campaigns"]}
    assert slugs == {"open"}
    assert {one["slug"] for one in ask(above).json()["campaigns"]} == {"open", "strange"}
    for slug in ("draft", "strange", "nothing"):
        for name in ("graded", "ballots"):
            assert ask(own, f"/api/campaigns/{slug}/{name}.json").status_code == 404


def test_a_key_that_asks_too_often_waits(tree: Tree, township: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_keys, "MOST_A_MINUTE", 2)
    monkeypatch.setattr("time.time", lambda: 1_000_000)
    secret = summary_keys.make_key(organization=tree.township, by=township)
    assert [ask(secret).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(secret)["Retry-After"] == "60"


def test_the_use_of_a_key_is_recorded_once_a_day(tree: Tree, township: User) -> None:
    secret = summary_keys.make_key(organization=tree.township, by=township)
    for _ in range(3):
        ask(secret)
    (event,) = AuditEvent.objects.filter(action="read_summaries")
    assert event.actor_id is None
    assert SummaryKey.objects.get().used_on is not None


def test_the_page_tells_how_the_key_stands(tree: Tree, township: User, client_of: ClientOf) -> None:
    client = client_of(township)
    url = reverse("evaluations:summary_key", args=[tree.township.pk])
    assert "生成密钥" in client.get(url).content.decode()
    secret = summary_keys.make_key(organization=tree.township, by=township)
    assert "还没有取过数" in client.get(url).content.decode()
    ask(secret)
    assert "最近一次取数" in client.get(url).content.decode()
    client.post(reverse("evaluations:summary_key_revoke", args=[tree.township.pk]))
    assert "生成密钥" in client.get(url).content.decode()


def test_pressing_twice_makes_one_key(tree: Tree, township: User, client_of: ClientOf) -> None:
    client = client_of(township)
    url = reverse("evaluations:summary_key_make", args=[tree.township.pk])
    form = {"submission": "c0ffee00-0000-4000-8000-000000000001"}
    client.post(url, form)
    again = client.post(url, form)
    assert again.status_code == 302
    assert SummaryKey.objects.count() == 1
