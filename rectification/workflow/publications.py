"""The steps of what is put up in public: drafted, approved, posted, ended; or withdrawn. Only people take them."""

from __future__ import annotations

from django.utils import timezone
from django.utils.dateformat import format as date_format

from branches.models import Campaign, CampaignStatus, Organization, OrganizationStatus
from branches.permissions import Answer, Denied
from branches.rules import Rules
from branches.services.rounds import round_of
from branches.workflow import Transition, Workflow
from evaluations.models import NoticeStatus
from evaluations.rules.publicity import days_posted
from rectification.models import Publication, PublicationKind, PublicationStatus
from rectification.permissions import can_approve_publication, can_post_publication

DAY = "Y年n月j日"
SCOPED = "scoped_notice"  # value of the rule `result_publicity`
COUNTED = (PublicationKind.MATERIAL, PublicationKind.MEASURES)  # 公示: hang as long as the rules say


def kinds_asked(rules: Rules) -> tuple[PublicationKind, ...]:
    """What may be put up under these rules; a branch may always put up something else of its own."""
    asked = {
        PublicationKind.MATERIAL: rules.material_public_notice,
        PublicationKind.PLEDGE: rules.material_pledge,
        PublicationKind.MEASURES: rules.rectification_public,
        PublicationKind.RESULTS: rules.public_page and rules.result_publicity == SCOPED,
        PublicationKind.OTHER: True,
    }
    return tuple(kind for kind, wanted in asked.items() if wanted)


def may_draft(campaign: Campaign, organization: Organization, kind: str) -> Answer:
    """The campaign reached the organisation, and its rules know this kind."""
    if organization.status == OrganizationStatus.ABOLISHED:
        return Denied("这个党组织已经撤销。")
    if campaign.status == CampaignStatus.DRAFT or not campaign.covers(organization):
        return Denied("这项活动没有发给这个党组织。")
    if kind not in kinds_asked(campaign.rules_for(organization)):
        return Denied("这项活动没有要求这一种公示，请选别的，或者选“其他公示”。")
    return True


def _stands(publication: Publication) -> Answer:
    """It may be drafted, belongs to the present round, and the notice of results it repeats hangs."""
    answer = may_draft(publication.campaign, publication.organization, publication.kind)
    if not answer:
        return answer
    if publication.round_no != round_of(publication.campaign, publication.organization):
        return Denied("上级已责令重新进行，这一份是上一轮的。请撤回，重新起草。")
    notice = publication.result_notice
    if notice is not None and notice.status != NoticeStatus.POSTED:
        return Denied("评议结果公示没有张贴或者已经结束，不能再上网。")
    return True


def _ready(publication: Publication) -> Answer:
    """It stands, says something, and hangs long enough somewhere."""
    answer = _stands(publication)
    if not answer:
        return answer
    if not publication.text.strip():
        return Denied("请写公示正文。")
    if not publication.place.strip():
        return Denied("请写明公示地点。")
    least = publication.campaign.rules_for(publication.organization).notice_board_days
    days = days_posted(publication.from_on, publication.to_on)
    if publication.kind in COUNTED and days < least:
        return Denied(f"公示不少于 {least} 天（首尾两天都算），现在是 {days} 天。请把结束日期往后改。")
    return True


def _may_post(publication: Publication) -> Answer:
    """It stands, and its first day has come."""
    answer = _stands(publication)
    if not answer:
        return answer
    if timezone.localdate() < publication.from_on:
        return Denied(f"公示从{date_format(publication.from_on, DAY)}开始，到那天张贴以后再登记。")
    return True


def _may_end(publication: Publication) -> Answer:
    """The last day is over or today, and every objection is answered."""
    if timezone.localdate() < publication.to_on:
        return Denied(f"公示到{date_format(publication.to_on, DAY)}为止，还没有到期。")
    if publication.objections.filter(answer="").exists():
        return Denied("还有意见没有答复。请先答复，再结束公示。")
    return True


PUBLICATION: Workflow[Publication] = Workflow(
    "公示",
    Publication,
    {
        "approve": Transition(
            "批准公示",
            frozenset({PublicationStatus.DRAFT}),
            PublicationStatus.APPROVED,
            can_approve_publication,
            guard=_ready,
        ),
        "post": Transition(
            "登记已张贴",
            frozenset({PublicationStatus.APPROVED}),
            PublicationStatus.POSTED,
            can_post_publication,
            guard=_may_post,
        ),
        "take_down": Transition(
            "结束公示",
            frozenset({PublicationStatus.POSTED}),
            PublicationStatus.ENDED,
            can_post_publication,
            guard=_may_end,
        ),
        "withdraw": Transition(
            "撤回",
            frozenset({PublicationStatus.DRAFT, PublicationStatus.APPROVED, PublicationStatus.POSTED}),
            PublicationStatus.WITHDRAWN,
            can_approve_publication,
            note_required=True,
        ),
    },
)
