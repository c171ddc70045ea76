"""Ways from a campaign's page to its plans, for those who write or review them."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.urls import reverse

from branches.models import Campaign, CampaignStatus, Organization, Plan, PlanStatus, User
from branches.permissions import CLERK_ROLES, can_list_plans
from branches.reports.plan_queue import waiting
from branches.reports.plans import STATES
from branches.services.plans import current_consultation, current_plan, gates_of, plan_gate
from branches.workflow.plans import CONSULT, REVIEWED, WRITTEN

register = template.Library()


@dataclass(frozen=True)
class Link:
    """A way to a page, with the state of what is there; where no plan is asked for no word of one."""

    label: str
    url: str
    word: str = ""
    state: str = "idle"
    heading: str = "实施方案"


@register.simple_tag
def plan_links(campaign: Campaign, user: User) -> list[Link]:
    """The own plans (or 沟通记录) to write, and the queue to review; empty where the rules ask for none."""
    if campaign.status == CampaignStatus.DRAFT:
        return []
    found: list[Link] = []
    for post in user.posts():
        if post.role in CLERK_ROLES and campaign.covers(post.organization):
            link = _own(campaign, post.organization)
            if link is not None and link not in found:
                found.append(link)
    if can_list_plans(user) and gates_of(campaign) & set(REVIEWED):
        number = waiting(Plan.objects.visible_to(user).filter(campaign=campaign), user)
        url = reverse("branches:plans", args=[campaign.slug])
        found.append(Link("审核支部方案", url, f"{number} 份待审核" if number else "", "now"))
    return found


def _own(campaign: Campaign, organization: Organization) -> Link | None:
    """The way to what the organisation itself writes."""
    gate, where = plan_gate(campaign, organization), [campaign.slug, organization.pk]
    if gate == CONSULT:
        noted = current_consultation(campaign, organization)
        word, state = ("已登记", "ok") if noted else ("未登记", "idle")
        url = reverse("branches:consultation", args=where)
        return Link(f"{organization.short_name}沟通记录", url, word, state, "会前与上级沟通")
    if gate not in WRITTEN:
        return None
    plan = current_plan(campaign, organization)
    label, url = f"{organization.short_name}实施方案", reverse("branches:plan", args=where)
    if plan is None:
        return Link(label, url, "未开始")
    return Link(label, url, str(plan.get_status_display()), STATES[PlanStatus(plan.status)])
