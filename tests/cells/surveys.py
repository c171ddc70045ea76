"""Addresses of the surveys of satisfaction: three branches at each stage, and one whose second survey failed."""

from __future__ import annotations

from typing import Any

from branches.models import Organization
from rectification.models import MeasureCase
from tests.cells.world import Target, Targets, World
from tests.factories.evaluations import published_campaign
from tests.factories.surveys import BAD, PRESET, Surveyed, bring_to, make_up_done, surveyed

NOTED = {"fulfil_duty-version": "0", "fulfil_duty-done_on": "2000-01-01"}


def failed_twice(place: Organization, campaign: Any) -> tuple[Surveyed, MeasureCase]:
    """A branch whose first survey and the one after 补课 failed."""
    made = surveyed("closed", organization=place, campaign=campaign, votes=BAD)
    make_up_done(made)
    made.newest()
    bring_to(made, "closed", votes=BAD)
    return made, MeasureCase.objects.get(round=made.round)


def targets(world: World) -> Targets:
    """What fills the addresses."""
    places = {"own": world.tree.village, "sibling": world.tree.sibling, "unrelated": world.tree.other_village}
    campaigns = {
        stage: published_campaign(world.tree.county, slug=f"survey-{stage}", preset=PRESET)
        for stage in ("open", "counting", "matched", "failed")
    }
    found: Targets = {}

    def put(name: str, relation: str, target: Target) -> None:
        found.setdefault(f"rectification:{name}", {})[relation] = target

    for relation, place in places.items():
        opened = surveyed("open", organization=place, campaign=campaigns["open"])
        counting = surveyed("counting", organization=place, campaign=campaigns["counting"])
        matched = surveyed("matched", organization=place, campaign=campaigns["matched"])
        failed, case = failed_twice(place, campaigns["failed"])
        slugged = {"slug": "survey-open", "pk": place.pk}
        put("surveys", relation, Target(slugged))
        put("survey_begin", relation, Target({**slugged, "step": "satisfaction-2"}))
        put("survey", relation, Target({"pk": opened.survey.pk}))
        put("survey_heads", relation, Target({"pk": opened.round.pk}))
        for name in ("survey_form_pdf", "survey_result_pdf"):
            put(name, relation, Target({"pk": opened.round.pk}))
        for name in ("survey_take", "survey_count", "survey_compare", "survey_agree"):
            put(name, relation, Target({"pk": counting.round.pk}))
        for name in ("survey_scan", "survey_scan_form_pdf"):
            put(name, relation, Target({"pk": counting.round.pk, "ordinal": 1}))
        put("survey_free", relation, Target({"pk": counting.round.pk, "number": 1}))
        put("survey_step", relation, Target({"pk": matched.round.pk, "step": "certify"}))
        put("survey_step", f"{relation}_void", Target({"pk": matched.round.pk, "step": "void"}))
        first = failed.survey.rounds.get(turn=1)
        for kind in ("self_criticism", "admonition"):
            duty = first.duties.get(kind=kind)
            where = relation if kind == "self_criticism" else f"{relation}_admonition"
            put("satisfaction_duty_step", where, Target({"pk": duty.pk, "step": "fulfil_duty"}, NOTED))
        put("satisfaction_duty", relation, Target({"pk": duty.pk}))
        put("measure_case", relation, Target({"pk": case.pk}))
        put("measure_case_step", relation, Target({"pk": case.pk, "step": "decide_measures"}))
        for name in ("satisfaction_history", "satisfaction_history_file"):
            put(name, relation, Target({"pk": place.pk}))
    put("satisfaction_below", "own", Target({"slug": "survey-failed"}))
    for relation, place in (("parent", world.tree.township), ("unrelated", world.tree.other_township)):
        target = Target({"slug": "survey-failed"}, query=f"organization={place.code}")
        put("satisfaction_below", relation, target)
    return found
