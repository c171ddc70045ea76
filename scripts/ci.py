"""Run the steps of `.ci/run`, cheapest first, and print a table of what held, what failed and what was not run."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from scripts import ci_steps
from scripts.ci_counts import Counts
from scripts.ci_steps import NotRun

COLOURS = {"ok": "32", "failed": "31", "NOT RUN": "33"}


@dataclass(frozen=True)
class Line:
    """One line of the closing table."""

    name: str
    outcome: str
    seconds: float
    note: str


def paint(outcome: str) -> str:
    """The outcome, padded, in its colour when a terminal reads it."""
    padded = f"{outcome:<8}"
    return f"\033[{COLOURS[outcome]}m{padded}\033[0m" if sys.stdout.isatty() else padded


def run_step(name: str, step: Callable[[ExitStack], object], stack: ExitStack) -> Line:
    """Run one step, announcing it; an unexpected error is a failure of that step, not of the run."""
    ci_steps.STEP.set(name)
    print(f"\n=== {name}", flush=True)
    started = time.monotonic()
    outcome, note = "ok", ""
    try:
        result = step(stack)
        note = str(result) if isinstance(result, Counts) else ""
    except NotRun as reason:
        outcome, note = "NOT RUN", str(reason)
    except Exception as error:
        outcome, note = "failed", f"{error}".splitlines()[0][:100] if str(error) else type(error).__name__
    seconds = time.monotonic() - started
    print(f"--- {name}: {outcome} in {seconds:.1f} s {note}", flush=True)
    return Line(name, outcome, seconds, note)


def run_in_turn(names: list[str], stack: ExitStack) -> list[Line]:
    """Run steps one after another beside others: what their programs say is shown when each has ended."""
    lines = []
    for name in names:
        with tempfile.TemporaryFile() as said:
            ci_steps.OUTPUT.set(said)
            line = run_step(name, ci_steps.STEPS[name], stack)
            said.seek(0)
            print(said.read().decode(errors="replace"), end=f"\n^^^ {name}\n", flush=True)
        lines.append(line)
    return lines


def run_row(row: tuple[tuple[str, ...], ...], asked: list[str], stack: ExitStack) -> list[Line]:
    """Run those steps of a row that are asked for; several of its sides at the same time."""
    sides = [names for side in row if (names := [name for name in side if name in asked])]
    if len(sides) < 2:
        return [run_step(name, ci_steps.STEPS[name], stack) for side in sides for name in side]
    with ThreadPoolExecutor(len(sides)) as pool:
        return [line for lines in pool.map(run_in_turn, sides, repeat(stack)) for line in lines]


def main() -> int:
    """Exit code: 0 when every step that ran held (with --strict: and every step ran)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="a step that could not run is a failure")
    parser.add_argument("steps", nargs="*", choices=[*ci_steps.STEPS, []], help="only these steps")
    options = parser.parse_args()
    os.chdir(Path(__file__).resolve().parent.parent)
    ci_steps.prepare()
    started = time.monotonic()
    asked = options.steps or list(ci_steps.STEPS)
    with ExitStack() as stack:  # servers started by a step live until the end
        lines = [line for row in ci_steps.ROWS for line in run_row(row, asked, stack)]

    print(f"\n{'=' * 72}")
    for line in lines:
        print(f"{paint(line.outcome)} {line.seconds:7.1f} s  {line.name:<22} {line.note}")
    failed = [line.name for line in lines if line.outcome == "failed"]
    skipped = [line.name for line in lines if line.outcome == "NOT RUN"]
    print(f"total {time.monotonic() - started:.0f} s")
    if skipped:
        print(f"\n!!! NOT RUN, so nothing is known about: {', '.join(skipped)}")
    if failed:
        print(f"\nFAILED: {', '.join(failed)}")
    if ci_steps.COUNTS:
        print(f"\n{ci_steps.total()}", flush=True)
    return 1 if failed or (skipped and options.strict) else 0


if __name__ == "__main__":
    sys.exit(main())
