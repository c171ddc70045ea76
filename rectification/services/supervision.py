"""What the pages of supervision share: whether a campaign has any, who sends people out, text as it is kept."""

from __future__ import annotations

from branches.models import Campaign, CampaignStatus, Organization, User, path_and_above
from branches.models.organization import OrganizationQuerySet
from branches.permissions import READER_ROLES, SUPERIOR_KINDS, Answer, Denied
from branches.rules import Rules
from branches.workflow import NotAllowed
from members.services.spot_checks import is_within
from rectification.rules.supervision import is_supervised

NOT_SUPERVISED = "这次活动的规则没有安排督导，不用办理。"


def rules_here(campaign: Campaign, organization: Organization | None) -> list[Rules]:
    """The rules that hold for the organisation; for none those of the campaign and of each category with its own."""
    if organization is not None:
        return [campaign.rules_for(organization)]
    return campaign.rule_set().every_resolved()


def has_supervision(campaign: Campaign, organization: Organization | None = None) -> bool:
    """Whether the campaign is published and its rules want anybody to look in: on this organisation, or on some."""
    if campaign.status == CampaignStatus.DRAFT:
        return False
    return any(is_supervised(rules) for rules in rules_here(campaign, organization))


def may_work(campaign: Campaign, organization: Organization | None = None) -> Answer:
    """Whether supervision is worked on now: published, not closed, and wanted by the rules (of this organisation)."""
    if not campaign.is_open:
        return Denied("活动还没有发布或者已经结束，督导情况只供查看。")
    return True if has_supervision(campaign, organization) else Denied(NOT_SUPERVISED)


def team_kinds(campaign: Campaign) -> tuple[str, ...]:
    """The kinds of teams the rules of the campaign, or of some category, name."""
    named = (kind for rules in rules_here(campaign, None) for kind in rules.supervision)
    return tuple(dict.fromkeys(named))


def has_points(campaign: Campaign) -> bool:
    """Whether leaders are linked to organisations, of some category at least."""
    return any(rules.linked_points for rules in rules_here(campaign, None))


def bodies_of(user: User, campaign: Campaign) -> tuple[Organization, ...]:
    """The bodies the person's posts are in, that send people out in this campaign: each once, highest first."""
    found = {
        post.organization.pk: post.organization
        for post in user.posts()
        if post.role in READER_ROLES and post.organization.kind in SUPERIOR_KINDS
    }
    return tuple(one for one in found.values() if is_within(campaign, one))


def below(campaign: Campaign, body: Organization) -> OrganizationQuerySet:
    """The organisations addressed strictly below a body, in tree order."""
    found: OrganizationQuerySet = campaign.organizations().in_subtree(body).exclude(pk=body.pk)
    return found


def offices_above(campaign: Campaign, organization: Organization) -> OrganizationQuerySet:
    """The bodies above an organisation up to the campaign's issuer."""
    above = [path for path in path_and_above(organization.path)[:-1] if path.startswith(campaign.issuer.path)]
    found: OrganizationQuerySet = Organization.objects.filter(path__in=above)
    return found


def written(text: str, what: str, longest: int) -> str:
    """A text without blank ends; raises NotAllowed when it is missing or too long."""
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > longest:
        raise NotAllowed(f"请写明{what}，最多 {longest} 个字。")
    return text
