"""The fewest sittings: always a full cover, close to the fewest there can be (brute force on up to six people)."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import Rules
from members.rules.sitting_needs import Needs, pairs_in
from members.rules.sitting_search import leave_out
from members.rules.sittings import Sitting, suggest
from members.rules.talk_book import Duty
from members.rules.talk_duties import duties_of
from members.rules.talk_people import Links, Pair, Person, pair
from members.rules.talk_standing import DutyState, judge
from tests.pace import allowed

DAY = date(2026, 1, 5)
ALL = ("secretary_committee", "secretary_member", "committee_committee", "member_member")


def branch(count: int, **rules: object) -> tuple[DutyState, ...]:
    """What a branch of so many owes when nobody has talked: S, A, B and members."""
    people = [
        Person(f"m{number:03}", "", frozenset({"member"} | ({post} if post else set())))
        for number, post in enumerate(["secretary", "committee", "committee", *[""] * count][:count])
    ]
    return judge(duties_of(Rules(**{"talk_pairs": ALL, **rules}), people, body=False), {}, set())  # type: ignore[arg-type]


def held_after(plan: Sequence[Sitting]) -> dict[Pair, list[date]]:
    """The talks of a plan carried out."""
    counts = Counter(two for sitting in plan for two in pairs_in(sitting.people))
    return {two: [DAY] * count for two, count in counts.items()}


def together(one: dict[Pair, list[date]], other: dict[Pair, list[date]]) -> dict[Pair, list[date]]:
    """Talks of both."""
    return {two: [*one.get(two, ()), *other.get(two, ())] for two in {*one, *other}}


@pytest.mark.parametrize(
    ("count", "most", "fewest"),
    [
        (2, 6, 1),
        (6, 6, 1),
        (7, 6, 3),  # known covering numbers C(7,6,2), C(9,3,2), C(12,6,2), C(15,6,2)
        (9, 3, 12),
        (12, 6, 6),
        (15, 6, 10),
        (5, None, 10),
        (5, 2, 10),
    ],
)
def test_everybody_with_everybody(count: int, most: int | None, fewest: int) -> None:
    states = branch(count, talk_large_branch_from=None)
    plan = suggest(states, most=most)
    assert len(plan) == fewest
    assert all(len(sitting.people) <= (most or 2) for sitting in plan)
    assert sum(len(sitting.pairs) for sitting in plan) == count * (count - 1) // 2


def test_nothing_owed_needs_no_sitting() -> None:
    assert suggest((), most=6) == ()
    assert suggest(branch(1), most=None) == ()


def test_one_of_the_committee_with_each_member() -> None:
    """Three of the committee, ten members, sittings of six: one of the committee with five, twice, and the committee."""
    states = branch(13, talk_pairs=("committee_member",))
    assert len(suggest(states, most=6)) == 2
    assert len(suggest(states, most=None)) == 10


def test_each_with_two_partners_one_to_one_needs_as_many_talks_as_people() -> None:
    states = branch(9, talk_pairs=("member_member",), talk_large_branch_from=5, talk_min_partners=2)
    assert len(suggest(states, most=None)) == 9
    assert len(suggest(states, most=3)) == 3


def test_the_whole_branch_together() -> None:
    states = branch(
        9,
        talk_pairs=("member_member",),
        talk_large_branch_from=5,
        talk_min_partners=10,
        talk_min_partners_mode="total",
    )
    assert len(suggest(states, most=5)) == 1
    assert len(suggest(states, most=None)) == 10


def duty(
    who: str, partners: str, least: int = 1, times: int = 1, mode: str = "", reason: str = "member_member"
) -> Duty:
    """A duty among people of one letter."""
    return Duty(
        who, tuple(sorted(pair(who, other) for other in partners)), least, times, (reason,), False, mode
    )


def plan_of(*duties: Duty, most: int | None = 6) -> list[tuple[str, str, int]]:
    """People, mode and number of pairs of each sitting."""
    found = suggest(judge(duties, {}, set()), most=most)
    return [("".join(sitting.people), sitting.mode, len(sitting.pairs)) for sitting in found]


def test_who_is_visited_or_away_is_talked_with_alone() -> None:
    said = plan_of(
        duty("m", "S", mode="visit"), duty("n", "S", mode="remote"), duty("S", "o"), duty("o", "m")
    )
    assert said == [("So", "", 1), ("Sm", "visit", 1), ("Sn", "remote", 1), ("mo", "visit", 1)]


def test_the_choice_of_a_visited_person_and_a_choice_with_one() -> None:
    """m is visited once; n may talk with A instead of m; o has nobody but m."""
    said = plan_of(duty("m", "SAn", mode="visit"), duty("n", "AmS"), duty("o", "mn", least=2))
    assert ("mn", "visit", 1) in said
    assert ("mo", "visit", 1) in said
    assert ("no", "", 1) in said
    assert len(said) == 3


def test_a_visit_that_was_made_still_keeps_the_person_at_home() -> None:
    duties = (duty("m", "S", mode="visit"), duty("m", "n"), duty("n", "S"))
    found = suggest(judge(duties, {("S", "m"): [DAY]}, set()), most=6)
    assert [(sitting.people, sitting.mode) for sitting in found] == [(("S", "n"), ""), (("m", "n"), "visit")]


def test_who_is_away_is_rung_up_also_by_who_is_visited() -> None:
    """Whichever of the two comes first in the list: nobody pays a visit to somebody who is away, nor from afar."""
    said = plan_of(
        duty("n", "m"),
        duty("n", "z"),
        duty("m", "SA", mode="visit"),
        duty("z", "SA", mode="visit"),
        duty("n", "SA", mode="remote"),
    )
    assert {(people, mode) for people, mode, _ in said if "n" in people and people != "Sn"} >= {
        ("mn", "remote"),
        ("nz", "remote"),
    }


def test_a_reminder_and_people_at_odds_are_one_to_one() -> None:
    said = plan_of(
        duty("A", "z", mode="remind"), duty("m", "n", reason="key:estranged"), duty("A", "m"), duty("A", "n")
    )
    assert said == [("Amn", "", 2), ("Az", "remind", 1), ("mn", "", 1)]


def test_repeated_talks_take_as_many_sittings() -> None:
    assert plan_of(duty("m", "S", times=3), duty("n", "S")) == [("Smn", "", 2), ("Sm", "", 1), ("Sm", "", 1)]
    assert len(plan_of(duty("m", "S", times=3), duty("n", "S"), most=None)) == 4
    assert plan_of(duty("m", "SA", times=2)) == [("Am", "", 1), ("Am", "", 1)]


def test_a_choice_settled_by_pairs_that_another_choice_made_certain() -> None:
    """n must talk twice with S (its only way); m is content with S or n."""
    states = judge([duty("n", "Sm", least=1, times=2), duty("m", "nS")], {("m", "n"): [DAY]}, set())
    assert [state.left for state in states] == [1, 0]
    twice = plan_of(duty("n", "Sm", times=2), duty("S", "nmA", least=2), most=None)
    assert [people for people, _, _ in twice] == ["Sn", "Sn", "AS"]


def test_links_of_people_at_odds_come_from_the_duties() -> None:
    people = [Person(key, key, frozenset({"member"})) for key in "mn"]
    rules = Rules(talk_key_people=("estranged",))
    states = judge(duties_of(rules, people, Links(estranged=frozenset({("m", "n")})), body=False), {}, set())
    assert [sitting.people for sitting in suggest(states, most=6)] == [("m", "n")]


def test_superfluous_sittings_are_left_out() -> None:
    needs = Needs.of(judge([duty("a", "b"), duty("c", "ab")], {}, set()))
    assert leave_out(needs, [("a", "b", "c"), ("b", "c"), ("a", "b")]) == [("a", "b", "c")]
    assert leave_out(needs, [("b", "c"), ("a", "b")]) == [("b", "c"), ("a", "b")]
    assert leave_out(needs, [("a", "b"), ("b", "c"), ("a", "c")]) == [("a", "b"), ("b", "c")]


@st.composite
def owed(draw: st.DrawFn) -> tuple[tuple[Duty, ...], dict[Pair, list[date]]]:
    """Duties among up to six people with some talks already held; no two duties of one pair."""
    people = "abcdef"[: draw(st.integers(2, 6))]
    pairs = list(combinations(people, 2))
    certain = draw(st.lists(st.sampled_from(pairs), unique=True))
    modes = st.sampled_from(("", "", "", "visit"))
    duties = [Duty(two[0], (two,), 1, draw(st.integers(1, 2)), ("x",), False, draw(modes)) for two in certain]
    for who in draw(st.lists(st.sampled_from(people), unique=True)) if len(people) > 2 else ():
        partners = [two for two in pairs if who in two]
        some = draw(st.lists(st.sampled_from(partners), unique=True, min_size=2))
        least = draw(st.integers(1, len(some) - 1))
        duties.append(
            Duty(who, tuple(sorted(some)), least, draw(st.integers(1, 2)), ("y",), False, draw(modes))
        )
    if len(pairs) > 1 and draw(st.booleans()):
        duties.append(Duty("", tuple(pairs), draw(st.integers(1, len(pairs) - 1)), 1, ("z",)))
    talks = {
        two: [DAY] * draw(st.integers(0, 2)) for two in draw(st.lists(st.sampled_from(pairs), unique=True))
    }
    return tuple(duties), talks


def test_more_than_can_be_tried_is_left_as_it_is() -> None:
    """Eight people, everybody three times, three at a time: the search gives up, the plan stands."""
    people = [Person(f"m{number}", "", frozenset({"member"})) for number in range(8)]
    rules = Rules(talk_pairs=("member_member",), talk_times=3, talk_large_branch_from=None)
    states = judge(duties_of(rules, people, body=False), {}, set())
    plan = suggest(states, most=3)
    assert len(plan) >= 28  # 84 pairs, three a sitting
    assert all(state.is_met for state in judge([state.duty for state in states], held_after(plan), set()))


@given(owed(), st.sampled_from((None, 3, 4, 6)))
def test_a_plan_settles_everything_and_has_no_idle_sitting(
    given_: tuple[tuple[Duty, ...], dict[Pair, list[date]]], most: int | None
) -> None:
    duties, talks = given_
    states = judge(duties, talks, set())
    plan = suggest(states, most=most)
    after = judge(duties, together(talks, held_after(plan)), set())
    assert all(state.is_met for state in after)
    assert bool(plan) == any(state.left for state in states)
    assert all(2 <= len(sitting.people) <= (most or 2) for sitting in plan)
    assert all(set(sitting.pairs) <= set(pairs_in(sitting.people)) for sitting in plan)
    assert all(sitting.pairs for sitting in plan)
    at_home = {state.duty.who for state in states if state.duty.mode == "visit"}
    assert all(len(sitting.people) == 2 for sitting in plan if at_home.intersection(sitting.people))
    assert suggest(states, most=most) == plan


def fewest(needs: Needs, people: Sequence[str], size: int, bound: int) -> int:
    """By trying everything: the fewest sittings that settle the needs, at most `bound`."""
    groups = list(combinations(people, min(size, len(people))))

    def within(chosen: list[tuple[str, ...]], left: int) -> bool:
        covered = Counter(two for group in chosen for two in pairs_in(group))
        open_ = next((two for two, times in needs.demand.items() if covered[two] < times), None)
        if open_ is None and needs.met_by(chosen):
            return True
        fitting = groups if open_ is None else [group for group in groups if set(open_) <= set(group)]
        return left > 0 and any(within([*chosen, group], left - 1) for group in fitting)

    return next((count for count in range(bound) if within([], count)), bound)


@given(st.data())
def test_among_six_people_the_fewest_there_can_be(data: st.DataObject) -> None:
    people = "abcdef"
    size = data.draw(st.sampled_from((3, 4, 5)))
    pairs = list(combinations(people, 2))
    certain = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=15))
    duties = [Duty(two[0], (two,), 1, 1, ("x",)) for two in certain]
    for who in data.draw(st.lists(st.sampled_from(people), unique=True, max_size=2)):
        partners = tuple(two for two in pairs if who in two)
        duties.append(Duty(who, partners, data.draw(st.integers(1, 3)), 1, ("y",)))
    states = judge(duties, {}, set())
    plan = suggest(states, most=size)
    assert len(plan) == fewest(Needs.of(states), people, size, len(plan))


@pytest.mark.parametrize(("most", "at_most"), [(6, 1700), (None, 19_900)])
def test_200_members_are_planned_in_time(most: int | None, at_most: int) -> None:
    """19,900 pairs: within two seconds of work; 1,334 is what no plan of six can go below (Schönheim)."""
    states = branch(200, talk_large_branch_from=None)
    began = time.process_time()
    plan = suggest(states, most=most)
    assert time.process_time() - began < allowed(2)
    assert len(plan) <= at_most
