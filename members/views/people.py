"""Members: list, record, adding and changing, numbers in full, the list as a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.http import Request, answered, once, require, signed_in
from branches.models import Kind, Organization
from branches.workflow import NotAllowed
from config.lib.paging import page_of
from members.filters import MemberFilter
from members.forms import MemberForm, StandingForm
from members.models import Member
from members.permissions import (
    can_edit_member,
    can_export,
    can_export_unmasked,
    can_import_somewhere,
    can_list_members,
    can_reveal,
    is_own,
)
from members.reports import exporting
from members.reports.dues import LedgerLink
from members.reports.roster_table import RosterTable
from members.services import people


@signed_in
def member_list(request: Request) -> HttpResponse:
    """The members in scope: search, filters, order, pages."""
    require(can_list_members(request.user))
    posts = request.user.posts()
    wide = any(post.organization.kind not in (Kind.BRANCH, Kind.GROUP) for post in posts)
    rows = Member.objects.visible_to(request.user).select_related("organization", "group")
    chosen = MemberFilter(request.GET, rows, many_branches=wide)
    context = {
        "filter": chosen,
        "page": page_of(request, chosen.qs),
        "wide": wide,
        "is_filtered": any(request.GET.get(name) for name in ("q", "branch", "kind", "flag")),
        "may_import": can_import_somewhere(request.user),
        "places": [post.organization for post in posts if can_export(request.user, post.organization)],
        "dues": LedgerLink.of(request.user),
        "may_unmask": any(can_export_unmasked(request.user, post.organization) for post in posts),
    }
    return render(request, "members/_list.html" if request.htmx else "members/list.html", context)


@signed_in
def member_detail(request: Request, pk: str) -> HttpResponse:
    """One member's record, numbers masked."""
    member = _find(request, pk)
    return render(request, "members/detail.html", _record(request, member))


def _find(request: Request, pk: str) -> Member:
    rows = Member.objects.visible_to(request.user).select_related("organization", "group", "user")
    return get_object_or_404(rows, pk=pk)


def _key(written: str) -> int:
    """The key of an organisation in an address or form; 0, which nobody has, for anything else."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


def _record(request: Request, member: Member) -> dict[str, object]:
    return {
        "member": member,
        "own": is_own(request.user, member),
        "may_edit": can_edit_member(request.user, member),
        "may_reveal": can_reveal(request.user, member),
        "standing_form": StandingForm(initial={"standing": member.standing}),
        "today": timezone.localdate(),
    }


@signed_in
def member_new(request: Request) -> HttpResponse:
    """Add a member to a branch."""
    require(can_import_somewhere(request.user))
    places = Organization.objects.visible_to(request.user).branches()
    first = places.filter(pk=_key(request.GET.get("organization", ""))).first() or (
        places.first() if places.count() == 1 else None
    )
    form = MemberForm(request.POST or None, user=request.user, initial={"organization": first})
    if request.method == "POST" and form.is_valid():
        earlier = once(request)
        if earlier:
            return redirect(earlier)
        try:
            member = people.add_member(
                organization=form.cleaned_data["organization"], by=request.user, **form.values()
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已添加{member.name}。")
            return answered(request, redirect("members:detail", pk=member.pk))
    return render(request, "members/edit.html", {"form": form, "member": None})


@signed_in
def member_edit(request: Request, pk: str) -> HttpResponse:
    """Change a member's data."""
    member = _find(request, pk)
    require(can_edit_member(request.user, member))
    form = MemberForm(request.POST or None, user=request.user, instance=_find(request, pk))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            people.change_member(member=member, version=version, by=request.user, **form.values())
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已保存。")
            return redirect("members:detail", pk=pk)
    return render(request, "members/edit.html", {"form": form, "member": member})


@signed_in
@require_POST
def numbers(request: Request, pk: str) -> HttpResponse:
    """Show ID number and phone in full, once; it is recorded."""
    member = _find(request, pk)
    require(can_reveal(request.user, member))
    id_number, phone = people.reveal(member=member, by=request.user)
    return render(
        request,
        "members/detail.html",
        {**_record(request, member), "shown": {"id": id_number, "phone": phone}},
    )


@signed_in
@require_POST
def standing(request: Request, pk: str) -> HttpResponse:
    """Record that a member left the roll, or is back on it."""
    member = _find(request, pk)
    require(can_edit_member(request.user, member))
    try:
        changed = people.set_standing(
            member=member,
            standing=request.POST.get("standing", ""),
            note=request.POST.get("note", ""),
            by=request.user,
        )
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"{changed.name}：{changed.get_standing_display()}。")
    return redirect("members:detail", pk=pk)


@signed_in
@require_POST
def export(request: Request) -> HttpResponse:
    """The list of an organisation's members as a workbook; numbers masked unless asked for by who may.

    A long list is made by a job.
    """
    places = Organization.objects.visible_to(request.user)
    organization = get_object_or_404(places, pk=_key(request.POST.get("organization", "")))
    require(can_export(request.user, organization))
    unmasked = bool(request.POST.get("unmasked"))
    if unmasked:
        require(can_export_unmasked(request.user, organization))
    rows = exporting.listed(organization, request.user)
    if rows.count() > exporting.AT_ONCE:
        job = exporting.ask_for_roster(organization=organization, unmasked=unmasked, by=request.user)
        return redirect("branches:job", pk=job.pk)
    table = RosterTable.from_members(organization, rows, masked=not unmasked)
    people.record_export(organization=organization, count=len(table.rows), unmasked=unmasked, by=request.user)
    response = HttpResponse(
        table.to_xlsx(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = table.disposition()
    return response
