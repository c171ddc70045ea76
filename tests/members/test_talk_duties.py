"""Who has to talk with whom, against tables worked out by hand and an oracle that only reads the clauses."""

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import Rules, load_preset, resolve
from members.rules.talk_duties import Duty, duties_of
from members.rules.talk_notes import notes_of
from members.rules.talk_people import Links, Person, pair
from members.rules.talk_standing import judge, pairs_of_talk, tally

TABLES = Path(__file__).parent / "talks"
BRANCH_POSTS = {
    "S": "secretary",
    "D": "deputy,committee",
    "A": "committee",
    "B": "committee",
    "C": "committee",
}
BODY_POSTS = {
    **dict.fromkeys("LMN", "lower_secretary"),
    **dict.fromkeys("xyz", "own_member"),
    **dict.fromkeys("hk", "department_head"),
    **dict.fromkeys("ABC", "leader"),
    "S": "secretary,leader",
}
DAY = date(2026, 1, 5)
POOR, AWAY = frozenset({"poor"}), frozenset({"floating"})


@dataclass
class Case:
    """One block of a table."""

    title: str
    said: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.title


def cases(name: str) -> list[Case]:
    """The blocks of a table."""
    found: list[Case] = []
    for line in (TABLES / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            found.append(Case(line[3:]))
        elif line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            found[-1].said[word] = rest.strip()
    return found


def rules_in(case: Case) -> Rules:
    """The preset with single keys changed."""
    changes = dict(item.split("=", 1) for item in case.said.get("rules", "").split())
    chosen = load_preset(case.said["preset"])
    return resolve({**chosen.values, **{key: json.loads(value) for key, value in changes.items()}}, {})


def branch_person(text: str) -> Person:
    """`S`, `m:poor,unwell`; `S:-` is on no roll."""
    letter, _, more = text.partition(":")
    posts = {post for post in BRANCH_POSTS.get(letter, "").split(",") if post} | (
        {"member"} if more != "-" else set()
    )
    return Person(letter, letter, frozenset(posts), frozenset(more.split(",")) - {"", "-"})


def body_person(text: str) -> Person:
    """`A`, `L:+leader`."""
    letter, _, more = text.partition(":+")
    return Person(letter, letter, frozenset({*BODY_POSTS[letter].split(","), more} - {""}))


def twos(text: str) -> tuple[tuple[str, str], ...]:
    """`AL BM` as pairs."""
    return tuple((two[0], two[1]) for two in text.split())


def shown(duty: Duty) -> str:
    """A choice as the tables write it."""
    again = f" x{duty.times}" if duty.times > 1 else ""
    return f"{duty.who or '*'} {duty.least} {''.join(sorted(duty.partners))}{again}"


def check(case: Case, duties: tuple[Duty, ...]) -> None:
    """Compare duties with what the table says."""
    definite = [duty for duty in duties if duty.is_definite]
    assert sorted("".join(duty.pair) for duty in definite) == case.said.get("pairs", "").split()
    choices = [text.strip() for text in case.said.get("choices", "").split(";") if text.strip()]
    assert sorted(shown(duty) for duty in duties if not duty.is_definite) == choices
    often = " ".join(f"{''.join(duty.pair)} {duty.times}" for duty in definite if duty.times > 1)
    assert often == case.said.get("times", "")
    assert tally(judge(duties, {}, set())).owed == int(case.said["sum"])


@pytest.mark.parametrize("case", cases("branches.txt"), ids=str)
def test_a_branch_owes_what_the_table_says(case: Case) -> None:
    people = [branch_person(text) for text in case.said["people"].split()]
    check(case, duties_of(rules_in(case), people, body=False))


@pytest.mark.parametrize("case", cases("bodies.txt"), ids=str)
def test_a_body_owes_what_the_table_says(case: Case) -> None:
    people = [body_person(text) for text in case.said["people"].split()]
    links = Links(liaison=twos(case.said.get("liaison", "")), portfolio=twos(case.said.get("portfolio", "")))
    check(case, duties_of(rules_in(case), people, links, body=True))


def preset(name: str, **changes: object) -> Rules:
    """The rules of a notice with single keys changed."""
    return replace(resolve(load_preset(name).values, {}), **changes)  # type: ignore[arg-type]


def crowd(count: int, **flags: str) -> list[Person]:
    """A branch of so many: S, three of the committee, the others."""
    names = ["S", "A", "B", "C", *(f"m{number:02}" for number in range(count - 4))]
    return [
        replace(branch_person(name[0] if len(name) == 1 else "m"), key=name, group=f"{n % 4}组")
        for n, name in enumerate(names)
    ]


def test_80_members_with_groups_each_with_ten() -> None:
    """80×10, less what the four of the committee do among themselves: 6 pairs, 3 of each one's ten."""
    duties = duties_of(preset("luoyang_2014"), crowd(80), body=False)
    choices = [duty for duty in duties if not duty.is_definite]
    assert [duty.pair for duty in duties if duty.is_definite] == [
        pair(*two) for two in (("S", "A"), ("S", "B"), ("S", "C"), ("A", "B"), ("A", "C"), ("B", "C"))
    ]
    assert len(choices) == 80
    assert all(duty.least == 10 and duty.general and len(duty.partners) == 79 for duty in choices)
    secretary = next(duty for duty in choices if duty.who == "S")
    assert secretary.reasons == ("secretary_member", "member_member")
    assert tally(judge(duties, {}, set())).owed == 6 + 80 * 10 - 4 * 3


def test_200_members_everybody_with_everybody() -> None:
    duties = duties_of(preset("luoyang_2014", talk_large_branch_from=None), crowd(200), body=False)
    assert len(duties) == 19_900
    assert len({duty.pair for duty in duties}) == 19_900


def test_one_pair_has_the_reasons_of_all_rules() -> None:
    duties = duties_of(
        preset("luoyang_2014"), [branch_person(text) for text in ("S", "A", "m:poor")], body=False
    )
    first = duties[0]
    assert first.pair == ("A", "S")
    assert first.who == "S"
    assert first.reason == "secretary_committee"
    assert first.reasons == (
        "secretary_committee",
        "secretary_member",
        "committee_committee",
        "member_member",
    )
    assert first.partners == {"A"}


@pytest.mark.parametrize(
    ("person", "rules", "mode"),
    [
        ("m:poor", {}, "visit"),
        ("m:elderly", {}, "visit"),
        ("m:floating", {}, "remote"),
        ("m:floating", {"talk_remote_allowed": False}, ""),
        ("m:floating,elderly", {}, "remote"),
        ("m:floating,elderly", {"talk_remote_allowed": False}, "visit"),
        ("m:poor", {"talk_home_visit": ()}, ""),
        ("m:elderly", {"talk_key_people": ()}, "visit"),
    ],
)
def test_how_a_key_person_is_talked_with(person: str, rules: dict[str, object], mode: str) -> None:
    """困难、年老体弱上门; 流动可电话网络; who is to be visited is a key person even if not named as one."""
    asked = preset("luoyang_2014", talk_key_by="secretary", **rules)
    (duty,) = duties_of(asked, [branch_person("S"), branch_person(person)], body=False)
    assert duty.mode == mode
    assert duty.who == ("m" if mode else "S")


def test_people_at_odds_talk_with_each_other() -> None:
    people = [branch_person(text) for text in ("S", "A", "m", "n")]
    links = Links(estranged=frozenset({("m", "n")}))
    (duty,) = duties_of(preset("luoyang_2014", talk_pairs=()), people, links, body=False)
    assert (duty.pair, duty.reason) == (("m", "n"), "key:estranged")
    assert duties_of(preset("xinyi_2018", talk_pairs=()), people, links, body=False) == ()


def test_the_superior_reminds_who_has_serious_problems() -> None:
    above = Person("a9", "上级书记", frozenset({"superior"}))
    people = [branch_person("S"), branch_person("A:problem_committee"), above]
    rules = preset("luoyang_2014", talk_pairs=())
    (duty,) = duties_of(rules, people, Links(superior="a9"), body=False)
    assert (duty.pair, duty.mode, duty.reason) == (("A", "a9"), "remind", "key:problem_committee")
    assert duties_of(rules, people, body=False) == ()
    assert notes_of(rules, people, body=False) == ("上级党组织书记空缺，提醒谈话暂时没有列入。",)


def test_the_secretary_talks_with_investors() -> None:
    investor = Person("o1", "出资人", frozenset({"investor"}))
    people = [branch_person("S"), investor]
    rules = preset("luoyang_2014", talk_pairs=())
    (duty,) = duties_of(rules, people, body=False)
    assert (duty.pair, duty.reason) == (("S", "o1"), "key:investor")
    assert duties_of(preset("xinyi_2018"), people, body=False) == ()
    assert notes_of(rules, [investor], body=False) == (
        "书记空缺，要由书记谈的暂时没有列入；请先登记书记的任职，登记以后自动补上。",
    )


def choice(who: str, partners: str, least: int = 1, times: int = 1, **more: object) -> Duty:
    """A choice of somebody among one-letter partners."""
    pairs = tuple(sorted(pair(who, other) for other in partners))
    return Duty(who, pairs, least, times, ("committee_member",), **more)  # type: ignore[arg-type]


def test_choices_of_one_person_are_not_asked_twice() -> None:
    """m is poor and unwell, and any 支委 is to talk with each 党员: one talk, three reasons."""
    rules = preset("xinyi_2018", talk_key_by="committee", talk_home_visit=("poor",))
    people = [branch_person(text) for text in ("S", "A", "m:unwell,veteran")]
    duty = duties_of(rules, people, body=False)[-1]
    assert set(duty.reasons) == {"committee_member", "key:veteran", "key:unwell"}
    people = [branch_person(text) for text in ("S", "A", "m:poor")]
    kept = duties_of(rules, people, body=False)
    assert [(duty.mode, duty.reasons) for duty in kept[1:]] == [("visit", ("committee_member", "key:poor"))]


def test_a_wider_choice_goes_into_a_narrower_one() -> None:
    rules = preset("xinyi_2018", talk_key_by="any")
    people = [branch_person(text) for text in ("S", "A", "m:poor", "n")]
    duties = duties_of(rules, people, body=False)
    assert [shown(duty) for duty in duties[1:]] == ["m 1 AS", "n 1 AS"]
    assert duties[1].reasons == ("committee_member", "key:poor")


def test_a_strict_choice_is_not_lost_in_a_general_one() -> None:
    """一般不少于 of many does not swallow that a key person must be talked with."""
    rules = preset(
        "luoyang_2014", talk_large_branch_from=3, talk_min_partners=2, talk_pairs=("member_member",)
    )
    people = [branch_person(text) for text in ("m:poor", "n", "o", "p")]
    duties = [duty for duty in duties_of(rules, people, body=False) if duty.who == "m"]
    assert [(duty.least, duty.general, duty.mode) for duty in duties] == [(2, True, ""), (1, False, "visit")]


@pytest.mark.parametrize(
    ("talks", "done", "left", "times"),
    [(0, 0, 1, (3,)), (1, 0, 1, (2,)), (2, 0, 1, (1,)), (3, 1, 0, ()), (5, 1, 0, ())],
)
def test_a_pair_that_talks_three_times(talks: int, done: int, left: int, times: tuple[int, ...]) -> None:
    duty = choice("m", "S", times=3)
    (state,) = judge([duty], {("S", "m"): [DAY] * talks}, set())
    assert (state.done, state.left, state.times) == (done, left, times)
    assert state.is_met == (left == 0)
    assert state.missing == ({"S"} if left else set())


def test_a_waived_pair_is_owed_no_more_and_a_choice_goes_on_without_it() -> None:
    duties = [choice("m", "S"), choice("m", "SAB")]
    states = judge(duties, {}, {("S", "m")})
    assert [state.left for state in states] == [0, 1]
    assert states[1].missing == {"A", "B"}
    assert (tally(states).owed, tally(states).held) == (1, 0)
    assert all(state.is_met for state in judge(duties, {}, {("S", "m"), ("A", "m"), ("B", "m")}))
    assert tally(judge(duties, {("A", "m"): [DAY]}, {("S", "m")})).held == 1


def test_one_talk_for_two_choices_of_a_person_counts_once() -> None:
    """m owes one of the 支委 and three of all: three talks, whichever come first."""
    duties = [choice("m", "SA"), choice("m", "SAno", least=3)]

    def counts(partners: str) -> tuple[int, int]:
        talked = {pair("m", other): [DAY] for other in partners}
        sums = tally(judge(duties, talked, set()))
        return sums.owed, sums.held

    assert counts("") == (3, 0)
    assert [counts(partners)[1] for partners in ("S", "SA", "SAn", "no", "noS")] == [1, 2, 3, 2, 3]
    states = judge(duties, {pair("m", "S"): [DAY], pair("m", "n"): [DAY]}, set())
    assert [state.left for state in states] == [0, 1], "how many talks are still to be planned is no share"


def test_choices_with_a_pair_in_common_are_counted_apart() -> None:
    """Two choices neither of which is in the other; of two in a third that overlap, one is taken off."""
    beside = [choice("m", "SA"), choice("m", "An")]
    assert tally(judge(beside, {}, set())).owed == 2
    within = [*beside, choice("m", "SAno", least=3)]
    assert tally(judge(within, {}, set())).owed == 4
    talked = {pair("m", other): [DAY] for other in "Ano"}
    assert tally(judge(within, talked, set())).held == 4
    chain = [choice("m", "SA"), choice("m", "SAn", least=2), choice("m", "SAno", least=3)]
    assert tally(judge(chain, {}, set())).owed == 3


def test_talked_though_waived_is_talked() -> None:
    states = judge([choice("m", "S"), choice("m", "SA")], {("S", "m"): [DAY]}, {("S", "m")})
    assert (tally(states).owed, tally(states).held) == (1, 1)


def test_the_duty_of_a_whole_branch_misses_everybody_in_open_pairs() -> None:
    duty = Duty("", (("A", "m"), ("A", "n"), ("m", "n")), 2, 1, ("member_member",))
    (state,) = judge([duty], {("A", "m"): [DAY]}, set())
    assert (state.done, state.left, state.missing) == (1, 1, frozenset("Amn"))
    assert duty.partners == {"A", "m", "n"}


@pytest.mark.parametrize(
    ("people", "host", "together", "most", "count"),
    [
        (["m", "n"], "", True, None, 1),
        (["m", "n"], "m", False, 6, 1),
        (["m", "n", "o"], "m", True, 3, 3),
        (["m", "n", "o"], "m", True, None, 0),
        (["m", "n", "o", "p"], "m", True, 3, 0),
        (["m", "n", "o", "p"], "m", False, 3, 3),
        (["m", "n", "o"], "", False, 3, 0),
        (["m", "m"], "m", True, 6, 0),
    ],
)
def test_which_pairs_a_talk_ticks(
    people: list[str], host: str, together: bool, most: int | None, count: int
) -> None:
    assert len(pairs_of_talk(people, host, together=together, most=most)) == count


class TestNotes:
    """What could not be listed is said."""

    def test_vacant_secretary(self) -> None:
        said = notes_of(preset("luoyang_2014"), [branch_person("A"), branch_person("m")], body=False)
        assert said == ("书记空缺，要由书记谈的暂时没有列入；请先登记书记的任职，登记以后自动补上。",)

    def test_vacant_secretary_whom_nothing_asks_for(self) -> None:
        people = [branch_person("A"), branch_person("m")]
        assert notes_of(preset("current_year", talk_key_people=()), people, body=False) == ()
        village = [branch_person("A"), branch_person("m:village_official")]
        rules = preset("current_year", talk_key_people=("village_official",), talk_key_by="any")
        assert notes_of(rules, village, body=False)[0].startswith("书记空缺")
        poor = [branch_person("A"), branch_person("m:poor")]
        assert notes_of(preset("current_year"), poor, body=False)[0].startswith("书记空缺")

    def test_no_committee(self) -> None:
        people = [branch_person("S"), branch_person("m")]
        assert notes_of(preset("xinyi_2018"), people, body=False) == ("没有设支委会，要由支委谈的由书记谈。",)
        seats = notes_of(preset("xinyi_2018"), people, Links(has_committee=True), body=False)
        assert seats[0].startswith("设有支委会，但没有登记支委")
        assert notes_of(preset("luoyang_2014"), people, body=False) == ()
        assert notes_of(preset("yancheng_2005"), people, body=False) == ()

    def test_several_secretaries_and_a_large_branch(self) -> None:
        said = notes_of(preset("luoyang_2014"), crowd(20), Links(several_secretaries=True), body=False)
        assert said[0].startswith("登记了不止一名书记")
        assert said[1] == "党员 20 人，按人数较多的支部计算：每人一般不少于 10 人。"
        total = preset("luoyang_2014", talk_min_partners_mode="total")
        assert notes_of(total, crowd(20), body=False)[0].endswith("全支部合计一般不少于 10 人。")

    def test_a_body_without_portfolios(self) -> None:
        people = [body_person("S"), body_person("A")]
        said = notes_of(preset("luoyang_2014"), people, Links(vacant=("新河村支部",)), body=True)
        assert [text[:6] for text in said] == ["查不到书记在", "没有登记分工", "这些党组织书"]
        leaders = notes_of(
            preset("town_leadership_2014"), people, Links(headless=tuple("一二三四五六")), body=True
        )
        assert leaders[0].startswith("没有登记分管部门")
        assert leaders[1] == "这些部门没有填负责同志，暂时没有列入：一、二、三、四、五等 6 个。"

    def test_a_body_with_all(self) -> None:
        people = [body_person("S"), body_person("A"), body_person("L")]
        links = Links(liaison=(("A", "L"),), own_branch="机关支部", superior="a9", portfolio=(("A", "h"),))
        assert notes_of(preset("luoyang_2014"), people, links, body=True) == ()
        assert notes_of(preset("town_leadership_2014"), people, links, body=True) == ()


# The oracle: each clause as it reads, without a thought for pairs asked for twice.
Wish = tuple[frozenset[tuple[str, str]], int, int]
KEYS = (
    "secretary_committee",
    "secretary_member",
    "deputy_member",
    "committee_committee",
    "committee_member",
    "member_member",
)
KINDS = ("poor", "unaware", "village_official")
LETTERS = "SDABmnop"


def wishes(rules: Rules, people: list[Person]) -> list[Wish]:
    """(pairs, at least, times) of every clause."""
    every = [person.key for person in people]
    seats = [key for key in every if key in "SDAB"]
    plain = [key for key in every if key not in "SDAB"]
    has = {key: key in every for key in "SD"}
    large = rules.talk_large_branch_from is not None and len(every) >= rules.talk_large_branch_from
    large = large and rules.talk_min_partners is not None
    no_committee = not [key for key in seats if key != "S"]
    found: list[Wish] = []

    def ask(pairs: set[tuple[str, str]], least: int | None = None, times: int = rules.talk_times) -> None:
        wanted = frozenset(pairs)
        found.append((wanted, len(wanted) if least is None else min(least, len(wanted)), times))

    def star(who: str, others: list[str]) -> set[tuple[str, str]]:
        return {pair(who, other) for other in others if other != who}

    for key in rules.talk_pairs:
        if key == "secretary_committee" and has["S"]:
            ask(star("S", seats))
        if key == "secretary_member" and has["S"] and not large:
            ask(star("S", every))
        if key == "deputy_member" and has["D"]:
            ask(star("D", [other for other in every if other != "S"]))
        if key == "committee_committee":
            ask({pair(*two) for two in combinations(seats, 2)})
        if key == "member_member" and not large:
            ask({pair(*two) for two in combinations(every, 2)})
        if key == "committee_member" and no_committee and has["S"]:
            ask(star("S", every))
        elif key == "committee_member" and not no_committee:
            named = {"S": "secretary_member", "D": "deputy_member"}
            meant = [seat for seat in seats if named.get(seat) not in rules.talk_pairs]
            for member in plain:
                ask(star(member, meant), 1 if rules.committee_member_mode == "any" else None)
    few = rules.talk_min_partners or 0
    if large and rules.talk_min_partners_mode == "each":
        if "secretary_member" in rules.talk_pairs and has["S"]:
            ask(star("S", every), few)
        if "member_member" in rules.talk_pairs:
            for member in every:
                ask(star(member, every), few)
    elif large:
        pairs = star("S", every) if "secretary_member" in rules.talk_pairs and has["S"] else set()
        if "member_member" in rules.talk_pairs:
            pairs |= {pair(*two) for two in combinations(every, 2)}
        ask(pairs, few)
    for person in people:
        others = [seat for seat in seats if seat != person.key]
        talkers = others if others and rules.talk_key_by != "any" else every
        if rules.talk_key_by == "secretary" and has["S"] and person.key != "S":
            talkers = ["S"]
        if "poor" in person.flags:
            ask(star(person.key, talkers), 1)
        if "unaware" in person.flags:
            ask(star(person.key, talkers), 1, max(rules.talk_times, rules.talk_repeat_times))
        if "village_official" in person.flags and has["S"]:
            ask(star(person.key, ["S"]))
    return found


def granted(wish: Wish, held: dict[tuple[str, str], list[date]]) -> bool:
    """Whether enough of the pairs talked often enough."""
    pairs, least, times = wish
    return sum(1 for two in pairs if len(held.get(two, ())) >= times) >= least


@st.composite
def branches(draw: st.DrawFn) -> tuple[Rules, list[Person]]:
    letters = draw(st.lists(st.sampled_from(LETTERS), unique=True, max_size=7))
    flags = st.frozensets(st.sampled_from(KINDS), max_size=2)
    people = [replace(branch_person(letter), flags=draw(flags)) for letter in sorted(letters)]
    rules = Rules(
        talk_pairs=tuple(draw(st.lists(st.sampled_from(KEYS), unique=True))),
        talk_times=draw(st.integers(1, 2)),
        talk_repeat_times=draw(st.integers(1, 3)),
        committee_member_mode=draw(st.sampled_from(("any", "each"))),
        talk_large_branch_from=draw(st.sampled_from((None, 3, 5))),
        talk_min_partners=draw(st.sampled_from((None, 1, 2, 10))),
        talk_min_partners_mode=draw(st.sampled_from(("each", "total"))),
        talk_key_people=KINDS,
        talk_key_by=draw(st.sampled_from(("any", "committee", "secretary"))),
        talk_home_visit=draw(st.sampled_from(((), ("poor",)))),
    )
    return rules, people


@given(branches(), st.data())
def test_met_exactly_when_every_clause_is(branch: tuple[Rules, list[Person]], data: st.DataObject) -> None:
    rules, people = branch
    pairs = [pair(*two) for two in combinations([person.key for person in people], 2)]
    talks = {two: [DAY] * data.draw(st.integers(0, 3)) for two in pairs}
    duties, asked = duties_of(rules, people, body=False), wishes(rules, people)
    states = judge(duties, talks, set())
    counts = tally(states)
    assert all(state.is_met for state in states) == all(granted(wish, talks) for wish in asked)
    assert (counts.owed == counts.held) == all(state.is_met for state in states)
    assert 0 <= counts.held <= counts.owed
    assert counts.owed == tally(judge(duties, {}, set())).owed


@given(branches())
def test_every_pair_is_owed_once_and_no_other(branch: tuple[Rules, list[Person]]) -> None:
    """The definite pairs are those of the clauses that ask for all of theirs, as often as the most asking one."""
    rules, people = branch
    times: dict[tuple[str, str], int] = defaultdict(int)
    for pairs, least, often in wishes(rules, people):
        if least == len(pairs):
            for two in pairs:
                times[two] = max(times[two], often)
    definite = [duty for duty in duties_of(rules, people, body=False) if duty.is_definite]
    assert {duty.pair: duty.times for duty in definite} == times
    assert len(definite) == len(times)


@given(branches(), st.data())
def test_with_all_let_off_nothing_is_owed(branch: tuple[Rules, list[Person]], data: st.DataObject) -> None:
    rules, people = branch
    duties = duties_of(rules, people, body=False)
    pairs = sorted({two for duty in duties for two in duty.pairs})
    waived = set(data.draw(st.lists(st.sampled_from(pairs)))) if pairs else set()
    states = judge(duties, {}, waived)
    assert not waived.intersection(two for state in states for two in state.open)
    assert tally(judge(duties, {}, set(pairs))).owed == 0
    assert tally(states).owed <= tally(judge(duties, {}, set())).owed + len(waived) * len(people)
