"""A report as an official paper: title, 抬头, parts, attachments, signature; Word and PDF from one source."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from config.home.report.page import Part, attachments_of, parts_of
from config.lib.docx_writing import OfficialPaper
from config.lib.pdf import render_pdf
from meetings.models import Report

STYLESHEET = "css/report-paper.css"


@dataclass(frozen=True)
class ReportPaper:
    """What is printed of one report, with the numbers it was written with."""

    title: str
    to: str
    parts: tuple[Part, ...]
    attachments: tuple[str, ...]
    signed: str
    on: datetime.date

    @classmethod
    def of(cls, report: Report) -> ReportPaper:
        """The paper of a report; its date is the day it was handed in, else today."""
        return cls(
            title=report.title,
            to="、".join(recipient.name for recipient in report.recipients.all()),
            parts=parts_of(report),
            attachments=attachments_of(report.campaign, report.organization),
            signed=report.organization.name,
            on=report.submitted_on or timezone.localdate(),
        )

    @property
    def day(self) -> str:
        """The date under the signature: 2026年12月10日."""
        return f"{self.on.year}年{self.on.month}月{self.on.day}日"

    @property
    def attached(self) -> tuple[str, ...]:
        """The lines of the attachments: 附件：1. …"""
        if len(self.attachments) == 1:
            return (f"附件：{self.attachments[0]}",)
        return tuple(
            f"{'附件：' if n == 1 else '　　　'}{n}. {name}" for n, name in enumerate(self.attachments, 1)
        )

    def to_docx(self) -> bytes:
        """The paper as Word document."""
        paper = OfficialPaper(title=self.title, author=self.signed)
        paper.title(self.title)
        if self.to:
            paper.salutation(f"{self.to}：")
        for part in self.parts:
            paper.head(part.title)
            for text in part.paragraphs:
                paper.paragraph(text)
        if self.attached:
            paper.gap()
            for line in self.attached:
                paper.paragraph(line)
        paper.gap()
        paper.signature(self.signed)
        paper.signature(self.day)
        return paper.to_bytes()

    def to_pdf(self) -> bytes:
        """The paper as PDF, A4."""
        return render_pdf(render_to_string("home/report_paper.html", {"paper": self}), stylesheet=STYLESHEET)
