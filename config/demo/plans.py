"""A second open campaign of the demo: villages hand in plans that must be approved; each stands elsewhere."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils import timezone

from branches.models import Campaign, Category, Organization, Role, User
from branches.permissions import LEADERS
from branches.services import campaigns
from branches.services.campaigns.addressing import Line
from branches.services.plan_reviews import review_plan
from branches.services.plans import open_plan, save_plan, submit_plan
from branches.workflow import CAMPAIGN, perform
from config.demo.accounts import account

SLUG = "plans"
PLAN = {
    "theme": "从身边案例看规矩，把村务账目讲清楚",
    "time": "下周三前逐户谈心，周五晚开支委会，再下周二晚开党员大会。",
    "form": "先开支委会，再开党员大会；各组先议，大会上再说。",
    "attendees": "全体党员，请三名村民代表列席，请联系本村的镇领导到会。",
    "requirements": "{name}由支委包组上门，外出党员打电话；账目由村监委会先核一遍，会上逐笔说明。",
}
RETURNED = "没有写清外出党员怎么办、谁去联系，请补上。"


def plans_campaign(town: Organization, office: User, villages: Sequence[Organization]) -> Campaign:
    """A started campaign of the town for its villages; the first four have written plans.

    The first is approved, the second waits, the third was returned, the fourth is half written.
    """
    today = timezone.localdate()
    draft = campaigns.draft_campaign(
        issuer=town,
        name="村党支部专题组织生活会（警示教育）",
        slug=SLUG,
        year=today.year,
        preset="current_year",
        by=office,
        issued_on=today - datetime.timedelta(days=6),
        finish_by=today + datetime.timedelta(days=40),
        theme="以案为鉴，守住底线",
    )
    due = (today + datetime.timedelta(days=5)).isoformat()
    for key, value in (("plan_gate", "approve"), ("plan_due", due), ("ballot_place", "none")):
        campaigns.change_rule(campaign=draft, key=key, value=value, by=office)
    line = Line(organization=town, category=Category.VILLAGE)
    campaigns.set_addressees(campaign=draft, lines=[line], by=office)
    published = campaigns.publish(campaign=Campaign.objects.get(pk=draft.pk), by=office)
    campaign = perform(CAMPAIGN, published, "start", by=office)
    for village, end in zip(villages, ("approve", "", "return", "draft"), strict=False):
        _write(campaign, village, office, end)
    return campaign


def _write(campaign: Campaign, village: Organization, office: User, end: str) -> None:
    """One plan, as far as `end` says."""
    secretary = _secretary(village)
    texts = {name: text.format(name=village.short_name) for name, text in PLAN.items()}
    plan = open_plan(campaign=campaign, organization=village, by=secretary)
    plan = save_plan(plan=plan, revision=plan.revision, by=secretary, **texts)
    if end == "draft":
        return
    plan = submit_plan(plan=plan, revision=plan.revision, by=secretary)
    if end:
        comment = RETURNED if end == "return" else ""
        review_plan(plan=plan, step=end, number=1, comment=comment, by=office)


def _secretary(village: Organization) -> User:
    """The secretary's account; made where there is none yet."""
    post = village.appointments.filter(role__in=LEADERS).order_by("role").last()
    if post is None:
        post = village.appointments.create(
            holder_name="万国栋", role=Role.SECRETARY, starts_on=datetime.date(2024, 1, 15)
        )
    if post.user is None:
        post.user, _ = account(f"plan{village.pk}", post.holder_name, village)
        post.save(update_fields=["user"])
    return post.user
