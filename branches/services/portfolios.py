"""Portfolios of members of leading bodies: a line is added or removed; all end with the post."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from branches.models import Appointment, Kind, Organization, OrganizationStatus, Portfolio, User
from branches.models.organization import OrganizationQuerySet
from branches.permissions.portfolios import can_assign_portfolio
from branches.services.audit import record
from branches.workflow import NotAllowed, insist


def may_look_after(post: Appointment) -> OrganizationQuerySet:
    """What a post can have in its portfolio: organisations below its own, and those of its line (条线)."""
    below = Q(path__range=post.organization.subtree_range) & ~Q(pk=post.organization_id)
    found: OrganizationQuerySet = Organization.objects.filter(below | Q(line_superior=post.organization))
    return found.exclude(kind=Kind.GROUP).exclude(status=OrganizationStatus.ABOLISHED)


def add_portfolio(
    *,
    post: Appointment,
    kind: str,
    by: User,
    organization: Organization | None = None,
    unit: str = "",
    unit_head: str = "",
) -> Portfolio:
    """Add one line: an organisation, or a department outside the tree with the name of its head.

    Raises NotAllowed for others than those who may give the post, for an organisation the post has nothing
    to do with, and for a line that is there already.
    """
    _required(post, by)
    if (organization is None) == (not unit):
        raise NotAllowed("党组织和部门请选填一项。")
    if organization is not None and not may_look_after(post).filter(pk=organization.pk).exists():
        raise NotAllowed("只能登记本组织下面的党组织，或者由本组织作系统主管的党组织。")
    with transaction.atomic():
        Appointment.objects.select_for_update().get(pk=post.pk)
        if post.portfolios.filter(kind=kind, organization=organization, unit=unit).exists():
            raise NotAllowed("这一项分工已经登记过了。")
        line = Portfolio.objects.create(
            appointment=post,
            kind=kind,
            organization=organization,
            unit=unit,
            unit_head=unit_head if unit else "",
        )
        record(by=by, action="add_portfolio", about=post, detail=_said(line))
    return line


def remove_portfolio(*, line: Portfolio, by: User) -> None:
    """Remove one line; raises NotAllowed as for adding."""
    _required(line.appointment, by)
    with transaction.atomic():
        record(by=by, action="remove_portfolio", about=line.appointment, detail=_said(line))
        line.delete()


def _required(post: Appointment, by: User) -> None:
    """Raise NotAllowed with the reason of a refusal."""
    insist(can_assign_portfolio(by, post))


def _said(line: Portfolio) -> dict[str, object]:
    """What the record keeps of a line: no names."""
    return {"kind": line.get_kind_display(), "organization": line.organization_id}
