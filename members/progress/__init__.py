"""How far organisations are with what they prepare before the meeting: study, opinions, talks, materials.

A constant number of queries for any number of organisations: four where no material is kept, else nine.
Rows of earlier rounds do not count.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Coalesce

from branches.models import Campaign, Organization
from members.models import Material, OpinionRound, OpinionRoundStatus, StudySession, TalkState
from members.progress.facts import BACK, Pile, Preparation
from members.progress.owing import Asked, of_today, people_in

FEW = 300  # organisations: more are not named to the database one by one
__all__ = ["BACK", "Asked", "Preparation", "preparation"]


def preparation(
    campaign: Campaign, organizations: QuerySet[Organization], rounds: Mapping[int, int]
) -> Preparation:
    """What is known of each organisation in its present round (`rounds`; absent: the first)."""
    inside = organizations.order_by().values("pk")
    scope = {"campaign": campaign, "organization__in": inside}
    found = Preparation()

    def present(pk: int, number: int) -> bool:
        return number == rounds.get(pk, 1)

    studied = StudySession.objects.filter(**scope).order_by()
    first = studied.values_list("organization_id", "round_no").annotate(day=Min("held_on"))
    found.studies.update({pk: day for pk, number, day in first if present(pk, number)})
    asked = OpinionRound.objects.filter(**scope).order_by("begun_on", "pk")
    columns = asked.values_list("organization_id", "round_no", "status", Coalesce("ended_on", "begun_on"))
    for pk, number, status, day in columns:
        if present(pk, number):
            compiled = status != OpinionRoundStatus.COLLECTING
            found.opinions[pk] = (*found.opinions.get(pk, ()), (day, compiled))
    talked = TalkState.objects.filter(**scope)
    for pk, number, owed, held, last in talked.values_list(
        "organization_id", "round_no", "owed", "held", "last_on"
    ):
        if present(pk, number):
            found.talks[pk] = (owed, held, last)
    piled = of_today(Material.objects.filter(**scope)).order_by()
    sums = piled.values_list("organization_id", "round_no", "role", "status").annotate(
        n=Count("pk"),
        submitted=Max("submitted_on"),
        settled=Max("settled_on"),
        shown=Count("shown_on"),
        shown_day=Max("shown_on"),
        discussed=Max("discussed_on"),
    )
    for pk, number, *pile in sums:
        if present(pk, number):
            found.materials[pk] = (*found.materials.get(pk, ()), Pile(*pile))
    for pk, piles in found.materials.items():
        found.materials[pk] = tuple(sorted(piles, key=lambda pile: pile[:2]))
    if found.materials:
        few = len(found.materials) <= FEW
        found.people.update(people_in(campaign, list(found.materials) if few else inside))
    return found
