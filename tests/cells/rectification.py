"""Addresses of the register, promises, reports and corrections: three branches with something of everything."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from branches.models import Campaign, Organization, User
from members.models import Member
from rectification.services import commitments, corrections, given_reports, items
from rectification.services.items import Typed
from tests.cells.world import Target, Targets, World
from tests.factories.evaluations import published_campaign, secretary_of
from tests.factories.meetings import MeetingFactory
from tests.factories.members import MemberFactory


def targets(world: World) -> Targets:
    """Every page of these, in the own, a sibling and an unrelated branch."""
    places = {"own": world.tree.village, "sibling": world.tree.sibling, "unrelated": world.tree.other_village}
    campaign = published_campaign(world.tree.county, preset="xinyi_2018", slug="rectified")
    found: Targets = {"rectification:mine": {"any": Target()}}
    found["rectification:overview"] = {"any": Target({"slug": campaign.slug})}
    office = world.people["county"]
    for relation, place in places.items():
        for name, target in _targets(campaign, place, office, world.people["member"]).items():
            found.setdefault(f"rectification:{name}", {})[relation] = target
    return found


def _targets(campaign: Campaign, place: Organization, office: User, member: User) -> dict[str, Target]:
    """The targets of one branch; the item and the promise are those of its member."""
    today, by = timezone.localdate(), secretary_of(place)
    whose = Member.objects.filter(organization=place, user=member).first() or MemberFactory.create(
        organization=place
    )
    due = today + datetime.timedelta(days=30)
    where: dict[str, Any] = {"campaign": campaign, "organization": place}
    for days in (40, 20):
        MeetingFactory.create(
            **where, status="closed", starts_at=timezone.now() - datetime.timedelta(days=days)
        )
    item = items.add(
        **where, typed=Typed(problem="学习少。", measures="多学。", due_on=due, member=whose), by=by
    )
    pledge = commitments.write(campaign=campaign, member=whose, version=0, text="多学。", by=by)
    (meeting, *_others) = given_reports.offered(campaign, place, "committee")
    report = given_reports.give(**where, kind="committee", number=0, meeting=meeting.key, by=by)
    one = corrections.issue(**where, kind="correct", on=today, text="太慢。", by=office)
    slugged = {"slug": campaign.slug, "pk": place.pk}
    typed = {"version": "0", "problem": "会少。", "term": "lasting", "source": "self"}
    return {
        "ledger": Target(slugged),
        "marking": Target(slugged),
        "ledger_file": Target({**slugged, "ending": "xlsx"}),
        "item_new": Target(slugged, typed),
        "pull": Target(slugged),
        "item": Target({"pk": item.pk}, typed),
        "item_step": Target({"pk": item.pk, "step": "begin_item"}),
        "commitments": Target(slugged),
        "commitment": Target({"slug": campaign.slug, "pk": whose.pk}, {"version": "1", "text": "多走访。"}),
        "commitment_step": Target({"pk": pledge.pk, "step": "fulfil_pledge"}),
        "reports": Target(slugged),
        "report_give": Target(
            {**slugged, "kind": "pledges", "number": 1}, {"meeting": meeting.key, "heard": [str(pledge.pk)]}
        ),
        "report_remove": Target({"pk": report.pk}),
        "corrections": Target(slugged, {"kind": "correct", "on": today.isoformat(), "text": "请抓紧。"}),
        "correction_step": Target(
            {"pk": one.pk, "step": "answer_correction"}, {"answer_correction-text": "月底办完。"}
        ),
    }
