"""The talk grid (谈心谈话): who owes whom, who has talked with whom; and what the board is told of it."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils import timezone

from branches.models import Campaign, Organization
from branches.rules import Rules
from branches.services.rounds import round_of
from members.models import Talk, TalkKind, TalkSide, TalkState, TalkWaiver
from members.rules.talk_duties import Duty, duties_of
from members.rules.talk_key_people import ESTRANGED, MARKS, PROBLEM_COMMITTEE
from members.rules.talk_notes import notes_of
from members.rules.talk_people import SUPERIOR, Links, Pair, Person, is_only_above, pair
from members.rules.talk_standing import DutyState, judge, pairs_of_talk, tally
from members.services.talk_people import TalkPeople, find_people

Held = tuple[datetime.date, uuid.UUID]
FREE = "free"


@dataclass(frozen=True)
class Grid:
    """The talks of one organisation in its present round.

    `held`: of each pair the talks that tick it, the oldest first. `owed` and `done`: 应谈 and 已谈 in pairs, as
    `members.rules.talk_standing.tally` defines them. `notes`: what could not be taken in, in words. `reminders`:
    the pairs that only a reminder (提醒谈话) ticked.
    """

    people: tuple[Person, ...]
    links: Links
    rules: Rules
    round_no: int
    body: bool
    duties: tuple[Duty, ...]
    states: tuple[DutyState, ...]
    held: Mapping[Pair, tuple[Held, ...]]
    reminders: frozenset[Pair]
    waived: frozenset[Pair]
    owed: int
    done: int
    notes: tuple[str, ...]
    cells: Mapping[Pair, str] = field(repr=False)

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization) -> Grid:
        """The grid today; so many queries whatever the number of people."""
        rules, round_no = campaign.rules_for(organization), round_of(campaign, organization)
        found = find_people(campaign, organization)
        held, reminders = _held(campaign, organization, round_no, found, rules.talk_sitting_most)
        bare = cls(
            people=found.people,
            links=found.links,
            rules=rules,
            round_no=round_no,
            body=organization.is_body,
            duties=(),
            states=(),
            held=held,
            reminders=reminders,
            waived=_waived(campaign, organization, round_no, found),
            owed=0,
            done=0,
            notes=(),
            cells={},
        )
        return bare._judged()

    def _judged(self) -> Grid:
        """The same people and talks with what the rules ask of them, worked out anew."""
        duties = duties_of(self.rules, self.people, self.links, body=self.body)
        states = judge(duties, self.held, self.waived)
        counts = tally(states)
        return replace(
            self,
            duties=duties,
            states=states,
            owed=counts.owed,
            done=counts.held,
            notes=notes_of(self.rules, self.people, self.links, body=self.body),
            cells=_cells(states, self.held, self.waived),
        )

    def without(self, marks: Collection[str]) -> Grid:
        """The grid of somebody who must not know of these marks (kinds of `MARKS`): as if nobody had been marked.

        Everything is worked out anew, so that neither a repeated talk nor a pair missing from a choice nor a sum
        betrays a mark; reminders go with the mark of who is reminded.
        """
        hidden = MARKS.intersection(marks)
        reminds = PROBLEM_COMMITTEE in hidden
        unseen = {person.key for person in self.people if reminds and is_only_above(person)}
        unseen_pairs = self.reminders if reminds else frozenset[Pair]()
        is_marked = any(person.flags & hidden for person in self.people)
        is_marked = is_marked or bool(ESTRANGED in hidden and self.links.estranged)
        if not (is_marked or unseen or unseen_pairs):
            return self
        away = frozenset([SUPERIOR]) if reminds else frozenset[str]()
        shown = replace(
            self,
            people=tuple(
                replace(person, flags=person.flags - hidden, posts=person.posts - away)
                for person in self.people
                if person.key not in unseen
            ),
            links=replace(
                self.links,
                estranged=frozenset() if ESTRANGED in hidden else self.links.estranged,
                superior="" if reminds else self.links.superior,
            ),
            held={two: talks for two, talks in self.held.items() if two not in unseen_pairs},
        )
        return shown._judged()

    def cell(self, one: str, other: str) -> str:
        """What stands between two people.

        "owed": they have to talk (again); "choice": their talk would count for a duty still open; "done": they
        talked as often as asked, or without being asked; "waived": let off; "free": nothing.
        """
        return self.cells.get((one, other) if one < other else (other, one), FREE)

    @property
    def last_on(self) -> datetime.date | None:
        """The day of the last talk."""
        return max((talks[-1][0] for talks in self.held.values()), default=None)


def _cells(
    states: tuple[DutyState, ...], held: Mapping[Pair, object], waived: frozenset[Pair]
) -> dict[Pair, str]:
    """The state of every pair that is not free: owed before choice before done before waived."""
    cells = dict.fromkeys(waived, "waived")
    cells.update(dict.fromkeys(held, "done"))
    for state in reversed(states):  # the definite pairs come first, and have the last word
        word = "owed" if state.duty.is_definite else "choice"
        for two in state.open:
            cells[two] = word
    return cells


def _waived(
    campaign: Campaign, organization: Organization, round_no: int, found: TalkPeople
) -> frozenset[Pair]:
    rows = TalkWaiver.objects.filter(campaign=campaign, organization=organization, round_no=round_no)
    return frozenset(
        pair(found.key(one), found.key(other)) for one, other in rows.values_list("first", "second")
    )


@dataclass(slots=True)
class _Talk:
    """One talk as its sides are read."""

    pk: uuid.UUID
    held_on: datetime.date
    kind: str
    together: bool
    host: str = ""
    people: list[str] = field(default_factory=list)


def _talks(campaign: Campaign, organization: Organization, round_no: int, found: TalkPeople) -> list[_Talk]:
    """The talks of the round with the people who took part; two queries."""
    rows = Talk.objects.filter(campaign=campaign, organization=organization, round_no=round_no).order_by()
    talks = {
        pk.hex: _Talk(pk, held_on, kind, together)
        for pk, held_on, kind, together in rows.values_list("pk", "held_on", "kind", "together")
    }
    sides = TalkSide.objects.filter(talk__in=rows.values("pk")).order_by()
    # Keys are read as text: 40,000 of them cost less so than as objects.
    keys = [Cast(name, CharField()) for name in ("talk_id", "member_id", "outsider_id")]
    aliases = found.aliases
    for talk_id, member, outsider, post, is_host in sides.values_list(*keys, "appointment_id", "is_host"):
        talk = talks[talk_id.replace("-", "")]
        if member is not None:
            key = f"m{member.replace('-', '')}"
        else:
            key = f"a{post}" if post is not None else f"o{outsider.replace('-', '')}"
        key = aliases.get(key, key)
        talk.people.append(key)
        if is_host:
            talk.host = key
    return list(talks.values())


def _held(
    campaign: Campaign, organization: Organization, round_no: int, found: TalkPeople, most: int | None
) -> tuple[dict[Pair, tuple[Held, ...]], frozenset[Pair]]:
    """Of each pair its talks, the oldest first; and the pairs that only reminders ticked."""
    held: dict[Pair, list[Held]] = defaultdict(list)
    people = {person.key: person for person in found.people}
    superior = found.links.superior
    apart = superior if superior and is_only_above(people[superior]) else ""
    reminded: set[Pair] = set()
    talked: set[Pair] = set()
    for talk in _talks(campaign, organization, round_no, found):
        pairs = _ticked(talk, superior, apart, people, most)
        (reminded if talk.kind == TalkKind.REMIND else talked).update(pairs)
        for two in pairs:
            held[two].append((talk.held_on, talk.pk))
    in_order = {two: tuple(sorted(talks)) if len(talks) > 1 else tuple(talks) for two, talks in held.items()}
    return in_order, frozenset(reminded - talked)


def _ticked(
    talk: _Talk, superior: str, apart: str, keys: Collection[str], most: int | None
) -> tuple[Pair, ...]:
    """The pairs a talk ticks; a reminder (提醒谈话) counts as the superior's, whoever above gave it.

    `apart`: the superior who is nothing else in the grid, with whom only a reminder counts.
    """
    people, host = talk.people, talk.host
    if superior and talk.kind == TalkKind.REMIND:
        people = [key if key in keys or key[0] != "a" else superior for key in people]
        host = superior if host and host not in keys else host
    ticked = pairs_of_talk(people, host, together=talk.together, most=most)
    return tuple(two for two in ticked if talk.kind == TalkKind.REMIND or not apart or apart not in two)


def settle_talks(*, campaign: Campaign, organization: Organization) -> TalkState:
    """Work the state for the board out anew; called whenever a talk, a waiver, a mark or a partner changes."""
    grid = Grid.of(campaign, organization)
    with transaction.atomic():
        state, _ = TalkState.objects.update_or_create(
            campaign=campaign,
            organization=organization,
            round_no=grid.round_no,
            defaults={
                "owed": grid.owed,
                "held": grid.done,
                "last_on": grid.last_on,
                "settled_at": timezone.now(),
            },
        )
    return state
