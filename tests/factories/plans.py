"""Plans for tests: at any stage, with the versions that lead there; every text is invented."""

from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone

from branches.models import Campaign, Organization, Plan, PlanStatus, PlanVersion
from branches.services.plan_copies import content_of
from branches.services.rounds import round_of
from tests.factories.branches import CampaignFactory, OrganizationFactory, UserFactory

HANDED_IN = (PlanStatus.SUBMITTED, PlanStatus.RETURNED, PlanStatus.APPROVED, PlanStatus.FILED)
DECIDED = (PlanStatus.RETURNED, PlanStatus.APPROVED, PlanStatus.FILED)


class PlanFactory(factory.django.DjangoModelFactory):
    """A complete plan; with `status=` beyond the draft it has one version, decided where the status says so."""

    class Meta:
        model = Plan
        skip_postgeneration_save = True

    campaign = factory.SubFactory(CampaignFactory)
    organization = factory.SubFactory(OrganizationFactory)
    author = factory.SubFactory(UserFactory)
    revision = 1
    theme = "严肃组织生活，发挥先锋模范作用"
    time = "12月上旬的一个晚上"
    form = "先开支委会，再开党员大会，现场测评。"
    attendees = "全体党员，邀请镇里的指导员。"
    requirements = factory.Sequence(lambda n: f"第{n}户老党员由支委上门听意见，外出的打电话。")
    submitted_on = factory.LazyAttribute(lambda o: timezone.localdate() if o.status in HANDED_IN else None)
    decided_on = factory.LazyAttribute(
        lambda o: timezone.localdate() if o.status in (*DECIDED[1:], PlanStatus.MADE) else None
    )
    status = PlanStatus.DRAFT

    @factory.post_generation
    def version(self, create: bool, extracted: dict[str, Any] | None, **kwargs: Any) -> None:
        """The version handed in, as far as there is one."""
        if self.status in (*HANDED_IN, PlanStatus.MADE):
            version_of(self, **(extracted or {}))


def version_of(plan: Plan, **fields: Any) -> PlanVersion:
    """The plan as it is now, as its next version; decided as its status says."""
    now = timezone.now()
    decided = plan.status in (*DECIDED, PlanStatus.MADE)
    values: dict[str, Any] = {
        "number": plan.versions.count() + 1,
        "content": content_of(plan),
        "submitted_at": now,
        "submitted_by": "刘德福",
        "decision": plan.status if decided else "",
        "decided_at": now if decided else None,
        "decided_by": "周敏" if decided else "",
        **fields,
    }
    return PlanVersion.objects.create(plan=plan, **values)


def let_go_on(campaign: Campaign, organization: Organization) -> None:
    """An approved plan of the present round, where the rules let nothing open without one."""
    if campaign.rules_for(organization).plan_gate != "approve":
        return
    number = round_of(campaign, organization)
    if not Plan.objects.filter(campaign=campaign, organization=organization, round_no=number).exists():
        PlanFactory.create(
            campaign=campaign, organization=organization, round_no=number, status=PlanStatus.APPROVED
        )
