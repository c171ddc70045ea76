"""Logging in: an account is locked alone, a spray slows strangers only, first passwords are changed."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth.hashers import get_hasher
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from branches.models import AuditEvent, User
from branches.models.user import Argon2idHasher
from branches.services.accounts import reset_password
from tests.factories.branches import PASSWORD, UserFactory

ClientOf = Callable[[User], Client]
LOGIN = "/login/"


def try_login(client: Client, username: str, password: str = PASSWORD, **data: str) -> int:
    """The status of one try."""
    return client.post(LOGIN, {"username": username, "password": password, **data}).status_code


def is_in(client: Client) -> bool:
    """Whether the client is logged in."""
    return "_auth_user_id" in client.session


class TestPasswords:
    """Right, wrong, and what the page says."""

    def test_the_right_password_leads_home(self, client: Client, secretary: User) -> None:
        response = client.post(LOGIN, {"username": "liudefu", "password": PASSWORD})
        assert response.url == reverse("home")  # type: ignore[attr-defined]
        assert is_in(client)

    @pytest.mark.parametrize(("username", "password"), [("liudefu", "wrong"), ("nobody", PASSWORD)])
    def test_wrong_account_and_wrong_password_read_the_same(
        self, username: str, password: str, client: Client, secretary: User
    ) -> None:
        page = client.post(LOGIN, {"username": username, "password": password})
        assert page.status_code == 200
        assert "账号或密码不对" in page.content.decode()
        assert not is_in(client)

    def test_a_closed_account_reads_like_a_wrong_password(self, client: Client, secretary: User) -> None:
        User.objects.filter(pk=secretary.pk).update(is_active=False)
        page = client.post(LOGIN, {"username": "liudefu", "password": PASSWORD})
        assert "账号或密码不对" in page.content.decode()

    @pytest.mark.parametrize(
        ("target", "goes_to"),
        [
            ("/campaigns/?page=2", "/campaigns/?page=2"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
            ("javascript:alert(1)", "/"),
            ("", "/"),
        ],
    )
    def test_one_goes_on_within_this_site_only(
        self, target: str, goes_to: str, client: Client, secretary: User
    ) -> None:
        response = client.post(LOGIN, {"username": "liudefu", "password": PASSWORD, "next": target})
        assert response.url == goes_to  # type: ignore[attr-defined]

    def test_somebody_logged_in_is_led_home(self, secretary: User, client_of: ClientOf) -> None:
        assert client_of(secretary).get(LOGIN).url == reverse("home")  # type: ignore[attr-defined]

    def test_logging_out_needs_a_post(self, secretary: User, client_of: ClientOf) -> None:
        client = client_of(secretary)
        assert client.get("/logout/").status_code == 405
        assert client.post("/logout/").url == LOGIN  # type: ignore[attr-defined]
        assert not is_in(client)

    def test_passwords_are_hashed_with_argon2id_of_the_stated_cost(self, settings: Settings) -> None:
        settings.PASSWORD_HASHERS = ["branches.models.user.Argon2idHasher"]
        hasher = get_hasher()
        assert isinstance(hasher, Argon2idHasher)
        assert hasher.encode("x", "saltsaltsalt").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.django_db
def test_the_first_account_is_made_on_the_server(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, username="yunwei", full_name="钱运维")
    assert try_login(client, "yunwei") == 302
    assert client.get("/office-admin/").status_code == 200


class TestLocks:
    """Five wrong passwords lock one account for a quarter of an hour."""

    def test_the_sixth_try_meets_a_page_that_says_how_long(self, client: Client, secretary: User) -> None:
        assert [try_login(client, "liudefu", "wrong") for _ in range(5)] == [200, 200, 200, 200, 429]
        page = client.post(LOGIN, {"username": "liudefu", "password": PASSWORD})
        assert page.status_code == 429
        assert "15" in page.content.decode()
        assert not is_in(client)

    def test_another_account_is_not_touched_from_the_same_place(
        self, client: Client, secretary: User, organizer: User
    ) -> None:
        for _ in range(5):
            try_login(client, "liudefu", "wrong")
        assert try_login(client, "wangguilan") == 302

    def test_the_lock_ends_by_itself(self, client: Client, secretary: User) -> None:
        for _ in range(5):
            try_login(client, "liudefu", "wrong")
        with time_machine.travel(timezone.now() + datetime.timedelta(minutes=16)):
            assert try_login(client, "liudefu") == 302

    def test_a_new_slip_ends_the_lock(self, client: Client, secretary: User, township: User) -> None:
        for _ in range(5):
            try_login(client, "liudefu", "wrong")
        assert try_login(client, "liudefu") == 429
        assert try_login(client, "liudefu", reset_password(account=secretary, by=township)) == 302

    def test_a_right_password_forgets_the_wrong_ones(self, client: Client, secretary: User) -> None:
        for _ in range(4):
            try_login(client, "liudefu", "wrong")
        assert try_login(client, "liudefu") == 302
        assert not AccessAttempt.objects.exists()

    def test_the_typed_password_is_nowhere_in_the_database(self, client: Client, secretary: User) -> None:
        try_login(client, "liudefu", "my-secret-words")
        kept = [*AccessAttempt.objects.values(), *AccessFailureLog.objects.values()]
        assert kept
        assert "my-secret-words" not in str(kept)


class TestSpray:
    """Wrong passwords over many accounts slow browsers that are new for the account, nobody else."""

    @pytest.fixture(autouse=True)
    def few(self, settings: Settings) -> None:
        """Three a minute are too many."""
        settings.LOGIN_FAILURES_PER_MINUTE = 3

    def spray(self) -> None:
        """Three wrong passwords for three accounts from somewhere."""
        for number in range(3):
            try_login(Client(), f"guess{number}", "wrong")

    def test_a_new_browser_waits_a_minute(self, client: Client, secretary: User) -> None:
        self.spray()
        response = client.post(LOGIN, {"username": "liudefu", "password": PASSWORD})
        assert response.status_code == 429
        assert response["Retry-After"] == "60"
        with time_machine.travel(timezone.now() + datetime.timedelta(seconds=61)):
            assert try_login(client, "liudefu") == 302

    def test_a_browser_known_for_the_account_passes(self, client: Client, secretary: User) -> None:
        try_login(client, "liudefu")
        client.post("/logout/")
        self.spray()
        assert try_login(client, "liudefu") == 302

    def test_a_browser_known_for_another_account_waits(
        self, client: Client, secretary: User, organizer: User
    ) -> None:
        try_login(client, "liudefu")
        client.post("/logout/")
        self.spray()
        assert try_login(client, "wangguilan") == 429

    def test_a_forged_cookie_does_not_help(self, client: Client, secretary: User) -> None:
        self.spray()
        client.cookies["known"] = "forged:value"
        assert try_login(client, "liudefu") == 429

    def test_two_wrong_ones_slow_nobody(self, client: Client, secretary: User) -> None:
        for number in range(2):
            try_login(Client(), f"guess{number}", "wrong")
        assert try_login(client, "liudefu") == 302


class TestFirstPassword:
    """A one-time password is changed before anything else."""

    @pytest.fixture
    def newcomer(self, db: None) -> User:
        """An account that has just been made."""
        user: User = UserFactory.create(username="newcomer", must_change_password=True)
        return user

    def test_every_page_leads_to_the_password_page(self, newcomer: User, client_of: ClientOf) -> None:
        client = client_of(newcomer)
        for url in ("/", "/campaigns/", "/nowhere/"):
            assert client.get(url).url == reverse("branches:password")  # type: ignore[attr-defined]
        assert client.get(reverse("branches:password")).status_code == 200
        assert client.post(reverse("branches:logout")).status_code == 302

    def test_a_new_password_opens_the_way_and_keeps_the_session(
        self, newcomer: User, client_of: ClientOf
    ) -> None:
        client, new = client_of(newcomer), "qing-shan-lü-shui-8"
        response = client.post(reverse("branches:password"), {"new_password1": new, "new_password2": new})
        assert response.url == reverse("home")  # type: ignore[attr-defined]
        newcomer.refresh_from_db()
        assert newcomer.check_password(new)
        assert not newcomer.must_change_password
        assert client.get("/campaigns/").status_code == 200
        assert AuditEvent.objects.get().action == "change_password"

    @pytest.mark.parametrize("new", ["short", "12345678901234", "password1234", "newcomer12"])
    def test_a_poor_password_is_explained(self, new: str, newcomer: User, client_of: ClientOf) -> None:
        data = {"new_password1": new, "new_password2": new}
        response = client_of(newcomer).post(reverse("branches:password"), data)
        assert response.context["form"].errors


class TestTextSize:
    """The size of the text is kept with the account and the browser."""

    def test_the_choice_is_kept(self, secretary: User, client_of: ClientOf) -> None:
        client = client_of(secretary)
        response = client.post("/text-size/", {"size": "huge", "next": "/campaigns/"})
        assert response.url == "/campaigns/"  # type: ignore[attr-defined]
        secretary.refresh_from_db()
        assert secretary.text_size == "huge"
        assert client.cookies["text-size"].value == "huge"

    def test_it_works_before_logging_in(self, client: Client, db: None) -> None:
        client.post("/text-size/", {"size": "large"})
        assert client.cookies["text-size"].value == "large"

    def test_nonsense_is_ignored(self, secretary: User, client_of: ClientOf) -> None:
        client_of(secretary).post("/text-size/", {"size": "giant"})
        secretary.refresh_from_db()
        assert secretary.text_size == "standard"


def test_the_session_key_changes_at_login(client: Client, secretary: User) -> None:
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    try_login(client, "liudefu")
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
