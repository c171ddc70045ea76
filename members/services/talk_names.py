"""Telling namesakes in the talk grid apart, so that nobody ticks the wrong one."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import replace

from members.models import Member
from members.rules.talk_people import Person


def tell_apart(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """The people, namesakes with month of birth, group or post behind the name; one query, where there are any."""
    counts = Counter(person.name for person in people)
    twins = [person for person in people if counts[person.name] > 1]
    if not twins:
        return people
    keys = [uuid.UUID(person.key[1:]) for person in twins if person.key.startswith("m")]
    born = dict(Member.objects.filter(pk__in=keys).values_list("pk", "birth_on"))
    words = {}
    for person in twins:
        day = born.get(uuid.UUID(person.key[1:])) if person.key.startswith("m") else None
        words[person.key] = f"{day.year}年{day.month}月生" if day else person.group or person.title
    return tuple(
        replace(person, name=f"{person.name}（{words[person.key]}）") if words.get(person.key) else person
        for person in people
    )
