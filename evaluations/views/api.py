"""The summary interface: read-only JSON for a superior's own platform, by a key instead of a login."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from branches.http import Request, answered, once, require, signed_in
from branches.models import Organization
from evaluations.models import SummaryKey
from evaluations.permissions.exporting import can_manage_summary_key
from evaluations.reports.graded_rollup import graded_rollup
from evaluations.reports.rollup import rollup
from evaluations.reports.summary_json import ballots_json, campaign_json, graded_json, openapi
from evaluations.services import summary_keys

P = ParamSpec("P")
Answering = Callable[Concatenate[SummaryKey, P], dict[str, object] | None]
WAIT_SECONDS = 60


def by_key(view: Answering[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for programs: the key is checked and counted, the answer is JSON; None is not found."""

    @require_GET
    @functools.wraps(view)
    def asked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        key = summary_keys.find_key(secret.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            return _json({"error": "没有密钥，或者密钥不对、已停用。"}, 401, {"WWW-Authenticate": "Bearer"})
        if summary_keys.is_busy(key):
            return _json({"error": "请求太多，请一分钟以后再来。"}, 429, {"Retry-After": str(WAIT_SECONDS)})
        summary_keys.note_use(key)
        found = view(key, *args, **kwargs)
        return _json({"error": "没有这项活动。"}, 404) if found is None else _json(found, 200)

    return asked


def _json(data: dict[str, object], status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    """An answer in JSON, Chinese as it is, kept in no cache."""
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "private, no-store"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


@require_GET
def description(request: HttpRequest) -> HttpResponse:
    """What the interface offers, as an OpenAPI document; anybody may read it."""
    return _json(openapi(), 200)


@by_key
def api_campaigns(key: SummaryKey) -> dict[str, object] | None:
    """The campaigns whose summaries can be read."""
    return {"campaigns": [campaign_json(one) for one in summary_keys.campaigns_for(key)]}


@by_key
def api_graded(key: SummaryKey, slug: str) -> dict[str, object] | None:
    """The summary with grades of the key's organisation."""
    campaign = summary_keys.campaigns_for(key).filter(slug=slug).first()
    return None if campaign is None else graded_json(graded_rollup(campaign, key.organization, reader=None))


@by_key
def api_ballots(key: SummaryKey, slug: str) -> dict[str, object] | None:
    """The votes of certified ballots below the key's organisation."""
    campaign = summary_keys.campaigns_for(key).filter(slug=slug).first()
    return None if campaign is None else ballots_json(rollup(campaign, key.organization))


def _managed(request: Request, pk: int) -> Organization:
    """The organisation whose key this person manages; 404 when it may not be seen."""
    organization: Organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_manage_summary_key(request.user, organization))
    return organization


@signed_in
def summary_key(request: Request, pk: int) -> HttpResponse:
    """The key of an organisation: since when, used when last, renew, end."""
    organization = _managed(request, pk)
    context = {"organization": organization, "key": summary_keys.key_of(organization)}
    return render(request, "evaluations/summary_key.html", context)


@signed_in
@require_POST
def summary_key_make(request: Request, pk: int) -> HttpResponse:
    """Make the key, or a new one instead of the old; the page shows it this once."""
    organization = _managed(request, pk)
    if earlier := once(request):
        return redirect(earlier)
    secret = summary_keys.make_key(organization=organization, by=request.user)
    answered(request, redirect("evaluations:summary_key", pk=pk))
    context = {"organization": organization, "secret": secret}
    return render(request, "evaluations/summary_key_made.html", context)


@signed_in
@require_POST
def summary_key_revoke(request: Request, pk: int) -> HttpResponse:
    """Let the key end."""
    organization = _managed(request, pk)
    summary_keys.revoke_key(organization=organization, by=request.user)
    return redirect("evaluations:summary_key", pk=pk)
