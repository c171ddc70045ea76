"""Addresses of deciding rows, of sides typed by hand, and of the count's report; nobody sits yet."""

from __future__ import annotations

from tests.cells.scans import scanned_evenings
from tests.cells.world import Target, Targets, World

POSTED: dict[str, dict[str, str]] = {
    "strips": {"screen": "1"},
    "strip_save": {"mark": "1"},
    "judged": {"void": "0"},
    "strips_together": {"void": "0"},
    "hand_page": {"side": "1", "paper": "1"},
    "hand_count": {"side": "1", "count": "1"},
    "hand_save": {"side": "1", "paper": "1"},
}
REPORTS = ("count_report", "count_report_pdf")


def targets(world: World) -> Targets:
    """Scanned evenings of the own, a sibling and an unrelated branch; reports of matched and certified ballots."""
    found: Targets = {}
    for relation, made in scanned_evenings(world, slug="stage-deciding").items():
        for name, data in POSTED.items():
            found.setdefault(f"evaluations:{name}", {})[relation] = Target({"pk": made.ballot.pk}, data)
    for name in REPORTS:
        matched = {r: Target({"pk": e.ballot.pk}) for r, e in world.evenings["matched"].items()}
        certified = Target({"pk": world.evenings["certified"]["own"].ballot.pk})
        found[f"evaluations:{name}"] = {**matched, "certified": certified}
    return found
