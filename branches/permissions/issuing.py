"""Who may keep a campaign's notice in order after it was drafted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Campaign, CampaignStatus, User
from branches.permissions.base import Answer, Denied, can_edit_campaign, can_issue_campaign
from branches.permissions.running import can_revise_rules

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_keep_campaign(user: User | AnonymousUser, campaign: Campaign) -> Answer:
    """Add addressees and attachments, fill the leading group: the issuer's office, until the campaign is over."""
    answer = can_issue_campaign(user, campaign.issuer)
    if not answer:
        return answer
    if campaign.status == CampaignStatus.CLOSED:
        return Denied("活动已经结束，通知的内容不能再改。")
    return True


def can_clone_campaign(user: User | AnonymousUser, campaign: Campaign) -> Answer:
    """Draft another year's campaign with these rules: the issuer's office, whatever became of this one."""
    return can_issue_campaign(user, campaign.issuer)


def can_change_rules(user: User | AnonymousUser, campaign: Campaign) -> Answer:
    """Change single rules: of a draft, or of the revision that is being prepared while the campaign is open."""
    if campaign.status == CampaignStatus.DRAFT:
        return can_edit_campaign(user, campaign)
    return can_revise_rules(user, campaign)
