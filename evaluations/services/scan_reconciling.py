"""Whether what was scanned, found blank, typed and void adds up to the papers that came back, side by side."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count

from evaluations.models import (
    FIRST,
    READ_AGAIN,
    SECOND,
    Ballot,
    EntryMode,
    PageFate,
    PaperEntry,
    ScanBatch,
    ScanPage,
)
from evaluations.rules.reconciling import Side, side_problems
from evaluations.services.form import sides
from evaluations.services.scan_doubles import open_doubles


def agreed_void(ballot: Ballot) -> int | None:
    """The papers void as a whole, as both 计票人 counted them or together; None while unknown or different."""
    void = dict(ballot.slots.values_list("number", "void_papers"))
    if void.get(READ_AGAIN) is not None:
        return void[READ_AGAIN]
    return void.get(FIRST) if void.get(FIRST) == void.get(SECOND) else None


def side_counts(ballot: Ballot) -> list[Side]:
    """What each side of the form is accounted for, by side."""
    pages = ScanPage.objects.filter(ballot=ballot).order_by().values("form_page", "fate")
    fates = {(row["form_page"], row["fate"]): row["n"] for row in pages.annotate(n=Count("pk"))}
    typed = PaperEntry.objects.filter(ballot=ballot, form_page__gt=0, slot__in=(FIRST, SECOND)).order_by()
    by_hand = Counter(side for side, _ in typed.values_list("form_page", "paper_no").distinct())
    void = agreed_void(ballot)
    return [
        Side(
            number=number,
            returned=ballot.returned,
            read=fates.get((number, PageFate.READ), 0),
            blank=fates.get((number, PageFate.BLANK_CONFIRMED), 0),
            typed=by_hand[number],
            void=void,
        )
        for number in sorted(sides(ballot))
    ]


def waiting_problems(ballot: Ballot) -> list[str]:
    """What has to be read or judged before anything can be reconciled, in Chinese."""
    problems = [
        f"第 {number} 次上传还没有读完。请等它读完；停住不动的，点“继续读”。"
        for number in ScanBatch.objects.filter(ballot=ballot, read=False).values_list("number", flat=True)
    ]
    doubles = open_doubles(ballot).count()
    if doubles:
        problems.append(f"还有 {doubles} 对疑似重复的票，请计票人看图判断是不是同一张。")
    blanks = ScanPage.objects.filter(ballot=ballot, fate=PageFate.BLANK).count()
    if blanks:
        problems.append(f"还有 {blanks} 页空白票没有确认，请计票人看图确认。")
    return problems


def reconcile_problems(ballot: Ballot) -> list[str]:
    """Why no result can be formed from the scanned sheets yet, in Chinese with what to do; empty when all adds up.

    Empty too for a ballot that is not scanned.
    """
    if ballot.entry_mode != EntryMode.SCANNED:
        return []
    problems = waiting_problems(ballot)
    counts = side_counts(ballot)
    if agreed_void(ballot) is None:
        problems.append("两位计票人还没有都填好整张作废的张数，或者填得不一样。没有整张作废的，两人都填 0。")
    return problems + side_problems(counts)
