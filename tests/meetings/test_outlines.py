"""Outlines of criticism: written, handed in, taken back, on paper, talked over, vetted and disclosed."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from branches.models import Appointment, AuditEvent, Campaign, Notice, Organization, Role, User
from branches.permissions import Denied
from branches.services.steps import order_redo
from branches.workflow import NotAllowed
from meetings.models import Outline, OutlineStatus
from meetings.progress.outlines import outlines_by_organization
from meetings.services import outline_steps
from meetings.services.outline_book import Book
from meetings.services.outline_steps import (
    LONGEST_NOTE,
    disclose_outlines,
    pass_outline,
    return_outline,
    waiting_by_account,
    waiting_for,
)
from meetings.services.outlines import (
    LONGEST,
    Saved,
    StaleOutlines,
    note_consultation,
    receive_outlines,
    save_outlines,
    submit_outlines,
    take_paper_back,
    withdraw_outline,
)
from meetings.services.seats import seats_by_organization, seats_of
from meetings.workflow import OUTLINE
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, UserFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.outlines import WORDS, disclosed, handed_in, outline_campaign, vetted, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(tree: Tree) -> Campaign:
    """A campaign that asks the village's committee for outlines, vetted and disclosed."""
    return outline_campaign(tree.township)


@pytest.fixture
def third(tree: Tree) -> User:
    """The third of the committee beside secretary and organiser."""
    return account_with(Role.COMMITTEE, tree.village, full_name="冯永强")


def book_of(tree: Tree, campaign: Campaign) -> Book:
    return Book.of(campaign, tree.village)


def key_of(book: Book, user: User) -> str:
    seat = book.seat_of(user)
    assert seat is not None
    return seat.key


class TestWriting:
    def test_each_writes_of_each_other_on_one_page(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User
    ) -> None:
        book = written(asked, tree.village, organizer)
        assert [row.target_name for row in book.rows_of(key_of(book, organizer))] == ["刘德福", "冯永强"]
        assert all(row.text.endswith(WORDS) for row in book.rows.values())
        assert {row.author_id for row in book.rows.values()} == {organizer.pk}
        assert book.tally().cells == book.tally().owed == 6
        assert book.tally().handed_in == 0

    def test_the_database_holds_no_text(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        return_outline(outline=row, revision=row.revision, points=[], note="写得太轻", by=secretary)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM meetings_outline")
            raw = str(cursor.fetchall())
        assert WORDS[:4] not in raw
        assert "太轻" not in raw
        assert Outline.objects.get().note == "写得太轻"

    def test_an_old_page_loses_nothing_and_overwrites_nothing(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        scope: dict[str, Any] = {"campaign": asked, "organization": tree.village, "by": organizer}
        key = key_of(book_of(tree, asked), secretary)
        assert save_outlines(**scope, revision=0, texts={key: "一"}) == Saved(1, 1)
        assert save_outlines(**scope, revision=0, texts={key: "一"}) == Saved(1, 0), "what is saved is saved"
        with pytest.raises(StaleOutlines) as stale:
            save_outlines(**scope, revision=0, texts={key: "二"})
        assert stale.value.book.row(key_of(stale.value.book, organizer), key).text == "一"  # type: ignore[union-attr]
        assert save_outlines(**scope, revision=1, texts={}) == Saved(1, 0)
        assert save_outlines(**scope, revision=1, texts={key: "二"}, is_auto=True) == Saved(2, 1)
        assert AuditEvent.objects.filter(action="save_outlines").count() == 1, (
            "what saves by itself is not put on record"
        )

    def test_nobody_else_writes_and_nothing_beyond_measure(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, township: User
    ) -> None:
        key = key_of(book_of(tree, asked), secretary)
        with pytest.raises(NotAllowed, match="不在这个班子"):
            save_outlines(
                campaign=asked, organization=tree.village, revision=0, texts={key: "一"}, by=township
            )
        with pytest.raises(NotAllowed, match=f"最多 {LONGEST} 字"):
            save_outlines(
                campaign=asked,
                organization=tree.village,
                revision=0,
                texts={key: "长" * (LONGEST + 1)},
                by=organizer,
            )
        assert not Outline.objects.exists()

    def test_where_none_are_asked_none_are_written(
        self, tree: Tree, secretary: User, organizer: User
    ) -> None:
        campaign = outline_campaign(tree.township, outlines="off")
        with pytest.raises(NotAllowed, match="没有要求写"):
            written(campaign, tree.village, organizer)
        with pytest.raises(NotAllowed, match="没有要求写"):
            receive_outlines(
                campaign=campaign,
                organization=tree.village,
                key=key_of(book_of(tree, campaign), organizer),
                by=secretary,
            )

    def test_a_closed_campaign_takes_nothing(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        Campaign.objects.filter(pk=asked.pk).update(status="closed")
        asked.refresh_from_db()
        with pytest.raises(NotAllowed, match="已经结束"):
            written(asked, tree.village, organizer)

    def test_another_campaign_reaches_nobody_here(self, tree: Tree, secretary: User, organizer: User) -> None:
        campaign = outline_campaign(tree.other_township)
        with pytest.raises(NotAllowed, match="不在这个班子"):
            written(campaign, tree.village, organizer)

    def test_somebody_entered_on_the_roll_later_keeps_what_was_written(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        written(asked, tree.village, organizer)
        MemberFactory.create(organization=tree.village, name=organizer.full_name, user=organizer)
        book = book_of(tree, asked)
        mine = key_of(book, organizer)
        assert mine.startswith("m")
        assert book.rows_of(mine)[0].text.endswith(WORDS)
        written(asked, tree.village, organizer, "改了")
        assert Outline.objects.count() == 1

    def test_a_holder_without_an_account_who_is_entered_on_the_roll_keeps_the_outlines(
        self, tree: Tree, asked: Campaign, secretary: User
    ) -> None:
        post = AppointmentFactory.create(
            organization=tree.village, role=Role.ORGANIZER, user=None, holder_name="何长河"
        )
        receive_outlines(campaign=asked, organization=tree.village, key=f"a{post.pk}", by=secretary)
        member = MemberFactory.create(organization=tree.village, name="何长河")
        book = book_of(tree, asked)
        key = f"m{member.pk.hex}"
        assert key in book.keys
        assert [row.on_paper for row in book.rows_of(key)] == [True]
        Appointment.objects.filter(pk=post.pk).update(holder_name="卫清")
        MemberFactory.create(organization=tree.village, name="卫清")
        book = book_of(tree, asked)
        assert [row for seat in book.seats if seat.name == "卫清" for row in book.rows_of(seat.key)] == []

    def test_an_account_opened_later_takes_over(self, tree: Tree, asked: Campaign, secretary: User) -> None:
        post = AppointmentFactory.create(
            organization=tree.village, role=Role.ORGANIZER, user=None, holder_name="何长河"
        )
        receive_outlines(campaign=asked, organization=tree.village, key=f"a{post.pk}", by=secretary)
        take_paper_back(campaign=asked, organization=tree.village, key=f"a{post.pk}", by=secretary)
        late = UserFactory.create(full_name="何长河", home=tree.village)
        Appointment.objects.filter(pk=post.pk).update(user=late)
        written(asked, tree.village, late)
        assert Outline.objects.get().author == late

    def test_a_post_given_to_another_account_hands_no_text_over(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        disclosed(asked, tree.village, organizer, secretary)
        disclosed_row = Outline.objects.get()
        posts = Appointment.objects.filter(organization=tree.village)
        heir, head = UserFactory.create(home=tree.village), UserFactory.create(home=tree.village)
        posts.filter(user=organizer).update(user=heir, holder_name=heir.full_name)
        book = book_of(tree, asked)
        assert book.rows_of(key_of(book, heir)) == []
        written(asked, tree.village, heir, "新写的")
        book = book_of(tree, asked)
        assert book.rows_of(key_of(book, heir))[0].text.endswith("新写的")
        posts.filter(user=secretary).update(user=head, holder_name=head.full_name)
        book = book_of(tree, asked)
        assert book.disclosed_to(book.seat_of(head)) == []
        disclosed_row.refresh_from_db()
        assert (disclosed_row.author, disclosed_row.target) == (organizer, secretary)

    def test_who_left_the_committee_is_left_out(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User
    ) -> None:
        handed_in(asked, tree.village, organizer)
        Appointment.objects.filter(user=third).update(
            ends_on=timezone.localdate() - datetime.timedelta(days=1)
        )
        book = book_of(tree, asked)
        assert (book.tally().cells, book.tally().handed_in) == (2, 1)


class TestHandingIn:
    def test_what_is_written_is_handed_in_at_once_and_the_head_is_told(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User
    ) -> None:
        rows = handed_in(asked, tree.village, organizer)
        assert [row.status for row in rows] == [OutlineStatus.SUBMITTED] * 2
        notice = Notice.objects.get()
        assert notice.recipient == secretary
        assert WORDS[:4] not in notice.title + notice.body
        assert [row.pk for row in waiting_for(secretary)] == [row.pk for row in rows]
        assert waiting_by_account() == {(secretary.pk, asked.pk, tree.village.pk): 2}

    def test_what_is_not_written_stays(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User
    ) -> None:
        scope: dict[str, Any] = {"campaign": asked, "organization": tree.village, "by": organizer}
        with pytest.raises(NotAllowed, match="还没有写好"):
            submit_outlines(**scope, revision=0)
        key = key_of(book_of(tree, asked), secretary)
        save_outlines(**scope, revision=0, texts={key: "一"})
        with pytest.raises(StaleOutlines):
            submit_outlines(**scope, revision=0)
        assert submit_outlines(**scope, revision=1) == 1
        book = book_of(tree, asked)
        assert [row.status for row in book.rows_of(key_of(book, organizer))] == ["submitted", "draft"]
        with pytest.raises(NotAllowed, match="对刘德福同志的提纲已经提交"):
            save_outlines(**scope, revision=1, texts={key: "二"})

    def test_without_vetting_it_is_finished_and_nobody_is_told(
        self, tree: Tree, secretary: User, organizer: User
    ) -> None:
        campaign = outline_campaign(tree.township, outline_reviewer="none", outlines="optional")
        row = handed_in(campaign, tree.village, organizer)[0]
        assert (row.status, row.vetted_on, row.vetted_by) == ("vetted", timezone.localdate(), None)
        assert not Notice.objects.exists()
        assert waiting_for(secretary) == []
        assert book_of(tree, campaign).tally().owed == 0

    def test_it_is_taken_back_until_it_is_vetted(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        with pytest.raises(NotAllowed, match="由本人撤回"):
            withdraw_outline(outline=row, by=secretary)
        back = withdraw_outline(outline=row, by=organizer)
        assert (back.status, back.text[-4:]) == ("draft", WORDS[-4:])
        row = vetted(asked, tree.village, organizer, secretary)[0]
        with pytest.raises(NotAllowed, match="请审阅的同志退回"):
            withdraw_outline(outline=row, by=organizer)


class TestPaper:
    def test_one_press_notes_all_that_somebody_handed_in_on_paper(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User
    ) -> None:
        key = key_of(book_of(tree, asked), organizer)
        scope: dict[str, Any] = {"campaign": asked, "organization": tree.village, "key": key}
        with pytest.raises(NotAllowed, match="由书记、副书记或组织委员登记"):
            receive_outlines(**scope, by=third)
        assert receive_outlines(**scope, by=secretary) == 2
        assert book_of(tree, asked).tally().done == 2, "paper suffices, also for disclosure"
        with pytest.raises(NotAllowed, match="都已经交了"):
            receive_outlines(**scope, by=secretary)
        assert take_paper_back(**scope, by=secretary) == 2
        with pytest.raises(NotAllowed, match="没有登记过"):
            take_paper_back(**scope, by=secretary)
        with pytest.raises(NotAllowed, match="没有找到"):
            receive_outlines(campaign=asked, organization=tree.village, key="a0", by=secretary)

    def test_paper_is_neither_returned_nor_disclosed_here(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        key = key_of(book_of(tree, asked), organizer)
        receive_outlines(campaign=asked, organization=tree.village, key=key, by=secretary)
        row = Outline.objects.get()
        with pytest.raises(NotAllowed, match="在纸上修改"):
            return_outline(outline=row, revision=0, points=[], note="改", by=secretary)
        with pytest.raises(NotAllowed, match="没有可以明示"):
            disclose_outlines(campaign=asked, organization=tree.village, key=key, by=secretary)


class TestTalkingItOver:
    def test_a_pair_is_noted_once_whoever_notes_it(
        self, tree: Tree, secretary: User, organizer: User, third: User
    ) -> None:
        campaign = outline_campaign(tree.township, outlines="off", criticism_consulted=True)
        book = book_of(tree, campaign)
        one, other = key_of(book, organizer), key_of(book, third)
        scope: dict[str, Any] = {"campaign": campaign, "organization": tree.village}
        note_consultation(**scope, one=one, other=other, by=third)
        note_consultation(**scope, one=other, other=one, by=organizer)
        tally = book_of(tree, campaign).tally()
        assert (tally.pairs, tally.consulted, tally.cells) == (3, 1, 0)
        assert AuditEvent.objects.filter(action="note_consulted").count() == 1
        note_consultation(**scope, one=other, other=one, by=secretary, undo=True)
        note_consultation(**scope, one=other, other=one, by=secretary, undo=True)
        assert book_of(tree, campaign).tally().consulted == 0
        assert AuditEvent.objects.filter(action="drop_consulted").count() == 1

    def test_others_note_nothing(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User
    ) -> None:
        campaign = outline_campaign(tree.township, criticism_consulted=True)
        book = book_of(tree, campaign)
        one, other = key_of(book, secretary), key_of(book, organizer)
        with pytest.raises(NotAllowed, match="由两位同志自己登记"):
            note_consultation(campaign=campaign, organization=tree.village, one=one, other=other, by=third)
        with pytest.raises(NotAllowed, match="没有找到"):
            note_consultation(campaign=campaign, organization=tree.village, one=one, other=one, by=secretary)
        with pytest.raises(NotAllowed, match="没有要求会前沟通"):
            note_consultation(campaign=asked, organization=tree.village, one=one, other=other, by=secretary)


class TestVetting:
    def test_the_head_passes_one_by_one_and_the_author_is_told_at_the_end(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User
    ) -> None:
        first, second = handed_in(asked, tree.village, organizer)
        passed = pass_outline(outline=first, revision=first.revision, by=secretary)
        assert (passed.vetted_by, passed.vetted_on) == (secretary, timezone.localdate())
        assert not Notice.objects.filter(recipient=organizer).exists()
        pass_outline(outline=second, revision=second.revision, by=secretary)
        assert Notice.objects.get(recipient=organizer).title == "您的批评提纲审阅完了"
        with pytest.raises(NotAllowed, match="现在是「已通过」"):
            pass_outline(outline=second, revision=second.revision, by=secretary)

    def test_a_return_needs_a_reason_and_comes_back_with_it(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        with pytest.raises(NotAllowed, match="须写明原因"):
            return_outline(outline=row, revision=row.revision, points=[], note=" ", by=secretary)
        with pytest.raises(NotAllowed, match="最多"):
            return_outline(
                outline=row, revision=row.revision, points=[], note="长" * (LONGEST_NOTE + 1), by=secretary
            )
        back = return_outline(
            outline=row, revision=row.revision, points=["实事求是、客观公正"], note="写具体", by=secretary
        )
        assert back.note == "没有做到：实事求是、客观公正。\n写具体"
        assert "退回来了" in Notice.objects.get(recipient=organizer).title
        assert book_of(tree, asked).tally().returned == 1
        again = handed_in(asked, tree.village, organizer, "写具体了")[0]
        assert pass_outline(outline=again, revision=again.revision, by=secretary).note == ""

    def test_what_was_passed_by_mistake_is_returned_until_it_is_disclosed(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        row = vetted(asked, tree.village, organizer, secretary)[0]
        back = return_outline(outline=row, revision=row.revision, points=[], note="再看", by=secretary)
        assert (back.status, back.vetted_by) == ("returned", None)
        row = disclosed(asked, tree.village, organizer, secretary)[0]
        with pytest.raises(NotAllowed, match="已明示本人"):
            return_outline(outline=row, revision=row.revision, points=[], note="再看", by=secretary)

    def test_nobody_vets_an_own_outline_and_the_team_stands_in(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, supervisor: User
    ) -> None:
        row = handed_in(asked, tree.village, secretary)[0]
        with pytest.raises(NotAllowed, match="不能审阅自己"):
            pass_outline(outline=row, revision=row.revision, by=secretary)
        assert [r.pk for r in waiting_for(supervisor)] == [row.pk]
        assert waiting_for(secretary) == []
        assert pass_outline(outline=row, revision=row.revision, by=supervisor).status == "vetted"

    def test_an_outline_changed_meanwhile_is_read_again(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        withdraw_outline(outline=row, by=organizer)
        handed_in(asked, tree.village, organizer, "换了一段")
        with pytest.raises(NotAllowed, match="刚才改过"):
            pass_outline(outline=row, revision=row.revision, by=secretary)

    def test_others_have_nothing_to_vet(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User, county: User
    ) -> None:
        rows = handed_in(asked, tree.village, organizer)
        for somebody in (third, county, organizer):
            assert waiting_for(somebody) == []
            with pytest.raises(NotAllowed):
                pass_outline(outline=rows[0], revision=rows[0].revision, by=somebody)


class TestDisclosure:
    def test_the_author_or_the_secretary_discloses_and_each_is_told_without_a_name(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, third: User
    ) -> None:
        rows = vetted(asked, tree.village, organizer, secretary)
        key = rows[0].author_key
        scope: dict[str, Any] = {"campaign": asked, "organization": tree.village, "key": key}
        with pytest.raises(NotAllowed, match="由写提纲的本人或者书记"):
            disclose_outlines(**scope, by=third)
        assert disclose_outlines(**scope, by=secretary, target=rows[1].target_key) == 1
        assert disclose_outlines(**scope, by=organizer) == 1
        told = Notice.objects.filter(kind__startswith="outline_disclosed")
        assert {notice.recipient for notice in told} == {secretary, third}
        assert organizer.full_name not in "".join(notice.title + notice.body for notice in told)
        assert book_of(tree, asked).tally().done == 2

    def test_where_it_is_not_asked_nothing_is_disclosed(
        self, tree: Tree, secretary: User, organizer: User
    ) -> None:
        campaign = outline_campaign(tree.township, disclose_before_meeting=False)
        row = vetted(campaign, tree.village, organizer, secretary)[0]
        assert book_of(tree, campaign).tally().done == 1, "vetted suffices"
        with pytest.raises(NotAllowed, match="没有要求会前明示"):
            disclose_outlines(campaign=campaign, organization=tree.village, key=row.author_key, by=organizer)

    def test_what_waits_for_vetting_is_not_disclosed(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        with pytest.raises(NotAllowed, match="没有可以明示"):
            disclose_outlines(campaign=asked, organization=tree.village, key=row.author_key, by=organizer)


def test_nothing_waits_where_nothing_is_handed_in(tree: Tree, asked: Campaign, secretary: User) -> None:
    assert waiting_for(secretary) == []
    assert waiting_by_account() == {}
    assert outline_steps.seats_by_author(Outline.objects.all()) == {}


def test_rules_that_want_no_vetting_any_more_leave_nobody_waiting(
    tree: Tree, asked: Campaign, secretary: User, organizer: User
) -> None:
    handed_in(asked, tree.village, organizer)
    rules = asked.rule_set()
    rules.values = {**rules.values, "outline_reviewer": "none"}
    rules.save()
    assert waiting_for(secretary) == []
    assert waiting_by_account() == {}


def test_another_round_begins_anew(
    tree: Tree, asked: Campaign, secretary: User, organizer: User, township: User
) -> None:
    handed_in(asked, tree.village, organizer)
    order_redo(campaign=asked, organization=tree.village, reason="走过场", by=township)
    book = book_of(tree, asked)
    assert (book.round_no, book.tally().handed_in) == (2, 0)
    rounds = {tree.village.pk: 2}
    assert outlines_by_organization(asked, Organization.objects.all(), rounds) == {}
    handed_in(asked, tree.village, organizer)
    assert Outline.objects.count() == 2


def test_paper_is_shown_by_hand(tree: Tree, asked: Campaign, secretary: User, organizer: User) -> None:
    key = key_of(book_of(tree, asked), organizer)
    receive_outlines(campaign=asked, organization=tree.village, key=key, by=secretary)
    refused = OUTLINE.step(Outline.objects.get(), "disclose", organizer)
    assert isinstance(refused, Denied)
    assert "当面给本人看" in refused.reason


def test_nobody_logged_in_sees_that_there_is_one(
    tree: Tree, asked: Campaign, secretary: User, organizer: User
) -> None:
    written(asked, tree.village, organizer)
    assert not Outline.objects.visible_to(AnonymousUser()).exists()
    assert str(Outline.objects.visible_to(secretary).get()) == "王桂兰对刘德福的批评提纲"


class TestSeats:
    def test_a_holder_on_the_roll_of_somewhere_else_is_known_by_the_post(
        self, tree: Tree, secretary: User
    ) -> None:
        MemberFactory.create(organization=tree.sibling, name=secretary.full_name, user=secretary)
        (seat,) = seats_of(tree.village, timezone.localdate())
        assert (seat.key[0], seat.member_id) == ("a", None)

    def test_a_holder_without_an_account_is_the_only_member_of_that_name(self, tree: Tree) -> None:
        AppointmentFactory.create(organization=tree.village, user=None, holder_name="何长河")
        member = MemberFactory.create(organization=tree.village, name="何长河")
        (seat,) = seats_of(tree.village, timezone.localdate())
        assert seat.member_id == member.pk
        MemberFactory.create(organization=tree.village, name="何长河")
        assert seats_of(tree.village, timezone.localdate())[0].member_id is None

    def test_many_committees_are_read_in_two_queries_and_each_as_alone(
        self, tree: Tree, secretary: User, organizer: User, sibling_secretary: User,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:  # fmt: skip
        places, day = [tree.village, tree.sibling, tree.school], timezone.localdate()
        with django_assert_num_queries(2):
            found = seats_by_organization(places, day)
        assert found == {place.pk: seats_of(place, day) for place in places}
        assert [len(found[place.pk]) for place in places] == [2, 1, 0]
