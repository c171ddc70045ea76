"""The arithmetic of outlines: m×(m-1) cells, what counts as done, pairs; and who may do what with one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from branches.models import Appointment, Campaign, Role, User
from branches.rules import Rules
from meetings.models import Outline
from meetings.permissions.outlines import (
    can_disclose_outline,
    can_keep_outlines,
    can_note_consultation,
    can_print_outlines,
    can_read_outline,
    can_receive_outline,
    can_see_outline_grid,
    can_vet_outline,
    can_withdraw_outline,
    can_write_outline,
    vetting_seat,
    vetting_seats,
)
from meetings.rules.outlines import (
    DISCLOSED,
    DRAFT,
    RETURNED,
    SUBMITTED,
    VETTED,
    Asked,
    Kept,
    Tally,
    cells_of,
    is_consulted,
    pairs_of,
    tally,
)
from meetings.services.outlines import receive_outlines
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.outlines import disclosed, handed_in, outline_campaign, written

STRICT = Asked("required", vetted=True, disclosed=True, consulted=False)
KEYS = st.lists(st.text("abcdefgh", min_size=1, max_size=3), unique=True, max_size=11)
KEPT = st.builds(
    Kept,
    status=st.sampled_from([DRAFT, SUBMITTED, RETURNED, VETTED, DISCLOSED]),
    has_text=st.booleans(),
    on_paper=st.booleans(),
    consulted=st.booleans(),
)


@given(KEYS)
def test_each_writes_of_each_other(keys: list[str]) -> None:
    m, cells = len(keys), cells_of(keys)
    assert len(cells) == len(set(cells)) == m * (m - 1)
    assert all(author != target for author, target in cells)
    assert len(pairs_of(keys)) * 2 == len(cells)


@pytest.mark.parametrize(("m", "cells"), [(0, 0), (1, 0), (2, 2), (3, 6), (5, 20), (7, 42), (11, 110)])
def test_committees_of_every_size(m: int, cells: int) -> None:
    found = tally([str(n) for n in range(m)], {}, STRICT)
    assert (found.cells, found.owed, found.done) == (cells, cells, 0)


@given(KEYS, st.data())
def test_the_numbers_fit_together(keys: list[str], data: st.DataObject) -> None:
    kept = {cell: data.draw(KEPT) for cell in cells_of(keys)}
    kept["gone", "a"] = Kept(DISCLOSED)
    asked = Asked("required", vetted=True, disclosed=data.draw(st.booleans()), consulted=True)
    found = tally(keys, kept, asked)
    assert 0 <= found.done <= found.handed_in <= found.cells
    assert found.done + found.waiting + found.returned + found.undisclosed >= 0
    assert found.consulted <= found.pairs == len(keys) * (len(keys) - 1) // 2
    assert (found.done == found.cells) == all(kept[cell].is_done(asked) for cell in cells_of(keys))


def test_where_none_are_written_no_cell_counts_and_voluntary_ones_are_not_owed() -> None:
    off = Asked.of(Rules(outlines="off", outline_reviewer="own_head", disclose_before_meeting=True))
    assert off == Asked("off", vetted=False, disclosed=False, consulted=False)
    assert off.nothing
    assert tally("abc", {("a", "b"): Kept(VETTED)}, off) == Tally()
    free = Asked.of(Rules(outlines="optional"))
    assert (tally("abc", {}, free).cells, tally("abc", {}, free).owed) == (6, 0)
    talks = Asked.of(Rules(outlines="off", criticism_consulted=True))
    assert not talks.nothing


def test_a_pair_has_talked_whichever_of_them_noted_it() -> None:
    kept = {("b", "a"): Kept(consulted=True)}
    assert is_consulted(kept, "a", "b")
    assert is_consulted(kept, "b", "a")
    assert not is_consulted(kept, "a", "c")


@pytest.mark.parametrize(
    ("kept", "asked", "words"),
    [
        (Kept(), STRICT, ("未写", "idle")),
        (Kept(has_text=True), STRICT, ("填写中", "now")),
        (Kept(SUBMITTED), STRICT, ("待审核", "now")),
        (Kept(RETURNED), STRICT, ("已退回", "bad")),
        (Kept(VETTED), STRICT, ("待明示", "warn")),
        (Kept(VETTED), Asked("required", vetted=True, disclosed=False, consulted=False), ("已通过", "ok")),
        (Kept(VETTED), Asked("optional", vetted=False, disclosed=False, consulted=False), ("已写好", "ok")),
        (Kept(DISCLOSED), STRICT, ("已明示", "ok")),
        (Kept(VETTED, on_paper=True), STRICT, ("纸质", "ok")),
    ],
)
def test_a_cell_in_words(kept: Kept, asked: Asked, words: tuple[str, str]) -> None:
    assert kept.shown(asked) == words


@pytest.mark.django_db
class TestPermissions:
    @pytest.fixture
    def asked(self, tree: Tree) -> Campaign:
        """A campaign that asks the village's committee for outlines."""
        return outline_campaign(tree.township)

    def test_only_the_author_writes_and_the_author_never_vets(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        assert can_write_outline(organizer, row)
        assert not can_write_outline(secretary, row)
        assert not can_vet_outline(organizer, row)
        assert can_vet_outline(secretary, row)
        assert not can_vet_outline(AnonymousUser(), row)
        User.objects.filter(pk=secretary.pk).update(is_active=False)
        assert not can_vet_outline(User.objects.get(pk=secretary.pk), row)

    def test_one_seat_vets_all_that_one_author_writes(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        account_with(Role.COMMITTEE, tree.village)
        rows = handed_in(asked, tree.village, organizer)
        assert len({seat and seat.holders for seat in vetting_seats(rows).values()}) == 1

    def test_clerks_keep_paper_and_talks_and_leaders_disclose(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User, township: User
    ) -> None:
        third = account_with(Role.COMMITTEE, tree.village)
        row = Outline.objects.get(pk=handed_in(asked, tree.village, third)[0].pk)
        for person, may in ((organizer, True), (secretary, True), (third, False), (township, False)):
            assert bool(can_keep_outlines(person, tree.village)) is may
            assert bool(can_receive_outline(person, row)) is may
        assert can_note_consultation(third, row)
        assert can_note_consultation(organizer, row)
        assert not can_note_consultation(township, row)
        assert not can_note_consultation(AnonymousUser(), row)
        assert can_disclose_outline(third, row)
        assert can_disclose_outline(secretary, row)
        assert not can_disclose_outline(organizer, row)
        assert can_see_outline_grid(third, tree.village)
        assert not can_see_outline_grid(township, tree.village)
        assert can_print_outlines(third, row)
        assert can_print_outlines(secretary, row)
        assert not can_print_outlines(organizer, row)

    def test_paper_is_taken_back_by_a_clerk_and_its_draft_is_read_by_nobody_else(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        book = written(asked, tree.village, organizer)
        key = book.seats[1].key
        receive_outlines(campaign=asked, organization=tree.village, key=key, by=secretary)
        row = Outline.objects.get()
        assert can_read_outline(organizer, row)
        assert not can_read_outline(secretary, row)
        assert can_withdraw_outline(secretary, row)
        assert can_withdraw_outline(organizer, row)
        assert not can_read_outline(AnonymousUser(), row)

    def test_a_head_that_changes_hands_its_desk_over(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        row = handed_in(asked, tree.village, organizer)[0]
        Appointment.objects.filter(user=secretary).delete()
        assert not can_vet_outline(User.objects.get(pk=secretary.pk), row)
        deputy = account_with(Role.DEPUTY, tree.village)
        assert can_vet_outline(deputy, row), "who stands in"
        after = account_with(Role.SECRETARY, tree.village)
        assert can_vet_outline(after, row)
        assert not can_vet_outline(deputy, row)

    def test_without_anybody_above_nobody_vets_and_the_page_says_what_to_do(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        row = handed_in(asked, tree.village, secretary)[0]
        seat = vetting_seat(row)
        assert seat is not None
        assert seat.holders == ()
        assert "不能审核自己的提纲" in seat.escalated

    def test_disclosed_it_is_read_by_whom_it_is_about(
        self, tree: Tree, asked: Campaign, secretary: User, organizer: User
    ) -> None:
        third = account_with(Role.COMMITTEE, tree.village)
        rows = disclosed(asked, tree.village, organizer, secretary)
        about_third = next(row for row in rows if row.target_id == third.pk)
        assert can_read_outline(third, about_third)
        assert not can_read_outline(third, next(row for row in rows if row.target_id != third.pk))
