"""Sessions end after idling and after a working day; what was being typed is kept for its writer."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from branches.http import HELD_POST_LIMIT, Held, hold, unhold
from branches.models import Organization, User
from tests.conftest import Tree
from tests.factories.branches import PASSWORD

ClientOf = Callable[[User], Client]
BEIJING = datetime.timezone(datetime.timedelta(hours=8))
# A morning of this week: what was posted then is still kept on the day these tests run.
MORNING = datetime.datetime.now(BEIJING).replace(
    hour=8, minute=0, second=0, microsecond=0
) - datetime.timedelta(days=5)
IDLE, WHOLE = settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS
PAGE = "/campaigns/"


@pytest.mark.parametrize(("seconds", "status"), [(IDLE - 1, 200), (IDLE, 200), (IDLE + 1, 302)])
def test_a_session_ends_after_idling(seconds: int, status: int, secretary: User, client_of: ClientOf) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = client_of(secretary)
        client.get(PAGE)
        clock.shift(seconds)
        assert client.get(PAGE).status_code == status


@pytest.mark.parametrize(("late", "status"), [(-1, 200), (0, 200), (1, 302)])
def test_a_session_ends_after_a_working_day_however_busy(
    late: int, status: int, secretary: User, client_of: ClientOf
) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = client_of(secretary)
        client.get(PAGE)
        for _ in range(WHOLE // IDLE):
            clock.shift(IDLE)
            assert client.get(PAGE).status_code == 200
        clock.move_to(MORNING + datetime.timedelta(seconds=WHOLE + late))
        assert client.get(PAGE).status_code == status


def test_the_reader_comes_back_to_the_page_with_its_filter(secretary: User, client_of: ClientOf) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = client_of(secretary)
        client.get(PAGE)
        clock.shift(IDLE + 1)
        login = client.get("/organizations/?q=%E6%96%B0%E6%B2%B3&kind=branch").url  # type: ignore[attr-defined]
        page = client.get(login)
        assert page.context["expired"]
        assert page.context["next"] == "/organizations/?q=%E6%96%B0%E6%B2%B3&kind=branch"
        assert not client.get(login).context["expired"]


class TestHeldPosts:
    """A form posted too late is kept, sealed, for the same person."""

    @pytest.fixture
    def township_page(self, tree: Tree) -> str:
        """A form with something worth keeping."""
        return reverse("branches:organization_edit", args=[tree.village.pk])

    @pytest.fixture
    def data(self) -> dict[str, str]:
        """What was typed."""
        return {
            "name": "新河社区党支部",
            "short_name": "新河社区",
            "category": "community",
            "committee_override": "unknown",
            "csrfmiddlewaretoken": "old",
        }

    def late(self, client: Client, url: str, data: dict[str, str], seconds: int = IDLE + 1) -> None:
        """Open a page, wait too long, post."""
        with time_machine.travel(MORNING, tick=False) as clock:
            client.get(PAGE)
            clock.shift(seconds)
            response = client.post(url, data)
        assert response.status_code == 302
        assert response.url == "/login/"  # type: ignore[attr-defined]

    def log_in(self, client: Client, username: str) -> str:
        """Log in and say where it leads."""
        response = client.post("/login/", {"username": username, "password": PASSWORD})
        return str(response.url)  # type: ignore[attr-defined]

    @pytest.mark.parametrize("seconds", [IDLE + 1, WHOLE + 1, 3 * 86_400])
    def test_it_is_shown_after_logging_in_and_can_be_sent(
        self,
        seconds: int,
        township: User,
        tree: Tree,
        township_page: str,
        data: dict[str, str],
        client_of: ClientOf,
    ) -> None:
        client = client_of(township)
        self.late(client, township_page, data, seconds)
        tree.village.refresh_from_db()
        assert tree.village.name == "新河村党支部"
        assert self.log_in(client, "zhoumin") == reverse("branches:held")
        page = client.get(reverse("branches:held")).content.decode()
        assert f'action="{township_page}"' in page
        assert 'name="name" value="新河社区党支部"' in page
        assert 'value="old"' not in page
        assert "<li>新河社区党支部</li>" in page
        assert "项数字和选项</li>" in page
        kept = {k: v for k, v in data.items() if "csrf" not in k}
        assert client.post(township_page, kept).status_code == 302
        assert Organization.objects.get(pk=tree.village.pk).name == "新河社区党支部"
        assert client.get(reverse("branches:held")).url == "/"  # type: ignore[attr-defined]

    def test_a_form_that_is_wrong_stays_held_until_it_is_right(
        self, township: User, township_page: str, data: dict[str, str], client_of: ClientOf
    ) -> None:
        client = client_of(township)
        self.late(client, township_page, data)
        self.log_in(client, "zhoumin")
        client.post(reverse("branches:text_size"), {"size": "large"})
        assert client.get(reverse("branches:held")).status_code == 200

    def test_it_can_be_given_up(
        self, township: User, township_page: str, data: dict[str, str], client_of: ClientOf
    ) -> None:
        client = client_of(township)
        self.late(client, township_page, data)
        self.log_in(client, "zhoumin")
        assert client.post(reverse("branches:held")).url == "/"  # type: ignore[attr-defined]
        assert client.get(reverse("branches:held")).url == "/"  # type: ignore[attr-defined]

    def test_the_next_person_at_the_computer_sees_nothing_of_it(
        self, township: User, secretary: User, township_page: str, data: dict[str, str], client_of: ClientOf
    ) -> None:
        client = client_of(township)
        self.late(client, township_page, data)
        assert self.log_in(client, "liudefu") == "/"
        assert client.get(reverse("branches:held")).url == "/"  # type: ignore[attr-defined]

    def test_it_lies_sealed_in_the_session_table(
        self, township: User, township_page: str, data: dict[str, str], client_of: ClientOf
    ) -> None:
        client = client_of(township)
        self.late(client, township_page, data)
        contents = [session.get_decoded() for session in Session.objects.all()]
        assert any("held" in content for content in contents)
        assert "新河社区" not in str(contents)
        assert "community" not in str(contents)

    @pytest.mark.parametrize("url", ["/ballots/x/enter/", "/password/", "/accounts/new/"])
    def test_ballots_and_passwords_are_never_held(
        self, url: str, township: User, data: dict[str, str], client_of: ClientOf
    ) -> None:
        client = client_of(township)
        self.late(client, url, data)
        assert "held" not in client.session

    def test_a_very_long_post_is_not_held(
        self, township: User, township_page: str, client_of: ClientOf
    ) -> None:
        client = client_of(township)
        self.late(client, township_page, {"name": "长" * (HELD_POST_LIMIT + 1)})
        assert "held" not in client.session

    def test_a_broken_seal_is_nothing(self, township: User) -> None:
        assert unhold("nonsense", township) is None
        assert unhold("", township) is None
        held = Held(int(township.pk), "/x/", [("a", "b")])
        assert unhold(hold(held), township) == held


def test_the_time_is_written_once_a_minute_at_most(secretary: User, client_of: ClientOf) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        client = client_of(secretary)
        client.get(PAGE)
        first = client.session["seen"]
        clock.shift(60)
        client.get(PAGE)
        assert client.session["seen"] == first
        clock.shift(1)
        client.get(PAGE)
        assert client.session["seen"] == first + 61


def test_a_form_open_too_long_is_answered_with_words(secretary: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/login/", {"username": "liudefu", "password": PASSWORD})
    assert response.status_code == 403
    assert response.templates[0].name == "403_csrf.html"
