"""Addresses of feedback and of the member's own result: assessments in effect, where one member was told and one objects."""

from __future__ import annotations

from django.utils import timezone

from evaluations.models import Feedback
from evaluations.services import feedback as feedbacks
from tests.cells.world import Target, Targets, World
from tests.factories.evaluations import evening, published_campaign
from tests.factories.following import Followed, assessed

TOLD, OBJECTS = 0, 1


def followed_branches(world: World, slug: str) -> dict[str, Followed]:
    """Assessments in effect in the own, a sibling and an unrelated branch; their result may be filed upward."""
    places = {"own": world.tree.village, "sibling": world.tree.sibling, "unrelated": world.tree.other_village}
    campaign = published_campaign(world.tree.county, slug=slug)
    return {r: assessed(evening("certified", organization=p, campaign=campaign)) for r, p in places.items()}


def targets(world: World) -> Targets:
    """Every page of these; `mine`: of the member of the matrix, who was told."""
    found: Targets = {"evaluations:own_result": {"mine": Target()}}
    for relation, made in followed_branches(world, "stage-feedback").items():
        telling = [n for n, row in enumerate(made.rows) if row.entry.member.user_id is None][:2]
        made.tell(*telling)
        told, objects = (made.again(n) for n in telling)
        feedbacks.object_to(feedback=objects, objection="不同意", by=made.secretary, on_paper=True)
        owed = next(one for one in made.owed if made.again(made.owed.index(one)).status == "owed")
        data = {
            "people": str(owed.pk),
            "given_by": "何文",
            "given_on": str(timezone.localdate()),
            "mode": "talk",
        }
        found.setdefault("evaluations:feedback", {})[relation] = Target({"pk": made.sheet.pk}, data)
        found.setdefault("evaluations:feedback_one", {})[relation] = Target({"pk": told.pk})
        found.setdefault("evaluations:redecide", {})[relation] = Target({"pk": objects.pk})
        answer = Target({"pk": objects.pk, "step": "answer"}, {"answer": "已说明"})
        found.setdefault("evaluations:feedback_step", {})[relation] = answer
        if relation == "own":
            found["evaluations:feedback_step"]["paper"] = Target({"pk": told.pk, "step": "acknowledge"})
            found["evaluations:feedback_step"]["no_step"] = Target({"pk": told.pk, "step": "again"})
            mine = _mine(made, world)
            for name in ("own_acknowledge", "own_object"):
                data = {"objection": "不同意"}
                found[f"evaluations:{name}"] = {
                    "mine": Target({"pk": mine.pk}, data),
                    "another": Target({"pk": told.pk}, data),
                }
    return found


def _mine(made: Followed, world: World) -> Feedback:
    """The feedback to the member of the matrix, told."""
    number = next(
        n for n, row in enumerate(made.rows) if row.entry.member.user_id == world.people["member"].pk
    )
    made.tell(number)
    return made.again(number)
