"""Addresses of portfolios: posts at several bodies, each with one line."""

from __future__ import annotations

from branches.models import Portfolio, Role
from tests.cells.world import Target, Targets, World
from tests.factories.branches import AppointmentFactory

DATA = {"kind": "charge", "unit": "财政所", "unit_head": "某某"}


def targets(world: World) -> Targets:
    """A post and a line of it for each relation."""
    tree = world.tree
    places = {
        "own": (tree.township, Role.COMMITTEE),
        "head": (tree.township, Role.SECRETARY),
        "parent": (tree.county, Role.COMMITTEE),
        "unrelated": (tree.other_township, Role.COMMITTEE),
        "branch": (tree.village, Role.PUBLICITY),
    }
    found: Targets = {"branches:portfolio": {}, "branches:portfolio_remove": {}}
    for relation, (place, role) in places.items():
        post = AppointmentFactory.create(organization=place, role=role, user=None, holder_name="某委员")
        line = Portfolio.objects.create(appointment=post, unit="民政办", unit_head="某主任")
        found["branches:portfolio"][relation] = Target({"pk": post.pk}, DATA)
        found["branches:portfolio_remove"][relation] = Target({"pk": line.pk})
    return found
