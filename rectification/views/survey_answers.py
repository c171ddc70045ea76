"""The page for whoever has a slip of a survey: code, one question, check, receipt. No login, no session, no cookie."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from config.lib.unseen import WAIT, forget_sender, quiet_page
from evaluations.services import casting
from evaluations.urn.codes import shown_code
from evaluations.urn.votes import ABSTAINED
from rectification.models import SurveyUrn
from rectification.services import survey_answers as s

MOST = 200  # characters of a code as it is typed or scanned, its address included
TYPED_AGAIN = (casting.WrongCode, casting.TooMany)
SAID: dict[type[casting.Refused], str] = {
    casting.WrongCode: "没有这个填表码，请对照票条再输一遍。",
    casting.TooMany: "没有这个填表码，请对照票条再输一遍。现在输错的人多，请过一会儿再试。",
    casting.AlreadyCast: "这张票条已经填过，已经计入，不用再填。",
    casting.NotYet: "还没有开始填表。请过一会儿，或者等通知，再扫一次。",
    casting.Closed: "填表已经结束。以前交上去的都已计入；这张票条没有交过的，没有计入，请告诉发票条的同志。",
}


# No session is used and nobody is known here, so a forged post could do no more than what anybody may do with the
# address; a cookie for the check would be a trace on the phone of whoever answers.
@csrf_exempt
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def answering(request: HttpRequest, address: str) -> HttpResponse:
    """One respondent's way. Openings are limited in number, what a good slip posts never is."""
    forget_sender(request)
    urn = s.find_urn(address)
    posted = request.method == "POST" and urn is not None
    if not posted and s.is_busy(urn):
        return quiet_page("rectification/answer_busy.html", {"large": True}, status=429, more=WAIT)
    if urn is None:
        return quiet_page("rectification/answer_gone.html", {"large": True}, status=404)
    context = {"large": True, "urn": urn, "round": urn.round, "survey": urn.round.survey}
    try:
        if posted:
            return _answered(urn, request.POST, context)
        return _begin(urn, context)
    except TYPED_AGAIN as refusal:
        status = 429 if isinstance(refusal, casting.TooMany) else 200
        context |= {"error": SAID[type(refusal)], "typed": request.POST.get("code", "")[:MOST]}
        return quiet_page("rectification/answer_code.html", context, status=status)
    except casting.Refused as refusal:
        context |= {"said": SAID[type(refusal)], "counted": isinstance(refusal, casting.AlreadyCast)}
        return quiet_page("rectification/answer_said.html", context)


def _begin(urn: SurveyUrn, context: dict[str, Any]) -> HttpResponse:
    """The first page: the code is asked for; once it is closed and counted, the receipts."""
    if urn.cast is not None:
        return quiet_page("rectification/answer_closed.html", context)
    s.check_open(urn)
    return quiet_page("rectification/answer_code.html", context)


@sensitive_variables()
def _answered(urn: SurveyUrn, data: QueryDict, context: dict[str, Any]) -> HttpResponse:
    """What was posted: the code, the choice to be looked at again, or the answer."""
    step, typed, choice = data.get("step", ""), data.get("code", "")[:MOST], data.get("r0", "")[:2]
    code, respondents = s.check_code(urn, typed)
    labels = dict(choices(urn))
    context |= {"code": shown_code(code), "respondents": respondents, "choices": choices(urn)}
    context |= {"choice": choice if choice in labels else "", "label": labels.get(choice, "")}
    if step in ("check", "cast") and choice not in labels:
        return quiet_page("rectification/answer_choose.html", {**context, "told": True})
    if step == "cast":
        return quiet_page(
            "rectification/answer_done.html", {**context, "receipt": s.answer(urn, code, choice)}
        )
    page = "answer_check" if step == "check" else "answer_choose"
    return quiet_page(f"rectification/{page}.html", context)


def choices(urn: SurveyUrn) -> list[tuple[str, str]]:
    """What can be chosen: the options of the survey, and to say nothing."""
    options = [(str(number), label) for number, (_key, label) in enumerate(urn.round.scale, 1)]
    return [*options, (ABSTAINED, "弃权")]
