"""A material as a file: a Word draft taken in, the official layout handed out, the version put up in public."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from branches.http import Request, require, signed_in
from branches.services.versions import Stale
from branches.workflow import NotAllowed
from config.lib.docx_reading import read_docx
from config.lib.uploads import UploadRefused
from members.forms.materials import DocxForm
from members.models import Material, MaterialForm
from members.permissions.materials import can_read_material, can_write_material
from members.reports.material_pages import Wanted
from members.reports.material_papers import MaterialSheet, PublicVersion
from members.rules.draft_reading import merged, paper_from
from members.rules.paper import Paper
from members.services.materials import save_material
from members.views.materials import find
from members.workflow.preparing import EDITABLE, SETTLED

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
FILLED = "已把文档里的文字填进来，排在原有内容后面。请逐项核对、修改，再去检查提交。"
SAVED_MEANWHILE = "材料刚才在另一处保存过，文档里的文字没有填进来。请再上传一次。"


@signed_in
def upload(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Take the text of a .docx as a start; it is filled in to be checked, nothing is handed in."""
    material = find(request, pk)
    require(can_write_material(request.user, material))
    form = DocxForm(request.POST, request.FILES) if request.method == "POST" else DocxForm()
    if request.method == "POST" and form.is_valid():
        try:
            _fill_in(request, material, form)
        except (UploadRefused, NotAllowed) as refusal:
            form.add_error("file", str(refusal))
        except Stale:
            form.add_error(None, SAVED_MEANWHILE)
        else:
            messages.success(request, FILLED)
            return redirect("members:material_edit", pk=pk)
    return render(request, "members/material_upload.html", {"material": material, "form": form})


def _fill_in(request: Request, material: Material, form: DocxForm) -> None:
    """Put the document's text behind what is written."""
    wanted, chosen = Wanted.of(material), form.chosen()
    draft = paper_from(
        read_docx(chosen, settings.UPLOAD_MAX_BYTES).blocks,
        as_list=material.form == MaterialForm.LIST,
        heads=wanted.heads,
        parts=wanted.parts,
    )
    paper = merged(Paper.loads(material.content), draft)
    save_material(material=material, revision=material.revision, paper=paper, by=request.user)


def _text(request: Request, material: Material) -> Paper:
    """The text this person reads: the author the present one while it is being written, others what was handed in."""
    newest = material.versions.first()
    if newest is None or (can_write_material(request.user, material) and material.status in EDITABLE):
        return Paper.loads(material.content)
    return Paper.loads(newest.content)


@signed_in
def download(request: Request, pk: uuid.UUID, kind: str, ending: str) -> HttpResponse:
    """The material (`sheet`) or its public version (`public`) as .docx or PDF."""
    material = find(request, pk)
    require(can_read_material(request.user, material))
    if kind not in ("sheet", "public") or ending not in TYPES:
        raise Http404("没有这样的文件。")
    paper = _text(request, material)
    sheet = PublicVersion.of(material, paper).sheet if kind == "public" else MaterialSheet.of(material, paper)
    content = sheet.to_docx() if ending == "docx" else sheet.to_pdf()
    response = HttpResponse(content, content_type=TYPES[ending])
    public = "（公示稿）" if kind == "public" else ""
    name = f"{material.organization.short_name}{sheet.name}{sheet.title}{public}.{ending}"
    response["Content-Disposition"] = content_disposition_header(ending == "docx", name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@signed_in
def public(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The version to be put up, with what was hidden; people must read it before it goes up."""
    material = find(request, pk)
    require(can_read_material(request.user, material))
    found = PublicVersion.of(material, _text(request, material))
    context = {"material": material, "page": found, "is_settled": material.status in SETTLED}
    return render(request, "members/material_public.html", context)
