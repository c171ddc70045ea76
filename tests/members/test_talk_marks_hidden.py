"""Nobody learns from the grid, the lists, the papers or the sums who was marked for talks in particular."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from branches.models import Campaign, Role, User
from members.models import ConcernKind, TalkState
from members.permissions.talks import hidden_marks
from members.reports.talk_lines import discreet, lines_of
from members.reports.talk_papers import TalkTable
from members.reports.talks import TalksPage
from members.services.talk_grid import Grid
from members.services.talk_marks import mark_concern, unmark_concern
from members.services.talk_people import partners_of
from members.services.talks import remind_talk
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, account_with
from tests.factories.members import MemberFactory
from tests.factories.talks import Village, key_of, post_above, village_with_talks
from tests.members.test_talk_pages import address, read, text

ClientOf = Callable[[User], Client]
MARKING = ["unaware", "estranged", "problem_committee"]


def mark(village: Village, kind: ConcernKind, *members: Any, by: User | None = None) -> Any:
    """Mark one member, or two who are estranged."""
    return mark_concern(
        campaign=village.campaign,
        organization=village.organization,
        kind=kind,
        member=members[0].pk,
        other=members[1].pk if len(members) > 1 else None,
        by=by or village.secretary,
    )


def grid(village: Village) -> Grid:
    """The grid as it is now."""
    return Grid.of(Campaign.objects.get(pk=village.campaign.pk), village.organization)


def test_who_must_not_know_of_which_marks(tree: Tree, township: User, supervisor: User) -> None:
    village = village_with_talks(tree)
    both = account_with(Role.DEPUTY, tree.village)
    AppointmentFactory.create(organization=tree.township, role=Role.OFFICE, user=both)
    everything = {kind.value for kind in ConcernKind}
    seen = {
        who: everything - hidden_marks(user, tree.village)
        for who, user in {
            "secretary": village.secretary,
            "both": both,
            "organizer": village.organizer,
            "committee": village.committee,
            "plain": village.plain,
            "township": township,
            "supervisor": supervisor,
        }.items()
    }
    assert seen == {
        "secretary": everything,
        "both": everything,
        "organizer": set(),
        "committee": set(),
        "plain": set(),
        "township": {"problem_committee"},
        "supervisor": set(),
    }


def test_a_talk_to_be_repeated_because_of_a_mark_counts_as_held_for_others(
    tree: Tree, client_of: ClientOf
) -> None:
    village = village_with_talks(tree, talk_key_people=MARKING, talk_key_by="secretary", talk_repeat_times=3)
    mark(village, ConcernKind.UNAWARE, village.heads["plain"])
    village.talk("secretary", "plain")
    two = (village.key("secretary"), village.key("plain"))
    assert grid(village).cell(*two) == "owed"
    assert discreet(grid(village)).cell(*two) == "done"
    for user in (village.organizer, village.plain):
        page = TalksPage.of(village.campaign, village.organization, user, person=village.key("plain"))
        assert page.view is not None
        assert [one.key for one in page.view.owed if one.key == village.key("secretary")] == []


def test_an_office_above_sees_nothing_of_what_the_branch_marked(
    tree: Tree, client_of: ClientOf, township: User
) -> None:
    village = village_with_talks(
        tree, pairs=("secretary_committee",), talk_key_people=MARKING, talk_key_by="secretary"
    )
    one, other = village.others[:2]
    before = text(read(client_of(township), address(village), person=key_of(one)))
    mark(village, ConcernKind.ESTRANGED, one, other)
    mark(village, ConcernKind.UNAWARE, one)
    assert text(read(client_of(township), address(village), person=key_of(one))) == before
    assert "还要谈的" in text(read(client_of(village.secretary), address(village), person=key_of(one)))


def test_two_who_are_estranged_do_not_stand_out_of_a_choice(tree: Tree) -> None:
    village = village_with_talks(
        tree,
        others=12,
        pairs=("member_member",),
        talk_key_people=MARKING,
        talk_large_branch_from=10,
        talk_min_partners=3,
        talk_min_partners_mode="each",
    )
    one, other, third = village.others[:3]
    before = grid(village)
    mark(village, ConcernKind.ESTRANGED, one, other)
    assert grid(village).cell(key_of(one), key_of(other)) == "owed"
    shown = discreet(grid(village))
    assert shown.cell(key_of(one), key_of(other)) == shown.cell(key_of(one), key_of(third)) == "choice"
    assert lines_of(shown) == lines_of(before)
    assert (shown.owed, shown.done) == (before.owed, before.done)
    state = TalkState.objects.get()
    assert (state.owed, grid(village).owed) == (grid(village).owed, state.owed), (
        "the board counts what is owed"
    )


@pytest.mark.parametrize("above", [False, True])
def test_nothing_tells_that_somebody_is_to_be_reminded(
    tree: Tree, client_of: ClientOf, township: User, above: bool
) -> None:
    village = village_with_talks(tree, talk_key_people=MARKING)
    post = post_above(tree) if above else None
    people = (village.organizer, village.committee, village.plain)
    pages = ("talks", "talk_sitting", "talk_new")
    ask = {"a": village.key("organizer"), "b": f"a{post.pk if post else 0}"}

    def seen() -> list[tuple[int, str]]:
        answers = [
            client_of(user).get(address(village, page), ask if page == "talk_new" else {})
            for user in people
            for page in pages
        ]
        return [(answer.status_code, text(answer.content.decode())) for answer in answers]

    before = seen()
    marked = mark(village, ConcernKind.PROBLEM_COMMITTEE, village.heads["committee"], by=township)
    assert seen() == before
    table = TalkTable.of(village.campaign, village.organization, grid(village))
    assert not [note for note in table.notes if "提醒" in note]
    if post is None:
        assert [note for note in grid(village).notes if "提醒" in note], "the secretary is told"
        return
    remind_talk(
        campaign=village.campaign,
        organization=village.organization,
        superior=post,
        person=village.key("committee"),
        held_on=timezone.localdate(),
        by=township,
    )
    assert [
        line.times for line in TalkTable.of(village.campaign, village.organization, grid(village)).lines
    ] == [0] * 7
    unmark_concern(concern=marked, by=township)
    assert {line.times for line in lines_of(discreet(grid(village)))} == {0}


def test_a_superior_on_the_roll_talks_like_everybody(tree: Tree, township: User) -> None:
    village = village_with_talks(tree, talk_key_people=MARKING)
    leader = account_with(Role.SECRETARY, tree.township, full_name="何长河")
    member = MemberFactory.create(organization=tree.village, name="何长河", user=leader)
    mark(village, ConcernKind.PROBLEM_COMMITTEE, village.heads["committee"], by=township)
    assert key_of(member) in {person.key for person in partners_of(village.campaign, village.organization)}
    village.talk(member, village.others[0])
    for seen in (grid(village), discreet(grid(village))):
        assert seen.cell(key_of(member), key_of(village.others[0])) == "done"
        assert key_of(member) in {person.key for person in seen.people}
