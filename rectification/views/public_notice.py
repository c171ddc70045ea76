"""The page everybody may read: no login, no session, no cookie; nothing of the visit is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from config.lib.unseen import WAIT, quiet_page
from rectification.services.public_pages import find_page, is_busy


# Nothing can be posted here; so that a post is answered without looking for a token, whose absence has a page of its own.
@csrf_exempt
@require_safe
def public_notice(request: HttpRequest, token: str) -> HttpResponse:
    """The notice behind an address while it hangs; any other address looks like one that never was."""
    found = find_page(token)
    if is_busy(found):
        return quiet_page("rectification/public_notice_busy.html", {}, status=429, more=WAIT)
    if found is None:
        return quiet_page("rectification/public_notice_gone.html", {}, status=404)
    lines = [line for line in found.online["text"].split("\n") if line.strip()]
    context = {"publication": found, "title": found.online["title"], "lines": lines}
    return quiet_page("rectification/public_notice.html", context)
