"""Addresses of the dues ledger: by place, and one's own."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from members.models import Member
from tests.cells.world import Target, Targets, World
from tests.factories.members import MemberFactory

RATES = {
    "form-TOTAL_FORMS": 1,
    "form-INITIAL_FORMS": 0,
    "form-0-label": "党员",
    "form-0-lowest": "2",
}
PAGES = ("dues", "dues_terms", "dues_rates", "dues_import", "dues_import_confirm", "dues_pdf", "dues_xlsx")


def targets(world: World) -> Targets:
    """Every page for every place; a member of each place for the page of one member."""
    places = world.organizations()
    people: dict[str, Member] = {r: MemberFactory.create(organization=o) for r, o in places.items()}
    sheet = SimpleUploadedFile("党费.csv", "姓名,月份,金额\n王芳,3月,5\n".encode())
    data: dict[str, dict[str, object]] = {
        "dues_rates": RATES,
        "dues_import": {"year": "2026", "file": sheet},
        "dues_import_confirm": {"sealed": ""},
    }
    found: Targets = {"members:my_dues": {"any": Target()}}
    for name in PAGES:
        found[f"members:{name}"] = {r: Target({"pk": o.pk}, data.get(name, {})) for r, o in places.items()}
    found["members:dues_member"] = {
        r: Target({"pk": o.pk, "member": people[r].pk}, {"month": "2026-03"}) for r, o in places.items()
    }
    found["members:dues_rates_step"] = {r: Target({"pk": o.pk, "name": "copy"}) for r, o in places.items()}
    for r in places:
        found["members:dues"][r].data.update(
            {"cell": f"{people[r].pk.hex}:2026-03", "amount": "5", "pay": "1"}
        )
        found["members:dues_terms"][r].data.update(
            {"members": str(people[r].pk), "label": "农民", "monthly": "0.5", "since": "2026-01", "save": "1"}
        )
    return found
