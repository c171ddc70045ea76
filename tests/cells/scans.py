"""Addresses of scanned sheets: evenings whose papers are counted by hand and scanned, with a page and a pair to judge."""

from __future__ import annotations

from evaluations.models import EntryMode, PageFate, ScanBatch, ScanDouble, ScanPage
from meetings.models import Duty, DutyKind
from tests.cells.world import Target, Targets, World
from tests.factories.evaluations import Evening, evening, published_campaign


def pages_of(made: Evening) -> tuple[ScanPage, ScanPage]:
    """Two pages that were read and look alike; nothing is sealed in them."""
    batch = ScanBatch.objects.create(ballot=made.ballot, number=1, read=True, files=[{"pages": 2}])
    read = {"ballot": made.ballot, "batch": batch, "form_page": 1, "fate": PageFate.READ, "sealed": b"x"}
    first, second = (ScanPage.objects.create(position=n, image_sha256=f"{n:064x}", **read) for n in (1, 2))
    ScanDouble.objects.create(ballot=made.ballot, first=first, second=second)
    return first, second


def scanned_evenings(world: World, slug: str = "stage-scanned") -> dict[str, Evening]:
    """Evenings that scan, in the own, a sibling and an unrelated branch; the world's teller counts in the own."""
    places = {"own": world.tree.village, "sibling": world.tree.sibling, "unrelated": world.tree.other_village}
    campaign = published_campaign(world.tree.county, slug=slug)
    found = {
        relation: evening("collected", organization=place, campaign=campaign, entry_mode=EntryMode.SCANNED)
        for relation, place in places.items()
    }
    own = Duty.objects.filter(meeting=found["own"].meeting, kind=DutyKind.TELLER)
    Duty.objects.filter(pk=own.order_by("pk")[:1].get().pk).update(member=world.people["teller"].member)
    return found


def targets(world: World) -> Targets:
    """Every page of scanned sheets of these evenings; a test sheet is tried while a ballot is set up."""
    tried = {r: Target({"pk": e.ballot.pk}) for r, e in world.evenings["setup"].items()}
    found: Targets = {"evaluations:scan_test": tried}
    for relation, made in scanned_evenings(world).items():
        first, _ = pages_of(made)
        pair = ScanDouble.objects.get(ballot=made.ballot)
        posted = {
            "scans": {},
            "scan_go_on": {"upload": "1"},
            "scan_doubles": {},
            "scan_double_settle": {"double": str(pair.pk), "verdict": "different"},
            "scan_blanks": {},
            "scan_blank_judge": {"page": str(first.pk), "verdict": "vote"},
            "scan_aside": {"page": str(first.pk), "reason": "mistake"},
            "scan_again": {"page": str(first.pk)},
        }
        for name, data in posted.items():
            target = Target({"pk": made.ballot.pk}, data)
            found.setdefault(f"evaluations:{name}", {})[relation] = target
        picture = Target({"pk": made.ballot.pk, "page": first.pk})
        found.setdefault("evaluations:scan_picture", {})[relation] = picture
    return found
