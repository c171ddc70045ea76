"""What the list of talks could not take in, said plainly: a vacant post, a portfolio nobody entered."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from branches.rules import Rules
from members.rules.talk_duties import is_large
from members.rules.talk_key_people import INVESTOR, PROBLEM_COMMITTEE, VILLAGE_OFFICIAL, key_kinds
from members.rules.talk_people import NO_LINKS, Circle, Links, Person

MOST_NAMED = 5
OF_SECRETARY = ("secretary_committee", "secretary_member", "secretary_lower", "secretary_own_branch")
NEEDS_COMMITTEE = ("secretary_committee", "committee_committee", "committee_member")


def pair_rules(rules: Rules, *, body: bool) -> tuple[str, ...]:
    """The pair rules that hold: a 党委 or 党总支 has its own, and those of a branch where it has none."""
    return rules.talk_upper_pairs if body and rules.talk_upper_pairs else rules.talk_pairs


def notes_of(
    rules: Rules, people: Collection[Person], links: Links = NO_LINKS, *, body: bool
) -> tuple[str, ...]:
    """Sentences for the page and the printed table; empty when everything was found."""
    circle = Circle.of(people, body=body)
    return (
        *_about_posts(rules, people, links, circle, body=body),
        *_about_links(rules, links, body=body),
        *_about_reminders(rules, people, links),
        *_about_size(rules, circle, body=body),
    )


def _about_posts(
    rules: Rules, people: Collection[Person], links: Links, circle: Circle, *, body: bool
) -> Iterator[str]:
    keys = pair_rules(rules, body=body)
    stands_in = not body and not circle.committee and "committee_member" in keys
    if not circle.secretary and (stands_in or _asks_secretary(rules, keys, people)):
        yield "书记空缺，要由书记谈的暂时没有列入；请先登记书记的任职，登记以后自动补上。"
    if links.several_secretaries:
        yield "登记了不止一名书记，由书记谈的按最近任职的一名列出；任期已满的请填上任职止。"
    if body or circle.committee or not set(NEEDS_COMMITTEE) & set(keys):
        return
    if links.has_committee:
        yield "设有支委会，但没有登记支委的任职，要由支委谈的暂时由书记谈；请先登记支委。"
    elif stands_in and circle.secretary:
        yield "没有设支委会，要由支委谈的由书记谈。"


def _asks_secretary(rules: Rules, keys: Collection[str], people: Collection[Person]) -> bool:
    """Whether some talk is the secretary's in person."""
    if set(OF_SECRETARY) & set(keys):
        return True
    flags = frozenset().union(*(person.flags for person in people)) & set(key_kinds(rules))
    by_secretary = rules.talk_key_by == "secretary" and flags - {PROBLEM_COMMITTEE}
    investors = INVESTOR in key_kinds(rules) and any(INVESTOR in person.posts for person in people)
    return bool(by_secretary or VILLAGE_OFFICIAL in flags or investors)


def _about_links(rules: Rules, links: Links, *, body: bool) -> Iterator[str]:
    keys = pair_rules(rules, body=body)
    if "secretary_own_branch" in keys and body and not links.own_branch:
        yield "查不到书记在哪个支部的名册上，书记与所在支部党员的谈心暂时没有列入；请在名册上关联书记的登录账号。"
    if "committee_liaison" in keys and not links.liaison:
        yield "没有登记分工联系，委员与联系的下一级党组织书记的谈心暂时没有列入；请先登记班子分工。"
    if "leader_portfolio" in keys and not links.portfolio:
        yield "没有登记分管部门，班子成员与分管部门负责同志的谈心暂时没有列入；请先登记班子分工。"
    if links.vacant and {"secretary_lower", "committee_liaison", "leader_portfolio"} & set(keys):
        yield f"这些党组织书记空缺，暂时没有列入：{_named(links.vacant)}。"
    if links.headless and "leader_portfolio" in keys:
        yield f"这些部门没有填负责同志，暂时没有列入：{_named(links.headless)}。"


def _about_reminders(rules: Rules, people: Collection[Person], links: Links) -> Iterator[str]:
    marked = any(PROBLEM_COMMITTEE in person.flags for person in people)
    if marked and PROBLEM_COMMITTEE in rules.talk_key_people and not links.superior:
        yield "上级党组织书记空缺，提醒谈话暂时没有列入。"


def _about_size(rules: Rules, circle: Circle, *, body: bool) -> Iterator[str]:
    """The point the notices leave open, where it matters."""
    relaxed = {"secretary_member", "member_member"} & set(rules.talk_pairs)
    if not body and relaxed and is_large(rules, len(circle.members)):
        few = f"{rules.talk_min_partners} 人"
        whose = (
            f"每人一般不少于 {few}"
            if rules.talk_min_partners_mode == "each"
            else f"全支部合计一般不少于 {few}"
        )
        yield f"党员 {len(circle.members)} 人，按人数较多的支部计算：{whose}。"


def _named(names: Collection[str]) -> str:
    shown = "、".join(tuple(names)[:MOST_NAMED])
    return f"{shown}等 {len(names)} 个" if len(names) > MOST_NAMED else shown
