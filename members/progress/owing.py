"""How many people of each organisation may owe a material, in five queries for any number of organisations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from branches.models import Appointment, Campaign, Role
from branches.models.appointment import COMMITTEE_SEATS
from branches.rules import Rules
from branches.rules.steps import Step
from members.models import Material, MaterialRole, Member, RosterEntry, Standing
from members.rules.material_owed import FORMS

KINDS = ("study", "opinions", "talks", "material", "lists", "discussion", "material_notice", "pledge")


class Asked(NamedTuple):
    """What of the rules of one kind of organisation makes a difference here."""

    steps: tuple[str, ...]
    rounds: int
    committee: bool
    head: bool
    official: bool
    members: bool
    is_body: bool

    @classmethod
    def of(cls, rules: Rules, steps: Iterable[Step], *, is_body: bool, has_committee: bool) -> Asked:
        """As the rules and the steps that follow from them say."""
        return cls(
            steps=tuple(step.key for step in steps if step.kind in KINDS),
            rounds=rules.opinion_rounds or 1,
            committee=rules.committee_material in FORMS and (is_body or has_committee),
            head=rules.head_material in FORMS,
            official=rules.official_material in FORMS,
            members=rules.member_material in FORMS
            and (not is_body or rules.meeting_form == "democratic_life"),
            is_body=is_body,
        )


class People(NamedTuple):
    """How many of one organisation may owe a material, each counted once as what comes first."""

    heads: int = 0
    officials: int = 0
    leaders: int = 0  # 班子成员 of a body, the head among them
    members: int = 0  # on the roll and not excused
    heads_on_roll: int = 0
    officials_on_roll: int = 0

    def own_owed(self, asked: Asked) -> int:
        """How many materials the committee, its head and village officials owe."""
        heads = self.heads if asked.head else 0
        officials = self.officials if asked.official and not asked.is_body else 0
        return asked.committee + heads + officials

    def members_owed(self, asked: Asked) -> int:
        """How many materials members (of a body: its leaders) owe who owe none as head or village official."""
        if not asked.members:
            return 0
        if asked.is_body:
            return self.leaders - (self.heads if asked.head else 0)
        heads = self.heads_on_roll if asked.head else 0
        return self.members - heads - (self.officials_on_roll if asked.official else 0)


Named = set[tuple[int, str]]  # organisation and name


@dataclass
class _Register:
    """Who holds which post, is excused or a village official, of many organisations: by organisation and name."""

    active: dict[int, int]
    heads: Named
    officials: Named
    seats: Named
    on_roll: Named
    away: Named
    excused: dict[int, int]

    def people(self) -> dict[int, People]:
        """The numbers of each organisation; a head who is a village official too counts as head."""
        officials, leaders = self.officials - self.heads, self.seats | self.heads
        here = self.on_roll - self.away  # an excused head owes as head, never as member
        sets = (self.heads, officials, leaders, self.heads & here, officials & here)
        heads, others, seated, heads_here, others_here = (Counter(pk for pk, _ in found) for found in sets)
        return {
            pk: People(
                heads=heads[pk],
                officials=others[pk],
                leaders=seated[pk],
                members=self.active.get(pk, 0) - self.excused.get(pk, 0),
                heads_on_roll=heads_here[pk],
                officials_on_roll=others_here[pk],
            )
            for pk in {*self.active, *seated, *others}
        }


def of_today(materials: QuerySet[Material]) -> QuerySet[Material]:
    """Without those of people who owe nothing here any more: who left the roll, whose post ended, earlier heads."""
    posts = Appointment.objects.current(timezone.localdate())
    name, account = OuterRef("member__name"), OuterRef("member__user")
    heads = posts.filter(Q(holder_name=name) | Q(user=account), role=Role.SECRETARY)
    heads = heads.filter(organization=OuterRef("organization"))
    here = Q(member__standing=Standing.ACTIVE, member__organization=F("organization"))
    by_member = here & (~Q(role=MaterialRole.HEAD) | Exists(heads))
    by_post = Q(appointment__in=posts.order_by().values("pk"))
    return materials.filter(Q(role=MaterialRole.COMMITTEE) | by_member | by_post)


def people_in(campaign: Campaign, inside: list[int] | QuerySet[Any]) -> dict[int, People]:
    """Who may owe a material in these organisations, as `members.services.material_people`: five queries."""
    posts = Appointment.objects.current(timezone.localdate()).filter(organization__in=inside)
    posts = posts.filter(role__in=(Role.SECRETARY, Role.VILLAGE_OFFICIAL, *COMMITTEE_SEATS))
    held = list(posts.values_list("organization_id", "role", "holder_name", "user_id"))
    roll = Member.objects.active().filter(organization__in=inside)
    counted = roll.order_by().values_list("organization_id").annotate(n=Count("pk"))
    near = Q(name__in=posts.values("holder_name")) | Q(user__in=posts.exclude(user=None).values("user"))
    known = list(roll.filter(near).values_list("organization_id", "name", "user_id"))
    names, accounts = Counter((pk, name) for pk, name, _ in known), {(pk, user) for pk, _, user in known}
    out = RosterEntry.objects.filter(
        roster__campaign=campaign, roster__organization__in=inside, is_expected=False
    ).filter(member__standing=Standing.ACTIVE, member__organization=F("roster__organization"))
    away = list(out.values_list("roster__organization_id", "member__name"))
    flagged = roll.filter(is_village_official=True).values_list("organization_id", "name")

    def holding(*roles: Role) -> Named:
        return {(pk, name) for pk, role, name, _user in held if role in roles}

    return _Register(
        active=dict(counted),
        heads=holding(Role.SECRETARY),
        officials=holding(Role.VILLAGE_OFFICIAL) | set(flagged),
        seats=holding(*COMMITTEE_SEATS),
        on_roll={
            (pk, name)
            for pk, _role, name, user in held
            if names[pk, name] == 1 or (user is not None and (pk, user) in accounts)
        }
        | set(flagged),
        away=set(away),
        excused=Counter(pk for pk, _name in away),
    ).people()
