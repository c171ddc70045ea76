"""The talk grid (谈心谈话): who owes whom, who has talked with whom; and what the board is told of it."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils import timezone

from branches.models import Campaign, Organization
from branches.rules import Rules
from branches.services.rounds import round_of
from members.models import Talk, TalkKind, TalkSide, TalkState, TalkWaiver
from members.rules.talk_duties import Duty, duties_of
from members.rules.talk_notes import notes_of
from members.rules.talk_people import Links, Pair, Person, pair
from members.rules.talk_standing import DutyState, judge, pairs_of_talk, tally
from members.services.talk_people import TalkPeople, find_people

Held = tuple[datetime.date, uuid.UUID]
FREE = "free"


@dataclass(frozen=True)
class Grid:
    """The talks of one organisation in its present round.

    `held`: of each pair the talks that tick it, the oldest first. `owed` and `done`: 应谈 and 已谈 in pairs, as
    `members.rules.talk_standing.tally` defines them. `notes`: what could not be taken in, in words.
    """

    people: tuple[Person, ...]
    links: Links
    rules: Rules
    round_no: int
    duties: tuple[Duty, ...]
    states: tuple[DutyState, ...]
    held: Mapping[Pair, tuple[Held, ...]]
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
        body = organization.is_body
        duties = duties_of(rules, found.people, found.links, body=body)
        held = _held(campaign, organization, round_no, found, rules.talk_sitting_most)
        waived = _waived(campaign, organization, round_no, found)
        states = judge(duties, held, waived)
        counts = tally(states)
        return cls(
            people=found.people,
            links=found.links,
            rules=rules,
            round_no=round_no,
            duties=duties,
            states=states,
            held=held,
            waived=waived,
            owed=counts.owed,
            done=counts.held,
            notes=notes_of(rules, found.people, found.links, body=body),
            cells=_cells(states, held, waived),
        )

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
) -> dict[Pair, tuple[Held, ...]]:
    """Of each pair its talks, the oldest first."""
    held: dict[Pair, list[Held]] = defaultdict(list)
    keys = {person.key for person in found.people}
    for talk in _talks(campaign, organization, round_no, found):
        for two in _ticked(talk, found.links.superior, keys, most):
            held[two].append((talk.held_on, talk.pk))
    return {two: tuple(sorted(talks)) if len(talks) > 1 else tuple(talks) for two, talks in held.items()}


def _ticked(talk: _Talk, superior: str, keys: Collection[str], most: int | None) -> tuple[Pair, ...]:
    """The pairs a talk ticks; with the superior only a reminder (提醒谈话) counts, whoever above gave it."""
    people, host = talk.people, talk.host
    if not superior:
        return pairs_of_talk(people, host, together=talk.together, most=most)
    if talk.kind == TalkKind.REMIND:
        people = [key if key in keys or key[0] != "a" else superior for key in people]
        host = superior if host and host not in keys else host
    ticked = pairs_of_talk(people, host, together=talk.together, most=most)
    return tuple(two for two in ticked if talk.kind == TalkKind.REMIND or superior not in two)


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
