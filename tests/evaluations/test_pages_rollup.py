"""The roll-up of a superior on screen, its files, and the command for office scripts."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Campaign, Job, User
from tests.conftest import Tree
from tests.factories.branches import OrganizationFactory
from tests.factories.evaluations import evening

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
LIST = "/rollup/"


def at(campaign: Campaign, name: str = "rollup") -> str:
    return reverse(f"evaluations:{name}", args=[campaign.slug])


@pytest.fixture
def counted(tree: Tree, campaign: Campaign) -> Campaign:
    """The village's ballot is certified, the sibling's is being prepared."""
    evening("certified", organization=tree.village, campaign=campaign, members=6)
    evening("setup", organization=tree.sibling, campaign=campaign, members=3)
    return campaign


def test_superiors_see_the_list_and_branches_are_told_why_not(
    counted: Campaign, township: User, supervisor: User, county: User, client_of: ClientOf, tree: Tree
) -> None:
    secretary = tree.village.appointments.get().user
    assert secretary is not None
    for user in (township, supervisor, county):
        assert counted.name in client_of(user).get(LIST).content.decode()
    assert "汇总表由上级党组织查看" in client_of(secretary).get(LIST).content.decode()
    assert client_of(secretary).get(at(counted)).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_strangers_and_members_get_nothing(
    counted: Campaign, stranger: User, member: User, system: User, client_of: ClientOf
) -> None:
    assert client_of(stranger).get(at(counted)).status_code == 404
    assert client_of(member).get(at(counted)).status_code == 403
    assert client_of(system).get(at(counted)).status_code == 403


def test_numbers_rows_sums_and_what_is_not_done(
    counted: Campaign, township: User, client_of: ClientOf
) -> None:
    client = client_of(township)
    page = client.get(at(counted)).content.decode()
    assert "<b>1 / 5</b>" in page
    assert "新河村党支部" in page
    assert "村小计（1 个）" in page
    assert "合计（1 个党支部）" in page
    page = client.get(at(counted) + "?tab=open").content.decode()
    assert "白沙村党支部" in page
    assert "准备中" in page
    assert "还没有准备测评" in page


def test_the_filter_is_in_the_address_and_in_words(
    counted: Campaign, township: User, tree: Tree, client_of: ClientOf
) -> None:
    client = client_of(township)
    page = client.get(at(counted) + "?category=school").content.decode()
    assert "只看：学校" in page
    assert "<b>0 / 1</b>" in page
    page = client.get(at(counted) + f"?organization={tree.general.code}").content.decode()
    assert "宏达纺织党总支" in page
    page = client.get(at(counted) + "?kind=committee").content.decode()
    assert "党支部委员会测评汇总表" in page
    assert client.get(at(counted) + "?kind=x&category=y&tab=z&page=99").status_code == 200


def test_an_organisation_one_may_not_see_is_not_found(
    counted: Campaign, township: User, tree: Tree, client_of: ClientOf
) -> None:
    client = client_of(township)
    for code in (tree.other_township.code, "none"):
        assert client.get(at(counted), {"organization": code}).status_code == 404
        assert client.post(at(counted, "rollup_file"), {"organization": code}).status_code == 404
    assert client.get("/rollup/nothing/").status_code == 404


def test_a_campaign_without_branches_is_an_empty_page(
    counted: Campaign, township: User, client_of: ClientOf
) -> None:
    counted.issuer.children().update(status="abolished")
    page = client_of(township).get(at(counted) + "?category=hospital").content.decode()
    assert "所选范围内没有党支部" in page


def test_branches_with_few_papers_are_counted_but_not_shown(
    campaign: Campaign, township: User, tree: Tree, client_of: ClientOf
) -> None:
    evening("certified", organization=tree.village, campaign=campaign, members=3)
    page = client_of(township).get(at(campaign)).content.decode()
    assert "个支部票少，不显示票数" in page


def test_files_are_made_by_a_job(counted: Campaign, township: User, client_of: ClientOf, tree: Tree) -> None:
    client = client_of(township)
    for ending in ("xlsx", "pdf"):
        data = {"organization": tree.township.code, "format": ending, "category": "x", "kind": "x"}
        answer = client.post(at(counted, "rollup_file"), data)
        job = Job.objects.get(params__format=ending)
        assert answer.headers["Location"] == reverse("branches:job", args=[job.pk])
        assert job.params["subject_kind"] == "members"
        assert client.post(at(counted, "rollup_file"), data).headers["Location"] == answer.headers["Location"]
    assert client.get(at(counted, "rollup_file")).status_code == 405


def test_the_issuing_office_sums_anew_and_nobody_else(
    counted: Campaign, township: User, supervisor: User, county: User, client_of: ClientOf
) -> None:
    assert client_of(supervisor).post(at(counted, "retally")).status_code == 403
    first = client_of(township).post(at(counted, "retally"))
    assert first.headers["Location"] == reverse("branches:job", args=[Job.objects.get().pk])
    assert client_of(county).post(at(counted, "retally")).headers["Location"] == at(counted)


def test_the_page_asks_the_database_as_often_for_many_branches_as_for_few(
    counted: Campaign, township: User, tree: Tree, client_of: ClientOf
) -> None:
    client = client_of(township)
    client.get(at(counted))
    with CaptureQueriesContext(connection) as few:
        client.get(at(counted) + "?tab=open")
    for number in range(60):
        OrganizationFactory.create(parent=tree.township, code=f"MANY-{number}")
    with CaptureQueriesContext(connection) as many:
        page = client.get(at(counted) + "?tab=open").content.decode()
    assert len(many) == len(few)
    assert "第 1 页，共 2 页" in page


def run(**options: str | Path) -> str:
    out = StringIO()
    call_command("export_summary", stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("ending", ["xlsx", "pdf"])
def test_the_command_writes_the_table_of_a_branch_and_of_a_superior(
    ending: str, counted: Campaign, tree: Tree, tmp_path: Path
) -> None:
    for organization in (tree.village, tree.township):
        target = tmp_path / f"{organization.code}.{ending}"
        said = run(campaign=counted.slug, organization=organization.code, format=ending, output=target)
        assert str(target) in said
        assert target.read_bytes().startswith(b"PK" if ending == "xlsx" else b"%PDF")


def test_the_command_withholds_the_votes_of_few_papers(
    campaign: Campaign, tree: Tree, tmp_path: Path
) -> None:
    evening("certified", organization=tree.village, campaign=campaign, members=3)
    said = run(campaign=campaign.slug, organization=tree.village.code, output=tmp_path / "few.xlsx")
    assert "为保护无记名投票" in said


def test_the_command_says_what_is_missing(counted: Campaign, tree: Tree, tmp_path: Path) -> None:
    good: dict[str, str | Path] = {
        "campaign": counted.slug,
        "organization": tree.village.code,
        "output": tmp_path / "x.xlsx",
    }
    for key, wrong, words in (
        ("campaign", "none", "没有网址名为"),
        ("organization", "none", "没有编码为"),
        ("organization", tree.sibling.code, "还没有核定的测评结果"),
        ("output", Path("/proc/none/x.xlsx"), "文件写不进去"),
    ):
        with pytest.raises(CommandError, match=words):
            run(**{**good, key: wrong})
