"""The people of heart-to-heart talks (谈心谈话): who they are to the branch, and what stands between two of them.

A person is named by a key: `m` and the key of a member, `a` and the key of a post whose holder is on no roll
here, `o` and the key of somebody else (an investor, the head of a department).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SECRETARY = "secretary"
DEPUTY = "deputy"
COMMITTEE = "committee"
MEMBER = "member"
OFFICIAL = "official"
LEADER = "leader"
LOWER_SECRETARY = "lower_secretary"
OWN_MEMBER = "own_member"
INVESTOR = "investor"
DEPARTMENT_HEAD = "department_head"
SUPERIOR = "superior"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Person:
    """Somebody in the talk grid.

    `posts`: secretary, deputy, committee (a seat of the 支委会 beside the secretary), member (on the roll of the
    branch), official (大学生村官), leader (班子成员 of a 党委, its secretary too), lower_secretary, own_member (of the
    branch the body's secretary belongs to), investor, department_head, superior (the secretary above).
    `flags`: keys of the rule `talk_key_people` that hold for the person.
    """

    key: str
    name: str
    posts: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    group: str = ""
    title: str = ""


def is_only_above(person: Person) -> bool:
    """Whether somebody is in the grid only as the secretary above, to remind."""
    return person.posts == {SUPERIOR}


@dataclass(frozen=True)
class Links:
    """What stands between people: disagreement, portfolios, the secretary above; and what could not be found.

    `liaison` (分工联系) and `portfolio` (分管) are pairs (leader, the other). `vacant`: organisations below, or in a
    portfolio, without a secretary; `headless`: departments of a portfolio whose head is not named.
    `has_committee`: whether the branch is to have a 支委会 (what it has is told by the posts).
    """

    estranged: frozenset[Pair] = frozenset()
    liaison: tuple[tuple[str, str], ...] = ()
    portfolio: tuple[tuple[str, str], ...] = ()
    superior: str = ""
    own_branch: str = ""
    vacant: tuple[str, ...] = ()
    headless: tuple[str, ...] = ()
    several_secretaries: bool = False
    has_committee: bool = False


NO_LINKS = Links()


def pair(one: str, other: str) -> Pair:
    """The two keys in order: a pair has no direction."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True)
class Circle:
    """The people of one organisation sorted by what they are; keys in the order of the grid."""

    secretary: str = ""
    deputies: tuple[str, ...] = ()
    committee: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    lower_secretaries: tuple[str, ...] = ()
    own_members: tuple[str, ...] = ()
    investors: tuple[str, ...] = ()
    everyone: tuple[str, ...] = ()

    @property
    def seats(self) -> tuple[str, ...]:
        """The 支委会 or 班子: the secretary, where there is one, and the others."""
        return (self.secretary, *self.committee) if self.secretary else self.committee

    @classmethod
    def of(cls, people: Iterable[Person], *, body: bool) -> Circle:
        """Sort the people; in a 党委 or 党总支 the 班子成员 are what the 支委 are in a branch."""
        people = tuple(people)
        seat = LEADER if body else COMMITTEE

        def having(*posts: str) -> tuple[str, ...]:
            return tuple(person.key for person in people if person.posts.intersection(posts))

        secretary = next(iter(having(SECRETARY)), "")
        return cls(
            secretary=secretary,
            deputies=tuple(key for key in having(DEPUTY) if key != secretary),
            committee=tuple(key for key in having(seat) if key != secretary),
            members=having(MEMBER),
            lower_secretaries=having(LOWER_SECRETARY),
            own_members=having(OWN_MEMBER),
            investors=having(INVESTOR),
            everyone=having(SECRETARY, DEPUTY, seat, MEMBER),
        )
