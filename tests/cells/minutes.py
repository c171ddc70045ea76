"""Addresses of minutes: of an open meeting with a draft, of one without, of one that is settled."""

from __future__ import annotations

import datetime

from django.utils import timezone

from meetings.models import Meeting, MeetingStatus, Minutes, MinutesStatus
from meetings.services import minutes as services
from tests.cells.world import Target, Targets, World
from tests.factories.meetings import MeetingFactory

DRAFTED = ("minutes", "minutes_edit", "minutes_take", "minutes_settle")
READY = ("minutes_rework", "minutes_sign")


def targets(world: World) -> Targets:
    """The minutes of closed meetings of the own, a sibling and an unrelated branch."""
    found: Targets = {}
    for relation, evening in world.evenings["setup"].items():
        made: dict[str, Meeting] = {}
        for state in ("none", "draft", "ready"):
            made[state] = MeetingFactory.create(
                organization=evening.organization,
                campaign=world.campaigns["parent"],
                status=MeetingStatus.CLOSED,
                starts_at=timezone.now() - datetime.timedelta(days=2 + len(made)),
            )
        for state in ("draft", "ready"):
            facts, sections = services.fresh(made[state]).dumps()
            status = MinutesStatus.READY if state == "ready" else MinutesStatus.DRAFT
            Minutes.objects.create(meeting=made[state], facts=facts, sections=sections, status=status)
        posted = {
            "minutes_edit": {"revision": "0"},
            "minutes_take": {"revision": "0", "part": "place"},
            "minutes_sign": {
                "revision": "0",
                "chair": "刘德福",
                "recorder": "王桂兰",
                "day": f"{timezone.localdate():%Y-%m-%d}",
            },
        }
        for state, names in (("none", ("minutes_draft",)), ("draft", DRAFTED), ("ready", READY)):
            for name in names:
                target = Target({"pk": made[state].pk}, posted.get(name, {}))
                found.setdefault(f"meetings:{name}", {})[relation] = target
        file = Target({"pk": made["draft"].pk, "ending": "docx"})
        found.setdefault("meetings:minutes_file", {})[relation] = file
    return found
