"""Papers of talks: the table of talks (谈心谈话统计表) and the plan of sittings; screen, Excel and PDF show the same."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils import timezone

from branches.models import Campaign, Organization
from config.lib.pdf import render_pdf
from config.lib.xlsx import Column, Workbook
from members.reports.talk_lines import Line, discreet, lines_of
from members.rules.sittings import suggest
from members.rules.talk_book import REMOTE, VISIT
from members.rules.talk_standing import tally
from members.services.talk_grid import Grid
from members.services.talk_names import tell_apart

WAYS = {VISIT: "上门", REMOTE: "可以打电话"}
STYLESHEET = "css/talk-sheets.css"
COLUMNS = (
    Column("序号", 6),
    Column("姓名", 14, "name"),
    Column("应谈", 8),
    Column("已谈", 8),
    Column("未谈对象", 48, "name"),
    Column("人次", 8),
)


@dataclass(frozen=True)
class TalkTable:
    """谈心谈话统计表 of one organisation on one day."""

    organization: str
    campaign: str
    round_no: int
    as_of: datetime.date
    owed: int
    done: int
    lines: tuple[Line, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, grid: Grid) -> TalkTable:
        """The table of the present round."""
        shown = discreet(grid)
        return cls(
            organization=organization.name,
            campaign=campaign.name,
            round_no=grid.round_no,
            as_of=timezone.localdate(),
            owed=shown.owed,
            done=shown.done,
            lines=lines_of(replace(shown, people=tell_apart(shown.people))),
            notes=(
                "“应谈”“已谈”按每人和几位同志谈计算，两人各计一次；合计按对计算。",
                "“人次”是本人参加谈心的次数，和几位同志谈就计几次。",
                *shown.notes,
            ),
        )

    @property
    def title(self) -> str:
        """Title of the table and name of its files."""
        return f"{self.organization}谈心谈话统计表"

    @property
    def times(self) -> int:
        """人次 of everybody together."""
        return sum(line.times for line in self.lines)

    @property
    def sums(self) -> str:
        """The sums in words."""
        left = self.owed - self.done
        return f"应谈 {self.owed} 对，已谈 {self.done} 对，还差 {left} 对；谈心 {self.times} 人次"

    def to_xlsx(self) -> bytes:
        """The table as a workbook, ready to print."""
        book = Workbook(self.title, author=self.organization)
        sheet = book.sheet("谈心谈话统计表", COLUMNS, landscape=False, frozen=2)
        sheet.title(self.title)
        sheet.meta(self.campaign, f"截至{self.as_of:%Y年%m月%d日}")
        sheet.meta(self.sums)
        sheet.header()
        for number, line in enumerate(self.lines, 1):
            sheet.row([number, line.name, line.owed, line.done, line.missing_text, line.times])
        for note in self.notes:
            sheet.note(f"注：{note}")
        sheet.finish()
        return book.to_bytes()

    def to_pdf(self) -> bytes:
        """The table as A4 PDF."""
        html = render_to_string("members/reports/talk_table.html", {"table": self})
        return render_pdf(html, stylesheet=STYLESHEET)


@dataclass(frozen=True)
class SittingLine:
    """One sitting of the plan: who, in words and as keys, and how many pairs it settles."""

    number: int
    keys: tuple[str, ...]
    names: str
    covers: int
    mode: str

    @property
    def way(self) -> str:
        """How one is expected to talk with them; empty where it does not matter."""
        return WAYS.get(self.mode, "")


@dataclass(frozen=True)
class SittingPlan:
    """The fewest sittings found that settle what is owed, without what is owed because somebody was marked."""

    organization: str
    campaign: str
    as_of: datetime.date
    left: int
    sittings: tuple[SittingLine, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, grid: Grid) -> SittingPlan:
        """The plan for what the organisation owes today."""
        most, shown = grid.rules.talk_sitting_most, discreet(grid)
        counts = tally(shown.states)
        names = {person.key: person.name for person in tell_apart(grid.people)}
        found = suggest(shown.states, most=most)
        return cls(
            organization=organization.name,
            campaign=campaign.name,
            as_of=timezone.localdate(),
            left=counts.owed - counts.held,
            sittings=tuple(
                SittingLine(
                    number,
                    tuple(sitting.people),
                    "、".join(names.get(key, "") for key in sitting.people),
                    len(sitting.pairs),
                    sitting.mode,
                )
                for number, sitting in enumerate(found, 1)
            ),
            notes=(
                f"一次最多 {most} 人坐在一起，相互都谈到才算。" if most else "按规则只算一对一谈，每次两人。",
                "要上门谈的、可以打电话谈的单独列出，不必凑到一起；重点谈心对象另外个别安排。",
                "这只是建议，怎么谈由支部定。",
            ),
        )

    @property
    def sums(self) -> str:
        """The sums in words."""
        return f"还差 {self.left} 对，安排 {len(self.sittings)} 次可以谈完"

    def to_pdf(self) -> bytes:
        """The plan as A4 PDF, with room for day and place."""
        html = render_to_string("members/reports/talk_sittings.html", {"plan": self})
        return render_pdf(html, stylesheet=STYLESHEET)
