"""《计票报告单》: how the count came about, for those who sign it and for whoever checks it later. Never votes."""

from __future__ import annotations

from dataclasses import dataclass

from evaluations.models import NO_HASH, Ballot, BallotStatus, CountReport, EntryMode
from evaluations.reports.branch import PROVISIONAL, VOIDED, branch_summary
from evaluations.reports.summary import count_text, date_text, safe_name
from evaluations.rules import Identity, identities
from evaluations.rules.reconciling import Side, side_identities
from evaluations.rules.strips import Estimate
from evaluations.services.count_report import count_report

NAME = "计票报告单"
SIGNATORIES = ("监票人", "计票人", "计票人")
# Why a row is decided by people, by the reader's key.
REASONS = {
    "overvote": "划了不止一格",
    "correction": "改过",
    "cancelled": "划了又涂掉",
    "column_sweep": "一笔划了一列",
    "crosses_cells": "笔迹跨了格",
    "on_line": "划在线上",
    "faint": "太淡",
    "unlike": "和同一张票别处的划法不像",
    "complex": "笔迹太杂",
    "blank_touched": "空着，但碰到了别的笔迹",
    "many_blanks": "同一张票空着的很多",
    "tick_only": "划的不是“√”",
}
OTHER = "其他"
FATES = {
    "read": "读出",
    "blank": "空白票",
    "typed": "手工录入",
    "aside": "不计",
    "rejected": "读不了",
}
FORM_DIGITS = 20  # of the form's fingerprint, which is short as it is
SHORT = 16  # digits of a fingerprint that two people can compare aloud


@dataclass(frozen=True, slots=True)
class SideRow:
    """One side of the form: what became of its sheets, each number under its heading."""

    name: str
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One fingerprint: what it is of, its first digits in groups, all of it."""

    name: str
    short: str
    whole: str
    meaning: str

    @property
    def long(self) -> bool:
        """Whether all of it needs a line of its own."""
        return len(self.whole) > FORM_DIGITS


@dataclass(frozen=True, slots=True)
class CountReportView:
    """All that stands on the report."""

    about: str
    organization: str
    day: str
    round_text: str
    state: str  # the line that says it is not, or no longer, the result; empty once certified
    mode: str
    heads: tuple[tuple[str, str, str], ...]  # label, number, unit
    identities: tuple[Identity, ...]
    sides: tuple[SideRow, ...]
    reading: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    device: tuple[tuple[str, str], ...]
    fingerprints: tuple[Fingerprint, ...]
    signatories: tuple[str, ...] = SIGNATORIES
    side_heads: tuple[str, ...] = tuple(FATES.values())

    @property
    def title(self) -> str:
        """What the report is of, and its name."""
        return f"{self.about}{NAME}"

    @property
    def file_name(self) -> str:
        """The name of the report as a file."""
        return f"{safe_name(self.title)}.pdf"


def count_report_view(ballot: Ballot) -> CountReportView:
    """The report of a ballot whose result is formed; the same before and after it is certified but for `state`."""
    report = count_report(ballot)
    summary = branch_summary(ballot, for_signing=False)
    scanned = ballot.entry_mode == EntryMode.SCANNED
    heads = (
        *((name, count_text(n), "人") for name, n in summary.heads.people()),
        *((name, count_text(n), "票") for name, n in summary.heads.papers()),
        *((name, count_text(n), "票") for name, n in summary.heads.explaining()),
    )
    return CountReportView(
        about=summary.title.removesuffix("汇总表"),
        organization=summary.organization,
        day=date_text(summary.held_on),
        round_text=f"第 {ballot.round_no} 轮",
        state=_state(ballot),
        mode=ballot.get_entry_mode_display() if ballot.on_paper else ballot.get_channel_display(),
        heads=heads,
        identities=(*identities(ballot.heads), *side_identities(_sides(ballot, report))),
        sides=_side_rows(report),
        reading=_reading(ballot, report) if scanned else _typing(ballot),
        reasons=reasons_of(report),
        device=_device(ballot),
        fingerprints=_fingerprints(report),
    )


def _state(ballot: Ballot) -> str:
    """The line that says it is not, or no longer, the result."""
    if ballot.status == BallotStatus.VOID:
        return VOIDED
    return "" if ballot.status == BallotStatus.CERTIFIED else PROVISIONAL


def _numbers(report: CountReport) -> dict[str, dict[str, int]]:
    """What became of the pages by side, those whose side is not known last."""
    sides: dict[str, dict[str, int]] = (report.details or {}).get("sides", {})
    return dict(sorted(sides.items(), key=lambda item: (item[0] == "0", int(item[0]))))


def _sides(ballot: Ballot, report: CountReport) -> list[Side]:
    """The sides of the form for their reconciliation."""
    return [
        Side(int(number), ballot.returned, one["read"], one["blank"], one["typed"], ballot.void_papers)
        for number, one in _numbers(report).items()
        if number != "0" and (one["read"] or one["blank"] or one["typed"] or ballot.void_papers)
    ]


def _side_rows(report: CountReport) -> tuple[SideRow, ...]:
    """What became of the pages of each side."""
    return tuple(
        SideRow(
            "认不出是哪一面" if number == "0" else f"第 {number} 面",
            tuple((head, str(one[name])) for name, head in FATES.items()),
        )
        for number, one in _numbers(report).items()
        if any(one.values())
    )


def _reading(ballot: Ballot, report: CountReport) -> tuple[tuple[str, str], ...]:
    """How many rows the machine read, how many people decided, and how often the machine is wrong."""
    estimate = Estimate(report.controls, report.control_differences)
    return (
        ("机器读出、没有疑问", f"{report.rows_certain + report.controls} 行"),
        ("存疑、由两位计票人各自判读", f"{report.rows_decided} 行"),
        ("机器读准的行混入抽查", estimate.text),
        ("两人先判（录）得不同、共同核定", f"{ballot.corrected} 处"),
    )


def _typing(ballot: Ballot) -> tuple[tuple[str, str], ...]:
    """How it was counted without a machine, and how many places two people typed differently."""
    if not ballot.on_paper:
        return (("怎样计票", "两位计票人各持一半钥匙，一起打开电子票箱，系统合计"),)
    how = "两人各录一遍全部的票" if ballot.entry_mode == EntryMode.PAPERS else "两人各录一遍每人的票数"
    return (("怎样计票", how), ("两人先录得不同、共同核定", f"{ballot.corrected} 处"))


def reasons_of(report: CountReport) -> tuple[tuple[str, str], ...]:
    """The rows people decided, by why the machine doubted; the most frequent first."""
    found: dict[str, int] = {}
    for key, rows in (report.details or {}).get("reasons", {}).items():
        word = REASONS.get(key, OTHER)
        found[word] = found.get(word, 0) + rows
    return tuple((word, f"{rows} 行") for word, rows in sorted(found.items(), key=lambda i: (-i[1], i[0])))


def _device(ballot: Ballot) -> tuple[tuple[str, str], ...]:
    """Voting on a device: the slips handed out, used and not used."""
    if ballot.codes_issued is None:
        return ()
    used = ballot.codes_used or 0
    unused = ballot.codes_issued - used
    return (
        ("发出电子票", str(ballot.codes_issued)),
        ("已投", str(used)),
        ("未用，已作废", str(unused)),
    )


def _fingerprints(report: CountReport) -> tuple[Fingerprint, ...]:
    """The fingerprints that stay when everything else is destroyed."""
    pages = len(report.image_hashes)
    head = "" if report.chain_head == NO_HASH else report.chain_head
    found = (
        ("测评表", report.form_hash, "印在每张票的二维码里，每张相同"),
        ("图像", report.merkle_root, f"由计入的 {pages} 页图像的指纹合成"),
        ("电子票回执", report.receipts_root, f"由 {len(report.receipts)} 张电子票的回执合成"),
        ("计票记录", head, "每一步和人工判读都连在一起，改动任何一处，末项就不同"),
    )
    return tuple(Fingerprint(name, _short(whole), whole, meaning) for name, whole, meaning in found if whole)


def _short(whole: str) -> str:
    """The first digits in groups of four; all of a fingerprint that is short as it is."""
    digits = whole if len(whole) <= FORM_DIGITS else whole[:SHORT]
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
