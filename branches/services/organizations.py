"""The tree: organisations are added and moved by the office above."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from branches.models import Kind, Organization, User
from branches.permissions import can_manage_organizations
from branches.services.audit import record
from branches.workflow import NotAllowed

MAY_STAND_UNDER = {
    Kind.BRANCH: (Kind.COMMITTEE, Kind.GENERAL_BRANCH, Kind.WORK_COMMITTEE),
    Kind.GROUP: (Kind.BRANCH,),
    Kind.GENERAL_BRANCH: (Kind.COMMITTEE, Kind.WORK_COMMITTEE),
    Kind.COMMITTEE: (Kind.COMMITTEE, Kind.WORK_COMMITTEE),
    Kind.WORK_COMMITTEE: (Kind.COMMITTEE, Kind.WORK_COMMITTEE),
}


def add_organization(*, parent: Organization, by: User, **fields: Any) -> Organization:
    """Add an organisation below `parent`; kinds must fit (支部 under a committee, 小组 under a 支部)."""
    answer = can_manage_organizations(by, parent)
    if not answer:
        raise NotAllowed(answer.reason)
    kind = Kind(fields["kind"])
    if parent.kind not in MAY_STAND_UNDER[kind]:
        raise NotAllowed(f"{kind.label}不能直接设在{parent.get_kind_display()}下面。")
    with transaction.atomic():
        added: Organization = Organization.objects.add_child(parent, fields)
        record(by=by, action="add_organization", about=added)
    return added


def change_organization(*, organization: Organization, by: User, **fields: Any) -> Organization:
    """Change names, category, flags or phone of an organisation."""
    answer = can_manage_organizations(by, organization)
    if not answer:
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        for name, value in fields.items():
            setattr(organization, name, value)
        organization.save(update_fields=list(fields))
        record(by=by, action="change_organization", about=organization, detail={"fields": list(fields)})
    return organization
