"""《民主评议党员登记表》 as PDF, one sheet of A4 a member."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.template.loader import render_to_string

from config.lib.pdf import merge_pdfs, render_pdf
from evaluations.reports.registration import Registration
from evaluations.reports.registration_form import WIDTHS, form_sheet

STYLESHEET = "css/registration-sheet.css"
A_TIME = 40  # forms laid out together: few enough to show progress, enough to pay for setting up the type


def registration_pdf(forms: Sequence[Registration], told: Callable[[int], None] = lambda done: None) -> bytes:
    """The sheets one after the other; `told` hears how many are laid out."""
    parts = []
    for start in range(0, len(forms), A_TIME):
        some = forms[start : start + A_TIME]
        context = {"sheets": [form_sheet(form) for form in some], "branch": some[0].branch, "widths": WIDTHS}
        html = render_to_string("evaluations/reports/registration.html", context)
        parts.append(render_pdf(html, stylesheet=STYLESHEET))
        told(start + len(some))
    return parts[0] if len(parts) == 1 else merge_pdfs(parts)
