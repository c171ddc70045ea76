"""The second recount (scripts/recount.py) shares no code with the product, agrees with it, and notices changes."""

from __future__ import annotations

import ast
import copy
import io
import json
import subprocess
import sys
from contextlib import redirect_stdout
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from branches.rules.chain import chain_hash
from evaluations.models import NO_HASH
from evaluations.rules import Paper, base_number, percent_text, share, sum_lines, tally
from evaluations.rules.merkle import merkle_root
from evaluations.rules.verifying import (
    canonical,
    first_change,
    heads_of,
    line_of,
    seal_of,
    wrong_decisions,
    wrong_sums,
)
from evaluations.services import matching
from evaluations.services.certifying import certify
from evaluations.services.verifying import archive_of, verify
from scripts import recount
from tests.factories.archives import full_archive
from tests.factories.deciding import judge_all, scanned
from tests.factories.evaluations import Evening, evening, sign_all
from tests.factories.scanning import scanned_evening
from tests.factories.voting import voting

SCRIPT = Path(settings.BASE_DIR) / "scripts" / "recount.py"
HASHES = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=9).map(sorted)


@st.composite
def archives(draw: st.DrawFn) -> dict[str, Any]:
    """The archive of an invented ballot, sealed as the product seals."""
    rows, options, papers = draw(st.integers(1, 6)), draw(st.integers(2, 4)), draw(st.integers(1, 9))
    letters = "".join(str(n) for n in range(1, options + 1)) + "0x"
    marks = st.text(letters, min_size=rows, max_size=rows)
    votes = [Paper(draw(marks), void=draw(st.integers(0, 9)) == 0) for _ in range(papers)]
    cast = [Paper(draw(marks)) for _ in range(draw(st.integers(0, 4)))]
    machine, void = tally(votes, rows, options)
    device, _ = tally(cast, rows, options)
    lines = [sum_lines(pair, options) for pair in zip(machine, device, strict=True)]
    images = draw(HASHES)
    receipts = sorted(f"{number:010x}" for number in range(len(cast)))
    unused, spare = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    ballot = {
        "present": papers + len(cast) + draw(st.integers(0, 2)),
        "expected": papers + len(cast) + 5,
        "printed": papers + unused + spare,
        "issued": papers,
        "unused": unused,
        "replaced": spare,
        "returned": papers,
        "void_papers": void,
        "codes_issued": len(cast) or None,
        "codes_used": len(cast) or None,
        "channel": "both" if cast else "paper",
        "percent_base": draw(st.sampled_from(["valid", "returned", "present"])),
        "scale": [{"key": f"k{n}", "label": f"等次{n}"} for n in range(options)],
    }
    parts = {
        name: {str(n): [*line.counts, line.abstained, line.invalid] for n, line in enumerate(part, 1)}
        for name, part in (("machine", machine), ("device", device))
    }
    report = {
        "image_hashes": images,
        "merkle_root": merkle_root(images),
        "pages_read": len(images),
        "pages_blank": 0,
        "receipts": receipts,
        "receipts_root": merkle_root(receipts),
        "controls": 1,
        "control_differences": 0,
        "rows_decided": 0,
        "parts": draw(st.sampled_from([parts, {}])),
    }
    tables: dict[str, Any] = {
        "ballot": {"": ballot},
        "subjects": {str(n): {"name": f"某{n}", "graded": True} for n in range(1, rows + 1)},
        "lines": {
            str(n): {"counts": [*line.counts], "abstained": line.abstained, "invalid": line.invalid}
            for n, line in enumerate(lines, 1)
        },
        "report": {"": report},
    }
    fields = {name: [*next(iter(table.values()))] for name, table in tables.items()}
    told = [
        ("decision", {"row": 9, "value": "9"}),
        ("recount", {}),
        ("decision", {"row": 1, "value": "1"}),
        ("sealed", seal_of(tables, fields, "5a17")),
    ]
    events, end = [], NO_HASH
    for number, (kind, payload) in enumerate(told, 1):
        said = {"ballot": "b", "sequence": number, "kind": kind, "payload": payload}
        made = chain_hash(end, said)
        events.append({**said, "previous_hash": end, "hash": made})
        end = made
    report["chain_head"] = end
    total = sum_lines(lines, options)
    return {
        "tables": tables,
        "events": events,
        "sums": {
            "rated": rows,
            "counts": [*total.counts],
            "abstained": total.abstained,
            "invalid": total.invalid,
        },
        "record": [{"action": "certify", "detail": {"chain": end}}],
    }


def recounted(archive: dict[str, Any], folder: Path) -> tuple[int, str]:
    """Exit code and text of the recount."""
    file = folder / "archive.json"
    file.write_bytes(canonical(archive))
    with redirect_stdout(io.StringIO()) as told:
        code = recount.main([str(file)])
    return code, told.getvalue()


def product_agrees(archive: dict[str, Any]) -> bool:
    """Whether the product finds nothing wrong with the rows of an archive."""
    tables = archive["tables"]
    sums = wrong_sums(tables["ballot"][""], tables["subjects"], tables["lines"], tables["report"][""])
    decided = wrong_decisions(archive["events"], tables["ballot"][""], tables["report"][""])
    changed = first_change(tables, archive["events"][-1]["payload"])
    return changed is None and not [*sums, *decided]


@given(archive=archives())
def test_both_recounts_agree_on_any_ballot(folder: Path, archive: dict[str, Any]) -> None:
    code, told = recounted(archive, folder)
    assert product_agrees(archive)
    assert (code, "不符" in told) == (0, False), told
    ballot = archive["tables"]["ballot"][""]
    base = base_number(ballot["percent_base"], heads_of(ballot))
    for key, row in archive["tables"]["lines"].items():
        cells = [f"{votes}（{percent_text(share(votes, base))}）" for votes in line_of(row).counts]
        if base:
            assert "\t".join([key, f"某{key}", *cells]) in told
    assert archive["events"][-1]["hash"] in told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the archives lie."""
    return tmp_path_factory.mktemp("archives")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all single values of JSON."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, inner in items for leaf in leaves(inner, (*path, key))]
    return [path]


def changed(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "0"
    return 1 if value is None else value + 1


@given(archive=archives(), chance=st.randoms(use_true_random=False))
def test_the_second_recount_disagrees_after_any_change(
    folder: Path, archive: dict[str, Any], chance: Any
) -> None:
    path = chance.choice(leaves({k: archive[k] for k in ("tables", "events", "sums")}))
    tampered = copy.deepcopy(archive)
    place = tampered
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = changed(place[path[-1]])
    try:
        code, told = recounted(tampered, folder)
    except (ValueError, KeyError):  # no longer an archive at all: the program stops with an error
        return
    assert code == 1, path
    assert "不符" in told


def scanned_and_certified(read: list[str]) -> Evening:
    """A ballot of scanned sheets; what the machine doubts is decided as the first option."""
    made = scanned_evening(members=max(len(read), len(read[0])), returned=len(read))
    judge_all(made, scanned(made, read, [marks.replace("?", "1") for marks in read]))
    matching.match(ballot=made.ballot, by=made.tellers[0])
    sign_all(made)
    certify(ballot=made.ballot, by=made.secretary)
    made.reload()
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind", ["with a report", "papers", "totals", "few scans", "scans", "device", "both"]
)
def test_an_exported_archive_is_recounted_by_a_program_of_its_own(kind: str, tmp_path: Path) -> None:
    made = {
        "with a report": lambda: full_archive(members=4),
        "papers": lambda: evening("certified", members=3),
        "totals": lambda: evening("certified", members=3, entry_mode="totals"),
        "few scans": lambda: scanned_and_certified(["11?11", "?1203", "1111x".replace("x", "?")]),
        "scans": lambda: scanned_and_certified(["??????"] * 6),
        "device": lambda: voting("certified", members=6, votes=5).made,
        "both": lambda: voting("certified", members=12, channel="both", papers=5, votes=6).made,
    }[kind]()
    assert verify(made.ballot.pk).text == ""
    archive = archive_of(made.ballot)
    file = tmp_path / "archive.json"
    file.write_bytes(canonical(archive))
    head = archive["tables"]["report"][""]["chain_head"]
    done = [
        subprocess.run(
            [sys.executable, "-I", str(SCRIPT), str(file), *more],
            capture_output=True,
            text=True,
            env={"PYTHONIOENCODING": "utf-8"},
        )
        for more in ([], ["--head", head[:16]], ["--head", "0" * 16])
    ]
    assert [one.returncode for one in done] == [0, 0, 1], done[0].stdout + done[0].stderr
    assert "纸上的末项和存档的末项" in done[2].stdout
    for subject in made.ballot.rated():
        assert subject.name in done[0].stdout


@pytest.mark.django_db
def test_a_ballot_from_before_the_reports_is_recounted_without_fingerprints(tmp_path: Path) -> None:
    archive = archive_of(evening("certified", members=3).ballot)
    del archive["tables"]["report"]
    archive["events"] = []
    code, told = recounted(archive, tmp_path)
    assert code == 0
    assert "核定时还没有计票报告单" in told


def test_the_second_recount_is_short_and_shares_no_code() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    assert source.count("\n") <= 150
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_halves_are_rounded_up_as_in_the_table() -> None:
    assert percent_text(Fraction(1, 800)) == "0.13%"
    assert json.loads(recount.written({"b": 1, "a": [1]})) == {"a": [1], "b": 1}
    assert recount.written({"b": 1, "a": "优"}).encode() == canonical({"a": "优", "b": 1})
