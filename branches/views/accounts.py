"""Accounts and posts in one's scope."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.filters import AccountFilter
from branches.forms.accounts import AccountForm, AppointmentForm
from branches.http import Request, answered, earlier_answer, once, require, signed_in
from branches.models import Appointment, User
from branches.permissions import can_appoint, can_list_accounts, can_reset_password
from branches.services import accounts
from branches.workflow import NotAllowed
from config.lib.paging import page_of


@signed_in
def account_list(request: Request) -> HttpResponse:
    """Accounts of the organisations this person's posts reach."""
    require(can_list_accounts(request.user))
    visible = User.objects.visible_to(request.user).select_related("home")
    chosen = AccountFilter(request.GET, visible.order_by("home__path", "pk"))
    page = page_of(request, chosen.qs)
    people = list(page.object_list)
    accounts.read_posts(people)
    rows = [(account, account.posts(), can_reset_password(request.user, account)) for account in people]
    return render(request, "branches/accounts.html", {"page": page, "rows": rows, "filter": chosen})


@signed_in
def account_new(request: Request) -> HttpResponse:
    """Make an account; its one-time password is shown once, ready to be printed as a slip."""
    require(can_list_accounts(request.user))
    if request.method == "POST" and earlier_answer(request):
        messages.info(request, "账号已经开设。没有看到一次性密码的，请在下面重置密码。")
        return redirect("branches:accounts")
    form = AccountForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user, secret = accounts.open_account(
                full_name=data["full_name"],
                username=data["username"],
                organization=data["home"],
                by=request.user,
            )
        except NotAllowed as refusal:
            form.add_error("home", refusal.reason)
        else:
            once(request)
            answered(request, redirect("branches:accounts"))
            return render(request, "branches/slip.html", {"account": user, "secret": secret})
    return render(request, "branches/account_new.html", {"form": form})


@signed_in
def account_detail(request: Request, pk: int) -> HttpResponse:
    """One account: hand out a new password, or switch it off."""
    account = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    require(can_reset_password(request.user, account))
    return render(request, "branches/account.html", {"account": account})


@signed_in
@require_POST
def account_reset(request: Request, pk: int) -> HttpResponse:
    """Hand out a new one-time password."""
    account = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    require(can_reset_password(request.user, account))
    try:
        secret = accounts.reset_password(account=account, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
        return redirect("branches:accounts")
    return render(request, "branches/slip.html", {"account": account, "secret": secret})


@signed_in
@require_POST
def account_close(request: Request, pk: int) -> HttpResponse:
    """Switch an account off."""
    account = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    require(can_reset_password(request.user, account))
    try:
        accounts.close_account(account=account, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"{account.full_name}的账号已停用。")
    return redirect("branches:accounts")


@signed_in
def post_new(request: Request) -> HttpResponse:
    """Give a post."""
    require(can_list_accounts(request.user))
    wanted = {"organization": request.GET.get("organization", "")}
    form = AppointmentForm(request.POST or None, user=request.user, initial=wanted)
    if request.method == "POST" and form.is_valid():
        earlier = once(request)
        if earlier:
            return redirect(earlier)
        try:
            post = accounts.appoint(by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已登记：{post.holder_name}，{post}。")
            return answered(request, redirect("branches:organization", pk=post.organization_id))
    return render(request, "branches/post_new.html", {"form": form})


@signed_in
@require_POST
def post_end(request: Request, pk: int) -> HttpResponse:
    """Let a post end today."""
    post = get_object_or_404(Appointment.objects.visible_to(request.user), pk=pk)
    require(can_appoint(request.user, post.organization, post.role))
    try:
        accounts.end_appointment(post=post, by=request.user, last_day=timezone.localdate())
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"{post.holder_name}的任职今天结束。")
    return redirect("branches:organization", pk=post.organization_id)
