"""A private hint to those who write a branch's opinions: whose are largely the same. Kept nowhere, counted nowhere."""

from __future__ import annotations

from branches.rules.copies import copied_groups
from evaluations.reports.assessment import SheetPage


def copied_opinions(page: SheetPage) -> tuple[tuple[str, ...], ...]:
    """The names of those whose opinions repeat each other, group by group, in the order of the sheet.

    Only for who writes the sheet and as long as it can be written; none where the rules want no such hints.
    """
    rules = page.sheet.rules()
    if not page.may_write or page.stopped or not rules.uniform_hint:
        return ()
    groups = copied_groups([row.opinion for row in page.rows], rules.material_copy_share)
    return tuple(tuple(page.rows[place].name for place in group) for group in groups)
