"""Login, logout, own password, text size, and what was being typed when a session ended."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from branches.forms.accounts import LoginForm, NewPasswordForm
from branches.http import (
    KNOWN_COOKIE,
    KNOWN_DAYS,
    Request,
    is_known_browser,
    known_mark,
    signed_in,
    unhold,
)
from branches.models import TextSize, User
from branches.services import accounts
from branches.services.audit import record

SIZE_COOKIE = "text-size"


def _must_wait(request: HttpRequest) -> bool:
    """Under a spray of wrong passwords new browsers wait a minute; known ones never do."""
    if accounts.recent_wrong_passwords() < settings.LOGIN_FAILURES_PER_MINUTE:
        return False
    return not is_known_browser(request, request.POST.get("username", ""))


def safe_next(request: HttpRequest, target: str) -> str:
    """The address to go to, or the home page when it leads elsewhere."""
    own = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if target and own else "home"


@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """Account and password; wrong ones are slowed per account, never per address."""
    if request.user.is_authenticated:
        return redirect("home")
    form = LoginForm(request)
    if request.method == "POST":
        if _must_wait(request):
            page = render(request, "429.html", status=429)
            page["Retry-After"] = "60"
            return page
        form = LoginForm(request, request.POST)
        if form.is_valid():
            return _enter(request, form.get_user())
    expired = request.session.pop("expired", False) if request.method == "GET" else False
    context = {"form": form, "next": request.GET.get("next", ""), "expired": expired}
    return render(request, "branches/login.html", context)


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    """Start the session, remember the browser, go on where the person was."""
    token = request.session.pop("held", "")
    start_session(request, user)
    target = safe_next(request, request.POST.get("next", ""))
    kept = unhold(token, user)
    if kept is not None:
        request.session["held"], request.session["held_path"] = token, kept.path
        target = "branches:held"
    response = redirect(target)
    response.set_signed_cookie(
        KNOWN_COOKIE,
        known_mark(user.username),
        max_age=KNOWN_DAYS * 86_400,
        httponly=True,
        secure=settings.PRODUCTION,
        samesite="Lax",
    )
    response.set_cookie(SIZE_COOKIE, user.text_size, max_age=KNOWN_DAYS * 86_400, samesite="Lax")
    return response


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    end_session(request)
    return redirect("branches:login")


@signed_in
def held(request: Request) -> HttpResponse:
    """What was posted when the session ended, ready to be sent again."""
    kept = unhold(request.session.get("held", ""), request.user)
    if kept is None:
        return redirect("home")
    if request.method == "POST":
        request.session.pop("held")
        request.session.pop("held_path")
        messages.info(request, "已放弃刚才没有保存的内容。")
        return redirect("home")
    typed = [value for name, value in kept.data if value.strip() and name not in ("submission", "version")]
    shown = [value for value in typed if not value.isascii()]  # the rest are choices and codes
    context = {"held": kept, "shown": shown, "others": len(typed) - len(shown)}
    return render(request, "branches/held.html", context)


@sensitive_post_parameters()
@signed_in
def password(request: Request) -> HttpResponse:
    """Set one's own password; a one-time password must be changed before anything else."""
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        request.user.must_change_password = False
        request.user.save(update_fields=["must_change_password"])
        update_session_auth_hash(request, request.user)
        record(by=request.user, action="change_password", about=request.user)
        messages.success(request, "密码已修改，下次请用新密码登录。")
        return redirect("home")
    return render(request, "branches/password.html", {"form": form})


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Choose 标准, 大字 or 特大; kept in the browser and with the account."""
    size = request.POST.get("size", "")
    response = redirect(safe_next(request, request.POST.get("next", "")))
    if size in TextSize.values:
        response.set_cookie(SIZE_COOKIE, size, max_age=KNOWN_DAYS * 86_400, samesite="Lax")
        if isinstance(request.user, User):
            accounts.choose_text_size(size=size, by=request.user)
    return response
