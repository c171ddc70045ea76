"""The calendar address of an organisation: made, shown once, renewed, revoked."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import AuditEvent, CalendarFeed, OrganizationStatus, User
from branches.services.feeds import find_feed, make_feed, revoke_feed
from branches.workflow import NotAllowed
from tests.conftest import Tree

ClientOf = Callable[[User], Client]
ADDRESS = re.compile(r"http://testserver/calendar/([\w-]{43})\.ics")


def make(client: Client, tree: Tree, submission: str = "") -> str:
    """The page after the address was asked for."""
    url = reverse("branches:feed_make", args=[tree.village.pk])
    answer = client.post(url, {"submission": submission or str(uuid.uuid4())})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode()


class TestServices:
    """What is kept, and for how long."""

    def test_only_a_digest_of_the_secret_part_is_kept(self, tree: Tree, secretary: User) -> None:
        token = make_feed(organization=tree.village, by=secretary)
        feed = CalendarFeed.objects.get()
        assert len(token) == 43
        assert token not in str(vars(feed))
        assert find_feed(token) == feed
        assert str(feed) == "新河村支部日历订阅"

    def test_a_new_address_ends_the_old_one(self, tree: Tree, secretary: User) -> None:
        old = make_feed(organization=tree.village, by=secretary)
        new = make_feed(organization=tree.village, by=secretary)
        assert old != new
        assert find_feed(old) is None
        assert find_feed(new) is not None

    def test_a_revoked_address_opens_nothing(self, tree: Tree, secretary: User) -> None:
        token = make_feed(organization=tree.village, by=secretary)
        assert revoke_feed(organization=tree.village, by=secretary)
        assert find_feed(token) is None
        assert not revoke_feed(organization=tree.village, by=secretary)

    def test_an_abolished_organisation_has_no_calendar(self, tree: Tree, secretary: User) -> None:
        token = make_feed(organization=tree.village, by=secretary)
        type(tree.village).objects.filter(pk=tree.village.pk).update(
            **{"status": OrganizationStatus.ABOLISHED}
        )
        assert find_feed(token) is None

    def test_each_organisation_has_its_own(
        self, tree: Tree, secretary: User, sibling_secretary: User
    ) -> None:
        own = make_feed(organization=tree.village, by=secretary)
        other = make_feed(organization=tree.sibling, by=sibling_secretary)
        found, found_other = find_feed(own), find_feed(other)
        assert found is not None
        assert found_other is not None
        assert (found.organization, found_other.organization) == (tree.village, tree.sibling)

    @pytest.mark.parametrize("who", ["supervisor", "sibling_secretary", "member"])
    def test_others_may_neither_make_nor_revoke(
        self, who: str, tree: Tree, request: pytest.FixtureRequest
    ) -> None:
        person = request.getfixturevalue(who)
        for act in (make_feed, revoke_feed):
            with pytest.raises(NotAllowed, match="权限"):
                act(organization=tree.village, by=person)
        assert not CalendarFeed.objects.exists()

    def test_the_record_knows_that_but_not_what(self, tree: Tree, secretary: User) -> None:
        tokens = [make_feed(organization=tree.village, by=secretary) for _ in range(2)]
        revoke_feed(organization=tree.village, by=secretary)
        events = AuditEvent.objects.filter(action__endswith="_feed").order_by("sequence")
        assert [(e.action, e.detail) for e in events] == [
            ("make_feed", {"renewed": False}),
            ("make_feed", {"renewed": True}),
            ("revoke_feed", {}),
        ]
        assert not any(token in str(vars(event)) for event in events for token in tokens)

    @pytest.mark.parametrize("token", ["", "x", "é" * 50, "a" * 5000])
    def test_a_wrong_secret_finds_nothing(self, token: str, db: None) -> None:
        assert find_feed(token) is None


class TestPages:
    """The part of the organisation's page, and the page that shows the address once."""

    def test_the_address_is_shown_once(self, tree: Tree, secretary: User, client_of: ClientOf) -> None:
        client = client_of(secretary)
        page = client.get(reverse("branches:organization", args=[tree.village.pk])).content.decode()
        assert "生成日历地址" in page
        (token,) = ADDRESS.findall(make(client, tree))
        assert find_feed(token) is not None
        page = client.get(reverse("branches:organization", args=[tree.village.pk])).content.decode()
        assert token not in page
        assert "换一个日历地址" in page
        assert "停用日历地址" in page

    def test_the_same_form_twice_does_not_end_what_was_just_shown(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        client, key = client_of(secretary), str(uuid.uuid4())
        (token,) = ADDRESS.findall(make(client, tree, key))
        again = client.post(reverse("branches:feed_make", args=[tree.village.pk]), {"submission": key})
        assert again.headers["Location"] == reverse("branches:organization", args=[tree.village.pk])
        assert find_feed(token) is not None

    def test_revoking_says_what_follows(self, tree: Tree, secretary: User, client_of: ClientOf) -> None:
        client = client_of(secretary)
        make(client, tree)
        url = reverse("branches:feed_revoke", args=[tree.village.pk])
        assert "日历地址已停用" in client.post(url, follow=True).content.decode()
        assert "现在没有日历地址" in client.post(url, follow=True).content.decode()

    def test_who_only_reads_sees_no_button(self, tree: Tree, supervisor: User, client_of: ClientOf) -> None:
        page = client_of(supervisor).get(reverse("branches:organization", args=[tree.village.pk]))
        assert "日历订阅" not in page.content.decode()

    def test_a_group_has_no_calendar_of_its_own(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        page = client_of(secretary).get(reverse("branches:organization", args=[tree.group.pk]))
        assert "日历订阅" not in page.content.decode()

    def test_a_form_with_a_broken_mark_is_answered_like_any_new_one(
        self, tree: Tree, secretary: User, client_of: ClientOf
    ) -> None:
        assert ADDRESS.findall(make(client_of(secretary), tree, "不是编号"))
