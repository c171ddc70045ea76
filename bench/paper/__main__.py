"""`python -m bench.paper table|show|speed|doubles`: the reader of sheets on invented sheets."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import cv2

from bench.__main__ import machine
from bench.paper import report, runs, seeds, twice
from bench.paper import speed as speed_of_files
from bench.paper.damage import CLASSES, make_sheet
from bench.paper.voters import POPULATIONS


def chosen(text: str) -> list[str]:
    """`all`, or names with commas."""
    names = list(CLASSES) if text == "all" else text.split(",")
    unknown = [name for name in names if name not in CLASSES]
    if unknown:
        raise SystemExit(f"no such class: {', '.join(unknown)}; there are {', '.join(CLASSES)}")
    return names


def table(options: argparse.Namespace) -> None:
    """Accuracy by class."""
    out = Path(options.out)
    classes = chosen(options.classes)
    records = runs.collect(
        options.seeds, classes, options.pages, out, options.processes, options.seconds, options.voters
    )
    head = f"{machine()}\ncommit {runs.commit()}, state {runs.fingerprint()}, seeds {seeds.kind(options.seeds)}, voters {options.voters}\n"
    text = head + "\n" + report.markdown([record for record in records if record["class"] in classes])
    out.with_suffix(".md").write_text(text)
    print(text)


def show(options: argparse.Namespace) -> None:
    """Pictures to look at, one a seed and class."""
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        for number in range(options.pages):
            for name in chosen(options.classes):
                sheet = make_sheet(None, seed, name, number, options.voters)
                cv2.imwrite(str(folder / f"{seed:03}.{number}-{name}.png"), sheet.image)
                (folder / f"{seed:03}.{number}-{name}.txt").write_text("\n".join(map(str, sheet.truth.rows)))


def speed(options: argparse.Namespace) -> None:
    """Pages a second and memory."""
    with tempfile.TemporaryDirectory() as folder:
        lines = speed_of_files.measure(Path(folder), options.seeds, options.pages)
    text = "\n".join([f"{machine()}, commit {runs.commit()}", "", *lines, ""])
    Path(options.out).write_text(text)
    print(text)


def doubles(options: argparse.Namespace) -> None:
    """The same sheet read twice."""
    text = "\n".join(
        [f"{machine()}, commit {runs.commit()}", "", *twice.measure(options.seeds, options.pages), ""]
    )
    Path(options.out).write_text(text)
    print(text)


def main(arguments: list[str]) -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.paper", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, work in (("table", table), ("show", show), ("speed", speed), ("doubles", doubles)):
        command = commands.add_parser(name, help=work.__doc__)
        command.set_defaults(work=work)
        command.add_argument(
            "--seeds", type=seeds.parse, required=True, help="1-99 to tune, from 700 to measure"
        )
        command.add_argument("--classes", default="all")
        command.add_argument(
            "--voters",
            choices=POPULATIONS,
            default="usual",
            help="`first`: the first study's; `neat`: a clear √ in every box",
        )
        command.add_argument("--pages", type=int, default=1, help="sheets of each class")
        command.add_argument("--out", required=True)
        command.add_argument("--processes", type=int, default=1)
        command.add_argument("--seconds", type=float, default=0, help="stop after that time")
    options = parser.parse_args(arguments)
    options.work(options)


if __name__ == "__main__":
    main(sys.argv[1:])
