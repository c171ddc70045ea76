"""The tree of organisations as far as one's posts reach."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.filters import OrganizationFilter
from branches.forms.organizations import OrganizationForm
from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import CalendarFeed, Organization, Role
from branches.permissions import (
    can_appoint,
    can_change_status,
    can_manage_channels,
    can_manage_feed,
    can_manage_organizations,
)
from branches.permissions.portfolios import has_portfolio
from branches.services import organizations
from branches.workflow import ORGANIZATION, NotAllowed, perform
from config.lib.paging import page_of


@signed_in
def organization_list(request: Request) -> HttpResponse:
    """The organisations in scope, in tree order."""
    visible = Organization.objects.visible_to(request.user)
    chosen = OrganizationFilter(request.GET, visible)
    return render(
        request,
        "branches/organizations.html",
        {
            "page": page_of(request, chosen.qs),
            "filter": chosen,
            "is_filtered": any(request.GET.get(name) for name in chosen.form.fields),
        },
    )


@signed_in
def organization_detail(request: Request, pk: int) -> HttpResponse:
    """One organisation: its data, posts, and what stands directly below."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    posts = (
        organization.appointments.select_related("user", "organization")
        .prefetch_related("portfolios__organization")
        .order_by("-ends_on", "pk")
    )
    return render(
        request,
        "branches/organization.html",
        {
            "organization": organization,
            "posts": [(p, can_appoint(request.user, organization, p.role), has_portfolio(p)) for p in posts],
            "today": timezone.localdate(),
            "help_line": organization.help_line(),
            "may_appoint": any(can_appoint(request.user, organization, role) for role in Role),
            "may_add": any(organization.kind in above for above in organizations.MAY_STAND_UNDER.values()),
            "children": page_of(request, organization.children()),
            "steps": ORGANIZATION.available(organization, request.user),
            "may_manage": can_manage_organizations(request.user, organization),
            "may_channels": can_manage_channels(request.user, organization),
            "may_feed": can_manage_feed(request.user, organization),
            "feed": CalendarFeed.objects.visible_to(request.user)
            .filter(organization=organization, revoked_at=None)
            .first(),
        },
    )


@signed_in
def organization_add(request: Request, pk: int) -> HttpResponse:
    """Add an organisation below this one."""
    parent = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_manage_organizations(request.user, parent))
    form = OrganizationForm(request.POST or None, parent=parent, user=request.user)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            added = organizations.add_organization(parent=parent, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error("kind", refusal.reason)
        else:
            messages.success(request, f"已添加{added.name}。")
            return answered(request, redirect("branches:organization", pk=added.pk))
    context = {"form": form, "parent": parent, "organization": None, "back": parent}
    return render(request, "branches/organization_edit.html", context)


@signed_in
def organization_edit(request: Request, pk: int) -> HttpResponse:
    """Change an organisation."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_manage_organizations(request.user, organization))
    form = OrganizationForm(request.POST or None, instance=organization, user=request.user)
    if request.method == "POST" and form.is_valid():
        organizations.change_organization(organization=organization, by=request.user, **form.cleaned_data)
        messages.success(request, "已保存。")
        return redirect("branches:organization", pk=pk)
    context = {"form": form, "organization": organization, "back": organization}
    return render(request, "branches/organization_edit.html", context)


@signed_in
@require_POST
def organization_step(request: Request, pk: int, name: str) -> HttpResponse:
    """Suspend, resume or abolish."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_change_status(request.user, organization))
    if name not in ORGANIZATION.transitions:
        raise Http404("没有这一步。")
    try:
        perform(ORGANIZATION, organization, name, by=request.user, note=request.POST.get("note", ""))
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("branches:organization", pk=pk)
