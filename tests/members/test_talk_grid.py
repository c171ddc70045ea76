"""The talk grid from the database: what each cell says, and what the board is told."""

import datetime
import time
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.models import Appointment, Campaign, Role, Run
from members.models import (
    ConcernKind,
    Member,
    Outsider,
    Talk,
    TalkConcern,
    TalkKind,
    TalkSide,
    TalkState,
    TalkWaiver,
)
from members.rules.talk_people import pair
from members.services.talk_grid import Grid, settle_talks
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, CampaignFactory
from tests.factories.members import members_of
from tests.pace import allowed

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 1, 5)


def key(one: Member) -> str:
    """A member's key."""
    return f"m{one.pk.hex}"


def post(role: str, place: Any, name: str) -> Appointment:
    """A post whose holder has no account."""
    made: Appointment = AppointmentFactory.create(user=None, role=role, organization=place, holder_name=name)
    return made


class Village:
    """A branch under the rules of 新义村: 书记, one of the committee, members; any of the committee will do."""

    def __init__(self, tree: Tree, count: int, preset: str = "xinyi_2018", **rules: Any) -> None:
        self.place, self.tree = tree.village, tree
        self.campaign: Campaign = CampaignFactory.create(issuer=tree.county, preset=preset, rules=rules)
        self.members = members_of(tree.village, count)
        self.posts = [
            post(role, tree.village, one.name)
            for role, one in zip((Role.SECRETARY, Role.ORGANIZER), self.members, strict=False)
        ]

    def talk(self, *people: Member | Appointment | Outsider, host: int | None = None, **fields: Any) -> Talk:
        """A talk of these people; `host`: whose place in the list."""
        fields = {"held_on": DAY, **fields}
        talk = Talk.objects.create(campaign=self.campaign, organization=self.place, **fields)
        for place, one in enumerate(people):
            side = {Member: "member", Appointment: "appointment", Outsider: "outsider"}[type(one)]
            TalkSide.objects.create(talk=talk, is_host=place == host, **{side: one})
        return talk

    def waive(self, one: str, other: str, **fields: Any) -> None:
        """Let two off."""
        first, second = pair(one, other)
        TalkWaiver.objects.create(
            campaign=self.campaign,
            organization=self.place,
            first=first,
            second=second,
            reason="住院",
            **fields,
        )

    def grid(self) -> Grid:
        """The grid now."""
        return Grid.of(self.campaign, self.place)

    def cells(self, *pairs: tuple[int, int]) -> list[str]:
        """The cells of pairs of members by their number."""
        grid = self.grid()
        return [grid.cell(key(self.members[one]), key(self.members[other])) for one, other in pairs]


def test_each_cell_says_what_is_still_to_do(tree: Tree) -> None:
    village = Village(tree, 4)
    pairs = ((0, 1), (0, 2), (1, 2), (2, 3), (3, 2))
    assert village.cells(*pairs) == ["owed", "choice", "choice", "free", "free"]
    talk = village.talk(*village.members[:2])
    village.talk(*village.members[1:3])
    village.talk(*village.members[2:4])
    village.waive(key(village.members[0]), key(village.members[3]))
    assert village.cells(*pairs, (0, 3), (1, 3)) == [
        "done",
        "free",
        "done",
        "done",
        "done",
        "waived",
        "choice",
    ]
    grid = village.grid()
    assert (grid.owed, grid.done, grid.round_no) == (3, 2, 1)
    assert grid.held[pair(key(village.members[0]), key(village.members[1]))] == ((DAY, talk.pk),)
    assert grid.waived == {pair(key(village.members[0]), key(village.members[3]))}
    assert len(grid.states) == len(grid.duties) == 3


def test_talks_twice_are_kept_in_order(tree: Tree) -> None:
    village = Village(tree, 2, talk_times=2)
    later = village.talk(*village.members, held_on=DAY + datetime.timedelta(days=3))
    assert village.cells((0, 1)) == ["owed"]
    first = village.talk(*village.members)
    assert village.cells((1, 0)) == ["done"]
    grid = village.grid()
    assert [talk for _, talk in grid.held[pair(*map(key, village.members))]] == [first.pk, later.pk]
    assert grid.last_on == DAY + datetime.timedelta(days=3)


@pytest.mark.parametrize(
    ("together", "host", "most", "done"),
    [(True, None, 6, 6), (True, 0, 3, 0), (False, 0, 3, 3), (False, None, 6, 0), (True, None, None, 0)],
)
def test_a_talk_of_several(tree: Tree, together: bool, host: int | None, most: int | None, done: int) -> None:
    """坐在一起谈: everybody with everybody up to so many; else who talked with each of the others."""
    village = Village(tree, 4, "luoyang_2014", talk_sitting_most=most)
    village.talk(*village.members, host=host, together=together)
    grid = village.grid()
    assert (grid.owed, grid.done) == (6, done)


def test_a_post_that_turned_out_to_be_a_member_keeps_its_talks(tree: Tree) -> None:
    village = Village(tree, 2)
    other = post(Role.SECRETARY, tree.village, "外来书记")
    village.talk(village.posts[1], village.members[0])
    village.talk(other, village.members[1])
    outsider = Outsider.objects.create(organization=tree.village, name="群众代表")
    village.talk(outsider, village.members[1])
    grid = village.grid()
    assert grid.cell(*map(key, village.members)) == "done"
    assert grid.cell(f"a{other.pk}", key(village.members[1])) == "done"
    assert grid.cell(f"o{outsider.pk.hex}", key(village.members[1])) == "done"
    assert grid.cell(f"o{outsider.pk.hex}", key(village.members[0])) == "free"


def test_a_waiver_of_a_post_holds_for_the_member(tree: Tree) -> None:
    village = Village(tree, 2)
    village.waive(f"a{village.posts[0].pk}", key(village.members[1]))
    assert village.cells((0, 1)) == ["waived"]


def test_only_a_reminder_by_the_superior_settles_a_reminder(tree: Tree) -> None:
    village = Village(tree, 2, "luoyang_2014", talk_pairs=[])
    above = post(Role.SECRETARY, tree.township, "镇书记")
    deputy = post(Role.DEPUTY, tree.township, "镇副书记")
    TalkConcern.objects.create(
        campaign=village.campaign,
        organization=tree.village,
        kind=ConcernKind.PROBLEM_COMMITTEE,
        member=village.members[1],
    )
    superior = f"a{above.pk}"
    assert village.grid().cell(superior, key(village.members[1])) == "owed"
    village.talk(above, village.members[1])
    village.talk(*village.members)
    assert village.grid().cell(superior, key(village.members[1])) == "owed"
    assert village.cells((0, 1)) == ["done"]
    reminder = village.talk(deputy, village.members[1], host=0, kind=TalkKind.REMIND, together=False)
    assert village.grid().cell(superior, key(village.members[1])) == "done"
    reminder.delete()
    village.talk(above, village.members[1], kind=TalkKind.REMIND)
    assert village.grid().cell(superior, key(village.members[1])) == "done"


def test_another_round_begins_anew(tree: Tree) -> None:
    village = Village(tree, 2)
    village.talk(*village.members)
    assert settle_talks(campaign=village.campaign, organization=tree.village).held == 1
    Run.objects.create(
        campaign=village.campaign,
        organization=tree.village,
        round_no=2,
        opened_at="2026-02-01T00:00Z",
        reason="流于形式",
    )
    assert village.cells((0, 1)) == ["owed"]
    state = settle_talks(campaign=village.campaign, organization=tree.village)
    assert (state.round_no, state.owed, state.held, state.last_on) == (2, 1, 0, None)
    assert TalkState.objects.count() == 2


def test_the_state_for_the_board_follows_the_grid(tree: Tree) -> None:
    village = Village(tree, 4)
    first = settle_talks(campaign=village.campaign, organization=tree.village)
    assert (first.owed, first.held, first.last_on) == (3, 0, None)
    village.talk(*village.members[:2])
    again = settle_talks(campaign=village.campaign, organization=tree.village)
    assert (again.pk, again.owed, again.held, again.last_on) == (first.pk, 3, 1, DAY)
    assert again.settled_at > first.settled_at


def test_notes_say_what_is_missing(tree: Tree) -> None:
    campaign = CampaignFactory.create(issuer=tree.county, preset="luoyang_2014")
    members_of(tree.village, 3)
    assert "书记空缺" in Grid.of(campaign, tree.village).notes[0]


def ticked(village: Village, pairs: Iterable[tuple[Member, Member]]) -> None:
    """One talk for each pair."""
    pairs = list(pairs)
    talks = Talk.objects.bulk_create(
        [Talk(campaign=village.campaign, organization=village.place, held_on=DAY) for _ in pairs],
        batch_size=500,
    )
    TalkSide.objects.bulk_create(
        [TalkSide(talk=talk, member=one) for talk, two in zip(talks, pairs, strict=True) for one in two],
        batch_size=500,
    )


def test_200_members_in_a_constant_number_of_queries(tree: Tree) -> None:
    """19,900 pairs, 2,000 of them ticked; the limit is generous: 0.1 s on an idle machine."""
    village = Village(tree, 200, "luoyang_2014", talk_large_branch_from=None)
    village.grid()  # the rules are read once
    with CaptureQueriesContext(connection) as few:
        assert village.grid().owed == 19_900
    ticked(village, list(combinations(village.members, 2))[:2000])
    with CaptureQueriesContext(connection) as many:
        began = time.process_time()
        grid = village.grid()
        took = time.process_time() - began
    assert (grid.owed, grid.done) == (19_900, 2_000)
    assert len(few) == len(many) <= 12
    assert took < allowed(1)
