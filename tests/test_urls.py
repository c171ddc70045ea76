"""Every address × method × role × relation has a written expectation, also the refusals.

The expectations are data: tests/cells/<topic>.txt. What fills the addresses: tests/cells/<topic>.py.
A new address without cells fails here.
"""

from __future__ import annotations

import datetime
import functools
import importlib
import logging
import os
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from branches.models import Campaign, CampaignStatus, Job
from config.lib import pdf
from tests import quick
from tests.cells.table import FOLDER, Cells, whole_table
from tests.cells.world import ROLES, Target, Targets, World, build_world

TABLE = whole_table()
METHODS = ("GET", "POST")
# Who may do what is decided in Python: asked in full on one database, CI asks fewer people on the other (CELLS),
# so that the queries behind each page run there too.
ASKED = tuple(role for role in ROLES if role in os.environ.get("CELLS", " ".join(ROLES)).split())
# What works through every campaign that is open: a branch has a few of them, the county of this table sixty.
OF_ALL_CAMPAIGNS = ("calendar", "members:outsiders", "members:outsider_end")
USUAL = ("own", "parent", "unrelated")
OPEN = ("branches:text_size",)  # works without an account and leads back to the page


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The names of all addresses, except those of the support pages."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            if pattern.namespace != "admin":
                yield from addresses(pattern, space)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


NAMES = sorted(set(addresses(get_resolver())))


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are asked for here; none is worth a line of the log."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One county for all cells, in one transaction that is rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield quick.uncounted(build_world)()
        transaction.set_rollback(True)


@pytest.fixture(scope="module", autouse=True)
def pages_laid_out_once() -> Iterator[None]:
    """The same text gives the same PDF: a paper that many people fetch here is laid out once."""
    drawn = functools.cache(pdf.laid_out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "laid_out", drawn)
        yield


@pytest.fixture(scope="module")
def targets(world: World) -> Targets:
    """What fills each address."""
    found: Targets = {}
    for file in sorted(FOLDER.glob("*.txt")):
        found |= quick.uncounted(importlib.import_module(f"tests.cells.{file.stem}").targets)(world)
    # The table may take longer than a job may wait for a worker, and there is none here: /healthz/ would say so.
    Job.objects.update(requested_at=timezone.now() + datetime.timedelta(days=1))
    return found


@pytest.fixture(scope="module")
def ask(world: World) -> Callable[[str, str, str, Target], int]:
    """A function: the status one person gets; whatever was done is undone."""
    keys = {}
    for role, person in world.people.items():
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        keys[role] = client.cookies["sessionid"].value

    def status(method: str, name: str, role: str, target: Target) -> int:
        client = Client(raise_request_exception=True)
        if role in keys:
            client.cookies["sessionid"] = keys[role]
        url = reverse(name, kwargs=target.kwargs) + (f"?{target.query}" if target.query else "")
        with transaction.atomic():
            send = client.get if method == "GET" else client.post
            answer = send(url) if method == "GET" else send(url, target.data)
            if answer.streaming:
                b"".join(answer)
            transaction.set_rollback(True)
        if role == "anonymous" and answer.status_code == 302 and name not in OPEN:
            assert answer.headers["Location"].startswith("/login/"), url
        return answer.status_code

    return status


def expected_of(name: str, method: str) -> Cells:
    """The expectations asked in this run; where fewer people are, also one place for each of their answers."""
    wanted: Cells = {}
    for role in ASKED:
        answers = TABLE[name, method][role]
        once = {status: place for place, status in reversed(answers.items())}
        asked = set(answers if ASKED == ROLES else once.values())
        wanted[role] = {place: status for place, status in answers.items() if place in asked}
    return wanted


def test_every_address_has_cells_and_every_cell_an_address() -> None:
    wanted = {(name, method) for name in NAMES for method in METHODS}
    assert wanted - set(TABLE) == set(), "write the expectations into tests/cells/<app>.txt"
    assert set(TABLE) - wanted == set(), "these addresses are gone"


def test_no_address_is_hidden_behind_another(targets: Targets, db: None) -> None:
    for name, places in targets.items():
        for target in places.values():
            url = reverse(name, kwargs=target.kwargs)
            assert resolve(url).view_name == name, f"{url} is answered by {resolve(url).view_name}"


@pytest.mark.parametrize(("name", "method"), sorted(TABLE))
def test_cells(
    name: str, method: str, targets: Targets, ask: Callable[[str, str, str, Target], int], db: None
) -> None:
    assert set(TABLE[name, method]) == set(ROLES), "each role has its row"
    assert {tuple(sorted(row)) for row in TABLE[name, method].values()} == {tuple(sorted(targets[name]))}
    expected = expected_of(name, method)
    assert expected, "CELLS names nobody of the table"
    with transaction.atomic():
        if name in OF_ALL_CAMPAIGNS:
            Campaign.objects.exclude(slug__in=USUAL).update(status=CampaignStatus.CLOSED)
        asking = quick.uncounted(ask)  # every line has a test of its own that says more than a status
        found = {
            role: {place: asking(method, name, role, targets[name][place]) for place in answers}
            for role, answers in expected.items()
        }
        transaction.set_rollback(True)
    assert found == expected


def test_the_support_pages_are_for_operators_only(world: World, db: None) -> None:
    assert Client().get("/office-admin/").status_code == 302
    for person in world.people.values():
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/office-admin/login/").status_code == 403
    county = world.people["county"]
    for staff, superuser, status in ((True, False, 302), (False, True, 302), (True, True, 200)):
        type(county).objects.filter(pk=county.pk).update(is_staff=staff, is_superuser=superuser)
        client = Client()
        client.force_login(county, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/office-admin/").status_code == status
