"""The record sheet of one visit (督查记录表) in Word: filled from what was typed, or to be filled in by hand."""

from __future__ import annotations

from config.lib.docx_writing import OfficialPaper
from rectification.models import Finding, FindingStatus, Visit
from rectification.reports.visits import VisitPage

TITLE = "督查记录表"
BLANK = "\n\n"  # room to write by hand
WIDTHS = (3.2, 12.4)


def visit_record(page: VisitPage) -> bytes:
    """The sheet; what is not typed yet is left as room to write. Proposals are not in it: the branch signs it too."""
    visit = page.visit
    paper = OfficialPaper(title=TITLE, author=visit.visitors)
    paper.title(TITLE)
    paper.particulars(rows_of(visit, page.steps, [line.finding for line in page.findings]), widths=WIDTHS)
    paper.gap()
    paper.paragraph("督查人员（签字）：")
    paper.gap()
    paper.paragraph("党组织负责人（签字）：")
    return paper.to_bytes()


def rows_of(visit: Visit, steps: tuple[str, ...], findings: list[Finding]) -> list[tuple[str, str]]:
    """Label and text of each line."""
    standing = [one for one in findings if one.status != FindingStatus.WITHDRAWN and not one.is_proposal]
    said = [f"{one.get_kind_display()}：{one.text}" for one in standing]
    answers = [one.answer for one in standing if one.answer]
    outcomes = [one.outcome for one in standing if one.outcome]
    day = visit.day
    return [
        ("被督查党组织", visit.organization.name),
        ("活动", visit.campaign.name),
        ("日期", f"{day.year}年{day.month}月{day.day}日"),
        ("方式", str(visit.get_mode_display())),
        ("督查人员", visit.visitors),
        ("看了哪些环节", "、".join(steps) or BLANK),
        ("看到的情况", visit.seen or BLANK),
        ("发现和意见", "\n".join(said) or BLANK),
        ("支部答复", "\n".join(answers) or BLANK),
        ("办结情况", "\n".join(outcomes) or BLANK),
    ]
