"""《计票报告单》 as PDF, to print and sign."""

from __future__ import annotations

from django.template.loader import render_to_string

from config.lib.pdf import render_pdf
from evaluations.reports.count_report import CountReportView
from evaluations.reports.render_pdf import STYLESHEET


def count_report_pdf(report: CountReportView) -> bytes:
    """The report on one side of A4, or on a second one when there is much to say."""
    html = render_to_string("evaluations/reports/count_report.html", {"report": report})
    return render_pdf(html, stylesheet=STYLESHEET)
