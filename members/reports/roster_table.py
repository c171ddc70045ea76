"""The roll of an organisation as a table, and as a workbook that can be imported again."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.http import content_disposition_header

from branches.models import Organization
from config.lib.xlsx import LARGE, Column, Value, Workbook
from members.models import Member
from members.models.member import MemberQuerySet

Told = Callable[[int], None]
COLUMNS = (
    Column("序号", 6),
    Column("姓名", 12, "name"),
    Column("性别", 6, "text"),
    Column("民族", 8, "text"),
    Column("出生日期", 12, "date"),
    Column("学历", 10, "text"),
    Column("公民身份证号码", 22, "text"),
    Column("联系电话", 14, "text"),
    Column("人员类别", 11, "text"),
    Column("入党日期", 12, "date"),
    Column("转正日期", 12, "date"),
    Column("所在党支部", 24, "text"),
    Column("所在党小组", 16, "text"),
    Column("工作单位及职务", 22, "text"),
    Column("备注", 24, "text"),
)


@dataclass(frozen=True)
class RosterTable:
    """The members on the roll of an organisation and below, on one day; numbers masked or in full."""

    organization: str
    as_of: datetime.date
    masked: bool
    rows: tuple[tuple[Value, ...], ...]

    @classmethod
    def from_members(
        cls,
        organization: Organization,
        members: MemberQuerySet,
        *,
        masked: bool = True,
        told: Told = lambda done: None,
    ) -> RosterTable:
        """Returns the table of these members, in their order; dates are dates, numbers are texts.

        `told` hears after each thousand how many are read.
        """
        found: Iterable[Member] = members.select_related("organization", "group").iterator(chunk_size=2000)
        rows = []
        for number, member in enumerate(found, start=1):
            rows.append(_row(number, member, masked))
            if number % 1000 == 0:
                told(number)
        return cls(organization.name, timezone.localdate(), masked, tuple(rows))

    @property
    def file_name(self) -> str:
        """The name of the workbook."""
        return f"{self.organization}_党员名册_{self.as_of:%Y%m%d}.xlsx"

    def disposition(self) -> str:
        """Returns the header that saves the workbook under its Chinese name."""
        return str(content_disposition_header(as_attachment=True, filename=self.file_name))

    def to_xlsx(self) -> bytes:
        """Returns the workbook: titled, ready to print, every text a text."""
        workbook = Workbook("党员名册", author=self.organization, large=len(self.rows) > LARGE)
        sheet = workbook.sheet("党员名册", COLUMNS, frozen=2)
        sheet.title(f"{self.organization}党员名册")
        kept = "身份证号、电话已部分隐去" if self.masked else "含完整身份证号和电话，请妥善保管"
        sheet.meta(f"共{len(self.rows)}人", f"数据截至{self.as_of:%Y年%m月%d日}", kept)
        sheet.header()
        for row in self.rows:
            sheet.row(row)
        sheet.finish()
        return workbook.to_bytes()


def _row(number: int, member: Member, masked: bool) -> tuple[Value, ...]:
    return (
        number,
        member.name,
        member.get_sex_display(),
        member.ethnicity,
        member.birth_on,
        member.education,
        member.masked_id_number if masked else member.id_number,
        member.masked_phone if masked else member.phone,
        member.get_kind_display(),
        member.joined_on,
        member.full_on,
        member.organization.name,
        member.group.name if member.group is not None else "",
        member.workplace,
        member.note,
    )
