"""Addresses of ballots, results and roll-ups, each at the stage of the evening it is used in."""

from __future__ import annotations

from tests.cells.world import Target, Targets, World

STAGES = {
    "setup": ("ballot", "form_pdf", "print_size", "heads", "mode", "free", "again", "void"),
    "collected": ("take", "enter", "autosave", "finish", "mismatches", "match"),
    "matched": ("result", "confirm", "confirm_paper", "recount", "certify", "summary_pdf", "summary_xlsx"),
}
ROLLUPS = ("rollup", "rollup_file", "retally")


def targets(world: World) -> Targets:
    """Ballots of the own, a sibling and an unrelated branch."""
    found: Targets = {"evaluations:rollups": {"any": Target()}}
    for stage, names in STAGES.items():
        for name in names:
            found[f"evaluations:{name}"] = {
                r: Target({"pk": e.ballot.pk}) for r, e in world.evenings[stage].items()
            }
    done = world.evenings["certified"]["own"].ballot.pk
    for name in ("ballot", "result", "summary_pdf", "summary_xlsx"):
        found[f"evaluations:{name}"]["certified"] = Target({"pk": done})
    own = {"pk": world.evenings["matched"]["own"].ballot.pk}
    found["evaluations:confirm"] |= {duty: Target(own, {"duty": duty}) for duty in ("teller", "secretary")}
    for name in ("for_meeting", "prepare"):
        found[f"evaluations:{name}"] = {
            r: Target({"pk": e.meeting.pk}) for r, e in world.evenings["setup"].items()
        }
    for name in ROLLUPS:
        found[f"evaluations:{name}"] = {r: Target({"slug": c.slug}) for r, c in world.campaigns.items()}
    return found
