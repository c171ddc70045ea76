"""Branches drawn by lot for a visit: what a draw may take, the draw, and the visits made of it.

The lots are those of spot checks (`members.rules.drawing`): a draw is never taken back or drawn over.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from branches.models import Campaign, Category, Organization, User
from branches.models.organization import OrganizationQuerySet
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from members.rules.drawing import draw, is_machine_seed
from members.services.spot_checks import is_within, new_seed
from rectification.models import SupervisionTeam, Visit, VisitDraw
from rectification.permissions.supervision import can_draw_visits
from rectification.services.supervision import below, may_work


def drawable(
    campaign: Campaign,
    body: Organization,
    *,
    category: str = "",
    team: SupervisionTeam | None = None,
    fresh: bool = False,
) -> OrganizationQuerySet:
    """What the body could draw: addressed, strictly below, of a field, of a team's; `fresh`: not visited yet."""
    found = below(campaign, body)
    if category:
        found = found.filter(category=category)
    if team is not None:
        found = found.filter(team.within())
    if fresh:
        found = found.exclude(pk__in=Visit.objects.made().filter(campaign=campaign).values("organization"))
    return found


def _words(category: str, team: SupervisionTeam | None, fresh: bool) -> str:
    """What was drawn from, as the page says it."""
    parts = [Category(category).label if category else "全部领域"]
    parts.append(f"{team.name}负责的" if team is not None else "")
    parts.append("还没有督查过的" if fresh else "")
    return "，".join(part for part in parts if part)


def draw_visits(
    *,
    campaign: Campaign,
    body: Organization,
    size: int,
    by: User,
    seed: str = "",
    category: str = "",
    team: SupervisionTeam | None = None,
    fresh: bool = False,
) -> VisitDraw:
    """Draw `size` organisations by lot and keep pool, seed and result; without `seed` one is made.

    Raises NotAllowed for others than the body's office and supervisors, in a campaign that is not open or has no
    supervision, for a seed that looks like a made one, and when there are fewer than are to be drawn.
    """
    insist(can_draw_visits(by, body), may_work(campaign))
    if not is_within(campaign, body):
        raise NotAllowed("这次活动没有发给本单位。")
    if team is not None and (team.campaign_id != campaign.pk or team.sender_id != body.pk):
        raise NotAllowed("这个组不是本单位在这次活动里派出的，请重新选择。")
    seed = seed.strip()
    if is_machine_seed(seed):
        raise NotAllowed("这样的种子和机器产生的一样，分不清是谁定的。请换一个，例如会上掷骰子得到的数字。")
    with transaction.atomic():
        chosen = drawable(campaign, body, category=category, team=team, fresh=fresh)
        pool = list(chosen.values_list("code", flat=True))
        if not 1 <= size <= len(pool):
            raise NotAllowed(
                f"这个范围内有 {len(pool)} 个党组织，请填 1 到 {len(pool)} 之间的个数，或者放宽范围。"
                if pool
                else "这个范围内没有可抽的党组织，请放宽范围。"
            )
        made = seed or new_seed()
        kept = VisitDraw.objects.create(
            campaign=campaign,
            organization=body,
            words=_words(category, team, fresh)[:120],
            seed=made,
            size=size,
            pool=pool,
            result=list(draw(pool, made, size)),
            drawn_at=timezone.now(),
            drawn_by=by.full_name,
        )
        detail = {"campaign": campaign.pk, "pool": len(pool), "size": size, "typed_seed": bool(seed)}
        record(by=by, action="draw_visits", about=kept, detail=detail)
    return kept


def repeats(kept: VisitDraw) -> bool:
    """Whether drawing again from what was kept gives what was drawn."""
    return bool(list(draw(kept.pool, kept.seed, kept.size)) == kept.result)
