"""Long work: progress, results to download; notices and the record."""

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import AuditEvent, Job, JobState, Notice, User
from branches.permissions import can_ask_again, can_cancel_job, can_fetch_result, can_read_audit
from branches.services.jobs import ask_again, cancel_job, open_result
from branches.workflow import NotAllowed
from config.lib.paging import page_of


@signed_in
def job_list(request: Request) -> HttpResponse:
    """The files made for this person, newest first; the list renews itself as long as one is being made."""
    jobs = Job.objects.visible_to(request.user).order_by("-requested_at", "pk")
    page = page_of(request, jobs)
    is_open = any(job.is_open for job in page)
    context = {"page": page, "keep_days": settings.JOB_RESULT_DAYS, "is_open": is_open}
    template = "branches/_jobs.html" if request.htmx else "branches/jobs.html"
    return render(request, template, context)


@signed_in
def job_detail(request: Request, pk: str) -> HttpResponse:
    """Progress of one piece of work; the page refreshes itself, with or without scripts."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if job.state == JobState.DONE and job.next_url and not request.htmx:
        return redirect(job.next_url)
    if not request.htmx:
        return _page(request, job)
    response = render(request, "branches/_job.html", {"job": job})
    if not job.is_open:
        response["HX-Refresh"] = "true"
    return response


def _page(request: Request, job: Job, status: int = 200) -> HttpResponse:
    """The page of a job with what can be done about it."""
    context = {"job": job, "may_ask_again": not job.has_result and can_ask_again(request.user, job)}
    return render(request, "branches/job.html", context, status=status)


@signed_in
def job_result(request: Request, pk: str) -> HttpResponseBase:
    """The file a job has made; one that has expired says so and offers to make it anew."""
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("organization"), pk=pk)
    require(can_fetch_result(request.user, job))
    if job.is_expired:
        return _page(request, job, status=410)
    if not job.has_result:
        raise Http404("这项任务没有生成文件。")
    response = FileResponse(open_result(job), as_attachment=True, filename=job.result_name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@signed_in
@require_POST
def job_cancel(request: Request, pk: str) -> HttpResponse:
    """Cancel work that waits or runs; nothing of it is kept."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    require(can_cancel_job(request.user, job))
    try:
        cancel_job(job=job, by=request.user)
    except NotAllowed as refusal:
        messages.info(request, refusal.reason)
    else:
        messages.success(request, f"已取消“{job.title}”。")
    return redirect("branches:job", pk=pk)


@signed_in
@require_POST
def job_again(request: Request, pk: str) -> HttpResponse:
    """Ask once more for a file that has expired or was not made."""
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("organization"), pk=pk)
    try:
        again = ask_again(job=job, by=request.user)
    except NotAllowed as refusal:
        messages.info(request, refusal.reason)
        return redirect("branches:job", pk=pk)
    return redirect("branches:job", pk=again.pk)


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
