"""Attachments of a notice: added, removed, handed out to those who may read the campaign."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from branches.forms.notice import FilesForm
from branches.http import Request, answered, posted_before, require, signed_in
from branches.permissions import can_keep_campaign
from branches.services import campaigns
from branches.views.finding import seen_campaigns
from branches.workflow import NotAllowed


@signed_in
def campaign_files(request: Request, slug: str) -> HttpResponse:
    """The attachments; add some."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_keep_campaign(request.user, campaign))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FilesForm(*sent)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            added = campaigns.add_files(campaign=campaign, files=form.named(), by=request.user)
        except NotAllowed as refusal:
            form.add_error("attachments", refusal.reason)
        else:
            messages.success(request, f"已上传 {len(added)} 个附件。")
            return answered(request, redirect("branches:campaign_files", slug=slug))
    context = {
        "campaign": campaign,
        "form": form,
        "files": campaign.files.all(),
        "most": campaigns.MOST_FILES,
    }
    return render(request, "branches/campaign_files.html", context)


@signed_in
@require_GET
def campaign_file(request: Request, slug: str, pk: str) -> HttpResponseBase:
    """One attachment as a download."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    file = get_object_or_404(campaign.files, pk=pk)
    if not file.path.exists():
        raise Http404("附件不在了，请联系发文单位重新上传。")
    response = FileResponse(
        file.path.open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@signed_in
@require_POST
def file_remove(request: Request, slug: str, pk: str) -> HttpResponse:
    """Take an attachment off."""
    campaign = get_object_or_404(seen_campaigns(request), slug=slug)
    require(can_keep_campaign(request.user, campaign))
    campaigns.remove_file(file=get_object_or_404(campaign.files, pk=pk), by=request.user)
    messages.success(request, "已删去附件。")
    return redirect("branches:campaign_files", slug=slug)
