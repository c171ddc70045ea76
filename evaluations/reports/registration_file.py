"""Registration forms as files: one member's at once, those of a whole branch by a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from branches.models import Job, User
from branches.services.jobs import JobRefused, Report, keep_result, request_job, settle
from evaluations.models import Assessment, AssessmentSheet
from evaluations.permissions.exporting import can_print_registration
from evaluations.reports.registration import Registration, registrations
from evaluations.reports.registration_docx import registration_docx
from evaluations.reports.registration_pdf import registration_pdf
from evaluations.reports.summary import safe_name
from evaluations.services.exporting import record_registration

FORMATS = {"pdf": "PDF", "docx": "Word"}
TASK = "evaluations.tasks.registration_forms"


def registration_bytes(
    forms: Sequence[Registration], file_format: str, told: Callable[[int], None] = lambda done: None
) -> bytes:
    """The forms as .pdf or .docx; `told` hears how many are done."""
    return registration_docx(forms, told) if file_format == "docx" else registration_pdf(forms, told)


def one_registration(*, assessment: Assessment, file_format: str, by: User) -> tuple[str, bytes]:
    """The name and the content of one member's form; its making is recorded."""
    (form,) = registrations(assessment.sheet, [assessment])
    content = registration_bytes([form], file_format)
    record_registration(sheet=assessment.sheet, rows=1, by=by)
    return f"{form.file_stem}.{file_format}", content


def ask_for_registrations(*, sheet: AssessmentSheet, file_format: str, by: User) -> Job:
    """Queue the forms of all members of a branch as one file. Returns the job."""
    return request_job(
        kind=TASK,
        key=f"{sheet.pk}:{file_format}:{by.pk}",
        title=f"{sheet.organization.short_name}民主评议党员登记表（{FORMATS[file_format]}）",
        params={"sheet": str(sheet.pk), "format": file_format, "sealed": True},
        by=by,
        organization=sheet.organization,
    )


def write_registrations(job: Job, report: Report) -> None:
    """The work of that job: the file is kept and its making recorded, both or neither. Raises JobRefused."""
    found = AssessmentSheet.objects.select_related("organization", "campaign", "ballot")
    sheet = found.filter(pk=job.params.get("sheet")).first()
    if sheet is None:
        raise JobRefused("这份组织评定已不存在。")
    by = job.requested_by
    if by is None or not by.is_active or not can_print_registration(by, sheet):
        raise JobRefused("您已没有打印这些登记表的权限。")
    forms = registrations(sheet)
    if not forms:
        raise JobRefused("这份组织评定里没有党员。")
    report(0, len(forms), "正在排版")
    ending = "docx" if job.params.get("format") == "docx" else "pdf"
    content = registration_bytes(forms, ending, lambda done: report(done, len(forms), "正在排版"))
    name = safe_name(f"{sheet.organization.name}_{forms[0].title}_{len(forms)}人")
    keep_result(job=job, name=f"{name}.{ending}", content=content)
    with transaction.atomic():
        settle(job=job)
        record_registration(sheet=sheet, rows=len(forms), by=by)
