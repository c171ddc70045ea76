"""Spot checks (随机抽查): which materials a draw may take, the draw, and what the check found.

A draw is never taken back or drawn over: each stays with its pool, its seed and who drew it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Category, Organization, Run, User
from branches.permissions import LEADERS, Answer, Denied
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.workflow import NotAllowed, insist, perform
from members.models import Decision, Material, MaterialRole, ReviewSlot, SpotCheck, SpotCheckItem
from members.models.material import MaterialQuerySet
from members.permissions.materials import UNREAD
from members.permissions.spot_checks import can_check_item, can_draw
from members.rules.drawing import draw, is_machine_seed
from members.workflow.preparing import MATERIAL, SETTLED


def checked_categories(campaign: Campaign) -> frozenset[str]:
    """The categories of organisations whose materials the rules let be spot-checked."""
    current = campaign.rule_set()
    return frozenset(c for c in Category.values if current.stored("spot_check", c))


def is_within(campaign: Campaign, organization: Organization) -> bool:
    """Whether the organisation is the issuer, below it or above it: where its office may have draws."""
    paths = sorted((campaign.issuer.path, organization.path), key=len)
    return paths[1].startswith(paths[0])


def drawable(campaign: Campaign, organization: Organization) -> MaterialQuerySet:
    """What the office could draw today: handed in, of the present round, strictly below, where the rules ask."""
    newer = Run.objects.filter(
        campaign=OuterRef("campaign"),
        organization=OuterRef("organization"),
        round_no__gt=OuterRef("round_no"),
    )
    found: MaterialQuerySet = Material.objects.filter(
        campaign=campaign,
        organization__path__range=organization.subtree_range,
        organization__category__in=checked_categories(campaign),
    )
    return found.exclude(organization=organization).exclude(status__in=UNREAD).exclude(Exists(newer))


def pool_of(
    campaign: Campaign, organization: Organization, *, category: str = "", role: str = "", fresh: bool = False
) -> list[str]:
    """The sorted keys a draw may take; `fresh` leaves out what this office drew before."""
    found = drawable(campaign, organization)
    if category:
        found = found.filter(organization__category=category)
    if role:
        found = found.filter(role=role)
    if fresh:
        drawn = SpotCheckItem.objects.filter(check_of__organization=organization)
        found = found.exclude(pk__in=drawn.values("material"))
    return sorted(str(key) for key in found.values_list("pk", flat=True))


def new_seed() -> str:
    """A seed nobody can choose or foresee."""
    return secrets.token_hex(8)


def draw_materials(
    *,
    campaign: Campaign,
    organization: Organization,
    size: int,
    by: User,
    seed: str = "",
    category: str = "",
    role: str = "",
    fresh: bool = False,
) -> SpotCheck:
    """Draw `size` materials by lot and keep pool, seed and result; without `seed` one is made.

    Raises NotAllowed for others than the organisation's own office, in a campaign that is not open, where
    the rules ask for no spot check, and when there are fewer materials than are to be drawn.
    """
    insist(_may_draw(campaign, organization, by))
    seed = seed.strip()
    if is_machine_seed(seed):
        raise NotAllowed("这样的种子和机器产生的一样，分不清是谁定的。请换一个，例如会上掷骰子得到的数字。")
    with transaction.atomic():
        pool = pool_of(campaign, organization, category=category, role=role, fresh=fresh)
        if not 1 <= size <= len(pool):
            raise NotAllowed(_too_few(len(pool)))
        check = SpotCheck.objects.create(
            campaign=campaign,
            organization=organization,
            seed=seed or new_seed(),
            size=size,
            pool=pool,
            drawn_at=timezone.now(),
            drawn_by=by.full_name,
        )
        drawn = enumerate(draw(pool, check.seed, size), 1)
        SpotCheckItem.objects.bulk_create(
            SpotCheckItem(check_of=check, material_id=key, position=place) for place, key in drawn
        )
        detail = {
            "campaign": campaign.pk,
            "pool": len(pool),
            "size": size,
            "typed_seed": bool(seed),
            "category": Category(category).label if category else "全部",
            "role": MaterialRole(role).label if role else "全部",
        }
        record(by=by, action="draw_materials", about=check, detail=detail)
    return check


def _too_few(count: int) -> str:
    """Why nothing could be drawn, and what to do."""
    if not count:
        return "这个范围内没有可抽的材料：还没有交上来，或者以前都抽到过了。请等材料交上来，或者放宽范围。"
    return f"这个范围内只有 {count} 份材料，请填 1 到 {count} 之间的份数，或者放宽范围。"


def _may_draw(campaign: Campaign, organization: Organization, by: User) -> Answer:
    """Whether the office may draw in this campaign now."""
    answer = can_draw(by, organization)
    if not answer:
        return answer
    if not campaign.is_open:
        return Denied("活动还没有发布或者已经结束，不能再抽取。")
    if not checked_categories(campaign) or not is_within(campaign, organization):
        return Denied("这项活动没有要求抽查材料。")
    return True


def note_reading(*, item: SpotCheckItem, by: User) -> None:
    """Record that the text of a drawn material was read."""
    record(by=by, action="read_drawn", about=item.material, detail={"check": str(item.check_of_id)})


def check_item(
    *, item: SpotCheckItem, finding: str, wants_more: bool, by: User, sends_back: bool = False
) -> SpotCheckItem:
    """Write down what the check found; author and reviewers are told that there is something to read.

    `sends_back`: return the material too, with the finding as the reason; only one that is through its
    review. What is still being reviewed stays with its reviewers, who see the finding.
    Raises NotAllowed for others than the office that drew it, and for a change asked for without a word.
    """
    finding = finding.strip()
    with transaction.atomic():
        rows = SpotCheckItem.objects.select_for_update(of=("self",))
        locked = rows.select_related("check_of__organization", "material__campaign", "material__organization")
        found = locked.get(pk=item.pk)
        insist(can_check_item(by, found))
        if wants_more and not finding:
            raise NotAllowed("建议修改的，请写明哪里要改、怎么改。")
        if sends_back:
            _send_back(found.material, finding, by)
        is_new = found.checked_on is None
        found.finding, found.wants_more = finding, wants_more or sends_back
        found.checked_on = timezone.localdate()
        found.save(update_fields=["finding_sealed", "wants_more", "checked_on"])
        detail = {"check": str(found.check_of_id), "new": is_new, "wants_more": found.wants_more}
        record(by=by, action="check_drawn", about=found.material, detail=detail)
        _tell(found, sends_back)
    return found


def _send_back(material: Material, reason: str, by: User) -> None:
    """Return a material that was through; it begins its way again when it is handed in anew."""
    moved = perform(MATERIAL, material, "return_checked", by=by, note=reason)
    moved.settled_on = None
    moved.save(update_fields=["settled_on"])


def may_send_back(material: Material) -> bool:
    """Whether the material is through, so that only a return makes it be changed."""
    return material.status in SETTLED


def _tell(item: SpotCheckItem, sent_back: bool) -> None:
    """Tell the author, and the reviewers of a material under review."""
    material, office = item.material, item.check_of.organization.short_name
    word = "抽查后退回修改" if sent_back else "抽查了"
    announce(
        kind="material_returned_checked" if sent_back else "material_checked",
        about=material,
        recipients=authors_of(material),
        title=f"{office}{word}{material.subject}的{material.get_form_display()}，请看抽查情况"[:120],
        body="请按抽查情况修改，重新提交。" if sent_back else "",
        url=reverse("members:material_show", args=[material.pk]),
    )
    slots = ReviewSlot.objects.filter(
        version=material.versions.first(), decision=Decision.PENDING, holder__is_active=True
    )
    for slot in slots.select_related("holder"):
        announce(
            kind="material_checked_review",
            about=slot,
            recipients=[slot.holder] if slot.holder is not None else [],
            title=f"{office}抽查了{material.subject}的{material.get_form_display()}，审核时请参考"[:120],
            body="抽查不代替审核，是否通过仍由您决定。",
            url=reverse("members:review", args=[slot.pk]),
        )


def authors_of(material: Material) -> Collection[User]:
    """Those with an account who can change the material: the person; the leaders for the committee's."""
    if material.role == MaterialRole.COMMITTEE:
        return holders(Organization.objects.filter(pk=material.organization_id), LEADERS)
    owner = material.member or material.appointment
    user = owner.user if owner is not None else None
    return [user] if user is not None and user.is_active else []
