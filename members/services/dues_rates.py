"""The table of rates that holds for an organisation, and an office's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from branches.models import Organization, User, path_and_above
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from members.models import DuesRate
from members.permissions.dues import can_change_rates
from members.rules.dues import Rate, delivered


@dataclass(frozen=True, slots=True)
class Applied:
    """The lines that hold, and whose table it is; None: the one delivered with the program."""

    rates: tuple[Rate, ...]
    owner: Organization | None

    @property
    def source(self) -> str:
        """Where the lines come from, in words."""
        return delivered().document if self.owner is None else f"{self.owner.name}确定的标准"


def rates_for(organization: Organization) -> Applied:
    """Returns the nearest table at or above the organisation, at the top the delivered one."""
    rows = list(
        DuesRate.objects.filter(organization__path__in=path_and_above(organization.path)).select_related(
            "organization"
        )
    )
    if not rows:
        return Applied(delivered().rates, None)
    owner = max((row.organization for row in rows), key=lambda found: len(found.path))
    lines = (row for row in rows if row.organization_id == owner.pk)
    return Applied(
        tuple(Rate(row.label, row.income_over, row.share, row.lowest, row.highest) for row in lines), owner
    )


def save_rates(*, organization: Organization, rates: Sequence[Rate], by: User) -> int:
    """Give the organisation this table in place of any it has. Returns the number of lines.

    Raises NotAllowed with the reason.
    """
    _require(by, organization)
    if not rates:
        raise NotAllowed("标准表里至少要有一行；不想另定标准的，请按“恢复上级标准”。")
    if len({(rate.label, rate.over) for rate in rates}) < len(rates):
        raise NotAllowed("有两行的人员类别和“月收入超过”完全相同，请改成不同，或者删去一行。")
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=organization.pk)
        DuesRate.objects.filter(organization=organization).delete()
        DuesRate.objects.bulk_create(
            DuesRate(
                organization=organization,
                label=rate.label,
                income_over=rate.over,
                share=rate.share,
                lowest=rate.lowest,
                highest=rate.highest,
                position=position,
            )
            for position, rate in enumerate(rates, start=1)
        )
        record(by=by, action="save_rates", about=organization, detail={"rows": len(rates)})
    return len(rates)


def copy_rates(*, organization: Organization, by: User) -> int:
    """Make the table that holds for the organisation its own, to be changed. Returns the number of lines."""
    applied = rates_for(organization)
    if applied.owner is not None and applied.owner.pk == organization.pk:
        return len(applied.rates)
    return save_rates(organization=organization, rates=applied.rates, by=by)


def drop_rates(*, organization: Organization, by: User) -> None:
    """Do without a table of one's own: again what holds above. Raises NotAllowed with the reason."""
    _require(by, organization)
    with transaction.atomic():
        gone, _ = DuesRate.objects.filter(organization=organization).delete()
        if gone:
            record(by=by, action="drop_rates", about=organization, detail={"rows": gone})


def _require(by: User, organization: Organization) -> None:
    insist(can_change_rates(by, organization))
