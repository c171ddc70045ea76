"""Invented members and posts of the organisations."""

from __future__ import annotations

import datetime
import random

from branches.models import Appointment, Kind, Organization, Role
from config.demo.land import Plan, flat
from config.demo.names import person
from members.models import Member, MemberKind, Sex

SEATS = (Role.SECRETARY, Role.DEPUTY, Role.ORGANIZER, Role.PUBLICITY, Role.DISCIPLINE)
SINCE = datetime.date(2024, 1, 15)
BATCH = 2000
FLAGS = {
    0.10: "is_elderly",
    0.06: "is_poor",
    0.09: "is_veteran",
    0.02: "is_unwell",
    0.01: "is_disciplined",
    0.08: "is_floating",
}


def member(chance: random.Random, organization: Organization, number: int, roster_number: int) -> Member:
    """One invented member (not saved)."""
    who = person(chance, number)
    probationary = roster_number > 3 and chance.random() < 0.04
    row = Member(
        organization=organization,
        name=who.name,
        roster_number=roster_number,
        sex=Sex.FEMALE if who.female else Sex.MALE,
        ethnicity=who.ethnicity,
        education=who.education,
        birth_on=who.birth_on,
        kind=MemberKind.PROBATIONARY if probationary else MemberKind.FULL,
        joined_on=datetime.date(2025, 12, 10) if probationary else who.joined_on,
        full_on=None if probationary else who.joined_on.replace(year=who.joined_on.year + 1),
    )
    row.id_number = who.id_number
    row.phone = who.phone
    for share, flag in FLAGS.items():
        if chance.random() < share:
            setattr(row, flag, True)
    if row.is_floating:
        row.floating_to = chance.choice(("省城", "沿海务工", "随子女外地居住"))
    row.derive_keys()
    return row


def populate(chance: random.Random, plan: Plan, rows: dict[str, Organization]) -> list[Member]:
    """Write the members of every branch of the plan and the posts of those who lead; returns the members."""
    people: list[Member] = []
    posts: list[Appointment] = []
    for item in flat(plan):
        if item.kind != Kind.BRANCH:
            continue
        organization = rows[item.code]
        first = len(people)
        for place in range(1, item.members + 1):
            row = member(chance, organization, first + place, place)
            if item.groups:
                row.group = rows[f"{item.code}-{(place - 1) % item.groups + 1}"]
            people.append(row)
        posts += _posts(organization, people[first:], item)
    Member.objects.bulk_create(people, batch_size=BATCH)
    Appointment.objects.bulk_create(posts, batch_size=BATCH)
    return people


def _posts(organization: Organization, people: list[Member], item: Plan) -> list[Appointment]:
    """The branch's secretary and, where there is one, its committee."""
    seats = SEATS if item.committee else SEATS[:1]
    return [
        Appointment(holder_name=who.name, role=role, organization=organization, starts_on=SINCE)
        for role, who in zip(seats, people, strict=False)
    ]
