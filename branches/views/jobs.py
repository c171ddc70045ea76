"""Long work: progress, results to download; notices and the record."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from branches.http import Request, require, signed_in
from branches.models import AuditEvent, Job, JobState, Notice, User
from branches.permissions import can_fetch_result, can_read_audit
from config.lib.paging import page_of


@signed_in
def job_list(request: Request) -> HttpResponse:
    """The files made for this person, newest first."""
    jobs = Job.objects.visible_to(request.user).order_by("-requested_at", "pk")
    context = {"page": page_of(request, jobs), "keep_days": settings.JOB_RESULT_DAYS}
    return render(request, "branches/jobs.html", context)


@signed_in
def job_detail(request: Request, pk: str) -> HttpResponse:
    """Progress of one piece of work; the page refreshes itself, with or without scripts."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if job.state == JobState.DONE and job.next_url and not request.htmx:
        return redirect(job.next_url)
    template = "branches/_job.html" if request.htmx else "branches/job.html"
    response = render(request, template, {"job": job})
    if request.htmx and not job.is_open:
        response["HX-Refresh"] = "true"
    return response


@signed_in
def job_result(request: Request, pk: str) -> HttpResponseBase:
    """The file a job has made."""
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("organization"), pk=pk)
    require(can_fetch_result(request.user, job))
    if job.state != JobState.DONE or not job.result_name or not job.result_path.exists():
        raise Http404("文件不存在或已过期，请重新生成。")
    response = FileResponse(job.result_path.open("rb"), as_attachment=True, filename=job.result_name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@signed_in
def notice_list(request: Request) -> HttpResponse:
    """Notices to this person, newest first; nothing records what was read."""
    notices = Notice.objects.visible_to(request.user)
    return render(request, "branches/notices.html", {"page": page_of(request, notices)})


@signed_in
def audit_list(request: Request) -> HttpResponse:
    """The record, for audit administrators."""
    require(can_read_audit(request.user))
    events = AuditEvent.objects.visible_to(request.user).order_by("-sequence")
    page = page_of(request, events)
    names = {
        user.pk: user
        for user in User.objects.visible_to(request.user).filter(pk__in={e.actor_id for e in page})
    }
    rows = [(event, names.get(event.actor_id or 0)) for event in page.object_list]
    return render(request, "branches/audit.html", {"page": page, "rows": rows})
