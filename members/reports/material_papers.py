"""A material on paper: .docx and PDF in official layout, and the version that is put up in public."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils import timezone

from branches.models import Role
from config.lib.docx_writing import OfficialPaper
from config.lib.pdf import render_pdf
from members.models import Material, MaterialForm, MaterialRole, Member
from members.rules.paper import ITEM_PARTS, Item, Paper
from members.rules.redaction import named_in, redact

STYLESHEET = "css/material-sheets.css"
DIGITS = "〇一二三四五六七八九十"
# Columns of the item table in centimetres: number, head, then the parts of an item (landscape A4).
WIDTHS = (1.3, 2.6, 4.6, 4.4, 3.4, 5.0, 1.9, 1.9)


def numeral(number: int) -> str:
    """A number up to 99 as 一、二 … 十一."""
    if number <= 10:
        return DIGITS[number]
    tens, ones = divmod(number, 10)
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"


@dataclass(frozen=True)
class Part:
    """One part of a head: its own heading, if any, and its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """One head of the text with its parts."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class MaterialSheet:
    """A material as it is printed."""

    title: str
    organization: str
    name: str
    post: str
    chars: int
    is_list: bool
    heads: tuple[Head, ...]
    items: tuple[Item, ...]
    answers: tuple[tuple[str, tuple[str, ...]], ...]
    day: datetime.date
    is_public: bool = False

    @classmethod
    def of(cls, material: Material, paper: Paper, day: datetime.date | None = None) -> MaterialSheet:
        """The sheet of a text of the material."""
        is_list = material.form == MaterialForm.LIST
        committee = material.role == MaterialRole.COMMITTEE
        return cls(
            title=f"{'班子' if committee else ''}{material.get_form_display()}",
            organization=material.organization.name,
            name="" if committee else material.subject,
            post=post_of(material),
            chars=paper.chars,
            is_list=is_list,
            heads=_heads(paper),
            items=tuple(item for item in paper.items if not item.is_blank),
            answers=tuple((one.question, tuple(one.text.split("\n"))) for one in paper.answers if one.text),
            day=day or material.submitted_on or timezone.localdate(),
        )

    @property
    def particulars(self) -> tuple[tuple[str, str], ...]:
        """What stands at the head: 单位, 姓名职务, 字数, 审核人意见."""
        who = ("姓名、职务", f"{self.name}　{self.post}".strip()) if self.name else ("材料", self.post)
        return (("单位", self.organization), who, ("字数", f"{self.chars}字"), ("审核人意见（签字）", ""))

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The table of items."""
        return tuple(
            (str(number), item.heading, *(getattr(item, name) for name in ITEM_PARTS))
            for number, item in enumerate(self.items, 1)
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The heads of that table."""
        return ("序号", "方面", *ITEM_PARTS.values())

    @property
    def numbered(self) -> tuple[tuple[str, Head], ...]:
        """The heads with their numbers, 一、二 …; a single body text has none."""
        return tuple(
            (f"{numeral(number)}、{head.title}" if head.title else "", head)
            for number, head in enumerate(self.heads, 1)
        )

    @property
    def answers_title(self) -> str:
        """The heading over the answers, with the next number."""
        titled = sum(bool(head.title) for head in self.heads)
        return f"{numeral(titled + 1)}、需要说明和回应的问题" if titled else "需要说明和回应的问题"

    def to_docx(self) -> bytes:
        """The sheet as a Word document."""
        paper = OfficialPaper(title=self.title, author=self.name or self.organization, landscape=self.is_list)
        paper.title(self.title)
        if not self.is_public:
            labelled = [cell for pair in self.particulars for cell in pair]
            widths = (4.0, 8.4, 4.0, 8.4) if self.is_list else (2.8, 5.6, 2.8, 4.4)
            paper.particulars([labelled[:4], labelled[4:]], widths=widths)
            paper.gap()
        else:
            paper.subtitle("　".join(word for word in (self.organization, self.name) if word))
        if self.items:
            paper.table(
                [self.columns, *self.rows], widths=_fitting(self.is_list), size=12 if self.is_list else 10
            )
        for title, head in self.numbered:
            if title:
                paper.head(title)
            for number, part in enumerate(head.parts, 1):
                if part.title:
                    paper.subhead(f"（{numeral(number)}）{part.title}")
                for text in part.paragraphs:
                    paper.paragraph(text)
        if self.answers:
            paper.head(self.answers_title)
            for number, (question, texts) in enumerate(self.answers, 1):
                paper.subhead(f"（{numeral(number)}）{question}")
                for text in texts:
                    paper.paragraph(text)
        paper.gap()
        paper.signature(f"{self.day.year}年{self.day.month}月{self.day.day}日")
        return paper.to_bytes()

    def to_pdf(self) -> bytes:
        """The sheet as A4 PDF."""
        html = render_to_string("members/reports/material.html", {"sheet": self})
        return render_pdf(html, stylesheet=STYLESHEET)


def _fitting(is_wide: bool) -> Sequence[float]:
    """Widths of the item table for the page."""
    return WIDTHS if is_wide else tuple(round(width * 15.4 / sum(WIDTHS), 2) for width in WIDTHS)


def _heads(paper: Paper) -> tuple[Head, ...]:
    """Sections gathered under their heads, in the order written."""
    found: dict[str, list[Part]] = {}
    for section in paper.sections:
        lines = tuple(line.strip() for line in section.text.split("\n") if line.strip())
        if lines:
            found.setdefault(section.head, []).append(Part(section.part, lines))
    return tuple(Head(title, tuple(parts)) for title, parts in found.items())


def post_of(material: Material) -> str:
    """As what the subject writes, in words."""
    if material.role == MaterialRole.COMMITTEE:
        return f"{material.organization.short_name}班子"
    if material.appointment is not None:
        return str(material.appointment.get_role_display())
    if material.role == MaterialRole.HEAD:
        return str(Role.SECRETARY.label)
    return str(material.get_role_display())


def other_names(material: Material) -> frozenset[str]:
    """The names of all others of the organisation."""
    names = Member.objects.filter(organization=material.organization_id)
    if material.member_id is not None:
        names = names.exclude(pk=material.member_id)
    posts = material.organization.appointments.values_list("holder_name", flat=True)
    own = {"" if material.role == MaterialRole.COMMITTEE else material.subject}
    return frozenset({*names.values_list("name", flat=True), *posts}) - own


@dataclass(frozen=True)
class PublicVersion:
    """What is put up: the sheet, and what was hidden in it, for the one who checks it."""

    sheet: MaterialSheet
    is_redacted: bool
    hidden: tuple[str, ...]

    @classmethod
    def of(cls, material: Material, paper: Paper) -> PublicVersion:
        """The public version of a text; names and hints hidden where the rules want it."""
        wanted = material.campaign.rules_for(material.organization).material_redaction
        others = other_names(material)
        shown = redacted(paper, others) if wanted else paper
        sheet = replace(MaterialSheet.of(material, shown), is_public=True)
        return cls(sheet, wanted, named_in(paper.text, others))


def redacted(paper: Paper, others: Collection[str]) -> Paper:
    """The paper with every text redacted."""
    return Paper(
        tuple(replace(one, text=redact(one.text, others)) for one in paper.sections),
        tuple(
            replace(item, **{name: redact(getattr(item, name), others) for name in ITEM_PARTS})
            for item in paper.items
        ),
        tuple(
            replace(one, question=redact(one.question, others), text=redact(one.text, others))
            for one in paper.answers
        ),
    )
