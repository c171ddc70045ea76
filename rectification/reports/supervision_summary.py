"""The draft of the written summary of supervision, with its numbers, and the summary as a Word document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from branches.models import Campaign, Organization
from config.lib.docx_writing import OfficialPaper
from rectification.models import Finding, FindingKind, SupervisionSummary, SupervisionTeam, Visit
from rectification.reports.supervision import Totals
from rectification.services.supervision import below

NUMERALS = "一二三四"
HEADS = {
    "overall": "总体情况",
    "practice": "好的做法",
    "problems": "存在的问题",
    "suggestions": "意见建议",
}
HELP = {
    "overall": "数已经填好。再写一两句总的印象。",
    "practice": "从督查中肯定的意见抄来，可以归并、改写。",
    "problems": "从督查中批评纠正的意见抄来，可以归并、改写；一般不点党支部的名。",
    "suggestions": "从指导意见和建议抄来，可以归并、改写。",
}
SOURCES = {
    "practice": (FindingKind.PRAISE,),
    "problems": (
        FindingKind.CORRECT,
        FindingKind.POSTPONE,
        FindingKind.REDO,
        FindingKind.MAKE_UP,
        FindingKind.MEASURES,
    ),
    "suggestions": (FindingKind.ADVICE, FindingKind.SUGGESTION),
}


@dataclass(frozen=True)
class SummaryDraft:
    """The summary as the program would write it now."""

    title: str
    parts: dict[str, str]
    totals: Totals

    @classmethod
    def of(cls, campaign: Campaign, body: Organization, team: SupervisionTeam | None) -> SummaryDraft:
        """Write it from the visits made: of the body, or of one of its teams only; eight queries."""
        rows = below(campaign, body)
        if team is not None:
            rows = rows.filter(team.within())
        visits = Visit.objects.made().filter(campaign=campaign, organization__in=rows.order_by().values("pk"))
        if team is not None:
            visits = visits.filter(team=team)
        findings = Finding.objects.standing().filter(visit__in=visits.order_by().values("pk"))
        ordered = findings.order_by("visit__organization__path", "issued_on", "pk")
        said = list(ordered.values_list("kind", "text"))
        totals = Totals.of(campaign, rows, team)
        parts = {"overall": _overall(campaign, totals, team)}
        for key, kinds in SOURCES.items():
            parts[key] = _listed(text for kind, text in said if kind in kinds)
        who = f"{body.short_name}{team.name if team is not None else ''}"
        return cls(f"{who}关于“{campaign.name}”的督查总结"[:120], parts, totals)


def _overall(campaign: Campaign, totals: Totals, team: SupervisionTeam | None) -> str:
    """The first paragraph: every number of the visits."""
    modes = "、".join(f"{label} {count} 次" for label, count in totals.modes)
    kinds = "、".join(f"{label} {count} 条" for label, count in totals.kinds)
    lines = [
        f"按照“{campaign.name}”的安排，{f'{team.name}负责' if team is not None else '应督导'}党组织 {totals.places} 个，"
        f"已督查 {totals.visited} 个，共督查 {totals.made} 次{f'（{modes}）' if modes else ''}"
        f"{f'，列席会议 {totals.attended} 场' if totals.attended else ''}。"
    ]
    if totals.findings:
        done = "都已办结" if not totals.waiting else f"还有 {totals.waiting} 条正在办理"
        lines.append(f"督查中提出意见 {totals.findings} 条（{kinds}），{done}。")
    return "\n".join(lines)


def _listed(texts: Iterable[str]) -> str:
    """Texts one a line, numbered where there are several; the same text once."""
    found = list(dict.fromkeys(" ".join(text.split()) for text in texts))
    if len(found) < 2:
        return "".join(found)
    return "\n".join(f"{number}. {text}" for number, text in enumerate(found, 1))


def summary_docx(summary: SupervisionSummary) -> bytes:
    """The summary as an official paper of Word: title, its parts that say something, signature and date."""
    signed = summary.organization.name
    if summary.team is not None:
        signed = f"{signed}{summary.team.name}"
    paper = OfficialPaper(title=summary.title, author=signed)
    paper.title(summary.title)
    written = [(key, getattr(summary, key)) for key in HEADS if getattr(summary, key)]
    for numeral, (key, text) in zip(NUMERALS, written, strict=False):
        paper.head(f"{numeral}、{HEADS[key]}")
        for line in text.splitlines():
            if line.strip():
                paper.paragraph(line.strip())
    day = summary.finished_on or timezone.localdate()
    paper.gap()
    paper.signature(signed)
    paper.signature(f"{day.year}年{day.month}月{day.day}日")
    return paper.to_bytes()
