"""Who reviews a material: every preset × category × role, vacancies, conflicts, lines, namesakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import PRESETS, load_preset, resolve
from branches.rules.spec import CATEGORIES
from members.rules.routing import (
    BY_RULE,
    NOBODY,
    SAME_PERSON,
    SEATS,
    Case,
    Identity,
    Office,
    Post,
    SeatPlan,
    is_same,
    is_surely,
    seats_of,
    sit,
)

TABLE = Path(__file__).with_name("routing.txt")
ROLES = ("committee", "head", "official", "member")
OWN, TOWN, COUNTY, LINE, LINE_ABOVE = 1, 2, 3, 4, 5
Line = tuple[str, str, str, str]


def table() -> Iterator[Line]:
    """(preset, category, role, seats) of every line of the table."""
    presets: list[str] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            presets = line.split()
            continue
        category, *seats = line.split()
        for preset in presets:
            yield from ((preset, category, role, want) for role, want in zip(ROLES, seats, strict=True))


def who(number: int | None, name: str = "", member: str = "") -> Identity:
    """Somebody with this account."""
    return Identity(number, member, name or f"人{number}")


def post(number: int | None, role: str, *charges: int, name: str = "", member: str = "") -> Post:
    """A post of somebody."""
    return Post(who(number, name, member), role, frozenset(charges))


SUBJECT = post(10, "secretary")
VILLAGE = Office(OWN, "新河村支部", "branch", "village", (SUBJECT, post(11, "deputy")))
TOWNSHIP = Office(TOWN, "青石镇", "committee", "office", (post(20, "secretary"), post(21, "deputy")))
THE_COUNTY = Office(COUNTY, "云岭县委", "committee", "office", (post(30, "secretary"),))
BUREAU = Office(
    LINE, "教育局党组", "committee", "office", (post(40, "secretary"), post(41, "committee", OWN))
)
GOVERNMENT = Office(LINE_ABOVE, "县直工委", "work_committee", "office", (post(50, "secretary"),))
USUAL = Case((VILLAGE, TOWNSHIP, THE_COUNTY), (BUREAU, GOVERNMENT), (who(10),), "parent_head", "deputy")


def with_posts(office: Office, *posts: Post) -> Office:
    """The office with other posts."""
    return replace(office, posts=posts)


def at(*offices: Office, barred: int | None = 10, line: tuple[Office, ...] = (), **rules: str) -> Case:
    """A case with these offices above one another."""
    return replace(USUAL, chain=offices, line=line, barred=(who(barred),) if barred else (), **rules)


@pytest.mark.parametrize(("preset", "category", "role", "seats"), list(table()))
def test_the_notices_name_these_reviewers(preset: str, category: str, role: str, seats: str) -> None:
    chosen = load_preset(preset)
    rules = resolve(chosen.values, chosen.overlays, category)
    found = seats_of(getattr(rules, f"{role}_reviewer"), USUAL)
    assert "+".join(seat.seat for seat in found) == ("" if seats == "none" else seats)


def test_the_table_is_complete() -> None:
    lines = [line[:3] for line in table()]
    assert len(lines) == len(set(lines)) == len(PRESETS) * len(CATEGORIES) * len(ROLES)
    assert {preset for preset, _category, _role in lines} == set(PRESETS)


def test_every_rule_has_seats_with_a_name() -> None:
    assert {seat for seats in BY_RULE.values() for seat in seats} == set(SEATS)
    assert all(len(seat) <= 16 for seat in SEATS)
    assert seats_of("none", USUAL) == ()


@pytest.mark.parametrize(
    ("seat", "office", "role", "holders"),
    [
        ("parent_head", TOWN, "secretary", (20,)),
        ("town_head", TOWN, "secretary", (20,)),
        ("line_head", LINE, "secretary", (40,)),
        ("line_charge", LINE, "committee", (41,)),
    ],
)
def test_who_sits_where_nothing_stands_in_the_way(
    seat: str, office: int, role: str, holders: tuple[int, ...]
) -> None:
    found = sit(seat, USUAL)
    assert (found.office, found.role, found.holders, found.escalated) == (office, role, holders, "")
    assert found.word == SEATS[seat]


def test_the_villages_own_head_reviews_its_official() -> None:
    found = sit("own_head", replace(USUAL, barred=(who(99),)))
    assert (found.office, found.holders, found.escalated) == (OWN, (10,), "")


def test_a_vacant_head_is_stood_in_for_by_the_deputy_and_that_is_said() -> None:
    found = sit("parent_head", at(VILLAGE, with_posts(TOWNSHIP, post(21, "deputy")), THE_COUNTY))
    assert (found.office, found.role, found.holders) == (TOWN, "deputy", (21,))
    assert found.escalated == "青石镇书记空缺，由主持工作的副书记代审。"


def test_of_several_deputies_the_one_longest_in_office_stands_in() -> None:
    town = with_posts(TOWNSHIP, post(22, "deputy"), post(21, "deputy"))
    assert sit("parent_head", at(VILLAGE, town, THE_COUNTY)).holders == (22,)


def test_a_vacant_head_goes_to_the_parent_where_the_rules_say_so() -> None:
    town = with_posts(TOWNSHIP, post(21, "deputy"))
    found = sit("parent_head", at(VILLAGE, town, THE_COUNTY, when_vacant="parent_head"))
    assert (found.office, found.holders, found.escalated) == (COUNTY, (30,), "青石镇书记空缺，转上一级。")


def test_without_a_deputy_it_goes_up() -> None:
    found = sit("parent_head", at(VILLAGE, with_posts(TOWNSHIP), THE_COUNTY))
    assert (found.office, found.escalated) == (COUNTY, "青石镇书记空缺，转上一级。")


def test_a_head_without_an_account_is_named_as_such() -> None:
    town = with_posts(TOWNSHIP, post(None, "secretary", name="周明"), post(21, "deputy"))
    found = sit("parent_head", at(VILLAGE, town, THE_COUNTY))
    assert found.holders == (21,)
    assert found.escalated == "青石镇书记还没有可用的账号，由主持工作的副书记代审。"


def test_nobody_reviews_an_own_material_not_even_from_another_post() -> None:
    town = with_posts(TOWNSHIP, post(10, "secretary"), post(21, "deputy"))
    found = sit("parent_head", at(VILLAGE, town, THE_COUNTY))
    assert (found.office, found.holders) == (COUNTY, (30,))
    assert found.escalated == "青石镇书记就是材料的作者或者本人，不能审核自己的材料，转上一级。"


def test_a_head_who_is_the_official_is_not_reviewed_by_his_own_deputy() -> None:
    found = sit("own_head", at(VILLAGE, TOWNSHIP, THE_COUNTY))
    assert (found.office, found.holders) == (TOWN, (20,))


def test_a_deputy_who_stands_in_does_not_review_an_own_material() -> None:
    town = with_posts(TOWNSHIP, post(10, "deputy"))
    found = sit("parent_head", at(VILLAGE, town, THE_COUNTY))
    assert found.office == COUNTY
    assert found.escalated == ("青石镇书记空缺，副书记就是材料的作者或者本人，不能审核自己的材料，转上一级。")


def test_of_two_deputies_the_other_one_stands_in_for_an_author() -> None:
    town = with_posts(TOWNSHIP, post(10, "deputy"), post(21, "deputy"))
    assert sit("parent_head", at(VILLAGE, town, THE_COUNTY)).holders == (21,)


@pytest.mark.parametrize("deputy", [True, False])
def test_supervisors_review_where_the_reviewer_is_the_author(deputy: bool) -> None:
    posts = (post(10, "deputy" if deputy else "secretary"), post(61, "supervisor"), post(62, "supervisor"))
    case = at(VILLAGE, with_posts(TOWNSHIP, *posts), THE_COUNTY, when_author="supervisors")
    found = sit("parent_head", case)
    assert (found.office, found.role, found.holders) == (TOWN, "supervisor", (61, 62))
    assert found.escalated.endswith("转督导组。")


def test_without_supervisors_the_author_is_reviewed_from_above() -> None:
    case = at(VILLAGE, with_posts(TOWNSHIP, post(10, "secretary")), THE_COUNTY, when_author="supervisors")
    found = sit("parent_head", case)
    assert found.office == COUNTY
    assert "没有登记督导组，转上一级。" in found.escalated


def test_it_goes_up_until_somebody_is_found() -> None:
    town, general = with_posts(TOWNSHIP), Office(8, "某总支", "general_branch", "private")
    found = sit("parent_head", at(VILLAGE, general, town, THE_COUNTY))
    assert found.office == COUNTY
    assert found.escalated == "某总支书记空缺，转上一级。青石镇书记空缺，转上一级。"


def test_with_nobody_above_the_seat_is_empty_and_says_what_to_do() -> None:
    found = sit("parent_head", at(VILLAGE))
    assert found == SeatPlan("parent_head", escalated=NOBODY)
    found = sit("town_head", at(VILLAGE, with_posts(TOWNSHIP)))
    assert (found.office, found.holders) == (None, ())
    assert found.escalated.endswith(NOBODY)


def test_the_town_is_the_nearest_committee_of_an_office_above() -> None:
    firm = replace(TOWNSHIP, key=9, name="宏达集团党委", category="private", posts=(post(90, "secretary"),))
    general = Office(8, "某总支", "general_branch", "office", (post(80, "secretary"),))
    assert sit("town_head", at(VILLAGE, general, firm, TOWNSHIP, THE_COUNTY)).holders == (20,)
    assert sit("town_head", at(VILLAGE, general, firm)).holders == (90,)
    found = sit("town_head", at(VILLAGE, general))
    assert found.holders == (80,)
    assert found.escalated == "上面没有登记乡镇党委，转上一级党组织主要负责同志。"


def test_the_town_committees_own_material_goes_to_the_county() -> None:
    assert sit("town_head", at(TOWNSHIP, THE_COUNTY)).holders == (30,)


def test_both_the_head_and_the_one_in_charge_must_pass_in_the_line() -> None:
    seats = seats_of("line_heads", USUAL)
    assert [(seat.seat, seat.holders) for seat in seats] == [("line_head", (40,)), ("line_charge", (41,))]


def test_being_in_charge_of_an_organisation_above_counts_and_the_nearest_comes_first() -> None:
    bureau = with_posts(BUREAU, post(40, "secretary"), post(42, "deputy", TOWN), post(43, "committee", OWN))
    assert sit("line_charge", replace(USUAL, line=(bureau,))).holders == (43,)
    above = with_posts(BUREAU, post(40, "secretary"), post(42, "deputy", TOWN))
    found = sit("line_charge", replace(USUAL, line=(above,)))
    assert (found.role, found.holders) == ("deputy", (42,))


def test_one_person_on_both_seats_is_said() -> None:
    bureau = with_posts(BUREAU, post(40, "secretary", OWN))
    head, charge = seats_of("line_heads", replace(USUAL, line=(bureau,)))
    assert head.holders == charge.holders == (40,)
    assert (head.escalated, charge.escalated) == ("", SAME_PERSON)


def test_without_anybody_in_charge_the_head_reviews_for_both() -> None:
    bureau = with_posts(BUREAU, post(40, "secretary"))
    _head, charge = seats_of("line_heads", replace(USUAL, line=(bureau,)))
    assert charge.holders == (40,)
    assert charge.escalated == f"教育局党组没有登记分管负责同志，由主要负责同志一并审核。{SAME_PERSON}"


def test_one_in_charge_without_an_account_is_stood_in_for_by_the_head() -> None:
    bureau = with_posts(BUREAU, post(40, "secretary"), post(None, "deputy", OWN, name="钱进"))
    found = sit("line_charge", replace(USUAL, line=(bureau,)))
    assert (found.holders, found.role) == ((40,), "secretary")
    assert "还没有可用的账号" in found.escalated


@pytest.mark.parametrize(("when_author", "holders"), [("parent_head", (40,)), ("supervisors", (61,))])
def test_one_in_charge_does_not_review_an_own_material(when_author: str, holders: tuple[int, ...]) -> None:
    bureau = with_posts(BUREAU, post(40, "secretary"), post(10, "deputy", OWN))
    town = with_posts(TOWNSHIP, post(20, "secretary"), post(61, "supervisor"))
    case = at(VILLAGE, town, THE_COUNTY, line=(bureau,), when_author=when_author)
    assert sit("line_charge", case).holders == holders
    bare = replace(case, chain=(VILLAGE,))
    assert sit("line_charge", bare).holders == (40,)


def test_a_vacancy_in_the_line_goes_up_the_line() -> None:
    found = sit("line_head", replace(USUAL, line=(with_posts(BUREAU), GOVERNMENT)))
    assert (found.office, found.holders) == (LINE_ABOVE, (50,))


@pytest.mark.parametrize("seat", ["line_head", "line_charge"])
def test_a_missing_line_falls_to_the_parent_and_that_is_said(seat: str) -> None:
    found = sit(seat, replace(USUAL, line=()))
    assert found.holders == (20,)
    assert found.escalated == ("没有登记系统主管单位，转上一级党组织主要负责同志；登记后自动转到主管单位。")


def test_supervisors_who_reach_the_organisation_review_the_nearest_first() -> None:
    town = with_posts(TOWNSHIP, post(20, "secretary"), post(10, "supervisor"), post(61, "supervisor"))
    county = with_posts(THE_COUNTY, post(30, "secretary"), post(63, "supervisor"))
    assert sit("supervisors", at(VILLAGE, town, county)).holders == (61,)
    found = sit("supervisors", USUAL)
    assert found.holders == (20,)
    assert found.escalated == "没有登记督导组，转上一级党组织主要负责同志。"


def test_a_person_with_two_accounts_does_not_review_an_own_material() -> None:
    town = with_posts(TOWNSHIP, post(77, "secretary", name="刘德福"))
    author = Identity(10, "m1", "刘德福")
    found = sit("parent_head", replace(at(VILLAGE, town, THE_COUNTY), barred=(author,)))
    assert found.holders == (30,)
    assert "同名" in found.escalated
    told_apart = with_posts(TOWNSHIP, post(77, "secretary", name="刘德福", member="m2"))
    found = sit("parent_head", replace(at(VILLAGE, told_apart, THE_COUNTY), barred=(author,)))
    assert found.holders == (77,)
    second = with_posts(TOWNSHIP, post(77, "secretary", name="刘某", member="m1"))
    found = sit("parent_head", replace(at(VILLAGE, second, THE_COUNTY), barred=(author,)))
    assert (found.holders, "就是材料的作者" in found.escalated) == ((30,), True)


def test_who_is_the_same() -> None:
    assert is_surely(who(1, "甲"), who(1, "乙"))
    assert not is_surely(who(None, "甲"), who(None, "甲"))
    assert is_same(who(None, "甲"), who(None, "甲"))
    assert not is_same(who(1, "甲"), who(2, "乙"))
    assert not is_same(Identity(1, "a", "甲"), Identity(2, "b", "甲"))


IDENTITIES = st.builds(
    Identity,
    account=st.none() | st.integers(1, 6),
    member=st.sampled_from(("", "", "a", "b", "c")),
    name=st.sampled_from(("甲", "乙", "丙", "丁")),
)
POSTS = st.builds(
    Post,
    holder=IDENTITIES,
    role=st.sampled_from(("secretary", "deputy", "committee", "supervisor")),
    charges=st.frozensets(st.integers(1, 3), max_size=2),
)
KINDS = ("committee", "general_branch", "work_committee")


def offices(least: int) -> st.SearchStrategy[tuple[Office, ...]]:
    """Some offices, one above the other."""
    made = st.tuples(
        st.lists(POSTS, max_size=4), st.sampled_from(KINDS), st.sampled_from(("office", "village"))
    )
    return st.lists(made, min_size=least, max_size=4).map(
        lambda rows: tuple(
            Office(n, f"第{n}级", kind, cat, tuple(p)) for n, (p, kind, cat) in enumerate(rows, 1)
        )
    )


CASES = st.builds(
    Case,
    chain=offices(1),
    line=offices(0),
    barred=st.lists(IDENTITIES, max_size=2).map(tuple),
    when_author=st.sampled_from(("parent_head", "supervisors")),
    when_vacant=st.sampled_from(("deputy", "parent_head")),
)


@given(CASES, st.sampled_from(sorted(SEATS)))
def test_whoever_sits_there_holds_the_post_and_is_not_barred(case: Case, seat: str) -> None:
    found = sit(seat, case)
    everybody = [(o.key, p) for o in (*case.chain, *case.line) for p in o.posts]
    for account in found.holders:
        posts = [p for key, p in everybody if key == found.office and p.role == found.role]
        sitting = [p.holder for p in posts if p.holder.account == account]
        assert any(not is_same(who, other) for who in sitting for other in case.barred) or not case.barred
        assert all(account != other.account for other in case.barred)
    assert bool(found.holders) == (found.office is not None)
    assert found.holders or found.escalated.endswith(NOBODY)


@given(CASES, st.sampled_from(sorted(SEATS)))
def test_the_chain_is_only_left_empty_handed_when_nobody_there_could_review(case: Case, seat: str) -> None:
    if sit(seat, case).holders or seat.startswith("line"):
        return
    above = case.chain if seat == "own_head" else case.chain[1:]
    heads = [p for o in above for p in o.posts if p.role == "secretary"]
    free = [p for p in heads if p.holder.account is not None]
    able = [p for p in free if not any(is_same(p.holder, other) for other in case.barred)]
    towns = seat == "town_head" and any(o.kind == "committee" for o in above)
    assert not able or towns
