"""Who has to talk with whom (谈心谈话) by the rule set: definite pairs, and choices among pairs.

Sources of the pair keys: 洛阳镇 2014 第二部分第1条 ("四个谈心", the 党委 with organisations below, 重点对象, 不少于10人),
咸宁市直 2015 第二部分第2条 (支部书记、副书记、支部委员与支部党员), 新义村 2018 "开展谈心谈话" (支部委员之间、支部委员与党员之间),
镇领导班子 2014 第三部分（一）3 (班子成员与分管部门负责同志).
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from branches.rules import Rules
from members.rules.talk_book import Book, Duty
from members.rules.talk_key_people import ask_for_key_people
from members.rules.talk_people import NO_LINKS, Circle, Links, Person, pair

__all__ = ["Duty", "duties_of", "is_large"]


def duties_of(
    rules: Rules, people: Collection[Person], links: Links = NO_LINKS, *, body: bool
) -> tuple[Duty, ...]:
    """The duties of one organisation, definite pairs first; `body`: a 党委 or 党总支, else a branch.

    A pair asked for by several rules is one duty with all reasons. A choice that some definite pair settles anyway
    stays in the list, as it comes back when that pair is let off; `judge` counts nothing for it until then.
    """
    circle = Circle.of(people, body=body)
    book = Book(rules.talk_times)
    if body and rules.talk_upper_pairs:
        _ask_upper(book, rules, circle, links)
    else:
        _ask_pairs(book, rules, circle, links, body=body)
    ask_for_key_people(book, rules, people, circle, links)
    return book.duties()


def _ask_pairs(book: Book, rules: Rules, circle: Circle, links: Links, *, body: bool) -> None:
    """The pairs of a branch, or of a 班子 without rules of its own for one."""
    large = is_large(rules, len(circle.members)) and not body
    for key in rules.talk_pairs:
        if key == "secretary_committee":
            book.between(key, circle.secretary, circle.committee)
        elif key == "secretary_member" and not large:
            book.between(key, circle.secretary, circle.members)
        elif key == "deputy_member":
            others = [member for member in circle.members if member != circle.secretary]
            for deputy in circle.deputies:
                book.between(key, deputy, others)
        elif key == "committee_committee":
            book.among(key, circle.seats)
        elif key == "committee_member":
            _ask_committee_member(book, rules, circle)
        elif key == "member_member" and not large:
            book.among(key, circle.members)
        elif key == "leader_portfolio":
            for leader, head in links.portfolio:
                book.between(key, leader, (head,))
    if large:
        _ask_large(book, rules, circle)


def _ask_committee_member(book: Book, rules: Rules, circle: Circle) -> None:
    """支委 × 党员: one of them with each member, or each of them.

    The secretary is one of the 支委, and so is the 副书记 — unless the same rules name them apart with the members
    (咸宁: 书记、副书记、支部委员与支部党员): then the others of the committee are meant. Without a 支委会 the secretary
    stands in for it.
    """
    key = "committee_member"
    if not circle.committee:
        book.between(key, circle.secretary, circle.members)
        return
    apart = {circle.secretary} if "secretary_member" in rules.talk_pairs else set()
    if "deputy_member" in rules.talk_pairs:
        apart.update(circle.deputies)
    meant = [seat for seat in circle.seats if seat not in apart]
    for member in circle.members:
        if member in circle.seats:
            continue
        if rules.committee_member_mode == "each":
            book.between(key, member, meant)
        else:
            book.choose(key, member, meant, least=1)


def is_large(rules: Rules, members: int) -> bool:
    """Whether the branch has so many members (人数较多) that a least number of partners is enough."""
    large = rules.talk_large_branch_from
    return bool(rules.talk_min_partners) and large is not None and members >= large


def _ask_large(book: Book, rules: Rules, circle: Circle) -> None:
    """支部党员人数较多的，书记和党员谈心、党员相互谈心一般不少于10人: each of them so many, or the whole branch."""
    least = rules.talk_min_partners or 0
    keys = [key for key in ("secretary_member", "member_member") if key in rules.talk_pairs]
    if rules.talk_min_partners_mode == "total":
        pairs = list(combinations(sorted(circle.members), 2)) if "member_member" in keys else []
        if "secretary_member" in keys and circle.secretary:
            pairs += [pair(circle.secretary, key) for key in circle.members if key != circle.secretary]
        book.choose_in_total(keys, pairs, least=least)
        return
    for key in keys:
        talkers = circle.members if key == "member_member" else (circle.secretary,)
        for who in talkers:
            book.choose(key, who, circle.members, least=least, general=True)


def _ask_upper(book: Book, rules: Rules, circle: Circle, links: Links) -> None:
    """The pairs of a 党委 (总支) with organisations below."""
    for key in rules.talk_upper_pairs:
        if key == "secretary_committee":
            book.between(key, circle.secretary, circle.committee)
        elif key == "secretary_lower":
            book.between(key, circle.secretary, circle.lower_secretaries)
        elif key == "secretary_own_branch":
            book.between(key, circle.secretary, circle.own_members)
        elif key == "committee_committee":
            book.among(key, circle.seats)
        else:  # committee_liaison
            for leader, lower in links.liaison:
                book.between(key, leader, (lower,))
