"""The page of talks as one person sees it: the sums, one person's partners, the matrix."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from branches.models import Campaign, Organization, User
from branches.permissions import can_manage_branch
from branches.rules import Clause, clause_for
from members.models import Talk, TalkKind
from members.permissions.talks import (
    Sight,
    can_remind,
    can_see_concerns,
    can_waive_talk,
    hidden_marks,
    own_keys,
    sight_of,
)
from members.reports.talk_lines import Line, behind, lines_of
from members.reports.talk_matrix import matrix_html
from members.reports.talk_sheet import side_name
from members.rules.talk_book import REMOTE, VISIT
from members.rules.talk_key_people import expected_between, expected_mode
from members.rules.talk_people import Person, is_only_above
from members.services.talk_grid import Grid
from members.services.talk_names import tell_apart
from members.services.talks import KEEPING, NOT_KEPT

WHOLE = (Sight.CLERK, Sight.COMMITTEE, Sight.ABOVE)
MOST_AT_ONCE = 60  # people: the matrix of more is shown when asked for
MOST_NAMED = 6
HINTS = {VISIT: "上门谈", REMOTE: "可以打电话、网上谈"}
REMINDS = "提醒谈话，由上级登记"


@dataclass(frozen=True)
class Partner:
    """Somebody to talk with: who, how often still, and what to mind."""

    key: str
    name: str
    title: str
    times: int
    hint: str
    is_superior: bool


@dataclass(frozen=True)
class Held:
    """A talk as a person's view lists it."""

    talk: Talk
    names: str
    may_open: bool
    may_undo: bool


@dataclass(frozen=True)
class PersonView:
    """One person: the partners owed, those to choose from, the talks held."""

    person: Person
    line: Line
    owed: tuple[Partner, ...]
    choices: tuple[Partner, ...]
    held: tuple[Held, ...]
    may_tick: bool


@dataclass(frozen=True)
class TalksPage:
    """The page of one organisation's talks as one person sees it."""

    campaign: Campaign
    organization: Organization
    user: User
    sight: Sight
    grid: Grid
    lines: tuple[Line, ...]
    own: frozenset[str]
    chosen: str
    whole: bool

    @classmethod
    def of(
        cls,
        campaign: Campaign,
        organization: Organization,
        user: User,
        *,
        person: str = "",
        whole: bool = False,
    ) -> TalksPage:
        """The page today; `person`: whose partners are shown; `whole`: the matrix however large."""
        grid, sight = Grid.of(campaign, organization), sight_of(user, organization)
        grid = grid.without(hidden_marks(user, organization))
        grid = replace(grid, people=tell_apart(grid.people))
        keys = {one.key for one in grid.people}
        own = own_keys(user, organization) & keys
        allowed = keys if sight in WHOLE else own
        first = "" if whole else min(own, default="")
        chosen = person if person in allowed else first
        return cls(campaign, organization, user, sight, grid, lines_of(grid), own, chosen, whole)

    @property
    def level(self) -> str:
        """How much is recorded: none, tick, summary, full."""
        return self.grid.rules.talk_record_level

    @property
    def is_recorded(self) -> bool:
        """Whether anything is recorded at all."""
        return self.level != NOT_KEPT

    @property
    def keeps_words(self) -> bool:
        """Whether what was said is kept."""
        return self.level in KEEPING

    @property
    def clause(self) -> Clause | None:
        """What the notice says about talks."""
        is_upper = self.organization.is_body and self.grid.rules.talk_upper_pairs
        key = "talk_upper_pairs" if is_upper else "talk_pairs"
        return clause_for(key, self.campaign.rule_set().quoted(), self.organization.category)

    @property
    def left(self) -> int:
        """How many pairs are still owed."""
        return self.grid.owed - self.grid.done

    @property
    def is_clerk(self) -> bool:
        """Whether the user records for anybody."""
        return self.sight == Sight.CLERK

    @property
    def sees_grid(self) -> bool:
        """Whether the user sees who has talked with whom."""
        return self.sight in WHOLE

    @property
    def sees_counts(self) -> bool:
        """Whether the user sees the sums: not a member without a post."""
        return self.sight != Sight.OWN

    @property
    def may_enter(self) -> bool:
        """Whether the user may record at least some talks now."""
        return self.campaign.is_open and self.is_recorded and (self.is_clerk or bool(self.own))

    @property
    def may_waive(self) -> bool:
        """Whether the user may let pairs off."""
        return bool(can_waive_talk(self.user, self.organization))

    @property
    def may_remind(self) -> bool:
        """Whether the user may record a reminder."""
        return self.campaign.is_open and bool(can_remind(self.user, self.organization))

    @property
    def sees_concerns(self) -> bool:
        """Whether the user sees who was marked."""
        return bool(can_see_concerns(self.user, self.organization))

    @property
    def keeps_outsiders(self) -> bool:
        """Whether the user keeps the partners who are no members."""
        return bool(can_manage_branch(self.user, self.organization))

    @cached_property
    def behind(self) -> tuple[Line, ...]:
        """Those who still owe the most."""
        return behind(self.lines)

    @property
    def is_large(self) -> bool:
        """Whether the matrix is shown only when asked for."""
        return len(self.grid.people) > MOST_AT_ONCE

    @property
    def matrix(self) -> SafeString:
        """The matrix, where the user sees it and it is not too large."""
        if not self.sees_grid or (self.is_large and not self.whole):
            return SafeString("")
        where = [self.campaign.slug, self.organization.pk]
        return matrix_html(
            self.grid.people,
            self.grid.cell,
            page=reverse("members:talks", args=where),
            form=reverse("members:talk_new", args=where) if self.may_enter else "",
            own=None if self.is_clerk else self.own,
        )

    @cached_property
    def view(self) -> PersonView | None:
        """The person whose partners are shown."""
        people = {one.key: one for one in self.grid.people}
        person = people.get(self.chosen)
        if person is None:
            return None
        times = _times_left(self.grid, person.key)
        cells = {one.key: self.grid.cell(person.key, one.key) for one in self.grid.people if one != person}
        return PersonView(
            person=person,
            line=next(line for line in self.lines if line.key == person.key),
            owed=tuple(
                self._partner(people[k], person, times) for k, cell in cells.items() if cell == "owed"
            ),
            choices=tuple(
                self._partner(people[k], person, times) for k, cell in cells.items() if cell == "choice"
            ),
            held=tuple(self._held(person.key)),
            may_tick=self.may_enter and (self.is_clerk or person.key in self.own),
        )

    def _partner(self, person: Person, who: Person, times: Mapping[str, int]) -> Partner:
        """Somebody for `who` to talk with; why a way is asked for is not said."""
        rules = self.grid.rules
        mode = expected_mode(rules, person) and expected_between(rules, (person, who))
        is_superior = is_only_above(person)
        hint = REMINDS if is_superior else HINTS.get(mode, "")
        left = times.get(person.key, 1)
        if not self.sees_concerns:  # 反复谈 would tell who was marked
            left = min(left, rules.talk_times)
        return Partner(person.key, person.name, person.title, left, hint, is_superior)

    def _held(self, key: str) -> Iterator[Held]:
        """The talks of a person in the present round, the newest first; a reminder only for whom it concerns."""
        talks = Talk.objects.filter(
            side_is(key), campaign=self.campaign, organization=self.organization, round_no=self.grid.round_no
        )
        shown = talks.prefetch_related("sides__member", "sides__appointment", "sides__outsider")
        for talk in shown:
            sides = list(talk.sides.all())
            is_own = any(side.key in self.own for side in sides)
            is_reminder = talk.kind == TalkKind.REMIND
            if is_reminder and not (is_own or self.sees_concerns):
                continue
            free = self.is_clerk and not (talk.words_sealed or talk.summary_sealed)
            names = [side_name(side) for side in sides if side.key != key]
            more = f"等 {len(names)} 人" if len(names) > MOST_NAMED else ""
            yield Held(
                talk=talk,
                names="、".join(names[:MOST_NAMED]) + more,
                may_open=self.is_clerk or is_own,
                may_undo=self.may_remind if is_reminder else self.may_enter and (is_own or free),
            )


def side_is(key: str) -> Q:
    """The condition that a person of the grid took part in a talk."""
    if key[0] == "a":
        return Q(sides__appointment=int(key[1:]))
    return Q(**{f"sides__{'member' if key[0] == 'm' else 'outsider'}": uuid.UUID(key[1:])})


def _times_left(grid: Grid, key: str) -> dict[str, int]:
    """How often a person still has to talk with each of the definite partners."""
    found: dict[str, int] = {}
    for state in grid.states:
        if state.left and state.duty.is_definite and key in state.duty.pair:
            one, other = state.duty.pair
            found[other if one == key else one] = max(state.times)
    return found
