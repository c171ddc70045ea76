"""Pages of the dues ledger: a branch's year, a member's year, one's own, what members pay, on paper."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from branches.http import Request, require, signed_in
from branches.models import Kind, Organization
from branches.workflow import NotAllowed
from config.lib.paging import page_of
from members.forms.dues import DuesForm, TermsForm, cell_from, month_from
from members.models import DuesMonth, Member
from members.models.member import MemberQuerySet
from members.permissions.dues import can_keep_dues
from members.reports.dues import Ledger, year_in
from members.reports.dues_sheet import DuesSheet
from members.rules.dues import delivered
from members.services import dues
from members.services.dues_rates import rates_for

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def find_place(request: Request, pk: int) -> Organization:
    """The organisation whose ledgers are meant; 404 out of reach and where none is kept, 403 for who may not see it."""
    organization: Organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    if organization.kind == Kind.GROUP:
        raise Http404("党费台账按党支部登记。")
    require(can_keep_dues(request.user, organization))
    return organization


def find_branch(request: Request, pk: int) -> Organization:
    """The branch whose ledger it is; 404 above a branch."""
    organization = find_place(request, pk)
    if organization.kind != Kind.BRANCH:
        raise Http404("党费台账按党支部登记。")
    return organization


def _roll(request: Request, branch: Organization) -> MemberQuerySet:
    return Member.objects.visible_to(request.user).active().filter(organization=branch).in_order("stroke")


@signed_in
def ledger(request: Request, pk: int) -> HttpResponse:
    """Members by month: tick months, then one button; above a branch the list of its branches."""
    organization = find_place(request, pk)
    if organization.kind != Kind.BRANCH:
        below = Organization.objects.visible_to(request.user).in_subtree(organization).branches()
        context = {"organization": organization, "page": page_of(request, below)}
        return render(request, "members/dues_branches.html", context)
    form = DuesForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _marked(request, organization, form):
        query = request.GET.copy()
        query.pop("pick", None)
        return redirect(f"{reverse('members:dues', args=[pk])}?{query.urlencode()}")
    return render(request, "members/dues.html", _ledger_page(request, organization, form))


def _ledger_page(request: Request, branch: Organization, form: DuesForm) -> dict[str, object]:
    """Everything the page shows; months that were ticked stay ticked."""
    page = page_of(request, _roll(request, branch))
    pick = request.GET.get("pick", "")
    month = int(pick) if pick.isascii() and pick.isdigit() and len(pick) < 3 else 0
    year, today = year_in(request.GET.get("year", "")), timezone.localdate()
    rules = dues.ledger_rules(branch)
    return {
        "organization": branch,
        "page": page,
        "form": form,
        "ledger": Ledger.of(branch, list(page), year, set(request.POST.getlist("cell")), month),
        "picked_month": month,
        "years": (year - 1, year + 1),
        "prompts": dues.prompts_for(branch, rules.rules, today),
        "rules": rules.rules,
        "asked_by": rules.asked_by,
        "clauses": delivered().clauses,
        "document": delivered().document,
    }


def _marked(request: Request, branch: Organization, form: DuesForm) -> bool:
    """Mark the ticked months as the pressed button says; a refusal becomes an error of the form."""
    cells = [found for found in map(cell_from, request.POST.getlist("cell")) if found is not None]
    typed = form.cleaned_data
    try:
        if "waive" in request.POST:
            done = dues.waive_months(organization=branch, cells=cells, reason=typed["note"], by=request.user)
        else:
            done = dues.pay_months(organization=branch, cells=cells, by=request.user, **typed)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return False
    word = "免交" if "waive" in request.POST else "已交"
    before = f"，另有 {done.settled_before} 个月以前已经登记，没有改动" if done.settled_before else ""
    messages.success(request, f"已登记{word} {done.count} 个月次{before}。")
    if done.late:
        months = "、".join(f"{month.year}年{month.month}月" for month in done.late)
        messages.warning(
            request, f"{months}是补交。{delivered().clauses['make_up']}已照样登记，请在“说明”里写一句原因。"
        )
    return True


@signed_in
def member_year(request: Request, pk: int, member: UUID) -> HttpResponse:
    """One member's year with days, amounts and remarks; what was marked by mistake is taken back here."""
    branch = find_branch(request, pk)
    rows = Member.objects.visible_to(request.user).filter(organization=branch)
    found = get_object_or_404(rows.select_related("organization"), pk=member)
    year = year_in(request.GET.get("year", ""))
    if request.method == "POST":
        return _taken_back(request, found, year)
    context = {
        "organization": branch,
        "member": found,
        "line": Ledger.of(branch, [found], year).lines[0],
        "year": year,
        "years": (year - 1, year + 1),
        "months": dues.unpaid_in_a_row([found], timezone.localdate())[found.pk],
    }
    return render(request, "members/dues_member.html", context)


def _taken_back(request: Request, member: Member, year: int) -> HttpResponseRedirect:
    month = month_from(request.POST.get("month", ""))
    count = dues.undo_months(member=member, months=[month], by=request.user) if month else 0
    if count:
        messages.success(request, f"已撤销{member.name}的这一个月，操作记录里仍然有。")
    else:
        messages.error(request, "这个月没有登记过，不用撤销。")
    page = reverse("members:dues_member", args=[member.organization_id, member.pk])
    return redirect(f"{page}?year={year}")


@signed_in
@require_GET
def my_dues(request: Request) -> HttpResponse:
    """One's own year, read only."""
    own = (
        Member.objects.visible_to(request.user)
        .filter(user=request.user)
        .select_related("organization")
        .first()
    )
    year = year_in(request.GET.get("year", ""))
    line = Ledger.of(own.organization, [own], year).lines[0] if own is not None else None
    known = DuesMonth.objects.visible_to(request.user).filter(member=own).exists() if own else False
    context = {"member": own, "line": line, "year": year, "years": (year - 1, year + 1), "known": known}
    return render(request, "members/dues_mine.html", {**context, "clauses": delivered().clauses})


@signed_in
def terms(request: Request, pk: int) -> HttpResponse:
    """What members pay a month: worked out from the table, or typed; the income is not kept."""
    branch = find_branch(request, pk)
    applied, roll = rates_for(branch), _roll(request, branch)
    unset = list(roll.filter(dues_terms__isnull=True).values_list("pk", flat=True))
    picked = unset if request.GET.get("unset") else request.GET.getlist("member")
    form = TermsForm(
        request.POST or None, members=roll, rates=applied.rates, initial={"members": picked} if picked else {}
    )
    if request.method == "POST" and form.is_valid() and "save" in request.POST:
        typed = form.cleaned_data
        try:
            count = dues.set_terms(
                organization=branch,
                members=list(typed["members"]),
                label=typed["label"],
                monthly=typed["monthly"],
                since=typed["since"],
                by=request.user,
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已核定 {count} 人，每人每月 {typed['monthly']} 元。")
            return redirect("members:dues", pk=pk)
    worked_out = form.cleaned_data.get("monthly") if form.is_bound and form.is_valid() else None
    context = {"organization": branch, "form": form, "applied": applied, "worked_out": worked_out}
    return render(request, "members/dues_terms.html", {**context, "unset": len(unset)})


@signed_in
@require_GET
def sheet(request: Request, pk: int, ending: str) -> HttpResponse:
    """The ledger of a year as PDF or as a workbook."""
    branch = find_branch(request, pk)
    year = year_in(request.GET.get("year", ""))
    made = DuesSheet.of(Ledger.of(branch, list(_roll(request, branch)), year))
    dues.record_export(organization=branch, count=len(made.ledger.lines), by=request.user)
    is_pdf = ending == "pdf"
    response = HttpResponse(
        made.to_pdf() if is_pdf else made.to_xlsx(), content_type="application/pdf" if is_pdf else XLSX
    )
    named = content_disposition_header(not is_pdf, made.file_name(ending))
    response.headers["Content-Disposition"] = named or "attachment"
    return response
