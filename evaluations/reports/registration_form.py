"""The sheet of form F3 as rows of cells with sizes: what is long is set smaller, what is left is room to write by hand.

Measures are millimetres on the sheet and points of type. PDF and Word draw the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from evaluations.reports.registration import COPIES, Registration

PT = 0.3528  # one point in millimetres
LEADING = 1.35  # line height over the size of the type
PADDING = 3.0  # millimetres in a cell, both sides together
WIDTHS = (22.0, 32.0, 16.0, 16.0, 16.0, 22.0, 22.0, 40.0)  # millimetres; together the width of the table
WIDTH = sum(WIDTHS)
HEIGHT = 255.0  # millimetres for the table between title and foot
TALLEST_OPINION = 72.0
LEAST_SUMMARY = 24.0
USUAL = (10.5, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
NAME = (12.0, 10.5, 9.0, 8.0, 7.0, 6.0)
SIGNED = "　　　　　　　　年　　月　　日"
MOST_PARAGRAPHS = 6  # more are run together, or line breaks alone would fill the sheet


@dataclass(frozen=True, slots=True)
class FormCell:
    """One cell: `mark` and under it `foot`, for a signature, stand at its lower end.

    kind: label, value (centred) or text.
    """

    text: str
    span: int = 1
    kind: str = "value"
    pt: float = 10.5
    mark: str = ""
    foot: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """The text line by line."""
        return self.text.split("\n")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row and its height in millimetres."""

    mm: float
    cells: tuple[FormCell, ...]


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One member's sheet."""

    title: str
    rows: tuple[FormRow, ...]
    notes: tuple[str, ...]


def width_of(text: str) -> float:
    """The width of a text in characters: hanzi count one, Latin letters and digits six tenths."""
    return sum(1.0 if c > "\u2000" else 0.6 for c in text)


def height_of(text: str, pt: float, width: float) -> float:
    """The height of a text set in this size across this width, padding of the cell included."""
    room = max(1, floor((width - PADDING) / (pt * PT)) - 1)  # one character is lost to forbidden line breaks
    lines = sum(max(1, ceil(width_of(part) / room)) for part in text.split("\n"))
    return lines * pt * PT * LEADING + PADDING


def fitted(text: str, width: float, tallest: float, sizes: Sequence[float] = USUAL) -> tuple[float, float]:
    """The largest size in which the text is no taller, and its height then; the smallest when none is."""
    for pt in sizes:
        if height_of(text, pt, width) <= tallest:
            return pt, height_of(text, pt, width)
    return sizes[-1], height_of(text, sizes[-1], width)


def tidy(text: str) -> str:
    """The text without empty lines and spaces at ends; many short paragraphs are run together."""
    parts = [part.strip() for part in text.splitlines() if part.strip()]
    return ("\n" if len(parts) <= MOST_PARAGRAPHS else "　").join(parts)


def form_sheet(form: Registration) -> FormSheet:
    """The rows of one form; the height they leave is the room for 个人总结."""
    rows = [*_person(form), *_blocks(form)]
    taken = sum(row.mm for row in rows)
    place = next(n for n, row in enumerate(rows) if row.cells[0].text == "个人总结")
    rows[place] = replace(rows[place], mm=max(LEAST_SUMMARY, HEIGHT - taken))
    notes = (f"优秀比例：{form.cap}", COPIES) if form.cap else (COPIES,)
    return FormSheet(form.title, tuple(rows), notes)


def _person(form: Registration) -> list[FormRow]:
    """Who it is: four rows."""
    first = (("姓名", form.name, NAME), ("性别", form.sex, USUAL), ("民族", form.ethnicity, USUAL))
    cells: list[FormCell] = []
    tallest = 9.5
    for place, (label, text, sizes) in enumerate((*first, ("出生年月", form.born, USUAL))):
        pt, mm = fitted(text, WIDTHS[place * 2 + 1], 9.5, sizes)
        tallest = max(tallest, mm)
        cells += [FormCell(label, kind="label"), FormCell(text, pt=pt)]
    education, _mm = fitted(form.education, WIDTHS[1], 9.5)
    second = (
        FormCell("学历", kind="label"),
        FormCell(form.education, pt=education),
        FormCell("入党时间", 2, "label"),
        FormCell(form.joined, 2),
        FormCell("转正时间", kind="label"),
        FormCell(form.full),
    )
    return [
        FormRow(tallest, tuple(cells)),
        FormRow(9.5, second),
        _line("工作单位及职务", form.workplace, 11),
        _line("所在党支部", form.branch, 9.5),
    ]


def _blocks(form: Registration) -> list[FormRow]:
    """What is written and decided: six blocks and the remarks. 个人总结 gets its height at the end."""
    opinion = tidy(form.opinion)
    pt, mm = fitted(opinion, WIDTH - WIDTHS[0], TALLEST_OPINION)
    votes_pt, votes_mm = fitted(form.votes, WIDTH - WIDTHS[0], 14)
    return [
        _block("个人总结", "", 0, foot=f"本人（签字）：{SIGNED}"),
        _block("党小组\n（党员互评）\n意见", "", 20, label_pt=9, foot=f"党小组长（签字）：{SIGNED}"),
        _block("民主测评\n情况", form.votes, max(11, votes_mm), pt=votes_pt),
        _opinion(form, opinion, pt, mm),
        _block("本人意见", "", 16, foot=f"本人（签字）：{SIGNED}"),
        _block("上级党委\n意见", "", 20, foot=f"（章）{SIGNED}"),
        _line("备注", tidy(form.remarks).replace("\n", "；"), 10, kind="text"),
    ]


def _opinion(form: Registration, opinion: str, pt: float, mm: float) -> FormRow:
    """What the branch has decided: opinion, grade where the campaign has grades, and the day of the meeting."""
    grade = f"评定等次：{form.grade}" if form.has_grades else ""
    day = f"（{form.decided}评定）" if form.decided else ""
    foot = f"书记（签名、章）：{SIGNED}"
    field = FormCell(opinion, 7, "text", pt, f"{grade}{day}", foot)
    return FormRow(mm + 20, (FormCell("党支部\n评定意见", kind="label"), field))


def _line(label: str, text: str, mm: float, *, kind: str = "value") -> FormRow:
    """A label and one text over the rest of the width, as tall as the text needs."""
    pt, needed = fitted(text, WIDTH - WIDTHS[0], mm)
    return FormRow(max(mm, needed), (FormCell(label, kind="label"), FormCell(text, 7, kind, pt)))


def _block(
    label: str, text: str, mm: float, *, pt: float = 10.5, foot: str = "", label_pt: float = 10.5
) -> FormRow:
    """A label and a large field with a line to sign at its foot."""
    return FormRow(mm, (FormCell(label, kind="label", pt=label_pt), FormCell(text, 7, "text", pt, "", foot)))
