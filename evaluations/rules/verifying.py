"""Whether an archived ballot is what was certified: fingerprints of every field, and all sums anew. Plain values.

A *row* is a mapping of column to JSON value; a *table* maps a row's key (the ordinal on the form, or the
database's key) to the row. The seal keeps a salted fingerprint of each field, so that the first field that
was changed can be named, and one over the whole; the salt keeps small results from being found by trying.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluations.rules.heads import Heads, identities
from evaluations.rules.marks import ABSTAINED, INVALID
from evaluations.rules.merkle import merkle_root
from evaluations.rules.tally import Line, sum_lines

Row = Mapping[str, Any]
Table = Mapping[str, Row]
Tables = Mapping[str, Table]
SHORT = 8  # hex digits of a field's fingerprint: it only names the place, the whole one decides
WHOLE = "whole"
DECISION, SENT_BACK = "decision", "recount"  # kinds of events
ON_PAPER, ON_DEVICE = "paper", "device"
PLACE = {ABSTAINED: -2, INVALID: -1}  # where a mark is counted in a row's numbers; an option at its own place


@dataclass(frozen=True)
class Finding:
    """The first thing that does not fit: where (table, row, field; empty where it is the whole) and what."""

    table: str
    row: str
    field: str
    message: str


def canonical(value: object) -> bytes:
    """The one way to write a JSON value as bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _short(salt: str, table: str, key: str, field: str, value: object) -> str:
    """The fingerprint of one field in its place."""
    return hashlib.sha256(canonical([salt, table, key, field, value])).hexdigest()[:SHORT]


def _whole(salt: str, tables: Tables, fields: Mapping[str, Sequence[str]]) -> str:
    """The fingerprint of these fields of all rows; a field that is gone counts as null."""
    content = {
        name: {key: {field: row.get(field) for field in fields[name]} for key, row in tables[name].items()}
        for name in fields
    }
    return hashlib.sha256(canonical([salt, content])).hexdigest()


def seal_of(tables: Tables, fields: Mapping[str, Sequence[str]], salt: str) -> dict[str, Any]:
    """What is kept of `fields` of these tables: salt, fingerprints by table and row, and one of the whole."""
    return {
        "salt": salt,
        "tables": {
            name: {
                "fields": list(fields[name]),
                "rows": {
                    key: "".join(_short(salt, name, key, field, row[field]) for field in fields[name])
                    for key, row in tables[name].items()
                },
            }
            for name in fields
        },
        WHOLE: _whole(salt, tables, fields),
    }


def first_change(tables: Tables, seal: Mapping[str, Any]) -> Finding | None:
    """The first field, row or table that differs from what was sealed; None when nothing does."""
    sealed: Mapping[str, Mapping[str, Any]] = seal["tables"]
    for name in [name for name in tables if name in sealed]:
        kept, now = sealed[name], tables[name]
        for key in [*now, *kept["rows"]]:
            if key not in now:
                return Finding(name, key, "", "核定时有这一行，现在没有了")
            if key not in kept["rows"]:
                return Finding(name, key, "", "核定时没有这一行，是后来加进去的")
            field = _first_field(seal["salt"], name, key, now[key], kept)
            if field:
                return Finding(name, key, field, "和核定时不一样")
    fields = {name: kept["fields"] for name, kept in sealed.items() if name in tables}
    if _whole(seal["salt"], tables, fields) != seal[WHOLE]:
        return Finding("", "", "", "整份结果的指纹和核定时不一样")
    return None


def _first_field(salt: str, table: str, key: str, row: Row, kept: Mapping[str, Any]) -> str:
    """The first field of a row whose fingerprint differs, or ""."""
    marks = kept["rows"][key]
    for number, field in enumerate(kept["fields"]):
        if _short(salt, table, key, field, row.get(field)) != marks[number * SHORT : (number + 1) * SHORT]:
            return str(field)
    return ""


def heads_of(ballot: Row) -> Heads:
    """The head-counts in a row of the ballot's table."""
    names = ("expected", "present", "printed", "issued", "replaced", "unused", "returned")
    return Heads(
        **{name: ballot[name] for name in names},
        void=ballot["void_papers"],
        codes=ballot.get("codes_issued"),
        cast=ballot.get("codes_used"),
        on_paper=ballot.get("channel") != "device",
        on_device=ballot.get("channel") in ("device", "both"),
    )


def line_of(row: Row) -> Line:
    """The votes in a row of the result's table."""
    return Line(tuple(row["counts"]), row["abstained"], row["invalid"])


def wrong_sums(ballot: Row, subjects: Table, lines: Table, report: Row | None) -> Iterator[Finding]:
    """Everything that does not add up, sums before fingerprints, in the order of the form."""
    for identity in identities(heads_of(ballot)):
        if identity.holds is False:
            yield Finding("ballot", "", "", f"不成立：{identity.text}")
    rated = [key for key, row in subjects.items() if row["graded"]]
    if sorted(rated) != sorted(lines):
        yield Finding("lines", "", "", "结果的行和参加测评的行不一一对应")
    valid = heads_of(ballot).valid
    for key, row in lines.items():
        line = line_of(row)
        if line.total != valid or min((*line.counts, line.abstained, line.invalid)) < 0:
            yield Finding("lines", key, "counts", f"各栏合计 {line.total}，应为有效票 {valid}")
        if len(line.counts) != len(ballot["scale"]):
            yield Finding("lines", key, "counts", "栏数和等次的个数不一样")
    if report is not None:
        yield from _wrong_parts(lines, report["parts"])
        yield from _wrong_report(ballot, report)


def _wrong_parts(lines: Table, parts: Mapping[str, Mapping[str, Sequence[int]]]) -> Iterator[Finding]:
    """Rows whose parts by origin do not sum to the result; a part kept back counts as unknown."""
    if not parts:
        return
    complete = all(parts.values())
    for key, row in lines.items():
        line = line_of(row)
        told = [numbers[key] for numbers in parts.values() if key in numbers]
        sums = [sum(column) for column in zip(*told, strict=True)]
        wanted = [*line.counts, line.abstained, line.invalid]
        if complete and sums != wanted:
            yield Finding("report", key, "parts", f"分项合计 {sums}，结果是 {wanted}")
        elif any(part > whole for part, whole in zip(sums, wanted, strict=False)):
            yield Finding("report", key, "parts", f"分项合计 {sums}，多于结果 {wanted}")


def _wrong_report(ballot: Row, report: Row) -> Iterator[Finding]:
    """Roots and numbers of fingerprints that do not fit the report."""
    images, receipts = report["image_hashes"], report["receipts"]
    pages = report["pages_read"] + report["pages_blank"]
    if len(images) != pages:
        yield Finding("report", "", "image_hashes", f"图像指纹 {len(images)} 个，计入的页 {pages} 页")
    if len(receipts) != (ballot["codes_used"] or 0):
        used = ballot["codes_used"] or 0
        yield Finding("report", "", "receipts", f"电子票回执 {len(receipts)} 个，已投电子票 {used} 张")
    if report["control_differences"] > report["controls"]:
        yield Finding("report", "", "control_differences", "抽查不一致的行多于抽查的行")
    for hashes, root in (("image_hashes", "merkle_root"), ("receipts", "receipts_root")):
        if _root(report[hashes]) != report[root]:
            yield Finding("report", "", root, "总指纹和各项的指纹不符")


def wrong_decisions(events: Sequence[Row], ballot: Row, report: Row) -> Iterator[Finding]:
    """Decisions of single rows in the chain that do not give what the report says people decided.

    Those before the result was sent back the last time do not count. Where they are kept by number only, their
    number is compared.
    """
    kinds = [event["kind"] for event in events]
    start = len(kinds) - kinds[::-1].index(SENT_BACK) if SENT_BACK in kinds else 0
    said = [event["payload"] for event in events[start:] if event["kind"] == DECISION]
    number = sum(one.get("decided", 1) for one in said)
    wanted = report["rows_decided"] + report["controls"]
    if number != wanted:
        yield Finding("report", "", "rows_decided", f"计票记录里人工判读 {number} 行，报告单上 {wanted} 行")
    part = report["parts"].get("decided", {})
    if not part or any("decided" in one for one in said):
        return
    added = {row: [0] * (len(ballot["scale"]) + 2) for row in part}
    for one in said:
        added[str(one["row"])][PLACE.get(one["value"]) or int(one["value"]) - 1] += 1
    for row, numbers in part.items():
        if added[row] != [*numbers]:
            yield Finding("report", row, "parts", f"计票记录里判读 {added[row]}，报告单上 {numbers}")


def _root(hashes: Sequence[str]) -> str | None:
    """The root over these hashes; None when one of them is no hash."""
    try:
        return merkle_root(hashes)
    except (ValueError, TypeError):
        return None


def wrong_sums_of_branch(sums: Row, lines: Table, options: int) -> str:
    """The first column of the roll-up's sums that the lines do not give, or ""."""
    total = sum_lines([line_of(row) for row in lines.values()], options)
    wanted = {
        "rated": len(lines),
        "counts": list(total.counts),
        "abstained": total.abstained,
        "invalid": total.invalid,
    }
    return next((name for name, number in wanted.items() if sums[name] != number), "")
