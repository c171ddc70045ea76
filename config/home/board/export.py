"""谁缺什么 as a workbook: one sheet to telephone by, one with every organisation and every step."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils import timezone

from branches.models import Campaign, CampaignStatus, Category, Job, Organization, User
from branches.permissions import can_see_rollup
from branches.services.jobs import JobRefused, Report, keep_result, request_job
from config.home.board.asked import Asked
from config.home.board.cells import cells_of
from config.home.board.form import words_of
from config.home.board.page import Board
from config.home.board.rows import people_of
from config.home.board.scope import Place
from config.lib.xlsx import LARGE, Column, Value, Workbook

TASK = "config.home.tasks.missing_file"
LONGEST_REASON = 1000  # no reason is cut in the file
EVERY = 200  # rows between two reports
Told = Callable[[int], None]
OWED_COLUMNS = (
    Column("序号", 6),
    Column("上级党组织", 18, "name"),
    Column("党组织", 24, "name"),
    Column("领域", 9, "text"),
    Column("书记、指导员", 16, "text"),
    Column("缺几项", 8),
    Column("其中逾期", 9),
    Column("最多逾期（天）", 13),
    Column("最早到期", 12, "date"),
    Column("缺什么、什么时候到期", 70, "name"),
)
PLACE_COLUMNS = (Column("序号", 6), Column("上级党组织", 16, "name"), Column("党组织", 22, "name"), Column("领域", 8, "text"))  # fmt: skip


def ask_for_file(*, campaign: Campaign, organization: Organization, asked: Asked, by: User) -> Job:
    """Queue the file of what `by` looks at on the board of the organisation; returns the job."""
    values = asked.values(tab="", campaign="")
    mark = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
    return request_job(
        kind=TASK,
        key=f"missing:{campaign.pk}:{organization.pk}:{by.pk}:{mark}",
        title=f"{organization.short_name}{campaign.year}年度谁缺什么（Excel）",
        params={"campaign": campaign.pk, "organization": organization.pk, "asked": values, "sealed": True},
        by=by,
        organization=organization,
    )


def write_missing(job: Job, report: Report) -> None:
    """Make the file a job asks for; the right to read is asked again when it runs.

    Parameters: campaign, organization, asked (the filter). Raises JobRefused with the reason.
    """
    params = job.params
    open_to_all = Campaign.objects.exclude(status=CampaignStatus.DRAFT)
    campaign = open_to_all.filter(pk=params.get("campaign")).select_related("issuer").first()
    organization = Organization.objects.filter(pk=params.get("organization")).first()
    if campaign is None or organization is None:
        raise JobRefused("活动或党组织已不存在。")
    asker = job.requested_by
    if asker is None or not asker.is_active or not can_see_rollup(asker, organization):
        raise JobRefused("您已没有查看这份清单的权限。")
    report(0, 0, "正在读取各党组织进度")
    board = _board(organization, campaign, params.get("asked", {}))
    rows = len(board.owings) + len(board.chosen)
    content = workbook(board, lambda written: report(written, rows, "正在生成"))
    report(rows, rows, "正在保存")
    day = f"{board.standings.today:%Y%m%d}"
    keep_result(job=job, name=f"{board.scope.place.short_name}谁缺什么{day}.xlsx", content=content)


def _board(organization: Organization, campaign: Campaign, asked: dict[str, Any]) -> Board:
    """The board as it was looked at; a place that has gone since is said."""
    try:
        return Board.of(organization, campaign, Asked.read(asked), today=timezone.localdate())
    except Http404 as error:
        raise JobRefused(str(error)) from error


def workbook(board: Board, told: Told = lambda rows: None) -> bytes:
    """The workbook of a board: what is shown by its filter, on two sheets. Raises ExportTooLong."""
    book = Workbook("谁缺什么", author=board.scope.top.name, large=len(board.chosen) > LARGE)
    people = people_of(board.chosen, board.standings.today)
    _owed_sheet(book, board, people, told)
    _steps_sheet(book, board, len(board.owings), told)
    return book.to_bytes()


def _heading(board: Board) -> tuple[str, str, str]:
    """Whose it is, of which moment, and what the filter leaves out."""
    now = timezone.localtime()
    filled = f"{now.year}年{now.month}月{now.day}日 {now:%H:%M}"
    words = words_of(board)
    return board.scope.place.name, f"截至 {filled}", f"筛选：{words}" if words else ""


def _where(board: Board, place: Place) -> list[Value]:
    """The superior, the organisation, its field."""
    above = board.scope.above(place.path)
    superior = above.short_name if above else board.scope.place.short_name
    return [superior, place.name, str(Category(place.category).label)]


def _owed_sheet(book: Workbook, board: Board, people: dict[int, str], told: Told) -> None:
    """One row for each organisation that owes something."""
    sheet = book.sheet("谁缺什么", OWED_COLUMNS, frozen=3)
    sheet.title(f"{board.campaign.name}：谁缺什么")
    sheet.meta(*_heading(board))
    sheet.header()
    today: datetime.date = board.standings.today
    for number, owing in enumerate(board.owings, start=1):
        late: list[Value] = [owing.overdue, owing.latest] if owing.overdue else [0, None]
        where, who = _where(board, owing.place), people.get(owing.place.pk, "")
        sheet.row([number, *where, who, len(owing.items), *late, owing.first_due, owing.said(today)])
        if number % EVERY == 0:
            told(number)
    sheet.note("缺项是现在可以办理和已经逾期的环节；已报等上级审核的、延期的、同意不做的不在内。")
    sheet.finish()


def _steps_sheet(book: Workbook, board: Board, written: int, told: Told) -> None:
    """Every organisation with every step, as on the screen."""
    columns = [*PLACE_COLUMNS, *(Column(head.name, 15, "text") for head in board.heads)]
    sheet = book.sheet("环节总表", columns, frozen=3)
    sheet.title(f"{board.campaign.name}：环节总表")
    sheet.meta(*_heading(board))
    sheet.header()
    for number, place in enumerate(board.chosen, start=1):
        row = board.standings.rows[place.pk]
        cells = cells_of(row, board.heads, board.standings.today, room=LONGEST_REASON)
        shown = ["\n".join(filter(None, (cell.word, cell.note))) for cell in cells]
        sheet.row([number, *_where(board, place), *shown])
        if number % EVERY == 0:
            told(written + number)
    sums: list[Value] = [f"{sum_.done}/{sum_.asked}" for _head, sum_ in board.totals]
    sheet.row(["", "", "已完成/应完成（全部）", "", *sums], "total")
    for words in board.coverages:
        sheet.note(words)
    sheet.finish()
