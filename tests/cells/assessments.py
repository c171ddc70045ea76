"""Addresses of the assessment: drafts of the own, a sibling and an unrelated branch; one with the superior, one decided."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tests.cells.world import Target, Targets, World
from tests.factories.assessing import Assessed, assessed
from tests.factories.evaluations import published_campaign


def targets(world: World) -> Targets:
    """Every page of these; `awaiting` and `decided` are the own branch's in other campaigns, `none` has no sheet."""
    tree = world.tree
    places = {"own": tree.village, "sibling": tree.sibling, "unrelated": tree.other_village}
    campaign = published_campaign(tree.county, slug="stage-draft-sheet")
    sheets = {
        relation: assessed("draft", members=4, organization=place, campaign=campaign)
        for relation, place in places.items()
    }
    for stage in ("awaiting", "decided"):
        other = published_campaign(tree.county, slug=f"stage-{stage}")
        sheets[stage] = assessed(stage, members=4, organization=tree.village, campaign=other)
    found: Targets = {}
    for relation, made in sheets.items():
        for name, target in _of_sheet(made).items():
            found.setdefault(f"evaluations:{name}", {})[relation] = target
    certified = world.evenings["certified"]["own"]
    for name in ("assessment_of", "feedback_of"):
        found[f"evaluations:{name}"] = {
            **{relation: Target(_place(made)) for relation, made in sheets.items()},
            "none": Target({"slug": certified.campaign.slug, "pk": certified.organization.pk}),
        }
    return found


def _place(made: Assessed) -> dict[str, Any]:
    """What leads to the sheet of a branch in a campaign."""
    return {"slug": made.evening.campaign.slug, "pk": made.evening.organization.pk}


def _of_sheet(made: Assessed) -> dict[str, Target]:
    """What fills the addresses of one sheet, and what is posted to them."""
    sheet = {"pk": made.sheet.pk}
    row = next(row for row in made.rows if row.graded)
    version = {"version": str(made.sheet.version)}
    today = timezone.localdate().isoformat()
    said = {"version": str(row.version), "opinion": "肯吃苦。", "grade": "qualified"}
    heard = {"held_on": today, "heard_by": "何文", "statement": "没有意见"}
    decided = {**version, "meeting": str(made.evening.meeting.pk), "decided_on": today}
    return {
        "assessment": Target(sheet),
        "assessment_refresh": Target(sheet),
        "assessment_row": Target({**sheet, "row": row.pk}, said),
        "assessment_hearing": Target({**sheet, "row": row.pk}, heard),
        "assessment_decide": Target(sheet, decided),
        "assessment_take_back": Target(sheet),
        "assessment_confirm": Target(sheet, {**version, "note": "同意"}),
        "assessment_return": Target(sheet, {**version, "note": "请再研究"}),
    }
