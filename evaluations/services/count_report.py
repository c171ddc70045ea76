"""The 计票报告单: what was read, decided, typed and cast, with the fingerprints; made anew until it is certified."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count

from branches.workflow import NotAllowed
from evaluations.models import (
    COUNTED_FATES,
    Ballot,
    Channel,
    CountReport,
    EntryMode,
    PageFate,
    ScanPage,
    TallyLine,
    UrnLine,
)
from evaluations.paper.form import FormRefused
from evaluations.rules import Line, least_apart
from evaluations.rules.merkle import merkle_root
from evaluations.services.count_chain import chain_head
from evaluations.services.form import form_template, sides
from evaluations.services.hand_pages import page_counts
from evaluations.services.scan_counting import DECIDED, MACHINE, TYPED, scanned_lines
from evaluations.services.sealing import has_key
from evaluations.services.urn_counting import urn_lines, urn_receipts

DEVICE = "device"
NO_KEY = (
    "本次计票的密钥不在这台服务器上，计票报告单写不出来，不能核定。"
    "请计票人在测评结果页面退回重新核对，再从纸质票重新扫描、判读。"
)
# What became of the pages of a side, in the order of the report.
FATES = {
    "read": PageFate.READ,
    "blank": PageFate.BLANK_CONFIRMED,
    "aside": PageFate.SET_ASIDE,
    "rejected": PageFate.REJECTED,
}


def count_report(ballot: Ballot) -> CountReport:
    """The report: as it was certified, else as it stands now (not saved). Needs a result that is formed.

    Raises NotAllowed when sheets were scanned and their key is not on this server.
    """
    kept = CountReport.objects.filter(ballot=ballot).first()
    if kept is not None:
        return kept
    report = CountReport(ballot=ballot, form_hash=_form_hash(ballot), chain_head=chain_head(ballot))
    parts: dict[str, list[Line]] = {}
    if ballot.entry_mode == EntryMode.SCANNED:
        _scanned(report, parts)
    report.receipts, report.receipts_root = urn_receipts(ballot)
    device = _device_lines(ballot)
    if device:
        if not parts:
            parts[TYPED] = _without(ballot, device)
        parts[DEVICE] = device
    report.parts = _told(ballot, parts)
    return report


def _form_hash(ballot: Ballot) -> str:
    """The fingerprint of the printed form; empty where nothing is printed or it can no longer be laid out."""
    if not Channel(ballot.channel).has_paper:
        return ""
    try:
        return form_template(ballot).form_hash
    except FormRefused:
        return ""


def _scanned(report: CountReport, parts: dict[str, list[Line]]) -> None:
    """What scanning adds to the report, and the votes by origin."""
    ballot = report.ballot
    if not has_key(ballot.pk):
        raise NotAllowed(NO_KEY)
    counted = scanned_lines(ballot)
    pages = ScanPage.objects.filter(ballot=ballot)
    report.image_hashes = sorted(pages.filter(fate__in=COUNTED_FATES).values_list("image_sha256", flat=True))
    report.merkle_root = merkle_root(report.image_hashes)
    by_side = _sides(ballot)
    totals = Counter[str]()
    for side in by_side.values():
        totals.update(side)
    report.pages_read, report.pages_blank = totals["read"], totals["blank"]
    report.pages_typed, report.pages_set_aside = totals["typed"], totals["aside"] + totals["rejected"]
    report.rows_certain, report.rows_decided = counted.rows_certain, counted.reasons.total()
    report.controls, report.control_differences = counted.controls.looked_at, counted.controls.wrong
    report.details = {"sides": by_side, "reasons": dict(sorted(counted.reasons.items()))}
    parts.update({origin: counted.part(origin) for origin in (MACHINE, DECIDED, TYPED)})


def _sides(ballot: Ballot) -> dict[str, dict[str, int]]:
    """What became of the pages by side ("0": pages whose side is not known)."""
    rows = ScanPage.objects.filter(ballot=ballot).order_by().values_list("form_page", "fate")
    found = {(side, fate): n for side, fate, n in rows.annotate(n=Count("pk"))}
    typed = page_counts(ballot)
    numbers = {*sides(ballot), *(side for side, _ in found)}
    return {
        str(side): {
            **{name: found.get((side, fate), 0) for name, fate in FATES.items()},
            "typed": typed.get(side, 0),
        }
        for side in sorted(numbers)
    }


def _device_lines(ballot: Ballot) -> list[Line]:
    """The votes that came out of the urn for each rated row; nothing without an urn."""
    counted = UrnLine.objects.filter(urn__ballot=ballot).exists()
    return urn_lines(ballot) if counted else []


def _without(ballot: Ballot, device: list[Line]) -> list[Line]:
    """The result without the votes of the urn: what was typed of papers."""
    whole = result_lines(ballot).values()
    return [
        Line(
            tuple(a - b for a, b in zip(numbers, cast.counts, strict=False)),
            numbers[-2] - cast.abstained,
            numbers[-1],
        )
        for numbers, cast in zip(whole, device, strict=True)
    ]


def _told(ballot: Ballot, parts: dict[str, list[Line]]) -> dict[str, Any]:
    """The parts by row as they are kept: none at all where one part of a row is too small to be told.

    A part with fewer votes than the rules show counts from would tell on those few.
    """
    least = least_apart(ballot.min_to_show)
    if any(0 < line.total < least for lines in parts.values() for line in lines):
        return {}
    ordinals = [str(n) for n in ballot.rated().values_list("ordinal", flat=True)]
    return {
        origin: {
            ordinal: [*line.counts, line.abstained, line.invalid]
            for ordinal, line in zip(ordinals, lines, strict=True)
        }
        for origin, lines in parts.items()
        if any(line.total for line in lines)
    }


def result_lines(ballot: Ballot) -> dict[str, list[int]]:
    """The result as it is said in the chain: counts, 弃权 and 无效 by ordinal."""
    rows = TallyLine.objects.filter(ballot=ballot).order_by("subject__ordinal")
    return {
        str(ordinal): [*counts, abstained, invalid]
        for ordinal, counts, abstained, invalid in rows.values_list(
            "subject__ordinal", "counts", "abstained", "invalid"
        )
    }
