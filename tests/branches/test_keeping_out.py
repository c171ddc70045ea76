"""Nobody keeps a person out by typing wrong passwords, and nobody takes an account over at an open computer."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from axes.models import AccessFailureLog
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Role, Submission, User
from branches.services.accounts import reset_password
from branches.tasks import tidy
from tests.conftest import Tree
from tests.factories.branches import PASSWORD, AppointmentFactory, UserFactory

ClientOf = Callable[[User], Client]
NEW = "qing-shan-lü-shui-8"


def try_login(client: Client, password: str = PASSWORD) -> int:
    """The status of one try of the secretary's account."""
    return client.post("/login/", {"username": "liudefu", "password": password}).status_code


@pytest.fixture
def known(secretary: User) -> Client:
    """The browser the secretary uses every day."""
    client = Client()
    assert try_login(client) == 302
    client.post("/logout/")
    return client


class TestLocks:
    """Wrong passwords from elsewhere lock elsewhere."""

    def test_strangers_do_not_lock_the_browser_of_every_day(self, known: Client) -> None:
        assert [try_login(Client(), "wrong") for _ in range(5)][-1] == 429
        assert try_login(Client()) == 429
        assert try_login(known) == 302

    def test_the_browser_of_every_day_has_five_tries_too(self, known: Client) -> None:
        assert [try_login(known, "wrong") for _ in range(5)][-1] == 429
        assert try_login(known) == 429

    def test_a_new_slip_ends_both_locks(self, known: Client, secretary: User, township: User) -> None:
        for browser in (Client(), known):
            assert [try_login(browser, "wrong") for _ in range(5)][-1] == 429
        slip = reset_password(account=secretary, by=township)
        assert try_login(Client(), slip) == 302
        assert try_login(known, slip) == 302

    def test_the_name_of_the_other_count_cannot_be_typed(self, known: Client) -> None:
        for _ in range(5):
            Client().post("/login/", {"username": "liudefu:known", "password": "wrong"})
        assert try_login(known) == 302

    def test_tries_during_a_lock_do_not_make_it_longer(self, secretary: User) -> None:
        for _ in range(5):
            try_login(Client(), "wrong")
        begun = timezone.now()
        for minutes in (5, 10, 14):
            with time_machine.travel(begun + datetime.timedelta(minutes=minutes)):
                assert try_login(Client(), "wrong") == 429
        with time_machine.travel(begun + datetime.timedelta(minutes=16)):
            assert try_login(Client()) == 302


def test_wrong_passwords_are_forgotten_after_three_months(secretary: User) -> None:
    try_login(Client(), "wrong")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=89)):
        tidy()
        assert AccessFailureLog.objects.count() == 1
    with time_machine.travel(timezone.now() + datetime.timedelta(days=91)):
        tidy()
        assert not AccessFailureLog.objects.exists()


class TestPasswordPage:
    """One's own password is changed by who knows it."""

    def test_the_old_password_is_asked_for(self, secretary: User, client_of: ClientOf) -> None:
        client = client_of(secretary)
        data = {"new_password1": NEW, "new_password2": NEW}
        assert "old_password" in client.post(reverse("branches:password"), data).context["form"].errors
        wrong = client.post(reverse("branches:password"), {**data, "old_password": "guess"})
        assert "old_password" in wrong.context["form"].errors
        right = client.post(reverse("branches:password"), {**data, "old_password": PASSWORD})
        assert right.status_code == 302
        secretary.refresh_from_db()
        assert secretary.check_password(NEW)

    def test_the_password_of_the_slip_is_not_kept(self, client_of: ClientOf, db: None) -> None:
        newcomer: User = UserFactory.create(must_change_password=True)
        newcomer.set_password("abcd-efgh-jkmn")
        newcomer.save()
        data = {"new_password1": "abcd-efgh-jkmn", "new_password2": "abcd-efgh-jkmn"}
        page = client_of(newcomer).post(reverse("branches:password"), data)
        assert "不能沿用原来的密码" in page.content.decode()
        newcomer.refresh_from_db()
        assert newcomer.must_change_password


def test_a_post_that_begins_tomorrow_is_out_of_a_colleagues_hands(
    secretary: User, member: User, township: User, tree: Tree, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    reset, close = (reverse(f"branches:account_{name}", args=[member.pk]) for name in ("reset", "close"))
    assert client.post(reset).status_code == 200
    AppointmentFactory.create(
        user=member,
        role=Role.OFFICE,
        organization=tree.township,
        starts_on=timezone.localdate() + datetime.timedelta(days=1),
    )
    before = User.objects.values().get(pk=member.pk)
    for address in (reset, close):
        assert "将要开始的职务" in client.post(address, follow=True).content.decode()
    assert User.objects.values().get(pk=member.pk) == before


def test_a_form_that_was_never_answered_says_so_the_second_time(
    township: User, tree: Tree, client_of: ClientOf
) -> None:
    key = uuid.uuid4()
    Submission.objects.create(key=key, user=township)
    data = {
        "organization": tree.village.pk,
        "role": Role.DEPUTY,
        "holder_name": "何长河",
        "starts_on": timezone.localdate().isoformat(),
        "submission": str(key),
    }
    answer = client_of(township).post(reverse("branches:post_new"), data, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("home")
    assert "没有办完" in answer.content.decode()


def test_production_never_shows_pages_of_errors(tmp_path: Path) -> None:
    says = subprocess.run(
        [sys.executable, "-c", "import config.settings as s; print(s.DEBUG)"],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "ENV_FILE": "/dev/null",
            "VAR_DIR": str(tmp_path),
            "PRODUCTION": "1",
            "DEBUG": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert says.stdout.strip() == "False"
