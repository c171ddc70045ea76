"""Who owes a self-examination material: (category × role) rules over the people of one organisation.

One person owes one material: as head before village official before member. The committee (班子) owes one
where there is a committee: a body always has one; a branch without 支委会 has none, there its secretary speaks
for the branch. Of a body (党委、党总支) its leaders owe the members' material, and only where the campaign asks
for their 民主生活会: elsewhere each writes it in the branch of which he or she is a member.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

COMMITTEE, HEAD, OFFICIAL, MEMBER = "committee", "head", "official", "member"
FORMS = ("list", "full")
WEAK_HEAD = "基层组织建设"


class MaterialRulesLike(Protocol):
    """What is read of the rule set."""

    @property
    def committee_material(self) -> str: ...
    @property
    def head_material(self) -> str: ...
    @property
    def official_material(self) -> str: ...
    @property
    def member_material(self) -> str: ...
    @property
    def meeting_form(self) -> str: ...
    @property
    def committee_heads(self) -> tuple[str, ...]: ...
    @property
    def member_heads(self) -> tuple[str, ...]: ...
    @property
    def weak_branch_section(self) -> bool: ...


@dataclass(frozen=True)
class Candidate:
    """A person of the organisation who may owe one; `key` is "m" + hex of the member, or "a" + number of the post.

    `is_excused`: taken out of 应到 with a reason; owes none as a plain member.
    """

    key: str
    name: str
    is_head: bool = False
    is_official: bool = False
    is_excused: bool = False


@dataclass(frozen=True)
class Owed:
    """One material that is owed: as whom, by whom (empty for the committee), in which form, by which rule."""

    role: str
    key: str
    name: str
    form: str
    rule: str


def owed(
    rules: MaterialRulesLike, people: Iterable[Candidate], *, body: bool = False, has_committee: bool = True
) -> tuple[Owed, ...]:
    """Everything one organisation owes: the committee's first, then heads, officials and members.

    `people`: of a branch its members and those with the posts of secretary and village official there;
    of a body the leaders (班子成员).
    """
    found: list[Owed] = []
    if rules.committee_material in FORMS and (body or has_committee):
        found.append(Owed(COMMITTEE, "", "", rules.committee_material, "committee_material"))
    persons = [one for person in people if (one := _of_person(rules, person, body)) is not None]
    order = (HEAD, OFFICIAL, MEMBER)
    return (*found, *sorted(persons, key=lambda one: order.index(one.role)))


def _of_person(rules: MaterialRulesLike, person: Candidate, body: bool) -> Owed | None:
    """The one material a person owes, None for none."""
    asks_members = person.key.startswith("m") and not person.is_excused
    if body:
        asks_members = rules.meeting_form == "democratic_life"
    ways = (
        (HEAD, person.is_head, rules.head_material),
        (OFFICIAL, person.is_official, rules.official_material),
        (MEMBER, asks_members, rules.member_material),
    )
    for role, holds, form in ways:
        if holds and form in FORMS:
            return Owed(role, person.key, person.name, form, f"{role}_material")
    return None


def heads_for(rules: MaterialRulesLike, role: str, *, is_weak: bool = False) -> tuple[str, ...]:
    """From which heads (方面) this material examines; a weak organisation's own and its head's have one more."""
    heads = rules.committee_heads if role == COMMITTEE else rules.member_heads
    if is_weak and rules.weak_branch_section and role in (COMMITTEE, HEAD) and WEAK_HEAD not in heads:
        return (*heads, WEAK_HEAD)
    return heads
