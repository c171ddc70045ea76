"""Tries a printed test sheet in the scanner before the meeting: says whether it can be used. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from branches.models import User
from branches.permissions import Denied
from branches.services.audit import record
from branches.workflow import NotAllowed
from evaluations.models import Ballot
from evaluations.paper.reading import PrintCheck, check_file
from evaluations.paper.reading.opening import count_pages
from evaluations.paper.template import FormTemplate
from evaluations.permissions import can_try_sheet
from evaluations.services.form import form_template

MOST_TRY_PAGES = 4
Checker = Callable[[bytes, FormTemplate], tuple[PrintCheck, ...]]


@dataclass(frozen=True)
class Verdict:
    """What a tried sheet says: one check a page, and whether all of them can be used."""

    checks: tuple[PrintCheck, ...]

    @property
    def usable(self) -> bool:
        """Whether printer and scanner will do."""
        return bool(self.checks) and all(check.usable for check in self.checks)


def try_sheet(*, ballot: Ballot, by: User, data: bytes, check: Checker = check_file) -> Verdict:
    """Look at the scan of a 试票; returns the verdict. Raises NotAllowed for what is too much, or not the time."""
    answer = can_try_sheet(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    if not data:
        raise NotAllowed("还没有选文件，或者文件是空的。请选扫描好的试票，或者拍一张。")
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise NotAllowed(f"文件超过 {settings.UPLOAD_MAX_BYTES >> 20} MB。试票只要扫一张，请重新扫描后再传。")
    if count_pages(data) > MOST_TRY_PAGES:
        raise NotAllowed("试票只要扫一张，这个文件页数太多。请只传试票。")
    verdict = Verdict(check(data, form_template(ballot, test=True)))
    record(by=by, action="try_sheet", about=ballot, detail={"usable": verdict.usable})
    return verdict
