"""Fixtures of the whole suite; the people are fixtures (secretary, organizer, teller, …)."""

import datetime
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from branches.models import Campaign, Kind, Organization, Role, User
from branches.services.campaigns import draft_campaign, publish
from tests import places, quick
from tests.databases import (  # noqa: F401  (fixtures)
    django_db_modify_db_settings,
    django_db_setup,
    tables_are_emptied_quickly,
)
from tests.factories.branches import OrganizationFactory, account_with

hypothesis_settings.register_profile("dev", max_examples=50, deadline=None)
hypothesis_settings.register_profile("ci", max_examples=150, deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.register_profile(
    "nightly", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `postgres` are skipped on SQLite, saying so.

    NEEDS_DATABASE=1 leaves out what asks no database, PLACES on PostgreSQL what asks it nothing new (tests/places.py);
    LEFT_OUT is a file for the names of both.
    """
    if os.environ.get("NEEDS_DATABASE"):
        leave_out(config, items, {item.nodeid for item in items if not asks_database(item)})
    if connection.vendor == "postgresql":
        if folder := os.environ.get("PLACES"):
            seen = places.read(Path(folder))
            leave_out(config, items, places.left_out((item.nodeid for item in items), seen))
        return
    skip = pytest.mark.skip(reason="races, locks and forensics are tested on PostgreSQL: set DATABASE_URL")
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(skip)


def leave_out(config: pytest.Config, items: list[pytest.Item], names: set[str]) -> None:
    """Do not run these here."""
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in names])
    items[:] = [item for item in items if item.nodeid not in names]
    if file := os.environ.get("LEFT_OUT"):
        with Path(f"{file}.{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}").open("a") as names_file:
            names_file.writelines(f"{name}\n" for name in sorted(names))


def asks_database(item: pytest.Item) -> bool:
    """Whether the outcome of a test can differ between databases."""
    marked = any(item.get_closest_marker(name) for name in ("django_db", "postgres"))
    return marked or not DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Every test is known: from here on only what tests make is looked through for garbage."""
    quick.leave_what_stays_to_itself()


def pytest_configure(config: pytest.Config) -> None:
    """Lines are counted for the coverage in our code, not in what it stands on nor in what tests start from."""
    patch = pytest.MonkeyPatch()
    quick.pause_counting(patch)
    config.add_cleanup(patch.undo)
    if today := os.environ.get("TODAY"):  # what fails on certain days only, as at the turn of a year
        travel = time_machine.travel(datetime.datetime.fromisoformat(today).astimezone())
        travel.start()
        config.add_cleanup(travel.stop)
    if connection.vendor == "sqlite" and (folder := os.environ.get("PLACES")):
        config.pluginmanager.register(places.Recorder(Path(folder)), "places")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The folder the test settings made for this run goes with it."""
    if Path(settings.VAR).name.startswith("zzsh-test-") and not hasattr(config, "workerinput"):
        shutil.rmtree(settings.VAR, ignore_errors=True)


@dataclass(frozen=True)
class Tree:
    """A county: two townships, branches of several categories, a general branch, a group."""

    county: Organization
    township: Organization
    village: Organization  # the branch the people of the fixtures belong to
    group: Organization  # a group of the village branch
    sibling: Organization  # another village branch of the same township
    school: Organization
    hospital: Organization
    general: Organization  # a general branch of the township …
    mill: Organization  # … and its branch
    other_township: Organization
    other_village: Organization  # a branch of the other township: nothing to do with the people here


def _branch(name: str, category: str, code: str) -> dict[str, str]:
    """The fields of a branch."""
    return {"name": f"{name}党支部", "short_name": f"{name}支部", "category": category, "code": code}


# Each organisation of the tree with the one above it; what is not said is as in OrganizationFactory.
PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "county": (
        "",
        {
            "name": "云岭县委",
            "short_name": "云岭县委",
            "kind": Kind.COMMITTEE,
            "category": "office",
            "code": "YL",
        },
    ),
    "township": (
        "county",
        {
            "name": "青石镇党委",
            "short_name": "青石镇",
            "kind": Kind.COMMITTEE,
            "category": "office",
            "code": "YL-QS",
            "help_phone": "0724-5550132",
        },
    ),
    "village": ("township", _branch("新河村", "village", "YL-QS-01")),
    "group": (
        "village",
        {"name": "新河村第一党小组", "short_name": "一组", "kind": Kind.GROUP, "code": "YL-QS-01-1"},
    ),
    "sibling": ("township", _branch("白沙村", "village", "YL-QS-02")),
    "school": ("township", _branch("镇中心学校", "school", "YL-QS-03")),
    "hospital": ("township", _branch("镇卫生院", "hospital", "YL-QS-04")),
    "general": (
        "township",
        {
            "name": "宏达纺织党总支",
            "short_name": "宏达纺织总支",
            "kind": Kind.GENERAL_BRANCH,
            "category": "private",
            "code": "YL-QS-05",
        },
    ),
    "mill": ("general", _branch("宏达纺织一车间", "private", "YL-QS-05-1")),
    "other_township": (
        "county",
        {"name": "柳溪镇党委", "short_name": "柳溪镇", "kind": Kind.COMMITTEE, "code": "YL-LX"},
    ),
    "other_village": ("other_township", _branch("双桥村", "village", "YL-LX-01")),
}


def build_tree() -> Tree:
    """The county of the tests, newly made: in one query, since nearly every test asks for it."""
    made: dict[str, Organization] = {}
    for key, (above, fields) in PLACES.items():
        node = OrganizationFactory.build(**fields)
        if above:
            parent = made[above]
            parent.numchild += 1
            node.depth = parent.depth + 1
            node.path = Organization._get_path(parent.path, node.depth, parent.numchild)
        else:
            last = Organization.objects.filter(depth=1).last()
            node.depth, node.path = 1, last._inc_path() if last else Organization._get_path("", 1, 1)
        made[key] = node
    Organization.objects.bulk_create(made.values())
    return Tree(**made)


@pytest.fixture
def tree(db: None) -> Tree:
    """The organisations of the tests."""
    return build_tree()


@pytest.fixture
def secretary(tree: Tree) -> User:
    """The secretary of the village branch."""
    return account_with(Role.SECRETARY, tree.village, full_name="刘德福", username="liudefu")


@pytest.fixture
def organizer(tree: Tree) -> User:
    """The organiser of the village branch."""
    return account_with(Role.ORGANIZER, tree.village, full_name="王桂兰", username="wangguilan")


@pytest.fixture
def teller(tree: Tree) -> User:
    """A member of the village branch without a post, to be named teller of a meeting."""
    return account_with(None, tree.village, full_name="陈国庆", username="chenguoqing")


@pytest.fixture
def member(tree: Tree) -> User:
    """A member of the village branch without a post."""
    return account_with(None, tree.village, full_name="吴长河", username="wuchanghe")


@pytest.fixture
def group_leader(tree: Tree) -> User:
    """The leader of a group of the village branch."""
    return account_with(Role.GROUP_LEADER, tree.group, full_name="何秀兰", username="hexiulan")


@pytest.fixture
def supervisor(tree: Tree) -> User:
    """A supervisor sent to the township."""
    return account_with(Role.SUPERVISOR, tree.township, full_name="李敏", username="limin")


@pytest.fixture
def township(tree: Tree) -> User:
    """The office of the township committee."""
    return account_with(Role.OFFICE, tree.township, full_name="周敏", username="zhoumin")


@pytest.fixture
def county(tree: Tree) -> User:
    """The office of the county committee, above the township."""
    return account_with(Role.OFFICE, tree.county, full_name="孙建军", username="sunjianjun")


@pytest.fixture
def sibling_secretary(tree: Tree) -> User:
    """The secretary of another branch of the same township."""
    return account_with(Role.SECRETARY, tree.sibling, full_name="万国栋", username="wanguodong")


@pytest.fixture
def stranger(tree: Tree) -> User:
    """A secretary in another township: everything here is another's business."""
    return account_with(Role.SECRETARY, tree.other_village, full_name="赵文", username="zhaowen")


@pytest.fixture
def system(tree: Tree) -> User:
    """The system administrator of the county."""
    return account_with(Role.SYSTEM, tree.county, full_name="严芳", username="yanfang")


@pytest.fixture
def auditor(tree: Tree) -> User:
    """The audit administrator of the county."""
    return account_with(Role.AUDITOR, tree.county, full_name="陶文", username="taowen")


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A function: the test client of a person who is logged in."""

    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return logged_in


@pytest.fixture
def campaign(tree: Tree, township: User) -> Campaign:
    """A campaign of the township, published from the current preset, thirty days to go."""
    drafted = draft_campaign(
        issuer=tree.township,
        name="2026年度组织生活会和民主评议党员",
        slug="2026",
        year=2026,
        preset="current_year",
        finish_by=timezone.localdate() + datetime.timedelta(days=30),
        by=township,
    )
    return publish(campaign=drafted, by=township)
