"""Addresses of people, imports and rosters."""

from __future__ import annotations

from members.rules.cells import Cell
from members.services.imports import check_import, open_import
from tests.cells.world import Target, Targets, World
from tests.factories.members import MemberFactory, RosterEntryFactory, RosterFactory


def targets(world: World) -> Targets:
    """Members, rosters and imports of the own, a sibling and an unrelated branch; and one's own record."""
    places = {r: e.organization for r, e in world.evenings["setup"].items()}
    found: Targets = {
        f"members:{name}": {"any": Target()} for name in ("list", "new", "import_new", "template")
    }
    people = {r: MemberFactory.create(organization=o) for r, o in places.items()}
    people["group"] = MemberFactory.create(organization=world.tree.village, group=world.tree.group)
    people["self"] = world.people["member"].member
    for name in ("detail", "edit", "numbers", "standing"):
        found[f"members:{name}"] = {r: Target({"pk": m.pk}) for r, m in people.items()}
    rows: list[list[Cell]] = [["姓名", "性别", "入党时间"], ["沈丽华", "女", "1995-07-01"]]
    batches = {
        r: open_import(rows=rows, file_name="名册.xlsx", organization=o, by=world.people["county"])
        for r, o in places.items()
    }
    for batch in batches.values():
        check_import(batch=batch, by=world.people["county"])
    for name in ("import_batch", "import_columns", "import_wrong"):
        found[f"members:{name}"] = {r: Target({"pk": b.pk}) for r, b in batches.items()}
    found["members:import_step"] = {r: Target({"pk": b.pk, "name": "discard"}) for r, b in batches.items()}
    rosters = {
        r: RosterFactory.create(organization=o, campaign=world.campaigns["parent"]) for r, o in places.items()
    }
    for name in ("roster", "roster_freeze"):
        found[f"members:{name}"] = {
            r: Target({"organization": roster.organization_id, "campaign": roster.campaign.slug})
            for r, roster in rosters.items()
        }
    entries = {r: RosterEntryFactory.create(roster=roster, member=people[r]) for r, roster in rosters.items()}
    late = {r: MemberFactory.create(organization=o) for r, o in places.items()}
    for name, members in (("exempt", people), ("count", people), ("roster_add", late)):
        found[f"members:{name}"] = {
            r: Target(
                {
                    "organization": entry.roster.organization_id,
                    "campaign": entry.roster.campaign.slug,
                    "pk": members[r].pk,
                }
            )
            for r, entry in entries.items()
        }
    found["members:export"] = {
        r: Target(data={"organization": o.pk}) for r, o in world.organizations().items()
    }
    return found
