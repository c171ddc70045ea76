"""Reads generated sheets and notes for every page what came out: one line of JSON a page, so a run can go on later."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.paper import seeds as kinds
from bench.paper.damage import make_sheet
from bench.paper.optics import PX, Grey
from bench.paper.sheets import Leaf, Sheet, leaf
from evaluations.paper import reading

ROOT = Path(__file__).resolve().parents[2]
Record = dict[str, Any]
MOST_STRIPS = 400


@dataclass(frozen=True, slots=True)
class Task:
    """One written sheet and the damages it goes through."""

    seed: int
    number: int
    classes: tuple[str, ...]
    strips: str
    voters: str = "usual"


def fingerprint() -> str:
    """Twelve digits over the source of reader, form and generator: figures of different ones are not mixed."""
    digest = hashlib.sha256()
    for folder in ("evaluations/paper", "bench/paper"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name not in ("report.py", "__main__.py", "runs.py", "speed.py"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def commit() -> str:
    """The commit the figures belong to, with a plus when reader or form differ from it."""
    head = subprocess.run(
        ["git", "rev-parse", "--short=10", "HEAD"], cwd=ROOT, capture_output=True, text=True
    )
    dirty = subprocess.run(
        ["git", "status", "--porcelain", "--", "evaluations/paper"], cwd=ROOT, capture_output=True, text=True
    )
    return head.stdout.strip() + ("+" if dirty.stdout.strip() else "")


def high_water() -> float:
    """The largest resident memory of this process so far, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def judge(name: str, written: Leaf, sheet: Sheet, read: reading.SheetReading, seconds: float) -> Record:
    """One page: what the reader said against what was written."""
    truth = sheet.truth
    record: Record = {
        "class": name,
        "pen": truth.pen,
        "style": truth.style,
        "size": truth.size,
        "sheet": truth.sheet,
        "fate": read.fate,
        "reason": read.reason,
        "warnings": list(read.warnings),
        "dpi": round(read.dpi),
        "seconds": round(seconds, 4),
        "clean": sum(not row.human for row in truth.rows),
        "right": 0,
        "doubts": {},
        "human": {},
        "kinds": {},
        "wrong": [],
    }
    if read.fate != reading.READ:
        record["marks"] = sum(row.mark != "0" for row in truth.rows)
        return record
    if read.page != truth.page:
        record["wrong"].append(
            {"row": -1, "read": f"page {read.page}", "mark": f"page {truth.page}", "human": False}
        )
    found = {row.row: row for row in read.rows}
    for row in truth.rows:
        got = found.get(row.row)
        if not row.human:
            plain = record["kinds"].setdefault(
                row.kind or ("plain" if row.mark != "0" else "nothing"), [0, 0]
            )
            plain[0] += 1
            plain[1] += not (got and got.certain)
        if got is None or not got.certain:
            reason = got.reason if got else "missing"
            if not row.human:
                record["doubts"][reason] = record["doubts"].get(reason, 0) + 1
        elif not row.human and got.mark == row.mark:
            record["right"] += 1
        elif got.mark != row.mark or row.human:
            wrong = {"row": row.row, "read": got.mark, "mark": row.mark, "kind": row.kind, "human": row.human}
            record["wrong"].append(wrong)
        if row.human:
            seen = record["human"].setdefault(row.kind, [0, 0, 0])
            seen[0] += 1
            seen[1] += bool(got and got.certain)
            seen[2] += bool(got and got.certain and got.mark != row.mark)
    return record


def keep_strips(folder: Path, label: str, written: Leaf, read: reading.SheetReading, record: Record) -> None:
    """Small pictures of the rows read wrong: as written, and below as the reader straightened them."""
    folder.mkdir(parents=True, exist_ok=True)
    places = {row.row: row.whole for row in written.printed.sheet.rows}
    for wrong in record["wrong"]:
        if wrong["row"] not in places or len(list(folder.iterdir())) >= MOST_STRIPS:
            continue
        rect = places[wrong["row"]]
        top, bottom = max(0, int((rect.y - 5) * PX)), int((rect.y + rect.height + 5) * PX)
        row = written.page[top:bottom, int(rect.x * PX) : int((rect.x + rect.width) * PX)]
        picture = cv2.resize(
            row, (900, round(900 * row.shape[0] / row.shape[1])), interpolation=cv2.INTER_AREA
        )
        parts: list[Grey] = [np.asarray(picture, dtype=np.uint8)]
        strip = read.strips.get(wrong["row"])
        if strip:
            seen = cv2.imdecode(np.frombuffer(strip, np.uint8), cv2.IMREAD_GRAYSCALE)
            if seen is not None:
                high = round(900 * seen.shape[0] / seen.shape[1])
                parts.append(np.asarray(cv2.resize(seen, (900, high)), dtype=np.uint8))
        kind = ("human-" if wrong["human"] else "clean-") + (wrong["kind"] or "plain")
        name = f"{kind}_{wrong['mark']}-read-{wrong['read'].replace(' ', '')}_{label}_r{wrong['row']}.png"
        cv2.imwrite(str(folder / name), np.vstack(parts))


def run(task: Task) -> list[Record]:
    """All damages of one written sheet."""
    written = leaf(None, task.seed, task.number, task.voters)
    records = []
    for name in task.classes:
        sheet = make_sheet(None, task.seed, name, task.number, task.voters)
        begun = time.process_time()
        read = reading.read_page(sheet.image, written.printed.form)
        record = judge(name, written, sheet, read, time.process_time() - begun)
        record |= {"seed": task.seed, "number": task.number, "rss": round(high_water())}
        if record["wrong"] and task.strips:
            keep_strips(Path(task.strips), f"{name}_s{task.seed}.{task.number}", written, read, record)
        records.append(record)
    return records


def _alone() -> None:
    """One core a process."""
    cv2.setNumThreads(1)


def tasks(
    seeds: list[int],
    classes: list[str],
    pages: int,
    done: set[tuple[str, int, int]],
    strips: str,
    voters: str = "usual",
) -> Iterator[Task]:
    """What is still to do, sheet by sheet; page `i` of a class is sheet `i // seeds` of seed `i % seeds`."""
    for index in range(pages):
        seed, number = seeds[index % len(seeds)], index // len(seeds)
        left = tuple(name for name in classes if (name, seed, number) not in done)
        if left:
            yield Task(seed, number, left, strips, voters)


def collect(
    seeds: list[int],
    classes: list[str],
    pages: int,
    out: Path,
    processes: int,
    seconds: float = 0,
    voters: str = "usual",
) -> list[Record]:
    """Read `pages` sheets of each class, going on where `out` ends; all records.

    Stops after `seconds` if given. Refuses a file that was begun with another reader, generator, kind of seeds or
    population of voters.
    """
    head = {"fingerprint": fingerprint(), "seeds": kinds.kind(seeds), "voters": voters, "commit": commit()}
    records: list[Record] = []
    if out.exists():
        lines = [json.loads(line) for line in out.read_text().splitlines() if line.endswith("}")]
        if any(lines[0].get(key) != head[key] for key in ("fingerprint", "seeds", "voters")):
            raise SystemExit(
                f"{out} belongs to another state of the program, other seeds or voters: {lines[0]}"
            )
        records = lines[1:]
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(head) + "\n")
    done = {(record["class"], record["seed"], record["number"]) for record in records}
    strips = str(out.with_suffix("")) + "-strips"
    begun = time.monotonic()
    with out.open("a") as file, multiprocessing.get_context("spawn").Pool(processes, _alone) as pool:
        for made in pool.imap_unordered(run, tasks(seeds, classes, pages, done, strips, voters)):
            for record in made:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
            records += made
            if seconds and time.monotonic() - begun > seconds:
                pool.terminate()
                break
    return records
