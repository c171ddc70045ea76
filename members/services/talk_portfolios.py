"""The departments in the portfolios of an organisation's posts: their heads are partners of talks (分管部门负责同志)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from branches.models import Organization, Portfolio, PortfolioKind
from members.models import Capacity, Outsider

# The key of a head follows from department and name, so that two who look at once enter one row.
NAMESPACE = uuid.UUID("6f1d2c0e-3b52-4f5c-9a44-1f0c6d2b7e11")


def head_key(organization: Organization, line: Portfolio) -> uuid.UUID:
    """The key under which the head of a department is entered."""
    return uuid.uuid5(NAMESPACE, f"{organization.pk}:{line.unit}:{line.unit_head}")


def heads_of(
    organization: Organization, lines: Iterable[Portfolio], outsiders: Sequence[Outsider]
) -> dict[int, Outsider]:
    """The partner for each 分管 line of a department with a named head.

    A partner entered by hand is recognised by name (of several by the department in the title); a head nobody
    entered yet is entered now, so that a name is typed once. One who was ended by hand stays ended.
    """
    known = {outsider.pk: outsider for outsider in outsiders}
    found: dict[int, Outsider] = {}
    new: dict[uuid.UUID, Outsider] = {}
    for line in lines:
        if line.kind != PortfolioKind.CHARGE or not line.unit_head:
            continue
        key = head_key(organization, line)
        found[line.pk] = (
            known.get(key) or new.get(key) or _entered(line, outsiders) or _new(organization, line, key)
        )
        if found[line.pk].pk == key and key not in known:
            new[key] = found[line.pk]
    Outsider.objects.bulk_create(new.values(), ignore_conflicts=True)
    return {pk: outsider for pk, outsider in found.items() if outsider.is_current}


def _new(organization: Organization, line: Portfolio, key: uuid.UUID) -> Outsider:
    return Outsider(
        pk=key,
        organization=organization,
        name=line.unit_head,
        capacity=Capacity.DEPARTMENT,
        title=f"{line.unit}负责同志"[:80],
    )


def _entered(line: Portfolio, outsiders: Sequence[Outsider]) -> Outsider | None:
    """The partner entered by hand who is meant by a line, if it is clear who."""
    named = [o for o in outsiders if o.capacity == Capacity.DEPARTMENT and o.name == line.unit_head]
    fitting = [o for o in named if line.unit in o.title] or named
    return fitting[0] if len(fitting) == 1 else None
