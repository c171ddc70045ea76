"""The pages for voters: code, rows, check, receipt. No login, no session, no cookie; nothing of the visit is kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from config.lib.unseen import forget_sender, quiet_page
from evaluations.forms import marks_posted
from evaluations.models import Urn, UrnState
from evaluations.reports.vote import vote_sheet, vote_title
from evaluations.services import casting
from evaluations.urn.codes import shown_code

MOST = 200  # characters of a code as it is typed or scanned, its address included
TYPED_AGAIN = (casting.WrongCode, casting.TooMany)


# No session is used and nobody is known here, so a forged post could do no more than what anybody may do with the
# address; a cookie for the check would be a trace on the phone of whoever votes.
@csrf_exempt
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, address: str, mode: str = "") -> HttpResponse:
    """One voter's way; `mode` "big" shows one row at a time in large type, "kiosk" also blanks between voters."""
    forget_sender(request)
    urn = casting.find_urn(address)
    if urn is None:
        return quiet_page("evaluations/vote_gone.html", {"mode": mode}, status=404)
    context = {
        "urn": urn,
        "ballot": urn.ballot,
        "title": vote_title(urn.ballot),
        "mode": mode,
        "address": address,
    }
    try:
        if request.method == "POST":
            return _answer(urn, request.POST, context)
        return _begin(urn, context)
    except TYPED_AGAIN as refusal:
        typed = request.POST.get("code", "")[:MOST]
        status = 429 if isinstance(refusal, casting.TooMany) else 200
        few = casting.few_votes(urn.ballot)
        context |= {"error": refusal.said, "typed": typed, "few": few}
        return quiet_page("evaluations/vote_code.html", context, status=status)
    except casting.Refused as refusal:
        counted = isinstance(refusal, casting.AlreadyCast)
        return quiet_page("evaluations/vote_said.html", {**context, "said": refusal.said, "counted": counted})


def _begin(urn: Urn, context: dict[str, Any]) -> HttpResponse:
    """The first page: the code is asked for; after the closing the receipts."""
    if urn.state == UrnState.PREPARED:
        raise casting.NotYet
    casting.insist_meeting(urn)
    if urn.state == UrnState.OPEN:
        return quiet_page("evaluations/vote_code.html", {**context, "few": casting.few_votes(urn.ballot)})
    return quiet_page("evaluations/vote_closed.html", context)


@sensitive_variables()
def _answer(urn: Urn, data: QueryDict, context: dict[str, Any]) -> HttpResponse:
    """What was posted: the code, the rows, or the whole vote."""
    step, code, ballot = data.get("step", "rows"), data.get("code", "")[:MOST], urn.ballot
    marks = marks_posted(data, ballot.rated().count())
    if step == "cast":
        try:
            receipt = casting.cast(urn, code, marks)
        except casting.Incomplete:
            step = "check"  # the page of rows again, with what is missing
        else:
            return quiet_page("evaluations/vote_done.html", {**context, "receipt": receipt})
    code = shown_code(casting.check_code(urn, code))
    sheet = vote_sheet(ballot, marks)
    context |= {"code": code, "sheet": sheet, "told": step == "check" and bool(sheet.missing)}
    if step == "check" and not sheet.missing:
        return quiet_page("evaluations/vote_check.html", context)
    return quiet_page("evaluations/vote_rows.html", context)
