"""A roster of the whole county as one file, and its import through the services the pages use."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings

from branches.models import Organization, User
from config.demo.names import person
from config.lib.tables import read_table
from members.services.imports import check_import, confirm_import, open_import

HEADER = ("序号", "所在党支部", "姓名", "性别", "公民身份证号码", "入党时间", "人员类别", "手机")
ROWS = 60_000


def path() -> Path:
    """Where the file lies."""
    return Path(settings.VAR) / "county-roster.xlsx"


def write_roster() -> None:
    """Write the file: a title row, a header, 60,000 invented people over all branches."""
    chance = random.Random(7)
    names = list(Organization.objects.branches().values_list("name", flat=True))
    book = xlsxwriter.Workbook(path(), {"constant_memory": True})
    sheet = book.add_worksheet("党员名册")
    sheet.write_row(0, 0, ["平泽县党员名册"])
    sheet.write_row(1, 0, HEADER)
    for number in range(ROWS):
        who = person(chance, 10_000_000 + number)
        sex = "女" if who.female else "男"
        joined = f"{who.joined_on.year}.{who.joined_on.month}"
        branch = names[number % len(names)]
        row = [number + 1, branch, who.name, sex, who.id_number, joined, "正式党员", who.phone]
        sheet.write_row(number + 2, 0, row)
    book.close()


def county_roster(size: str, peak: Any) -> list[dict[str, Any]]:
    """Read, check and confirm the file; seconds of each part and the peak memory of the process."""
    by = User.objects.get(username="office")
    top = Organization.objects.get(depth=1)
    marks = [time.perf_counter()]
    with path().open("rb") as file:
        rows = read_table(file)
    batch = open_import(rows=rows, file_name=path().name, organization=top, by=by)
    del rows
    marks.append(time.perf_counter())
    batch = check_import(batch=batch, by=by)
    marks.append(time.perf_counter())
    confirm_import(batch=batch, by=by, only_correct=True)
    marks.append(time.perf_counter())
    read, check, write = (b - a for a, b in pairwise(marks))
    more = f"read {read:.1f} + check {check:.1f} + write {write:.1f} s; new {batch.new_count}, wrong {batch.wrong_count}"
    return [
        {
            "what": f"{size} roster import: 60,000 rows",
            "value": marks[-1] - marks[0],
            "unit": "s",
            "more": more,
        },
        {"what": f"{size} roster import: memory", "value": peak(), "unit": "MB"},
    ]
