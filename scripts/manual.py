"""New pictures for docs/manual: the browser tests take them; here they are cut to what the page is about and made small.

`python -m scripts.manual` runs the tests; with a folder of pictures taken before (SCREENS=folder), it renews those it finds.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "manual" / "img"
WIDEST = 1000  # pixels in the manual
COLOURS = 128
# Each picture of the manual, with the height kept of the page as it was taken (a page may be very long).
PICTURES = {
    "accounts": 620,
    "archive": 1010,
    "archive-index": 760,
    "assessment-decide": 1802,
    "assessment-row": 1250,
    "attendance": 1010,
    "attendance-phone": 1250,
    "ballot-counting": 860,
    "ballot-setup": 1090,
    "board": 1010,
    "board-missing": 1100,
    "board-phone": 1750,
    "board-season": 1440,
    "campaign-draft": 620,
    "campaign-rules-xinyi_2018": 1010,
    "certify": 620,
    "channels": 1060,
    "committee-attendance-phone": 1250,
    "count-report-sheet": 1348,
    "digest": 900,
    "double-life": 1010,
    "dues": 1500,
    "duties": 1100,
    "duty-report": 1100,
    "enter": 905,
    "enter-phone": 850,
    "feedback": 1500,
    "form": 1348,
    "guests": 1100,
    "hard-stop": 1460,
    "help-plan": 960,
    "home-secretary": 1180,
    "home-secretary-phone": 1250,
    "import-preview": 1130,
    "job": 380,
    "material-check": 1380,
    "material-offline": 942,
    "material-returned": 1240,
    "materials": 560,
    "meeting": 1300,
    "meeting-new": 1250,
    "meeting-order": 1000,
    "minutes": 1348,
    "minutes-changes": 900,
    "mismatches": 980,
    "moderation": 600,
    "opinion-points": 1460,
    "opinions": 1480,
    "outline-sheet": 1348,
    "outline-vet-phone": 1300,
    "outlines": 2150,
    "outlines-mine": 1300,
    "own-result-phone": 740,
    "plan-check": 1290,
    "plan-review": 1130,
    "plans": 540,
    "portfolio": 1210,
    "projector": 768,
    "public-notice-phone": 900,
    "publication-draft": 1010,
    "publication-sheet": 1348,
    "readiness": 1240,
    "rectification-ledger": 1330,
    "rectification-marking-phone": 1250,
    "rectification-reports": 960,
    "rectification-sheet": 640,
    "registration-sheet": 1348,
    "report-changed": 1010,
    "report-edit": 1100,
    "reports": 900,
    "result": 1120,
    "review-phone": 1340,
    "reviews-phone": 980,
    "revision": 760,
    "rollup": 960,
    "room": 1010,
    "room-phone": 1250,
    "roster": 1010,
    "satisfaction-below": 1000,
    "say-phone": 1010,
    "scan-doubles": 1240,
    "scan-test": 620,
    "scans": 1350,
    "scans-phone": 1500,
    "season-draft": 1220,
    "season-rules": 1010,
    "slip": 760,
    "spot-check": 960,
    "steps": 1700,
    "strips": 900,
    "strips-phone": 844,
    "strips-together": 660,
    "study": 1600,
    "study-new-phone": 1510,
    "summary": 1348,
    "supervision-branch-phone": 1160,
    "supervision-day-phone": 1190,
    "supervision-draw-phone": 1540,
    "supervision-finding-phone": 1680,
    "survey-compare-phone": 1251,
    "survey-failed": 1900,
    "survey-slip-done-phone": 660,
    "survey-slips-sheet": 380,
    "talks": 2150,
    "talks-phone": 1290,
    "tell-phone": 1250,
    "urn-closed": 900,
    "urn-half": 620,
    "urn-open": 760,
    "visits": 900,
    "vote-channel": 1320,
    "vote-kiosk": 900,
    "vote-phone": 1010,
    "vote-phone-done": 560,
    "vote-slips": 700,
    "yearly": 1100,
    "yearly-list": 1010,
}


# The files of browser tests that take the pictures.
TAKERS = (
    "main_job", "season", "preparation", "kinds", "room", "outlines", "meeting_pages", "scans_upload", "scanned_count",
    "voting", "after_the_count", "publicity", "supervision", "rectifying", "satisfaction", "survey_slips",
)  # fmt: skip


def take(folder: Path) -> None:
    """Run the browser tests that take pictures once; the pictures go to `folder`."""
    tests = [f"tests/browser/test_{name}.py" for name in TAKERS]
    words = "xinyi or " + " or ".join(name for name in TAKERS if name != "main_job")
    command = (sys.executable, "-m", "pytest", *tests, "-m", "browser", "-k", words, "-q", "-n", "0")
    subprocess.run(
        (*command, "-p", "no:cacheprovider"), cwd=ROOT, env={**os.environ, "SCREENS": str(folder)}, check=True
    )


def shrink(picture: Image.Image, height: int) -> Image.Image:
    """The upper part of a picture, at most as wide as the manual shows it, in few colours."""
    cut = picture.convert("RGB").crop((0, 0, picture.width, min(height, picture.height)))
    if cut.width > WIDEST:
        cut = cut.resize((WIDEST, round(cut.height * WIDEST / cut.width)), Image.Resampling.LANCZOS)
    return cut.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def renew(folder: Path, names: Iterable[str]) -> None:
    """Cut and write these pictures of the folder."""
    for name in names:
        with Image.open(folder / f"{name}.png") as picture:
            shrink(picture, PICTURES[name]).save(IMAGES / f"{name}.png", optimize=True)


def main(taken: str = "") -> None:
    """Renew every picture the manual uses, or those of a folder of pictures taken before."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    if taken:
        names = [name for name in PICTURES if (Path(taken) / f"{name}.png").exists()]
        renew(Path(taken), names)
    else:
        names = list(PICTURES)
        with tempfile.TemporaryDirectory() as folder:
            take(Path(folder))
            renew(Path(folder), names)
    size = sum(file.stat().st_size for file in IMAGES.glob("*.png"))
    print(f"{len(names)} pictures renewed, {size / 1e6:.1f} MB in all, in {IMAGES.relative_to(ROOT)}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
