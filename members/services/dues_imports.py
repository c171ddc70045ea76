"""Dues from a spreadsheet: shown first, written when confirmed; what was shown travels sealed in the page."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from branches.models import Organization, User
from branches.workflow import NotAllowed
from config.lib.sealed import CannotOpen, blind_indexes, open_bytes, seal_bytes
from members.models import DuesMonth, Member
from members.rules.cells import Cell
from members.rules.dues import month_of, months_later
from members.rules.dues_sheet import SheetRow, read_sheet
from members.services.dues import AHEAD, Recorded, monthly_of, note_months, open_cells, require_keeper

MOST_ROWS = 2_000
VALID_HOURS = 24
WAIVED_BY_SHEET = "导入的表中注明免交"
UPLOAD_AGAIN = "核对结果已经失效，请重新上传一次表格。"


@dataclass(frozen=True, slots=True)
class Planned:
    """One month of one member that would be written."""

    member: Member
    month: datetime.date
    amount: Decimal
    is_waived: bool
    paid_on: datetime.date | None
    note: str


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that cannot be taken, and why."""

    number: int
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuesPreview:
    """What an upload would write; `settled` months are in the ledger already and stay as they are."""

    planned: tuple[Planned, ...]
    settled: int
    wrong: tuple[WrongRow, ...]
    sealed: str

    @property
    def total(self) -> Decimal:
        """The sum of what would be written."""
        return sum((line.amount for line in self.planned), Decimal(0))

    @property
    def people(self) -> int:
        """How many members it is about."""
        return len({line.member.pk for line in self.planned})


class _Roll:
    """The branch's members as rows of a sheet name them."""

    def __init__(self, organization: Organization) -> None:
        self.members = list(Member.objects.active().filter(organization=organization).in_order("stroke"))
        self.names = Counter(member.name for member in self.members)
        self.terms = monthly_of({member.pk: member for member in self.members})

    def find(self, row: SheetRow) -> Member | str:
        """The member a row is about, or the Chinese reason why that is not known."""
        if row.id_number:
            indexes = set(blind_indexes(row.id_number))
            member = next((m for m in self.members if m.id_number_index in indexes), None)
            if member is None and self.names[row.name] == 1:
                unnumbered = (m for m in self.members if m.name == row.name and not m.id_number_index)
                member = next(unnumbered, None)
        elif self.names[row.name] > 1:
            return f"本支部有{self.names[row.name]}名{row.name}，请在表里加“身份证号”一列，写上这一位的号码"
        else:
            member = next((m for m in self.members if m.name == row.name), None)
        if member is None:
            return "名册上没有这个人（姓名、身份证号），请核对，或者先在名册里添加"
        if member.name != row.name:
            return "身份证号和姓名对不上，请核对"
        return member


def preview_import(
    *, organization: Organization, rows: Sequence[Sequence[Cell]], year: int, by: User
) -> DuesPreview:
    """Read the rows of a sheet against the branch's roll; nothing is written. Returns what would be.

    Raises SheetNotRead without a header, NotAllowed when there are too many rows or by may not.
    """
    require_keeper(by, organization)
    if len(rows) > MOST_ROWS:
        raise NotAllowed(f"一次最多 {MOST_ROWS} 行，这张表有 {len(rows)} 行。请分几次导入。")
    sheet, roll = read_sheet(rows, year), _Roll(organization)
    planned: list[Planned] = []
    wrong: list[WrongRow] = []
    seen: dict[tuple[UUID, datetime.date], int] = {}
    for row in sheet:
        member = roll.find(row)
        reasons = [
            *row.problems,
            *([member] if isinstance(member, str) else _refusals(row, member, roll, seen)),
        ]
        if reasons or isinstance(member, str):
            wrong.append(WrongRow(row.number, row.name, tuple(reasons)))
            continue
        seen |= {(member.pk, entry.month): row.number for entry in row.entries}
        planned.extend(_planned(row, member, roll))
    written = _not_settled(planned)
    return DuesPreview(
        tuple(written), len(planned) - len(written), tuple(wrong), _seal(written, organization, by)
    )


def _refusals(
    row: SheetRow, member: Member, roll: _Roll, seen: dict[tuple[UUID, datetime.date], int]
) -> list[str]:
    today = timezone.localdate()
    reasons = []
    if row.paid_on is not None and row.paid_on > today:
        reasons.append("交纳日期晚于今天")
    if any(entry.month > months_later(month_of(today), AHEAD) for entry in row.entries):
        reasons.append("有一年以后的月份")
    if member.pk not in roll.terms and any(e.amount is None and not e.is_waived for e in row.entries):
        reasons.append("没有写金额，也还没有核定每月交多少")
    if len({entry.month for entry in row.entries}) < len(row.entries):
        reasons.append("同一个月写了两次")
    repeated = sorted({seen[member.pk, e.month] for e in row.entries if (member.pk, e.month) in seen})
    reasons.extend(f"和第{number}行是同一个人同一个月" for number in repeated)
    return reasons


def _planned(row: SheetRow, member: Member, roll: _Roll) -> list[Planned]:
    paid_on = row.paid_on or timezone.localdate()
    return [
        Planned(member, entry.month, Decimal(0), True, None, row.note or WAIVED_BY_SHEET)
        if entry.is_waived
        else Planned(
            member,
            entry.month,
            roll.terms[member.pk] if entry.amount is None else entry.amount,
            False,
            paid_on,
            row.note,
        )
        for entry in row.entries
    ]


def _not_settled(planned: Sequence[Planned]) -> list[Planned]:
    members = {line.member.pk for line in planned}
    months = {line.month for line in planned}
    rows = DuesMonth.objects.filter(member__in=members, month__in=months)
    settled = set(rows.values_list("member", "month"))
    return [line for line in planned if (line.member.pk, line.month) not in settled]


def confirm_import(*, organization: Organization, sealed: str, by: User) -> Recorded:
    """Write what was shown; months settled meanwhile stay. Raises NotAllowed when it is too old or changed."""
    require_keeper(by, organization)
    rows = _opened(sealed, organization, by)
    with transaction.atomic():
        _, cells, before = open_cells(organization, rows, by)
        DuesMonth.objects.bulk_create(
            (DuesMonth(member_id=cell[0], month=cell[1], **rows[cell]) for cell in cells), batch_size=1000
        )
        note_months(by, "import_dues", organization, cells)
    return Recorded(len(cells), before, ())


def _purpose(organization: Organization, by: User) -> str:
    return f"dues:{organization.pk}:{by.pk}"


def _seal(planned: Sequence[Planned], organization: Organization, by: User) -> str:
    """The lines as the page carries them: nobody else can use them, and nobody can change them."""
    lines = [
        [
            line.member.pk.hex,
            line.month.isoformat(),
            str(line.amount),
            line.is_waived,
            line.paid_on.isoformat() if line.paid_on else "",
            line.note,
        ]
        for line in planned
    ]
    plain = json.dumps({"until": timezone.now().timestamp() + VALID_HOURS * 3600, "lines": lines})
    packed = seal_bytes(zlib.compress(plain.encode()), purpose=_purpose(organization, by))
    return base64.b64encode(packed).decode()


def _opened(
    sealed: str, organization: Organization, by: User
) -> dict[tuple[UUID, datetime.date], dict[str, object]]:
    try:
        packed = open_bytes(base64.b64decode(sealed, validate=True), purpose=_purpose(organization, by))
    except (CannotOpen, binascii.Error, ValueError) as error:
        raise NotAllowed(UPLOAD_AGAIN) from error
    found = json.loads(zlib.decompress(packed))
    if found["until"] < timezone.now().timestamp():
        raise NotAllowed(UPLOAD_AGAIN)
    return {
        (UUID(hex=pk), datetime.date.fromisoformat(month)): {
            "amount": Decimal(amount),
            "is_waived": is_waived,
            "paid_on": datetime.date.fromisoformat(paid_on) if paid_on else None,
            "note": note,
        }
        for pk, month, amount, is_waived, paid_on, note in found["lines"]
    }
