"""Scanned forms of a survey are read by the reader of the ballot: what it is sure of is added up, people look at the rest.

Nothing of a sheet is stored, neither picture nor mark: the pages are read in memory, the sums of one upload go into the own
count of whoever scans, and the other person counts the papers too.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from evaluations.paper.form import BallotForm, FormRow, draw_form
from evaluations.paper.reading import (
    BLANK,
    CERTAIN_BLANK,
    SheetReading,
    count_pages,
    read_file,
)
from evaluations.paper.template import FormTemplate, template_of
from rectification.models import RoundStatus, SurveyClass
from rectification.permissions.satisfaction import can_count_survey
from rectification.rules.satisfaction import Count, total
from rectification.services.survey_counts import own_counts, save_count, take_seat

MOST_PAGES = 30  # of one upload: it is read while the person waits
NOTES = (
    "请实事求是，在右边相应空格内划“√”。",
    "只选一项；多选的作废，不选的算弃权。",
    "不署名，不作任何记号。",
)
Reader = Callable[[bytes, FormTemplate], Iterator[SheetReading]]


@dataclass(frozen=True)
class Batch:
    """One upload as read: the sums the reader is sure of, and what people have to look at.

    `unsure` are pictures of the row as data addresses, in random order; `blank` how many forms carry no stroke at all;
    `rejected` the pages that are no such form, with what to do. A sheet with one mark cannot be told from the next: one
    scanned twice shows only in the sum.
    """

    pages: int
    count: Count
    unsure: tuple[str, ...]
    blank: int
    rejected: tuple[tuple[int, str], ...]


def scan_form(respondents: SurveyClass) -> BallotForm:
    """The form a machine can read, one to a sheet; the QR tells one class of one round from another."""
    survey_round = respondents.round
    survey, day = survey_round.survey, survey_round.day
    return BallotForm(
        title="群众满意度测评表",
        organization=survey.organization.name,
        date_text=f"{day.year}年{day.month}月{day.day}日" if day else "　　年　　月　　日",
        columns=tuple(label for _key, label in survey_round.scale),
        rows=(FormRow(1, "活动效果"),),
        notes=(f"填表人类别：{respondents.name}。", *NOTES),
        with_remarks=False,
        name_heading="测评内容",
        ballot=f"survey:{survey_round.pk}:{respondents.ordinal}",
        large=True,
    )


def scan_form_pdf(respondents: SurveyClass) -> bytes:
    """That form as PDF."""
    return draw_form(scan_form(respondents))


def read_batch(*, respondents: SurveyClass, data: bytes, by: User, read: Reader = read_file) -> Batch:
    """Read one upload of the forms of one class. Raises NotAllowed for others, and for what is too much at once."""
    survey_round = respondents.round
    insist(can_count_survey(by, survey_round))
    if survey_round.status != RoundStatus.COUNTING:
        raise NotAllowed(f"现在是「{survey_round.get_status_display()}」，不能读表。")
    if not data:
        raise NotAllowed("还没有选文件，或者文件是空的。请选扫描好的文件，或者拍一张。")
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise NotAllowed(f"文件超过 {settings.UPLOAD_MAX_BYTES >> 20} MB，请分几次扫描、上传。")
    if count_pages(data) > MOST_PAGES:
        raise NotAllowed(f"一次最多读 {MOST_PAGES} 页，请分几次上传。")
    readings = list(read(data, template_of(scan_form(respondents))))
    batch = _batch(readings, len(survey_round.scale))
    detail = {"pages": batch.pages, "unsure": len(batch.unsure), "rejected": len(batch.rejected)}
    record(by=by, action="read_survey_scan", about=survey_round, detail=detail)
    return batch


def _batch(readings: list[SheetReading], options: int) -> Batch:
    """The sums of what is certain, and the rest sorted by what people have to do."""
    counts, abstained, unsure = [0] * options, 0, []
    for reading in readings:
        for row in reading.rows:
            if not row.certain:
                unsure.append(_picture(reading.strips[row.row]))
            elif row.mark == CERTAIN_BLANK:
                abstained += 1
            else:
                counts[int(row.mark) - 1] += 1
    secrets.SystemRandom().shuffle(unsure)
    return Batch(
        pages=len(readings),
        count=Count(tuple(counts), abstained, 0),
        unsure=tuple(unsure),
        blank=sum(reading.fate == BLANK for reading in readings),
        rejected=tuple((reading.position, reading.advice) for reading in readings if reading.advice),
    )


def _picture(jpeg: bytes) -> str:
    """A picture as an address that holds it, so that it lies on no disk."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()


def add_batch(*, respondents: SurveyClass, count: Count, by: User) -> Count:
    """Add the sums of one upload to the own count of this class; returns the new count.

    Raises NotAllowed where more papers would be counted than came back: perhaps one pile was read twice.
    """
    survey_round = respondents.round
    with transaction.atomic():
        take_seat(survey_round=survey_round, by=by)
        before = own_counts(survey_round, by).get(respondents.pk)
        added = total([count] if before is None else [before, count], len(survey_round.scale))
        returned = respondents.returned or 0
        if added.returned > returned:
            already = 0 if before is None else before.returned
            raise NotAllowed(
                f"已经录了 {already} 张，再加 {count.returned} 张，就多于收回的 {returned} 张。"
                "是不是同一叠读了两次？请核对。"
            )
        save_count(survey_round=survey_round, counts={respondents.pk: added}, by=by)
    return added
