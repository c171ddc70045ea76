"""Whether what was scanned, found blank, typed and void adds up to the papers that came back, side by side."""

from __future__ import annotations

from django.db.models import Count

from evaluations.models import Ballot, PageFate, ScanBatch, ScanPage
from evaluations.rules.reconciling import Side, side_problems
from evaluations.services.comparing import agreed_void
from evaluations.services.form import sides
from evaluations.services.hand_pages import page_counts
from evaluations.services.scan_doubles import open_doubles


def side_counts(ballot: Ballot) -> list[Side]:
    """What each side of the form is accounted for, by side."""
    pages = ScanPage.objects.filter(ballot=ballot).order_by().values("form_page", "fate")
    fates = {(row["form_page"], row["fate"]): row["n"] for row in pages.annotate(n=Count("pk"))}
    by_hand = page_counts(ballot)
    void = agreed_void(ballot)
    return [
        Side(
            number=number,
            returned=ballot.returned,
            read=fates.get((number, PageFate.READ), 0),
            blank=fates.get((number, PageFate.BLANK_CONFIRMED), 0),
            typed=by_hand.get(number, 0),
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
    if not ballot.is_scanned:
        return []
    problems = waiting_problems(ballot)
    counts = side_counts(ballot)
    if agreed_void(ballot) is None:
        problems.append("两位计票人还没有都填好整张作废的张数，或者填得不一样。没有整张作废的，两人都填 0。")
    return problems + side_problems(counts)
