"""重点谈心对象: who is to be talked with in particular, by whom, how often and how.

Sources: 洛阳镇 2014 第二部分第1条 (反复谈, 有分歧有疙瘩, 流动党员电话网络, 困难和年老体弱上门, 上级谈话提醒, 大学生村官, 出资人);
新义村 2018 "党支部委员特别是支部书记要重点谈".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import reduce

from branches.rules import Rules
from members.rules.talk_book import REMIND, REMOTE, VISIT, Book, stronger
from members.rules.talk_people import Circle, Links, Person

# Kinds that name their partner themselves; all others are talked with by whom `talk_key_by` says.
VILLAGE_OFFICIAL = "village_official"
INVESTOR = "investor"
PROBLEM_COMMITTEE = "problem_committee"
ESTRANGED = "estranged"
UNAWARE = "unaware"
FLOATING = "floating"
# Marks that only the secretary, the deputy and who made them know of; the kinds of `TalkConcern`.
MARKS = frozenset((UNAWARE, ESTRANGED, PROBLEM_COMMITTEE))


def key_kinds(rules: Rules) -> tuple[str, ...]:
    """The kinds of people to be talked with in particular; those to be visited at home are among them."""
    return tuple(dict.fromkeys((*rules.talk_key_people, *rules.talk_home_visit)))


def expected_mode(rules: Rules, person: Person) -> str:
    """How one is expected to talk with the person.

    对外出流动党员可通过电话、网络等方式: who is away cannot be visited, so this comes before 对困难党员、年老体弱党员要上门谈心.
    """
    if FLOATING in person.flags and rules.talk_remote_allowed:
        return REMOTE
    return VISIT if person.flags.intersection(rules.talk_home_visit) else ""


def expected_between(rules: Rules, people: Collection[Person]) -> str:
    """How these people are expected to talk: where one of them is away nobody can be visited by that one."""
    return reduce(stronger, (expected_mode(rules, person) for person in people), "")


def ask_for_key_people(
    book: Book, rules: Rules, people: Collection[Person], circle: Circle, links: Links
) -> None:
    """Write the talks with 重点对象 into the book."""
    kinds = key_kinds(rules)
    if ESTRANGED in kinds:
        for one, other in sorted(links.estranged):
            book.between(f"key:{ESTRANGED}", one, (other,))
    if INVESTOR in kinds:
        book.between(f"key:{INVESTOR}", circle.secretary, circle.investors)
    for person in people:
        for kind in kinds:
            if kind in person.flags:
                _ask_for(book, rules, kind, person, circle, links)


def _ask_for(book: Book, rules: Rules, kind: str, person: Person, circle: Circle, links: Links) -> None:
    """The talk with one person of one kind."""
    reason, mode = f"key:{kind}", expected_mode(rules, person)
    if kind == VILLAGE_OFFICIAL:
        # 村（社区）党组织主要负责同志要有针对性地与大学生村官开展谈心
        book.choose(reason, person.key, _present(circle.secretary), least=1, mode=mode)
        return
    if kind == PROBLEM_COMMITTEE:
        # 上级党组织对存在突出问题的党支部班子成员，要有针对性地谈话提醒
        book.choose(reason, person.key, _present(links.superior), least=1, mode=REMIND)
        return
    # 对存在问题又缺乏认识的党员要反复谈: counted as talks of the same two
    times = max(rules.talk_repeat_times, rules.talk_times) if kind == UNAWARE else rules.talk_times
    book.choose(reason, person.key, talkers(rules, person, circle), least=1, times=times, mode=mode)


def talkers(rules: Rules, person: Person, circle: Circle) -> Sequence[str]:
    """Who may talk with the person (rule talk_key_by).

    secretary ("支委谈，书记必须谈"): the secretary, whose talk is also one of the 支委. committee: one of the 支委, the
    secretary among them. any: anybody of the branch. Where the one asked for is vacant or is the person, the 支委,
    and without them anybody.
    """
    if rules.talk_key_by == "secretary" and circle.secretary not in ("", person.key):
        return (circle.secretary,)
    seats = [seat for seat in circle.seats if seat != person.key]
    return seats if seats and rules.talk_key_by != "any" else circle.everyone


def _present(key: str) -> tuple[str, ...]:
    return (key,) if key else ()
