"""要做什么 / 不需要做什么: one page per organisation and per person, made from the rule set."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from branches.forms.notice import LONGEST_NUMBER
from branches.http import Request, signed_in
from branches.models import Campaign, Category, Kind, Organization, User
from branches.permissions import READER_ROLES, has_role
from branches.rules import PRESETS, load_preset
from branches.rules.duties import AUDIENCES, Topic, duties_for, topics


@signed_in
def duties(request: Request, slug: str) -> HttpResponse:
    """What an organisation or one of its people has to do and need not do, each line with its clause."""
    visible = Campaign.objects.visible_to(request.user).select_related("issuer")
    campaign = get_object_or_404(visible, slug=slug)
    organization = _organization(request, campaign)
    category = organization.category if organization else _category(request)
    audience = _audience(request, organization)
    document = load_preset(campaign.preset).document if campaign.preset in PRESETS else ""
    found = duties_for(
        campaign.rules_for(organization or Organization(category=category)),
        campaign.rule_set().quoted(),
        category=category,
        audience=audience,
        year=campaign.year,
        finish=campaign.finish_by,
        is_body=organization is not None and organization.is_body,
        has_committee=organization is None or organization.has_committee,
    )
    context = {
        "campaign": campaign,
        "organization": organization,
        "category": category,
        "categories": Category.choices,
        "audience": audience,
        "category_label": dict(Category.choices).get(category, ""),
        "audience_label": AUDIENCES[audience],
        "audiences": AUDIENCES.items(),
        "document": document,
        "parts": _parts(topics(found.todo, document)),
        "spared": topics(found.not_needed, document),
    }
    return render(request, "branches/duties.html", context)


def _organization(request: Request, campaign: Campaign) -> Organization | None:
    """The organisation asked for, else one's own among those addressed; None for a category in general."""
    wanted, own = request.GET.get("organization", ""), _own(request.user)
    if wanted:
        pk = int(wanted) if wanted.isdecimal() and len(wanted) <= LONGEST_NUMBER else 0
        organization = next((found for found in own if found.pk == pk), None)
        if organization is None:
            organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
        if not _addressed(campaign, organization):
            raise Http404("这个活动不涉及这个党组织。")
        return organization
    if request.GET.get("category"):
        return None
    return next((found for found in own if _addressed(campaign, found)), None)


def _addressed(campaign: Campaign, organization: Organization) -> bool:
    """Whether it is a branch or body the campaign speaks to."""
    return (organization.kind == Kind.BRANCH or organization.is_body) and campaign.covers(organization)


def _own(user: User) -> list[Organization]:
    """Where the person holds posts and is at home; for a group the branch it belongs to."""
    places = [post.organization for post in user.posts()]
    if user.home is not None:
        places.append(user.home)
    above = (place.superior() or place if place.kind == Kind.GROUP else place for place in places)
    return list({place.pk: place for place in above}.values())


def _category(request: Request) -> str:
    """The category asked for; empty (all organisations) when there is no such one."""
    asked = request.GET.get("category", "")
    return asked if asked in Category.values else ""


def _audience(request: Request, organization: Organization | None) -> str:
    """Whom the page speaks to: as asked, else the organisation to those who run it and the member to others."""
    asked = request.GET.get("who", "")
    if asked in AUDIENCES:
        return asked
    if organization is None:
        return "organization" if request.user.posts() else "member"
    return "organization" if has_role(request.user, READER_ROLES, organization) else "member"


def _parts(found: tuple[Topic, ...]) -> list[tuple[str, list[Topic]]]:
    """The topics by part of the campaign, in order."""
    parts: dict[str, list[Topic]] = {}
    for topic in found:
        parts.setdefault(topic.part, []).append(topic)
    return list(parts.items())
