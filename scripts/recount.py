"""Recounts an archived ballot by itself: python3 recount.py ARCHIVE.json [--head HEX]

Reads what `manage.py verify_ballot ID --export ARCHIVE.json` wrote; needs only Python, shares no code with the product.
Prints the table with percentages and every disagreement, then with exit code 1. HEX: the end of the count's chain
(计票记录) as printed on the signed report, or its first characters."""

import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

Json = dict[str, Any]
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
        lonely = [level.pop()] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [sha(bytes.fromhex("01" + a + b)) for a, b in pairs] + lonely
    return level[0] if level else ""


def chain(archive: Json, wrong: list[str]) -> str:
    """Walk the events; the end of the chain."""
    end = "0" * 64
    for number, event in enumerate(archive["events"], 1):
        said = {name: event[name] for name in ("ballot", "sequence", "kind", "payload")}
        made = sha(f"{end}\n{written(said)}".encode())
        if event["sequence"] != number or event["previous_hash"] != end or event["hash"] != made:
            wrong.append(f"计票记录第 {number} 项对不上")
        end = event["hash"]
    return end


def sealed(archive: Json, wrong: list[str]) -> None:
    """The fingerprint of the whole result in the last event."""
    seal, now = (archive["events"] or [{"payload": {}}])[-1]["payload"], {}
    for name, kept in seal.get("tables", {}).items():
        rows = archive["tables"].get(name, {})
        now[name] = {key: {f: row.get(f) for f in kept["fields"]} for key, row in rows.items()}
    if sha(written([seal.get("salt"), now]).encode()) != seal.get("whole"):
        wrong.append("结果和核定时的指纹对不上")


def heads(b: Json, wrong: list[str]) -> int:
    """The identities of the head-counts; returns the valid votes."""
    n = {k: b[k] or 0 for k in ("expected", "present", "printed", "issued", "replaced", "unused", "returned")}
    void, cast, codes = (int(b[k] or 0) for k in ("void_papers", "codes_used", "codes_issued"))
    rules = {
        "应到 ≥ 实到 ≥ 发出": n["expected"] >= n["present"] >= n["issued"] + codes,
        "印制 = 发出 + 余票 + 损坏更换": n["printed"] == n["issued"] + n["unused"] + n["replaced"],
        "发出 ≥ 收回 ≥ 作废，电子票 ≥ 已投": n["issued"] >= n["returned"] >= void >= 0 and codes >= cast,
    }
    wrong += [f"不成立：{name}" for name, holds in rules.items() if not holds]
    return int(n["returned"]) - void + cast


def totals(archive: Json, valid: int, wrong: list[str]) -> dict[str, list[int]]:
    """The votes of each row, recounted from the parts where the archive has all of them."""
    tables = archive["tables"]
    parts = tables.get("report", {"": {"parts": {}}})[""]["parts"]
    if {key for key, row in tables["subjects"].items() if row["graded"]} != set(tables["lines"]):
        wrong.append("结果的行和参加测评的行不一致")
    rows = {key: [*r["counts"], r["abstained"], r["invalid"]] for key, r in tables["lines"].items()}
    for key, row in rows.items():
        if sum(row) != valid or min(row) < 0 or len(row) != len(tables["ballot"][""]["scale"]) + 2:
            wrong.append(f"序号 {key}：合计 {sum(row)}，有效票 {valid}")
        told = [part[key] for part in parts.values() if key in part]
        if parts and all(parts.values()) and [*map(sum, zip(*told, strict=True))] != row:
            wrong.append(f"序号 {key}：分项相加不是结果 {row}")
    added, sums = [len(rows), *map(sum, zip(*rows.values(), strict=True))], archive["sums"]
    if sums and added != [sums["rated"], *sums["counts"], sums["abstained"], sums["invalid"]]:
        wrong.append("汇总用的合计和各行相加不一致")
    return rows


def decisions(events: list[Json], report: Json, wrong: list[str]) -> None:
    """What people decided of single rows since the count was last sent back, against the report's part."""
    said: list[Json] = []
    for event in events:
        said = [] if event["kind"] == "recount" else said + [event["payload"]] * (event["kind"] == "decision")
    if sum(one.get("decided", 1) for one in said) != report["rows_decided"] + report["controls"]:
        wrong.append("计票记录里人工判读的行数和报告单不一致")
    part = report["parts"].get("decided", {}) if all("value" in one for one in said) else {}
    for key, numbers in part.items():
        marks = "".join(one["value"] for one in said if str(one["row"]) == key)
        letters = [*map(str, range(1, len(numbers) - 1)), "0", "x"]
        if [marks.count(letter) for letter in letters] != numbers:
            wrong.append(f"序号 {key}：计票记录里的判读相加不是报告单上的 {numbers}")


def fingerprints(archive: Json, end: str, wrong: list[str]) -> None:
    """Roots, numbers of hashes, and where the chain ends."""
    report = archive["tables"]["report"][""]
    sealed(archive, wrong)
    decisions(archive["events"], report, wrong)
    told = [step["detail"].get("chain") for step in archive["record"] if step["action"] == "certify"]
    if report["chain_head"] != end or told[-1:] != [end]:
        wrong.append("报告单、操作记录和计票记录的末项不一致")
    used = archive["tables"]["ballot"][""]["codes_used"] or 0
    wanted = {"image_hashes": report["pages_read"] + report["pages_blank"], "receipts": used}
    for name, root in (("image_hashes", "merkle_root"), ("receipts", "receipts_root")):
        if merkle(report[name]) != report[root] or len(report[name]) != wanted[name]:
            wrong.append(f"{name}：{len(report[name])} 个，应有 {wanted[name]} 个；或总指纹对不上")


def show(archive: Json, rows: dict[str, list[int]], valid: int) -> None:
    """The table with percentages of the stated base, halves rounded up."""
    ballot, subjects = archive["tables"]["ballot"][""], archive["tables"]["subjects"]
    returned, present = (ballot["returned"] or 0) + (ballot["codes_used"] or 0), ballot["present"] or 0
    base = {"valid": valid, "returned": returned, "present": present}[ballot["percent_base"]]
    print(f"有效票 {valid}；得票率按{BASES[ballot['percent_base']]} {base}")
    print("\t".join(["序号", "姓名", *(grade["label"] for grade in ballot["scale"]), "弃权", "无效"]))
    for key, row in rows.items():
        shares = [int(Fraction(votes * 10000, base) + Fraction(1, 2)) if base else 0 for votes in row]
        cells = [f"{votes}（{s // 100}.{s % 100:02d}%）" for votes, s in zip(row[:-2], shares, strict=False)]
        print("\t".join([key, subjects.get(key, {"name": "？"})["name"], *cells, *map(str, row[-2:])]))


def main(arguments: list[str]) -> int:
    archive = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    end = chain(archive, wrong := [])
    if "--head" in arguments and not end.startswith(arguments[arguments.index("--head") + 1]):
        wrong.append(f"纸上的末项和存档的末项 {end[:16]} 不一样")
    valid = heads(archive["tables"]["ballot"][""], wrong)
    show(archive, totals(archive, valid, wrong), valid)
    if "report" in archive["tables"]:
        fingerprints(archive, end, wrong)
    else:
        print("核定时还没有计票报告单，只复算合计。")
    print("\n".join(["不符：", *wrong]) if wrong else f"相符。计票记录末项 {end}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
