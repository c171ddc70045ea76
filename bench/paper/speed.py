"""Pages a second and memory of the reader: files are written first, then read in a process of its own on one core."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2

from bench.paper import files, forms
from bench.paper.damage import make_sheet
from bench.paper.runs import ROOT, high_water
from evaluations.paper import reading
from evaluations.paper.template import template_of

FORM = forms.CORPUS["40 names"][1]
KINDS = ("scan200 JPEG", "phone 12 MP JPEG", "scanner PDF 200 dpi", "scan300 JPEG")


def write(kind: str, folder: Path, seeds: list[int], pages: int) -> None:
    """The files of one kind."""
    folder.mkdir(parents=True)
    damage = {"phone 12 MP JPEG": "phone", "scan300 JPEG": "scan300"}.get(kind, "scan200")
    pictures = []
    for index in range(pages):
        seed, number = seeds[index % len(seeds)], index // len(seeds)
        picture = make_sheet(FORM, seed, damage, number).image
        if kind.startswith("scanner"):
            pictures.append(picture)
        else:
            (folder / f"{index:04}.jpg").write_bytes(files.photo(picture, quality=88))
    if pictures:
        (folder / "scan.pdf").write_bytes(files.scanner_pdf(pictures))


def read(folder: Path) -> dict[str, Any]:
    """Read all files of a folder on one core; figures of this process."""
    cv2.setNumThreads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})
    template = template_of(FORM)
    paths = sorted(folder.iterdir())
    next(iter(reading.read_file(paths[0].read_bytes(), template)))
    begun, used, pages, rows, unread = time.perf_counter(), time.process_time(), 0, 0, 0
    for path in paths:
        for page in reading.read_file(path.read_bytes(), template):
            pages += 1
            rows += sum(row.certain for row in page.rows)
            unread += page.fate == reading.REJECTED
    return {
        "pages": pages,
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - used,
        "rss": high_water(),
        "certain": rows,
        "rejected": unread,
    }


def measure(folder: Path, seeds: list[int], pages: int) -> list[str]:
    """A table of all kinds in Markdown."""
    lines = [
        "| files | pages | pages/s a core (processor time) | pages/s by the clock | peak memory |",
        "|---|---|---|---|---|",
    ]
    for number, kind in enumerate(KINDS):
        place = folder / str(number)
        write(kind, place, seeds, pages)
        done = subprocess.run(
            [sys.executable, "-m", "bench.paper.speed", str(place)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        got = json.loads(done.stdout.splitlines()[-1])
        lines.append(
            f"| {kind} | {got['pages']} | {got['pages'] / got['cpu']:.1f} | "
            f"{got['pages'] / got['seconds']:.1f} | {got['rss']:.0f} MB |"
        )
    return lines


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1]))))
