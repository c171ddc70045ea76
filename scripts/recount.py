"""Recounts an archived ballot by itself: python3 recount.py ARCHIVE.json [--head HEX]

Reads what `manage.py verify_ballot ID --export ARCHIVE.json` wrote. Needs nothing but Python and shares no
code with the product. Prints the table with its percentages; prints every disagreement and then exits with 1.
HEX is the end of the count's chain (计票记录末项) as printed on the signed report, or its first characters.
"""

import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

BASES = {"valid": "有效票", "returned": "收回票", "present": "实到人数"}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def written(value: Any) -> str:
    """The JSON every hash was made over."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def merkle(leaves: list[str]) -> str:
    """Root over hex leaves in sorted order; a lonely last one moves up as it is."""
    level = [sha(b"\0" + bytes.fromhex(leaf)) for leaf in sorted(leaves)]
    while len(level) > 1:
        lonely = level.pop() if len(level) % 2 else None
        level = [sha(bytes.fromhex("01" + a + b)) for a, b in zip(level[::2], level[1::2], strict=True)]
        level += [lonely] if lonely else []
    return level[0] if level else ""


def chain(archive: dict[str, Any], wrong: list[str]) -> str:
    """Walk the events; the end of the chain."""
    end = "0" * 64
    for number, event in enumerate(archive["events"], 1):
        said = {name: event[name] for name in ("ballot", "sequence", "kind", "payload")}
        made = sha(f"{end}\n{written(said)}".encode())
        if event["sequence"] != number or event["previous_hash"] != end or event["hash"] != made:
            wrong.append(f"计票记录第 {number} 项对不上")
        end = event["hash"]
    return end


def sealed(archive: dict[str, Any], wrong: list[str]) -> None:
    """The fingerprint of the whole result in the last event."""
    seal = archive["events"][-1]["payload"] if archive["events"] else {}
    if "whole" not in seal:
        wrong.append("计票记录最后没有结果的指纹")
        return
    kept = seal["tables"]
    now = {}
    for name, table in kept.items():
        rows = archive["tables"].get(name, {})
        now[name] = {key: {f: row.get(f) for f in table["fields"]} for key, row in rows.items()}
    if sha(written([seal["salt"], now]).encode()) != seal["whole"]:
        wrong.append("结果和核定时的指纹对不上")


def heads(b: dict[str, Any], wrong: list[str]) -> int:
    """The identities of the head-counts; returns the valid votes."""
    n = {k: b[k] or 0 for k in ("expected", "present", "printed", "issued", "replaced", "unused", "returned")}
    void, cast, codes = (b[k] or 0 for k in ("void_papers", "codes_used", "codes_issued"))
    rules = {
        "应到 ≥ 实到 ≥ 发出": n["expected"] >= n["present"] >= n["issued"] + codes,
        "印制 = 发出 + 余票 + 损坏更换": n["printed"] == n["issued"] + n["unused"] + n["replaced"],
        "发出 ≥ 收回 ≥ 作废": n["issued"] >= n["returned"] >= void >= 0,
        "电子票 发出 ≥ 已投": codes >= cast,
    }
    wrong += [f"不成立：{name}" for name, holds in rules.items() if not holds]
    return int(n["returned"]) - int(void) + int(cast)


def totals(archive: dict[str, Any], valid: int, wrong: list[str]) -> dict[str, list[int]]:
    """The votes of each row, recounted from the parts where the archive has all of them."""
    tables = archive["tables"]
    report = tables.get("report", {}).get("", {})
    parts = report.get("parts") or {}
    rated = {key for key, row in tables["subjects"].items() if row["graded"]}
    if rated != set(tables["lines"]):
        wrong.append("结果的行和参加测评的行不一致")
    rows = {key: [*r["counts"], r["abstained"], r["invalid"]] for key, r in tables["lines"].items()}
    for key, row in rows.items():
        if sum(row) != valid or min(row) < 0 or len(row) != len(tables["ballot"][""]["scale"]) + 2:
            wrong.append(f"序号 {key}：合计 {sum(row)}，有效票 {valid}")
        if parts and all(parts.values()):
            told = [part[key] for part in parts.values() if key in part]
            added = [sum(column) for column in zip(*told, strict=True)]
            if added != row:
                wrong.append(f"序号 {key}：分项相加 {added}，结果 {row}")
    added = [len(rows), *map(sum, zip(*rows.values(), strict=True))]
    sums = archive["sums"]
    if sums and added != [sums["rated"], *sums["counts"], sums["abstained"], sums["invalid"]]:
        wrong.append("汇总用的合计和各行相加不一致")
    return rows


def fingerprints(archive: dict[str, Any], end: str, wrong: list[str]) -> None:
    """Roots, numbers of hashes, and where the chain ends."""
    report = archive["tables"].get("report", {}).get("")
    if report is None:
        print("核定时还没有计票报告单，只复算合计。")
        return
    sealed(archive, wrong)
    told = [step["detail"].get("chain") for step in archive["record"] if step["action"] == "certify"]
    if report["chain_head"] != end or told[-1:] != [end]:
        wrong.append("报告单、操作记录和计票记录的末项不一致")
    used = archive["tables"]["ballot"][""]["codes_used"] or 0
    pages = report["pages_read"] + report["pages_blank"]
    for name, root, wanted in (("image_hashes", "merkle_root", pages), ("receipts", "receipts_root", used)):
        if merkle(report[name]) != report[root] or len(report[name]) != wanted:
            wrong.append(f"{name}：{len(report[name])} 个，应有 {wanted} 个；或总指纹对不上")


def show(archive: dict[str, Any], rows: dict[str, list[int]], valid: int) -> None:
    """The table with percentages of the stated base, halves rounded up."""
    ballot, subjects = archive["tables"]["ballot"][""], archive["tables"]["subjects"]
    returned = (ballot["returned"] or 0) + (ballot["codes_used"] or 0)
    base = {"valid": valid, "returned": returned, "present": ballot["present"] or 0}[ballot["percent_base"]]
    labels = [grade["label"] for grade in ballot["scale"]]
    print(f"有效票 {valid}；得票率按{BASES[ballot['percent_base']]} {base}")
    print("序号\t姓名\t" + "\t".join([*labels, "弃权", "无效"]))
    for key, row in rows.items():
        shares = [int(Fraction(votes * 10000, base) + Fraction(1, 2)) if base else 0 for votes in row]
        cells = [f"{votes}（{s // 100}.{s % 100:02d}%）" for votes, s in zip(row[:-2], shares, strict=False)]
        name = subjects.get(key, {}).get("name", "？")
        print("\t".join([key, name, *cells, str(row[-2]), str(row[-1])]))


def main(arguments: list[str]) -> int:
    archive = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    wrong: list[str] = []
    end = chain(archive, wrong)
    if "--head" in arguments and not end.startswith(arguments[arguments.index("--head") + 1]):
        wrong.append(f"纸上的末项和存档的末项 {end[:16]} 不一样")
    valid = heads(archive["tables"]["ballot"][""], wrong)
    rows = totals(archive, valid, wrong)
    fingerprints(archive, end, wrong)
    show(archive, rows, valid)
    print("\n".join(["不符：", *wrong]) if wrong else f"相符。计票记录末项 {end}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
