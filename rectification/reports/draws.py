"""One draw as its page shows it: what was drawn, with its visits, and the lots of the whole pool."""

from __future__ import annotations

from dataclasses import dataclass

from branches.models import Organization, User
from members.rules.drawing import is_machine_seed, ranked
from rectification.models import Visit, VisitDraw, VisitStatus
from rectification.permissions.visits import can_visit
from rectification.services.supervision import may_work


@dataclass(frozen=True)
class DrawnLine:
    """One organisation drawn, its lot, and the visit planned for it."""

    code: str
    lot: str
    organization: Organization | None
    visit: Visit | None


@dataclass(frozen=True)
class DrawPage:
    """One draw; `pool` in the order of the lots, as (place, code, name, lot)."""

    drawn: VisitDraw
    lines: tuple[DrawnLine, ...]
    pool: tuple[tuple[int, str, str, str], ...]
    is_typed: bool
    may_plan: bool

    @classmethod
    def of(cls, drawn: VisitDraw, user: User) -> DrawPage:
        """The page; a constant number of queries."""
        lots = ranked(drawn.pool, drawn.seed)
        known = {one.code: one for one in Organization.objects.filter(code__in=drawn.pool)}
        visits = Visit.objects.visible_to(user).filter(drawn=drawn).exclude(status=VisitStatus.CANCELLED)
        by_place = {visit.organization_id: visit for visit in visits}
        by_code = {code: lot for lot, code in lots}
        lines = []
        for code in drawn.result:
            place = known.get(code)
            visit = by_place.get(place.pk) if place is not None else None
            lines.append(DrawnLine(code, by_code[code], place, visit))
        first = next((line.organization for line in lines if line.organization is not None), None)
        return cls(
            drawn=drawn,
            lines=tuple(lines),
            pool=tuple(
                (place, code, known[code].short_name if code in known else "", lot)
                for place, (lot, code) in enumerate(lots, 1)
            ),
            is_typed=not is_machine_seed(drawn.seed),
            may_plan=first is not None and bool(may_work(drawn.campaign)) and bool(can_visit(user, first)),
        )
