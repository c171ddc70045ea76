"""Pages of outlines of criticism: who sees what, typed text is never lost, one after the other is vetted."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from branches.models import Campaign, Role, User
from meetings.models import Outline
from meetings.services.outline_book import Book
from meetings.services.outlines import receive_outlines, save_outlines
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.meetings import MeetingFactory
from tests.factories.members import MemberFactory
from tests.factories.outlines import WORDS, disclosed, handed_in, outline_campaign, vetted, written

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
SECRET = WORDS[:8]


@pytest.fixture
def asked(tree: Tree) -> Campaign:
    """A campaign that asks the village's committee for outlines, vetted and disclosed, and for talks in pairs."""
    return outline_campaign(tree.township, criticism_consulted=True)


@pytest.fixture
def third(tree: Tree) -> User:
    """The third of the committee beside secretary and organiser."""
    return account_with(Role.COMMITTEE, tree.village, full_name="冯永强")


def address(page: str, campaign: Campaign, tree: Tree, *more: str) -> str:
    return reverse(f"meetings:{page}", args=[campaign.slug, tree.village.pk, *more])


def field(campaign: Campaign, tree: Tree, user: User) -> str:
    seat = Book.of(campaign, tree.village).seat_of(user)
    assert seat is not None
    return f"to-{seat.key}"


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


class TestPrivacy:
    """No text on any page but those of its author, of who vets it, and of whom it is about once it is disclosed."""

    @pytest.mark.parametrize(
        ("stage", "readers"),
        [
            ("draft", {"organizer"}),
            ("submitted", {"organizer", "secretary"}),
            ("vetted", {"organizer", "secretary"}),
            ("disclosed", {"organizer", "secretary", "third"}),
        ],
    )
    def test_the_matrix(
        self,
        tree: Tree,
        asked: Campaign,
        third: User,
        secretary: User,
        organizer: User,
        member: User,
        supervisor: User,
        township: User,
        county: User,
        system: User,
        auditor: User,
        stranger: User,
        sibling_secretary: User,
        client_of: ClientOf,
        stage: str,
        readers: set[str],
    ) -> None:
        """Everybody opens every page there is about one outline, from organiser to the third of the committee."""
        make = {"draft": written, "submitted": handed_in}
        if stage in make:
            make[stage](asked, tree.village, organizer)
        else:
            {"vetted": vetted, "disclosed": disclosed}[stage](asked, tree.village, organizer, secretary)
        outline = Outline.objects.get(target=third)
        people = {
            "third": third,
            "secretary": secretary,
            "organizer": organizer,
            "member": member,
            "supervisor": supervisor,
            "township": township,
            "county": county,
            "system": system,
            "auditor": auditor,
            "stranger": stranger,
            "sibling_secretary": sibling_secretary,
            "deputy above": account_with(Role.SECRETARY, tree.township),
        }
        needle = f"对冯永强：{SECRET}"
        found = set()
        for name, person in people.items():
            client = client_of(person)
            pages = [
                client.get(address(page, asked, tree)).content.decode()
                for page in ("outlines", "outlines_mine", "outlines_check", "outlines_to_me")
            ]
            pages.append(client.get(reverse("meetings:outline_queue")).content.decode())
            pages.append(client.get(reverse("meetings:outline_vet", args=[outline.pk])).content.decode())
            pages.append(client.get("/notices/").content.decode())
            sheet = client.get(address("outlines_sheet", asked, tree, outline.author_key))
            if sheet.status_code == 200:
                pages.append(pdf_text(sheet.content).replace("\n", ""))
            if any(needle in page for page in pages):
                found.add(name)
        assert found == readers

    def test_the_committee_sees_the_grid_and_those_above_see_numbers(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User, township: User,
        client_of: ClientOf,
    ) -> None:  # fmt: skip
        handed_in(asked, tree.village, organizer)
        inside = client_of(third).get(address("outlines", asked, tree)).content.decode()
        assert "谁对谁的提纲" in inside
        assert "待审核" in inside
        assert "收到纸质提纲</button>" not in inside
        above = client_of(township).get(address("outlines", asked, tree)).content.decode()
        assert "2/6" in above
        assert "谁对谁的提纲" not in above
        assert organizer.full_name not in above
        assert "这里只看数字" in above

    def test_a_seat_without_a_post_of_the_account_opens_its_pages(
        self, tree: Tree, asked: Campaign, secretary: User, client_of: ClientOf
    ) -> None:
        user = account_with(None, tree.village, full_name="何长河")
        MemberFactory.create(organization=tree.village, name="何长河", user=user)
        AppointmentFactory.create(
            organization=tree.village, role=Role.ORGANIZER, user=None, holder_name="何长河"
        )
        assert client_of(user).get(address("outlines", asked, tree)).status_code == 200
        assert client_of(user).get(address("outlines_mine", asked, tree)).status_code == 200


class TestWriting:
    def test_save_check_and_hand_in(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User, client_of: ClientOf
    ) -> None:
        client, mine = client_of(organizer), address("outlines_mine", asked, tree)
        page = client.get(mine).content.decode()
        assert "青石镇书记" not in page
        assert "新河村支部书记审阅" in page
        data = {"revision": 0, field(asked, tree, secretary): "下村少。"}
        assert client.post(mine, data).headers["Location"] == mine
        answer = client.post(mine, {**data, "revision": 1, "do": "check"})
        assert answer.headers["Location"] == address("outlines_check", asked, tree)
        check = client.get(answer.headers["Location"]).content.decode()
        assert "还没有写：冯永强" in check
        assert "提交 1 份提纲" in check
        done = client.post(answer.headers["Location"], {"revision": 1}, follow=True)
        assert "已提交 1 份提纲" in done.content.decode()
        assert "撤回，接着修改" in done.content.decode()
        again = client.post(answer.headers["Location"], {"revision": 1}).content.decode()
        assert "还没有写好可以提交的提纲" in again

    def test_a_page_saves_by_itself_and_says_why_not(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        client, mine = client_of(organizer), address("outlines_mine", asked, tree)
        key = field(asked, tree, secretary)

        def auto(**data: object) -> tuple[int, dict[str, object]]:
            answer = client.post(mine, data, headers={"HX-Request": "true"})
            return answer.status_code, answer.json()

        status, said = auto(revision=0, **{key: "一"})
        assert (status, said["revision"], said["unanswered"]) == (200, 1, [])
        assert auto(revision=0, **{key: "二"})[0] == 409
        assert auto(revision=1, **{key: "长" * 4000})[0] == 400
        assert auto(**{key: "二"}) == (400, {"error": "内容有误，没有保存。"})
        assert Outline.objects.get().text == "一"

    def test_overtaken_both_texts_show_and_nothing_is_wiped_out(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User, client_of: ClientOf
    ) -> None:
        client, mine = client_of(organizer), address("outlines_mine", asked, tree)
        one, other = field(asked, tree, secretary), field(asked, tree, third)
        save_outlines(
            campaign=asked,
            organization=tree.village,
            revision=0,
            texts={one[3:]: "别处写的", other[3:]: "别处也写"},
            by=organizer,
        )
        page = client.post(mine, {"revision": 0, one: "这里写的", other: ""}).content.decode()
        assert "在另一处" in page
        assert ">这里写的</textarea>" in page.replace("\n", "")
        assert ">别处也写</textarea>" in page.replace("\n", ""), (
            "where nothing was typed here, what is saved comes in"
        )
        assert '<p class="said">别处写的</p>' in page
        assert client.post(mine, {"revision": 2, one: "这里写的", other: "别处也写"}).status_code == 302
        assert set(Outline.objects.values_list("target__full_name", "revision")) == {
            (secretary.full_name, 2),
            (third.full_name, 1),
        }

    def test_a_refusal_keeps_what_was_typed(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        long = "长" * 3001
        page = client_of(organizer).post(
            address("outlines_mine", asked, tree), {"revision": 0, field(asked, tree, secretary): long}
        )
        assert "最多 3000 字" in page.content.decode()
        assert long in page.content.decode()

    def test_a_check_overtaken_shows_what_is_saved_now(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        written(asked, tree.village, organizer)
        page = (
            client_of(organizer)
            .post(address("outlines_check", asked, tree), {"revision": 0})
            .content.decode()
        )
        assert "刚才又保存过" in page
        assert SECRET in page

    def test_taken_back_by_its_author_only(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        url = reverse("meetings:outline_withdraw", args=[row.pk])
        assert client_of(secretary).post(url).status_code == 403
        assert "已撤回" in client_of(organizer).post(url, follow=True).content.decode()
        assert "不能再撤回" in client_of(organizer).post(url, follow=True).content.decode()

    def test_who_does_not_sit_there_has_no_page_to_write(
        self, tree: Tree, asked: Campaign, secretary: User, township: User, client_of: ClientOf
    ) -> None:
        for page in ("outlines_mine", "outlines_check", "outlines_to_me"):
            assert client_of(township).get(address(page, asked, tree)).status_code == 404
        assert client_of(secretary).get(address("outlines_sheet", asked, tree, "a0")).status_code == 404


class TestOtherRules:
    def test_where_nothing_is_asked_the_page_says_so(
        self, tree: Tree, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        campaign = outline_campaign(tree.township, outlines="off")
        assert (
            "不要求写批评提纲"
            in client_of(secretary).get(address("outlines", campaign, tree)).content.decode()
        )
        assert (
            "不要求写批评提纲"
            in client_of(secretary).get(address("outlines_mine", campaign, tree)).content.decode()
        )

    def test_where_only_talks_are_asked_there_is_one_press_a_pair(
        self, tree: Tree, secretary: User, organizer: User, third: User, client_of: ClientOf
    ) -> None:
        campaign = outline_campaign(tree.township, outlines="off", criticism_consulted=True)
        client, url = client_of(secretary), address("outlines", campaign, tree)
        seats = [seat.key for seat in Book.of(campaign, tree.village).seats]
        assert "会前沟通" in client.get(url).content.decode()
        pressed = address("outlines_consulted", campaign, tree)
        pair = {"one": seats[1], "other": seats[2]}
        assert "已登记会前沟通" in client.post(pressed, pair, follow=True).content.decode()
        assert "1/3" in client.get(url).content.decode()
        assert "已撤销会前沟通" in client.post(pressed, {**pair, "undo": 1}, follow=True).content.decode()

    def test_a_committee_of_one_has_nothing_to_write(
        self, tree: Tree, asked: Campaign, secretary: User, client_of: ClientOf
    ) -> None:
        page = client_of(secretary).get(address("outlines", asked, tree)).content.decode()
        assert "不足两人" in page
        assert "写我的提纲" not in page

    def test_what_must_be_answered_and_the_aim_are_shown(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        assert "“四风”问题" in client_of(secretary).get(address("outlines", asked, tree)).content.decode()
        assert (
            "团结—批评—团结"
            in client_of(secretary).get(address("outlines_mine", asked, tree)).content.decode()
        )


class TestPaperAndDisclosure:
    def test_the_secretary_notes_paper_with_one_press_and_takes_it_back(
        self,
        tree: Tree,
        asked: Campaign,
        secretary: User,
        organizer: User,
        township: User,
        client_of: ClientOf,
    ) -> None:
        url, key = address("outlines_receive", asked, tree), field(asked, tree, organizer)[3:]
        assert client_of(township).post(url, {"key": key}).status_code == 403
        client = client_of(secretary)
        assert "收到纸质提纲 1 份" in client.post(url, {"key": key}, follow=True).content.decode()
        assert "不用再登记" in client.post(url, {"key": key}, follow=True).content.decode()
        assert (
            "纸质提纲，内容不在这里"
            in client_of(organizer).get(address("outlines_mine", asked, tree)).content.decode()
        )
        assert "已撤销 1 份" in client.post(url, {"key": key, "undo": 1}, follow=True).content.decode()

    def test_the_author_discloses_from_the_own_page_and_the_other_reads_it(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        rows = vetted(asked, tree.village, organizer, secretary)
        to_me = address("outlines_to_me", asked, tree)
        assert "还没有人向您明示" in client_of(secretary).get(to_me).content.decode()
        page = client_of(organizer).get(address("outlines_mine", asked, tree)).content.decode()
        assert "把通过的提纲明示给本人" in page
        data = {"key": rows[0].author_key, "back": "mine"}
        answer = client_of(organizer).post(address("outlines_disclose", asked, tree), data, follow=True)
        assert "已向本人明示 1 份" in answer.content.decode()
        assert SECRET in client_of(secretary).get(to_me).content.decode()
        assert (
            "看向我明示的 1 份" in client_of(secretary).get(address("outlines", asked, tree)).content.decode()
        )
        refused = client_of(secretary).post(address("outlines_disclose", asked, tree), data, follow=True)
        assert "没有可以明示" in refused.content.decode()

    def test_what_is_emptied_is_said_to_be(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        disclosed(asked, tree.village, organizer, secretary)
        Outline.objects.update(text_sealed="")
        for person, page in ((organizer, "outlines_mine"), (secretary, "outlines_to_me")):
            assert "到期清除" in client_of(person).get(address(page, asked, tree)).content.decode()


class TestVetting:
    def test_one_after_the_other_with_the_checklist(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User, client_of: ClientOf
    ) -> None:
        first, second = handed_in(asked, tree.village, organizer)
        client = client_of(secretary)
        queue = client.get(reverse("meetings:outline_queue")).content.decode()
        assert "有 2 份等您审阅" in queue
        page = client.get(reverse("meetings:outline_vet", args=[first.pk])).content.decode()
        assert "实事求是、客观公正" in page
        assert "后面还有 1 份" in page
        answer = client.post(reverse("meetings:outline_pass", args=[first.pk]), {"revision": 1})
        assert answer.headers["Location"] == reverse("meetings:outline_vet", args=[second.pk])
        back = reverse("meetings:outline_return", args=[second.pk])
        refused = client.post(back, {"revision": 1, "note": ""}).content.decode()
        assert "须写明原因" in refused
        done = client.post(back, {"revision": 1, "points": ["实事求是、客观公正"], "note": ""}, follow=True)
        assert "没有等您审阅的提纲了" in done.content.decode()
        second.refresh_from_db()
        assert second.note == "没有做到：实事求是、客观公正。"
        assert client.get(reverse("meetings:outline_vet", args=[second.pk])).status_code == 404, (
            "in its author's hands"
        )

    def test_what_changed_meanwhile_is_shown_again_with_what_was_typed(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        back = reverse("meetings:outline_return", args=[row.pk])
        page = client_of(secretary).post(back, {"revision": 0, "note": "写具体一些"}).content.decode()
        assert "刚才改过" in page
        assert "写具体一些" in page
        broken = client_of(secretary).post(back, {"revision": "", "note": "写具体一些"}).content.decode()
        assert "写具体一些" in broken

    def test_a_second_press_of_the_same_form_counts_once(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        client, url = client_of(secretary), reverse("meetings:outline_pass", args=[row.pk])
        data = {"revision": 1, "submission": "5b1c0f6a-2d3e-4f50-8192-a3b4c5d6e7f8"}
        first, second = client.post(url, data), client.post(url, data)
        assert first.headers["Location"] == second.headers["Location"] == reverse("meetings:outline_queue")

    def test_one_on_paper_or_disclosed_is_not_decided_here(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
    ) -> None:
        row = disclosed(asked, tree.village, organizer, secretary)[0]
        page = client_of(secretary).get(reverse("meetings:outline_vet", args=[row.pk])).content.decode()
        assert "已经明示给本人" in page
        key = field(asked, tree, secretary)[3:]
        receive_outlines(campaign=asked, organization=tree.village, key=key, by=organizer)
        paper = Outline.objects.get(author=secretary)
        assert client_of(secretary).get(reverse("meetings:outline_vet", args=[paper.pk])).status_code == 404


class TestSheet:
    def test_the_author_prints_everything_and_the_head_what_is_vetted(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User, client_of: ClientOf
    ) -> None:
        rows = handed_in(asked, tree.village, organizer)
        url = address("outlines_sheet", asked, tree, rows[0].author_key)
        mine = pdf_text(client_of(organizer).get(url).content)
        assert "一、对刘德福同志（书记）" in mine
        assert "水渠" in mine
        assert "水渠" not in pdf_text(client_of(secretary).get(url).content)
        assert client_of(third).get(url).status_code == 403


def test_the_page_of_a_meeting_with_speakers_leads_to_the_outlines(
    tree: Tree, asked: Campaign, secretary: User, organizer: User, client_of: ClientOf
) -> None:
    link = address("outlines", asked, tree)
    pages = {
        kind: MeetingFactory.create(organization=tree.village, campaign=asked, kind=kind)
        for kind in ("committee", "plenary")
    }
    shown = {
        kind: link in client_of(secretary).get(reverse("meetings:detail", args=[meeting.pk])).content.decode()
        for kind, meeting in pages.items()
    }
    assert shown == {"committee": True, "plenary": False}
