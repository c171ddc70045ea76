"""New pictures for docs/manual: the browser test takes them; here they are cut to what the page is about and made small."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "manual" / "img"
WIDEST = 1000  # pixels in the manual
COLOURS = 256
# Each picture of the manual, with the height kept of the page as it was taken (a page may be very long).
PICTURES = {
    "accounts": 620,
    "attendance": 1010,
    "attendance-phone": 1250,
    "ballot-counting": 860,
    "ballot-setup": 1090,
    "board": 1010,
    "board-phone": 1250,
    "campaign-draft": 620,
    "campaign-rules-xinyi_2018": 1010,
    "certify": 620,
    "enter": 905,
    "enter-phone": 850,
    "form": 1348,
    "hard-stop": 1460,
    "home-secretary": 1180,
    "home-secretary-phone": 1250,
    "import-preview": 1130,
    "meeting": 1300,
    "mismatches": 980,
    "result": 1120,
    "rollup": 960,
    "roster": 1010,
    "slip": 760,
    "summary": 1348,
}


def take(folder: Path) -> None:
    """Run the main job in a browser once; its pictures go to `folder`."""
    test = ("tests/browser/test_main_job.py", "-m", "browser", "-k", "xinyi", "-q")
    command = (sys.executable, "-m", "pytest", *test, "-p", "no:cacheprovider")
    subprocess.run(command, cwd=ROOT, env={**os.environ, "SCREENS": str(folder)}, check=True)


def shrink(picture: Image.Image, height: int) -> Image.Image:
    """The upper part of a picture, at most as wide as the manual shows it, in few colours."""
    cut = picture.convert("RGB").crop((0, 0, picture.width, min(height, picture.height)))
    if cut.width > WIDEST:
        cut = cut.resize((WIDEST, round(cut.height * WIDEST / cut.width)), Image.Resampling.LANCZOS)
    return cut.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def main() -> None:
    """Take, cut, and write every picture the manual uses."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        take(Path(folder))
        for name, height in PICTURES.items():
            with Image.open(Path(folder) / f"{name}.png") as picture:
                shrink(picture, height).save(IMAGES / f"{name}.png", optimize=True)
    size = sum(file.stat().st_size for file in IMAGES.glob("*.png"))
    print(f"{len(PICTURES)} pictures, {size / 1e6:.1f} MB, in {IMAGES.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
