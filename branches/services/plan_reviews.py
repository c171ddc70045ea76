"""The office's side of plans: approving, filing, returning."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization, Plan, PlanStatus, User
from branches.permissions import CLERK_ROLES
from branches.services.notices import announce, holders
from branches.workflow import PLAN, NotAllowed, perform

TOLD = {
    "approve": "实施方案已批准，可以部署实施",
    "file": "实施方案已备案",
    "return": "实施方案退回修改，请改好以后重新上报",
}
LONGEST_COMMENT = 2000
HANDED_IN_ANEW = "支部刚才撤回或者重新上报了这份方案。您写的意见还在，请看过新的一版再办。"


def review_plan(*, plan: Plan, step: str, number: int, comment: str, by: User) -> Plan:
    """Approve, file or return the plan as handed in at version `number`; the authors' side is told.

    `step` is approve, file or return; returning needs a comment, the others may have one. Raises NotAllowed
    with the reason, also when another version was handed in meanwhile; then nothing is written.
    """
    comment = comment.strip()
    if len(comment) > LONGEST_COMMENT:
        raise NotAllowed(f"审核意见最多 {LONGEST_COMMENT} 字，现在 {len(comment)} 字。请写得简短一些。")
    with transaction.atomic():
        moved = perform(PLAN, plan, step, by=by, note=comment)
        version = moved.versions.first()
        if version is None or version.number != number:
            raise NotAllowed(HANDED_IN_ANEW)
        version.decision, version.comment = moved.status, comment
        version.decided_at, version.decided_by = timezone.now(), by.full_name
        version.save(update_fields=["decision", "comment", "decided_at", "decided_by"])
        moved.decided_on = None if moved.status == PlanStatus.RETURNED else timezone.localdate()
        moved.save(update_fields=["decided_on"])
        announce(
            kind=f"plan_{step}_{version.number}",
            about=moved,
            recipients=holders(Organization.objects.filter(pk=moved.organization_id), CLERK_ROLES),
            title=TOLD[step],
            body="上级写了审核意见，请打开查看。" if comment else "",
            url=reverse("branches:plan", args=[moved.campaign.slug, moved.organization_id]),
        )
    return moved
