"""The steps of a campaign and of an organisation."""

from __future__ import annotations

from branches.models import Campaign, CampaignStatus, Organization, OrganizationStatus
from branches.permissions import Answer, Denied, can_change_status, can_step_campaign
from branches.workflow.base import Transition, Workflow
from branches.workflow.closing import nothing_missing


def _has_rules(campaign: Campaign) -> Answer:
    """Publication needs a rule set."""
    if campaign.rule_sets.exists():
        return True
    return Denied("还没有规则，不能发布。请先选择规则预设。")


CAMPAIGN: Workflow[Campaign] = Workflow(
    "活动",
    Campaign,
    {
        "publish": Transition(
            "发布",
            frozenset({CampaignStatus.DRAFT}),
            CampaignStatus.PUBLISHED,
            can_step_campaign,
            guard=_has_rules,
        ),
        "start": Transition(
            "启动",
            frozenset({CampaignStatus.PUBLISHED}),
            CampaignStatus.RUNNING,
            can_step_campaign,
        ),
        "close": Transition(
            "结束",
            frozenset({CampaignStatus.PUBLISHED, CampaignStatus.RUNNING}),
            CampaignStatus.CLOSED,
            can_step_campaign,
            guard=nothing_missing,
        ),
    },
)

ORGANIZATION: Workflow[Organization] = Workflow(
    "党组织",
    Organization,
    {
        "suspend": Transition(
            "暂停",
            frozenset({OrganizationStatus.ACTIVE}),
            OrganizationStatus.SUSPENDED,
            can_change_status,
            note_required=True,
        ),
        "resume": Transition(
            "恢复",
            frozenset({OrganizationStatus.SUSPENDED}),
            OrganizationStatus.ACTIVE,
            can_change_status,
        ),
        "abolish": Transition(
            "撤销",
            frozenset({OrganizationStatus.ACTIVE, OrganizationStatus.SUSPENDED}),
            OrganizationStatus.ABOLISHED,
            can_change_status,
            note_required=True,
        ),
    },
)
