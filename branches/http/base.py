"""What every request goes through: login, refusals with reasons, session limits, navigation."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, cast

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django_htmx.middleware import HtmxDetails

from branches.models import Appointment, Role, User
from branches.permissions import COMMITTEE_ROLES, READER_ROLES, SUPERIOR_KINDS, Answer, Denied

P = ParamSpec("P")
# Ballot pages save every mark as it is typed; their posts are never kept in a session.
NEVER_HELD = ("/ballots/", "/vote/", "/password", "/login", "/accounts/")
# Pages for everybody: nobody is asked for there, so that no session is read, touched or ended.
NOBODY_ASKED = ("/members/say/", "/vote/", "/gongshi/", "/wenjuan/")
HELD_POST_LIMIT = 60_000  # characters
KNOWN_COOKIE = "known"
KNOWN_DAYS = 90


class Request(HttpRequest):
    """A request of somebody who is logged in."""

    user: User
    htmx: HtmxDetails


View = Callable[Concatenate[Request, P], HttpResponseBase]


def signed_in(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """The view for people who are logged in; others go to the login page and come back."""
    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", login_required(cast(Any, view)))


def require(answer: Answer) -> None:
    """Go on when the answer is yes, else answer 403 with its Chinese reason."""
    if isinstance(answer, Denied):
        raise PermissionDenied(answer.reason)


@dataclass(frozen=True)
class Held:
    """What somebody posted when the session had ended: whose, where to, the fields in order."""

    user: int
    path: str
    data: list[tuple[str, str]]


def _held_box() -> Fernet:
    """Seals held posts: they may name people and lie in the session table."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"held:{settings.SECRET_KEY!s}".encode()).digest()))


def hold(held: Held) -> str:
    """The held post as a sealed text for the session."""
    return _held_box().encrypt(json.dumps([held.user, held.path, held.data]).encode()).decode()


def unhold(token: object, user: User) -> Held | None:
    """The held post if it is this person's; None for another's, a broken or no token."""
    try:
        pk, path, data = json.loads(_held_box().decrypt(str(token).encode()))
    except InvalidToken:
        return None
    return Held(pk, path, [(k, v) for k, v in data]) if pk == user.pk else None


class SessionLimitMiddleware:
    """Ends a session after idling or after a working day; what was just posted is kept for its writer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check both limits, then note the time (at most once a minute)."""
        if request.path_info.startswith(NOBODY_ASKED):
            return self.get_response(request)
        session = request.session
        if request.user.is_authenticated:
            now = int(time.time())
            begun, seen = session.get("begun", now), session.get("seen", now)
            idle = now - seen > settings.SESSION_IDLE_SECONDS
            if idle or now - begun > settings.SESSION_ABSOLUTE_SECONDS:
                return self._expire(request)
            if "begun" not in session or now - seen > 60:
                session["begun"], session["seen"] = begun, now
        response = self.get_response(request)
        if (
            request.method == "POST"
            and session.get("held_path") == request.path
            and response.status_code < 400
        ):
            session.pop("held", None)
            session.pop("held_path")
        return response

    def _expire(self, request: HttpRequest) -> HttpResponse:
        """Log out; keep a plain posted form for the same person's next login."""
        pk = int(request.user.pk or 0)
        token = ""
        if request.method == "POST" and not request.path_info.startswith(NEVER_HELD):
            data = [(k, v) for k, vs in request.POST.lists() for v in vs if "csrf" not in k]
            if sum(len(k) + len(v) for k, v in data) <= HELD_POST_LIMIT:
                token = hold(Held(pk, request.path, data))
        back = request.get_full_path() if request.method == "GET" else ""
        logout(request)
        request.session["expired"] = True
        if token:
            request.session["held"] = token
        query = f"?{urlencode({'next': back})}" if back else ""
        return redirect(f"{reverse('branches:login')}{query}")


class PrivatePagesMiddleware:
    """Pages of people who are logged in are never cached; a first password must be changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send new accounts to the password page; mark answers as private."""
        if request.path_info.startswith(NOBODY_ASKED):
            return self.get_response(request)
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = (
                reverse("branches:password"),
                reverse("branches:logout"),
                str(settings.STATIC_URL),
            )
            if not request.path.startswith(allowed):
                return redirect("branches:password")
        response = self.get_response(request)
        if user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return response


def locked_out(
    request: HttpRequest,
    original_response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
    *args: Any,
    **kwargs: Any,
) -> HttpResponse:
    """The page after too many wrong passwords for one account."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    return render(request, "branches/locked.html", {"minutes": minutes}, status=429)


def known_mark(username: str) -> str:
    """What the cookie of a browser that has logged in as `username` before says."""
    return hashlib.sha256(f"{settings.SECRET_KEY!s}:{username}".encode()).hexdigest()[:32]


def is_known_browser(request: HttpRequest, username: str) -> bool:
    """Whether this browser has logged in as `username` before."""
    try:
        mark = request.get_signed_cookie(KNOWN_COOKIE, max_age=KNOWN_DAYS * 86_400)
    except (KeyError, signing.BadSignature):
        return False
    return mark == known_mark(username)


def throttled_account(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """Under which name wrong passwords are counted: those of known browsers apart from all others.

    So that nobody can keep a person out by typing wrong passwords for the account from elsewhere.
    """
    username = (credentials or request.POST).get("username")
    if username and is_known_browser(request, username):
        return f"{username}:{known_mark(username)}"
    return username


def lockout_parameters(request: HttpRequest, credentials: dict[str, Any] | None = None) -> list[str]:
    """Wrong passwords are counted per account only."""
    return ["username"]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page when a form was open too long or cookies are off; says how to go on."""
    return render(request, "403_csrf.html", status=403)


@functools.cache
def _addresses() -> list[tuple[str, str, str, str]]:
    """Name, address, icon and who sees it, of the entries of the navigation."""
    return [
        ("主页", reverse("home"), "house", "all"),
        ("党员名册", reverse("members:list"), "people", "people"),
        ("会议", reverse("meetings:list"), "calendar-event", "people"),
        ("审核台", reverse("members:reviews"), "check-lg", "reviewers"),
        ("活动", reverse("branches:campaigns"), "megaphone", "superior"),
        ("测评汇总", reverse("evaluations:rollups"), "table", "superior"),
        ("党组织", reverse("branches:organizations"), "diagram-3", "tree"),
        ("账号", reverse("branches:accounts"), "person-badge", "accounts"),
        ("下载", reverse("branches:jobs"), "download", "posts"),
    ]


def _reviews(post: Appointment) -> bool:
    """Whether materials of others may wait for the holder of the post (members.rules.routing)."""
    is_of_body = post.role in COMMITTEE_ROLES and post.organization.kind in SUPERIOR_KINDS
    return is_of_body or post.role == Role.SUPERVISOR


# What people prepare lives beside the roll, and is not the roll.
_NOT_THE_ROLL = tuple(
    f"/members/{topic}/"
    for topic in ("dues", "materials", "opinions", "reviews", "spot-checks", "studies", "talks")
)


def _is_under(path: str, url: str) -> bool:
    """Whether the page is the entry's own or stands below it."""
    if path.startswith(_NOT_THE_ROLL) and not url.startswith(_NOT_THE_ROLL):
        return False
    return path == url or (url != "/" and path.startswith(url))


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for every page: the entries this person may use, and the help phone."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"nav": [], "help_phone": settings.HELP_PHONE}
    posts = user.posts()
    roles = {post.role for post in posts}
    superior = any(p.organization.kind in SUPERIOR_KINDS and p.role in READER_ROLES for p in posts)
    shown = {"all"}
    if posts:
        shown.add("posts")
    if roles & set(READER_ROLES):
        shown |= {"people", "tree"}
    if Role.SYSTEM in roles:
        shown.add("tree")
    if superior:
        shown.add("superior")
    if any(_reviews(post) for post in posts):
        shown.add("reviewers")
    if roles & {"secretary", "deputy", "office", "system"}:
        shown.add("accounts")
    here = max((url for _label, url, _icon, _who in _addresses() if _is_under(request.path, url)), default="")
    nav = [
        {"label": label, "url": url, "icon": icon, "current": url == here}
        for label, url, icon, audience in _addresses()
        if audience in shown
    ]
    return {"nav": nav, "post": posts[0] if posts else None, "help_phone": settings.HELP_PHONE}
