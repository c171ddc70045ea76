"""Scanned evenings taken on for tests: strips decided by both 计票人 from the marks somebody really made.

`scanned(made, sheets)` uploads sheets (a mark a row; "?" where the machine doubts) with the truth beside them.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from branches.models import User
from evaluations.models import ScanPage, Strip
from evaluations.services import scan_counting, strips
from evaluations.services.form import sides
from tests.factories.evaluations import Evening
from tests.factories.scanning import page, upload


@dataclass
class Sheets:
    """What the voters marked on each uploaded page: the truth by page id, a mark a row."""

    truth: dict[uuid.UUID, str] = field(default_factory=dict)

    def of(self, made: Evening, strip: Strip) -> str:
        """The true mark of a strip."""
        found = ScanPage.objects.get(pk=strip.page_id)
        rows = [subject.pk for subject in sides(made.ballot)[found.form_page]]
        return self.truth[found.pk][rows.index(strip.subject_id)]


def scanned(
    made: Evening, said: Sequence[str], truth: Sequence[str] | None = None, *, side: int = 1
) -> Sheets:
    """Upload sheets as the machine reads them (`said`); `truth` where it differs ("?" needs one)."""
    pages = upload(made, [page(marks, side=side) for marks in said])
    return Sheets({p.pk: t for p, t in zip(pages, truth or said, strict=True)})


def decide_all(made: Evening, by: User, sheets: Sheets, *, wrong: dict[uuid.UUID, str] | None = None) -> None:
    """One 计票人 decides every strip; `wrong` says otherwise for some."""
    for strip in strips.live_strips(made.ballot):
        mark = (wrong or {}).get(strip.pk) or sheets.of(made, strip)
        strips.decide_strip(ballot=made.ballot, by=by, strip=strip.pk, mark=mark)


def judge_all(
    made: Evening, sheets: Sheets, *, void: int = 0, wrong: dict[uuid.UUID, str] | None = None
) -> None:
    """Both 计票人 decide everything and say so; the second one sees `wrong`."""
    for number, by in enumerate(made.tellers):
        decide_all(made, by, sheets, wrong=wrong if number else None)
        scan_counting.finish_judging(ballot=made.ballot, by=by, void=void)
