"""The page for the masses: no login, no trace; the office above looks through what came in."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import (
    Appointment,
    AuditEvent,
    Campaign,
    Organization,
    OrganizationStatus,
    Role,
    RuleSet,
    User,
)
from branches.workflow import NotAllowed, perform
from members.models import LONGEST_OPINION, Moderation, Opinion, OpinionRound, Target
from members.services import opinion_pages
from members.services.opinion_pages import close_page, find_page, let_in, open_page, send, stamp
from members.services.opinions import step_round
from members.workflow.preparing import OPINIONS
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, UserFactory, account_with
from tests.factories.opinions import OpinionFactory, OpinionRoundFactory, asking

ClientOf = Callable[[User], Client]
ADDRESS = re.compile(r"http://testserver(/members/say/([\w-]+)/)")


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """What is counted a minute begins anew with each test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def campaign(tree: Tree, township: User) -> Campaign:
    """A campaign of the township that asks for opinions, on the net too."""
    return asking(tree.township)


@pytest.fixture
def asked(campaign: Campaign, tree: Tree) -> OpinionRound:
    """A round of the village."""
    made: OpinionRound = OpinionRoundFactory.create(campaign=campaign, organization=tree.village)
    return made


@pytest.fixture
def token(asked: OpinionRound, secretary: User) -> str:
    """The secret part of the round's address."""
    made = open_page(asked=asked, until=timezone.localdate(), by=secretary)
    asked.refresh_from_db()
    return made


def address(page: str, asked: OpinionRound, **more: Any) -> str:
    """The address of a page of a round for those who are logged in."""
    return reverse(
        f"members:{page}", kwargs={"slug": asked.campaign.slug, "pk": asked.organization_id, **more}
    )


def page_of(token: str) -> str:
    """The address for the masses."""
    return reverse("members:opinion_page", args=[token])


def old_stamp() -> str:
    """The stamp of a page that was opened a minute ago."""
    with time_machine.travel(timezone.now() - datetime.timedelta(minutes=1)):
        return stamp()


def written(text: str = "路灯不亮，没有人修。", **more: str) -> dict[str, str]:
    """What somebody sends."""
    return {"text": text, "about": "committee", "heading": "", "website": "", "stamp": old_stamp(), **more}


class TestTheAddress:
    """Made, shown once, renewed, closed."""

    def test_only_a_digest_is_kept(self, asked: OpinionRound, token: str) -> None:
        assert len(token) >= 22  # 128 bits at least
        assert token not in str(vars(asked))
        assert len(asked.page_digest) == 64
        assert find_page(token) == asked
        assert token not in str(list(AuditEvent.objects.values()))

    def test_a_new_address_ends_the_old_one(self, asked: OpinionRound, token: str, secretary: User) -> None:
        newer = open_page(asked=asked, until=timezone.localdate(), by=secretary)
        assert find_page(token) is None
        assert find_page(newer) == asked
        assert close_page(asked=asked, by=secretary)
        assert find_page(newer) is None
        assert not close_page(asked=asked, by=secretary)

    def test_it_is_shown_once_with_a_picture_and_a_notice(
        self, asked: OpinionRound, secretary: User, client_of: ClientOf
    ) -> None:
        client, url = client_of(secretary), address("opinion_page_edit", asked, key=asked.pk)
        assert "开放网上意见页" in client.get(url).content.decode()
        assert "已经过去" in client.post(url, {"until": "2020-01-01"}).content.decode()
        data = {"until": timezone.localdate().isoformat(), "submission": str(uuid.uuid4())}
        page = client.post(url, data).content.decode()
        found = ADDRESS.search(page)
        assert found
        assert "data:image/svg+xml" in page
        assert client.post(url, data).status_code == 302  # a double tap makes no second address
        asked.refresh_from_db()
        assert find_page(found[2]) == asked
        again = client.get(url).content.decode()
        assert found[2] not in again
        assert "换一个地址" in again
        notice = address("opinion_page_notice", asked, key=asked.pk)
        assert client.post(notice, {"token": found[2]}).content.startswith(b"%PDF")
        assert client.post(notice, {"token": "x"}).status_code == 302
        close = address("opinion_page_close", asked, key=asked.pk)
        assert "已关闭" in client.post(close, follow=True).content.decode()
        assert "没有任何改变" in client.post(close, follow=True).content.decode()
        Campaign.objects.filter(pk=asked.campaign_id).update(status="closed")
        assert "已经结束" in client.post(close, follow=True).content.decode()

    def test_only_where_the_rules_allow_it(self, tree: Tree, secretary: User, township: User) -> None:
        offline = asking(tree.township, slug="offline", opinion_ways=["form"])
        asked = OpinionRoundFactory.create(campaign=offline, organization=tree.village)
        with pytest.raises(NotAllowed, match="没有列“网上”"):
            open_page(asked=asked, until=timezone.localdate(), by=secretary)

    def test_only_while_it_is_collected_and_somebody_above_can_look(
        self, asked: OpinionRound, secretary: User
    ) -> None:
        Appointment.objects.filter(role=Role.OFFICE).delete()
        with pytest.raises(NotAllowed, match="没有人先看"):
            open_page(asked=asked, until=timezone.localdate(), by=secretary)
        perform(OPINIONS, asked, "compile", by=secretary)
        with pytest.raises(NotAllowed, match="已经梳理"):
            open_page(asked=asked, until=timezone.localdate(), by=secretary)


class TestWriting:
    """Somebody writes."""

    def test_an_opinion_waits(self, asked: OpinionRound, token: str) -> None:
        client = Client(enforce_csrf_checks=True)
        page = client.get(page_of(token))
        assert "不用登录" in page.content.decode()
        answer = client.post(
            page_of(token), written("𠮷家湾的路灯😀\r\n不亮", about="person", heading="履职践诺")
        )
        assert "关于您，什么都没有保存" in answer.content.decode()
        opinion = Opinion.objects.get()
        assert (opinion.moderation, opinion.target, opinion.member) == (
            Moderation.WAITING,
            Target.PERSON,
            None,
        )
        assert (opinion.text, opinion.heading, opinion.source) == (
            "𠮷家湾的路灯😀\n不亮",
            "履职践诺",
            "masses",
        )

    def test_no_cookie_no_session_no_event_and_closed_headers(
        self, token: str, secretary: User, client_of: ClientOf
    ) -> None:
        events = AuditEvent.objects.count()
        visitor = Client()
        for answer in (
            visitor.get(page_of(token)),
            visitor.post(page_of(token), written()),
            visitor.get(page_of("x")),
        ):
            assert not answer.cookies
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "Vary" not in answer.headers or "Cookie" not in answer.headers["Vary"]
        assert not Session.objects.exists()
        assert AuditEvent.objects.count() == events
        known = client_of(secretary)
        before = list(Session.objects.values())
        known.post(page_of(token), written("支部会开得少。"))
        assert list(Session.objects.values()) == before
        assert Opinion.objects.count() == 2

    def test_neither_an_idle_session_nor_a_first_password_gets_in_the_way(
        self, token: str, tree: Tree, client_of: ClientOf
    ) -> None:
        newcomer = UserFactory.create(home=tree.village, must_change_password=True)
        client = client_of(newcomer)
        session = client.session
        session["begun"] = session["seen"] = 0
        session.save()
        assert "谢谢" in client.post(page_of(token), written()).content.decode()
        assert client.session.get("held") is None
        assert client.session["seen"] == 0

    @pytest.mark.parametrize(
        "case", ["wrong", "expired", "closed", "compiled", "ended", "not asked", "abolished", "offline"]
    )
    def test_every_bad_address_looks_the_same(
        self, case: str, asked: OpinionRound, token: str, secretary: User
    ) -> None:
        plain = Client().get(page_of("nothing"))
        rules = asked.campaign.rule_set()
        rows = OpinionRound.objects.filter(pk=asked.pk)
        if case == "wrong":
            token = "x" * 500
        elif case == "expired":
            rows.update(page_until=timezone.localdate() - datetime.timedelta(1))
        elif case == "closed":
            close_page(asked=asked, by=secretary)
        elif case == "compiled":
            step_round(asked=asked, name="compile", by=secretary)
        elif case == "ended":
            Campaign.objects.filter(pk=asked.campaign_id).update(status="closed")
        elif case == "not asked":
            RuleSet.objects.filter(pk=rules.pk).update(values={**rules.values, "opinions_asked": False})
        elif case == "abolished":
            Organization.objects.filter(pk=asked.organization_id).update(status=OrganizationStatus.ABOLISHED)
        else:
            RuleSet.objects.filter(pk=rules.pk).update(values={**rules.values, "opinion_ways": ["form"]})
        for answer in (Client().get(page_of(token)), Client().post(page_of(token), written())):
            assert answer.status_code == 404
            assert answer.content == plain.content
        assert not Opinion.objects.exists()

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"text": ""}, "还没有写意见"),
            ({"text": "渠" * (LONGEST_OPINION + 1)}, "20,001 字"),
            ({"website": "http://x.example"}, "“网址”一栏请清空"),
            ({"stamp": "forged"}, "请再看一遍"),
            ({"stamp": ""}, "请再看一遍"),
        ],
    )
    def test_nothing_written_is_lost(self, token: str, data: dict[str, str], words: str) -> None:
        page = Client().post(page_of(token), {**written("水渠没有通，等了一年。"), **data}).content.decode()
        assert words in page
        assert data.get("text", "水渠没有通，等了一年。") in page
        assert not Opinion.objects.exists()

    @pytest.mark.parametrize("text", ["好", "渠" * LONGEST_OPINION])
    def test_the_shortest_and_the_longest_are_kept(self, token: str, text: str) -> None:
        assert "谢谢" in Client().post(page_of(token), written(text)).content.decode()
        assert Opinion.objects.get().text == text

    def test_too_fast_then_again(self, token: str) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            fresh = stamp()
            page = Client().post(page_of(token), written(stamp=fresh)).content.decode()
            assert "请再看一遍" in page
            assert fresh in page  # the time goes on from the first page
            clock.shift(10)
            assert "谢谢" in Client().post(page_of(token), written(stamp=fresh)).content.decode()

    def test_a_page_that_lay_open_for_days_gets_a_new_stamp(self, token: str) -> None:
        with time_machine.travel(timezone.now() - datetime.timedelta(days=2)):
            stale = stamp()
        page = Client().post(page_of(token), written(stamp=stale)).content.decode()
        assert "请再看一遍" in page
        assert stale not in page

    def test_a_double_tap_counts_once(self, token: str) -> None:
        data = written()
        for _ in range(2):
            assert "谢谢" in Client().post(page_of(token), data).content.decode()
        assert Opinion.objects.count() == 1

    def test_a_flood_is_slowed_down_and_nothing_lost(
        self, token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opinion_pages, "MOST_A_MINUTE", 2)
        with time_machine.travel(timezone.now(), tick=False) as clock:
            for number in range(2):
                assert Client().post(page_of(token), written(f"第{number}条")).status_code == 200
            late = written("第三条")
            answer = Client().post(page_of(token), late)
            assert answer.status_code == 429
            assert "第三条" in answer.content.decode()
            clock.shift(61)
            assert "谢谢" in Client().post(page_of(token), late).content.decode()
        assert Opinion.objects.count() == 3

    def test_there_is_an_end_to_what_waits(self, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(opinion_pages, "MOST_WAITING", 1)
        Client().post(page_of(token), written())
        answer = Client().post(page_of(token), written("水渠没有通"))
        assert answer.status_code == 429
        assert "收不下" in answer.content.decode()
        assert "水渠没有通" in answer.content.decode()

    def test_a_page_closed_between_reading_and_sending(
        self, asked: OpinionRound, token: str, secretary: User
    ) -> None:
        seen = find_page(token)
        assert seen is not None
        close_page(asked=asked, by=secretary)
        with pytest.raises(NotAllowed, match="已经结束"):
            send(asked=seen, text="路灯", heading="", about_person=False, stamped=old_stamp())
        url = page_of(token)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(opinion_pages, "find_page", lambda _token: seen)
            assert Client().post(url, written()).status_code == 404

    def test_no_heads_no_choice(self, tree: Tree, secretary: User, township: User) -> None:
        bare = asking(tree.township, slug="bare", committee_heads=[], member_heads=[])
        asked = OpinionRoundFactory.create(campaign=bare, organization=tree.village)
        token = open_page(asked=asked, until=timezone.localdate(), by=secretary)
        assert "是哪个方面的" not in Client().get(page_of(token)).content.decode()
        assert "谢谢" in Client().post(page_of(token), written()).content.decode()

    def test_names_of_members_are_not_on_the_page(self, tree: Tree, token: str, secretary: User) -> None:
        page = Client().get(page_of(token)).content.decode()
        assert secretary.full_name not in page
        assert "<script" not in page


class TestLookingThrough:
    """The office above lets in, or not; the branch sees only how many wait."""

    def test_the_branch_sees_a_number_only(
        self, tree: Tree, asked: OpinionRound, secretary: User, client_of: ClientOf
    ) -> None:
        OpinionFactory.create(round=asked, text="书记不下组", moderation=Moderation.WAITING)
        client = client_of(secretary)
        overview = client.get(address("opinions", asked)).content.decode()
        assert "网上 1 条待上级查看" in overview
        for page in ("opinions", "opinion_points"):
            assert "书记不下组" not in client.get(address(page, asked)).content.decode()
        assert client.get(address("opinion_moderation", asked)).status_code == 403

    def test_letting_in_and_refusing(self, asked: OpinionRound, township: User, client_of: ClientOf) -> None:
        good, bad, later = (
            OpinionFactory.create(round=asked, text=text, moderation=Moderation.WAITING)
            for text in ("路灯不亮", "骂人的话", "以后再看")
        )
        client, url = client_of(township), address("opinion_moderation", asked)
        assert "骂人的话" in client.get(url).content.decode()
        data = {f"what-{good.pk}": "accept", f"what-{bad.pk}": "refuse", f"what-{later.pk}": ""}
        page = client.post(url, data, follow=True).content.decode()
        assert "采用 1 条，不采用（已删除）1 条" in page
        accepted = Opinion.objects.accepted().get()
        assert (accepted.text, accepted.pk != good.pk) == ("路灯不亮", True)
        assert Opinion.objects.filter(moderation=Moderation.WAITING).get() == later
        event = AuditEvent.objects.get()
        assert (event.about_id, event.detail) == (str(asked.pk), {"accepted": 1, "refused": 1})
        client.post(url, data)
        assert AuditEvent.objects.count() == 1  # looked through already: nothing done, nothing recorded

    def test_a_person_of_no_office_above_may_not(
        self, asked: OpinionRound, secretary: User, tree: Tree, client_of: ClientOf
    ) -> None:
        where: dict[str, Any] = {
            "organization": tree.village,
            "rounds": [asked],
            "accepted": [],
            "refused": [],
        }
        with pytest.raises(NotAllowed, match="上级党建办先看过"):
            let_in(**where, by=secretary)
        own = account_with(Role.OFFICE, tree.village)
        with pytest.raises(NotAllowed, match="上级党建办先看过"):
            let_in(**where, by=own)

    def test_an_abolished_branch(
        self, asked: OpinionRound, tree: Tree, township: User, client_of: ClientOf
    ) -> None:
        Organization.objects.filter(pk=tree.village.pk).update(status=OrganizationStatus.ABOLISHED)
        answer = client_of(township).post(address("opinion_moderation", asked), {}, follow=True)
        assert "已经撤销" in answer.content.decode()

    def test_what_waits_stops_the_compiling(self, asked: OpinionRound, secretary: User) -> None:
        OpinionFactory.create(round=asked, moderation=Moderation.WAITING)
        with pytest.raises(NotAllowed, match="还有 1 条网上意见没有看过"):
            step_round(asked=asked, name="compile", by=secretary)

    def test_an_office_of_another_township_finds_nothing(
        self, asked: OpinionRound, tree: Tree, client_of: ClientOf
    ) -> None:
        other = account_with(Role.OFFICE, tree.other_township)
        assert client_of(other).get(address("opinion_moderation", asked)).status_code == 404

    def test_where_nothing_is_asked(self, tree: Tree, township: User, client_of: ClientOf) -> None:
        quiet = CampaignFactory.create(
            issuer=tree.township, slug="quiet", status="running", rules={"opinions_asked": False}
        )
        url = reverse("members:opinion_moderation", args=[quiet.slug, tree.village.pk])
        assert client_of(township).get(url).status_code == 404
