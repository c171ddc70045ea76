"""Addresses before the meeting: three branches whose meetings are being prepared; one request waits in each."""

from __future__ import annotations

from meetings.models import Postponement
from tests.cells.world import Target, Targets, World
from tests.factories.meetings import MeetingFactory


def targets(world: World) -> Targets:
    """Planned meetings of the own, a sibling and an unrelated branch, and others with a request above."""
    sent = {
        "ready": {},
        "tell": {"reason": "临时定的时间"},
        "ics": {},
        "postpone": {"when": "open", "reason": "准备不充分"},
    }
    found: Targets = {f"meetings:{name}": {} for name in sent}
    asked: Targets = {"meetings:answer_postponement": {}, "meetings:withdraw_postponement": {}}
    for relation, evening in world.evenings["setup"].items():
        place = {"organization": evening.organization, "campaign": world.campaigns["parent"]}
        meeting = MeetingFactory.create(**place, kind="thematic")
        for name, data in sent.items():
            found[f"meetings:{name}"][relation] = Target({"pk": meeting.pk}, data)
        waiting = MeetingFactory.create(**place, kind="thematic")
        row = Postponement.objects.create(
            meeting=waiting,
            was=waiting.starts_at,
            reason="准备不充分",
            asked_by=world.people["secretary"],
            needs_consent=True,
        )
        for name in asked:
            asked[name][relation] = Target({"pk": waiting.pk, "row": row.pk}, {"answer": "yes"})
    return {**found, **asked}
