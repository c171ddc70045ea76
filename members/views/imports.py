"""An import in steps: upload, columns and preview, confirmation, result and undo."""

from itertools import islice

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from branches.http import Request, require, signed_in
from branches.models import Job, Kind
from branches.workflow import NotAllowed
from config.lib.paging import PER_PAGE
from config.lib.tables import read_table
from config.lib.uploads import UploadRefused
from members.forms import ColumnsForm, UploadForm
from members.models import BatchStatus, ImportBatch
from members.permissions import can_import_somewhere, can_step_batch
from members.reports import exporting
from members.reports.import_sheets import WRONG_ROWS, import_template, wrong_rows_sheet
from members.reports.preview import ACTIONS, PreviewRow, place_names, preview_row
from members.rules.cells import as_text
from members.rules.id_numbers import mask_numbers
from members.rules.roster_header import HeaderNotFound
from members.services import imports
from members.services.import_plan import cells_of, row_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
def import_new(request: Request) -> HttpResponse:
    """Choose a roster file; recent imports below, to go on with or to undo."""
    require(can_import_somewhere(request.user))
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = imports.open_import(
                rows=read_table(file, sheets=("数据",)),
                file_name=file.name,
                organization=form.cleaned_data["organization"],
                by=request.user,
            )
        except (UploadRefused, HeaderNotFound) as refusal:
            form.add_error("file", str(refusal))
        except NotAllowed as refusal:
            form.add_error("organization", refusal.reason)
        else:
            return _go_on(request, batch, imports.start_check(batch=batch, by=request.user))
    recent = ImportBatch.objects.visible_to(request.user).select_related("organization", "uploaded_by")
    recent = recent.defer("rows_sealed", "plan_sealed", "undo_sealed")[:10]
    return render(request, "members/import_new.html", {"form": form, "recent": recent})


def _go_on(request: Request, batch: ImportBatch, job: Job | None) -> HttpResponse:
    """To the waiting page of a long job, or straight to the batch; a colleague's job shows its progress to him."""
    if job is not None and job.requested_by_id != request.user.pk:
        messages.info(request, "另一位同志刚刚开始处理这次导入，请稍后刷新本页。")
    elif job is not None:
        return redirect("branches:job", pk=job.pk)
    return redirect("members:import_batch", pk=batch.pk)


def _find(request: Request, pk: str) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(request.user).select_related("organization", "uploaded_by")
    batch = get_object_or_404(rows, pk=pk)
    require(can_step_batch(request.user, batch))
    return batch


@signed_in
@require_GET
def import_batch(request: Request, pk: str) -> HttpResponse:
    """What the upload would change, by kind of row; or what it has changed."""
    batch = _find(request, pk)
    shown = request.GET.get("rows", "")
    shown = (
        shown
        if shown in ACTIONS
        else next((key for key in ACTIONS if getattr(batch, f"{ACTIONS[key].name}_count")), "n")
    )
    page, rows = _page(request, batch, shown)
    context = {
        "batch": batch,
        "tabs": [(key, tab.label, getattr(batch, f"{tab.name}_count")) for key, tab in ACTIONS.items()],
        "shown": shown,
        "page": page,
        "rows": rows,
        "columns": ColumnsForm(batch=batch),
        "examples": _examples(batch),
        "checking": batch.status == BatchStatus.UPLOADED and imports.is_being_checked(batch),
        "is_long": batch.row_count > exporting.AT_ONCE,
        "is_wide": batch.organization.kind != Kind.BRANCH,
    }
    return render(request, "members/import_batch.html", context)


def _page(request: Request, batch: ImportBatch, shown: str) -> tuple[Page[str], list[PreviewRow]]:
    """The page of rows of one kind; only the lines of that page are opened."""
    lines = [line for line in batch.take("plan") if line[0] == shown]
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    rows = [row_of(line) for line in page.object_list]
    places = place_names(rows, batch.organization)
    return page, [preview_row(row, places) for row in rows]


def _examples(batch: ImportBatch) -> list[list[str]]:
    """The first rows of the upload, numbers masked, for choosing columns."""
    return [
        [mask_numbers(as_text(cell)) for cell in cells_of(line)] for line in islice(batch.take("rows"), 3)
    ]


@signed_in
@require_POST
def columns(request: Request, pk: str) -> HttpResponse:
    """Set by hand which column means what, then check again."""
    batch = _find(request, pk)
    form = ColumnsForm(request.POST, batch=batch)
    if not form.is_valid():
        messages.error(request, "请指定哪一列是姓名。")
        return redirect("members:import_batch", pk=pk)
    try:
        batch = imports.change_columns(batch=batch, mapping=form.mapping(), by=request.user)
        return _go_on(request, batch, imports.start_check(batch=batch, by=request.user))
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("members:import_batch", pk=pk)


@signed_in
@require_POST
def step(request: Request, pk: str, name: str) -> HttpResponse:
    """Check anew, confirm, undo or discard; or have a long upload with its wrong rows made as a file."""
    batch = _find(request, pk)
    try:
        if name == "confirm":
            only_correct = bool(request.POST.get("only_correct"))
            return _go_on(
                request, batch, imports.start_confirm(batch=batch, by=request.user, only_correct=only_correct)
            )
        if name == "mark" and batch.wrong_count and batch.rows_sealed:
            return _go_on(request, batch, exporting.ask_for_wrong_rows(batch=batch, by=request.user))
        if name == "check":
            return _go_on(request, batch, imports.start_check(batch=batch, by=request.user))
        if name == "undo":
            job = imports.start_undo(batch=batch, by=request.user)
            if job is None:
                messages.success(request, "已撤销这次导入，名册恢复到导入之前。")
            return _go_on(request, batch, job)
        if name == "discard":
            imports.discard_import(batch=batch, by=request.user)
            messages.success(request, "已放弃，名册没有改变。")
            return redirect("members:import_new")
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("members:import_batch", pk=pk)


@signed_in
@require_GET
def wrong_rows(request: Request, pk: str) -> HttpResponse:
    """The upload as a workbook with the wrong rows red and the reasons beside them; a long one is made by a job."""
    batch = _find(request, pk)
    if not batch.wrong_count or not batch.rows_sealed or batch.row_count > exporting.AT_ONCE:
        return redirect("members:import_batch", pk=pk)
    return _workbook(wrong_rows_sheet(batch), WRONG_ROWS)


@signed_in
@require_GET
def template(request: Request) -> HttpResponse:
    """The import template with its notes and drop-down lists."""
    require(can_import_somewhere(request.user))
    return _workbook(import_template(), "党员名册导入模板.xlsx")


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or ""
    )
    return response
