"""Pages for people without a name: what a request says of who sends it is forgotten, and the answer is made without it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

QUIET = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
WAIT = {"Retry-After": "60"}  # seconds
FROM_WHOM = (
    "REMOTE_",
    "HTTP_USER_AGENT",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_REAL",
    "HTTP_FORWARDED",
    "HTTP_COOKIE",
    "HTTP_REFERER",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_SEC_",
)


def forget_sender(request: HttpRequest) -> None:
    """Take out of the request who and where it comes from, before anything can go wrong and be reported."""
    for key in [key for key in request.META if key.startswith(FROM_WHOM)]:
        del request.META[key]
    request.COOKIES.clear()
    request.user = AnonymousUser()


def quiet_page(
    template: str, context: dict[str, Any], status: int = 200, more: dict[str, str] | None = None
) -> HttpResponse:
    """A page made without the request: nothing is read from it, so no cookie and no session can come of it."""
    return HttpResponse(render_to_string(template, context), status=status, headers={**QUIET, **(more or {})})
