"""What hangs or hung of each organisation says of its steps: one query for any number of them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from branches.models import Campaign, Organization
from branches.rules.standing import Fact
from rectification.models import Publication, PublicationKind

# The step each kind stands for. What was drafted from materials counts on the materials themselves (members).
STEPS = {
    PublicationKind.MATERIAL: "material_notice",
    PublicationKind.PLEDGE: "pledge",
    PublicationKind.MEASURES: "publicity",
}
WORDS = {"material_notice": "已公示", "pledge": "已承诺", "publicity": "已公开"}
UNFILED = "已公开，还没有报备"


@dataclass(frozen=True)
class PublicityProgress:
    """The facts of one organisation, by step."""

    facts: tuple[tuple[str, Fact], ...]

    def merge(self, facts: dict[str, Fact]) -> None:
        """Add them to the facts known: paper suffices, so a tick by hand holds where less is known here."""
        for step, fact in self.facts:
            if fact.done or step not in facts:
                facts[step] = fact


def publicity_by_organization(
    campaign: Campaign,
    organizations: QuerySet[Organization],
    rounds: Mapping[int, int],
    filing: Mapping[int, bool],
) -> dict[int, PublicityProgress]:
    """What each organisation put up in its present round (`rounds`; absent: the first).

    `filing`: whose measures are to be filed with the superior as well (rule `rectification_filed`): the step is done
    when both are.
    """
    linked = Publication.materials.through.objects.filter(publication=OuterRef("pk"))
    rows = Publication.objects.hung().filter(
        campaign=campaign, organization__in=organizations.order_by().values("pk"), kind__in=list(STEPS)
    )
    days: dict[int, dict[str, list[tuple[datetime.date, datetime.date | None]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for pk, number, kind, posted, filed, drawn in rows.annotate(drawn=Exists(linked)).values_list(
        "organization_id", "round_no", "kind", "posted_on", "filed_on", "drawn"
    ):
        if number == rounds.get(pk, 1) and not drawn and posted is not None:
            days[pk][STEPS[PublicationKind(kind)]].append((posted, filed))
    return {
        pk: PublicityProgress(
            tuple((step, _fact(step, found, filing.get(pk, False))) for step, found in by_step.items())
        )
        for pk, by_step in days.items()
    }


def _fact(step: str, found: list[tuple[datetime.date, datetime.date | None]], filing: bool) -> Fact:
    """What the notices of one step say of it."""
    day = min(posted for posted, _filed in found)
    if step != "publicity" or not filing:
        return Fact(done=True, on=day, word=WORDS[step])
    filed = [on for _posted, on in found if on is not None]
    return Fact(done=True, on=max(day, min(filed)), word="已公开、报备") if filed else Fact(word=UNFILED)
