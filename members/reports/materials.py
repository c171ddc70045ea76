"""Who owes a material and how far each is: the branch's list, and a person's own page. No text is opened here."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from branches.models import Appointment, Campaign, Organization, User
from branches.permissions import CLERK_ROLES, COMMITTEE_ROLES, LEADERS, holds
from branches.rules import Clause, Rules, clause_for
from branches.services.rounds import round_of
from members.models import Decision, Material, MaterialForm, MaterialRole, MaterialStatus, Member, ReviewSlot
from members.permissions.materials import UNREAD
from members.rules.material_owed import Owed
from members.rules.routing import SEATS
from members.services.material_people import member_key, owed_here, post_key
from members.services.materials import key_of
from members.workflow.preparing import EDITABLE, SETTLED

STATES = {
    MaterialStatus.DRAFT: "idle",
    MaterialStatus.SUBMITTED: "now",
    MaterialStatus.RETURNED: "bad",
    MaterialStatus.PASSED: "ok",
    MaterialStatus.DONE: "ok",
}
NOT_BEGUN = "还没有写"


@dataclass(frozen=True)
class Seat:
    """One reviewer's seat at the newest version: what it is called and what was decided there."""

    label: str
    decision: str
    decided_by: str
    holder: int | None


@dataclass(frozen=True)
class MaterialRow:
    """One material that is owed, or was begun when it was; `owed` is None for the latter."""

    owed: Owed | None
    material: Material | None
    name: str
    role: str
    form: str
    seats: tuple[Seat, ...]
    least: int | None
    is_mine: bool
    may_read: bool

    @property
    def key(self) -> str:
        """Under which it is begun."""
        return self.owed.key if self.owed is not None else ""

    @property
    def status(self) -> str:
        """Where it stands; empty when nobody has begun."""
        return self.material.status if self.material is not None else ""

    @property
    def word(self) -> str:
        """Where it stands, in words."""
        if self.material is None:
            return NOT_BEGUN
        paper = "（纸质）" if self.material.is_on_paper else ""
        return f"{self.material.get_status_display()}{paper}"

    @property
    def state(self) -> str:
        """The colour of the word."""
        return STATES[MaterialStatus(self.status)] if self.status else "warn"

    @property
    def is_handed_in(self) -> bool:
        """Whether it left the author's hands."""
        return bool(self.status) and self.status not in EDITABLE

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to be done."""
        return self.status in SETTLED

    @property
    def waits_for_author(self) -> bool:
        """Whether it is still to be written or mended."""
        return not self.is_handed_in

    @property
    def is_short(self) -> bool:
        """Whether it has fewer characters than is usual; paper is not counted."""
        found = self.material
        return bool(
            self.least
            and found is not None
            and found.chars
            and found.chars < self.least
            and not found.is_on_paper
        )

    @property
    def shown_on(self) -> datetime.date | None:
        """The day it was shown to the masses."""
        return self.material.shown_on if self.material is not None else None


@dataclass(frozen=True)
class MaterialTable:
    """All materials of one organisation in its present round."""

    campaign: Campaign
    organization: Organization
    rules: Rules
    rows: tuple[MaterialRow, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> MaterialTable:
        """The table as the user may see it; a constant number of queries."""
        rules = campaign.rules_for(organization)
        found = Material.objects.filter(
            campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
        ).select_related("member", "appointment", "organization")
        begun = {key_of(one): one for one in found}
        seats = _seats(begun.values())
        mine = _own_keys(user, organization)
        rows = [
            _row(one, begun.pop(one.key, None), rules, seats, user, one.key in mine)
            for one in owed_here(campaign, organization)
        ]
        rows += [_row(None, one, rules, seats, user, key in mine) for key, one in begun.items()]
        return cls(campaign, organization, rules, tuple(rows))

    @property
    def owed(self) -> tuple[MaterialRow, ...]:
        """What is owed today."""
        return tuple(row for row in self.rows if row.owed is not None)

    @property
    def mine(self) -> tuple[MaterialRow, ...]:
        """What the user writes."""
        return tuple(row for row in self.rows if row.is_mine)

    @property
    def heading(self) -> str:
        """What is written here, as the notice calls it; nothing owed has the general word."""
        forms = {row.form for row in self.rows}
        return forms.pop() if len(forms) == 1 else "材料"

    @property
    def tiles(self) -> tuple[tuple[int, str], ...]:
        """Figures on top of the list."""
        owed = self.owed
        return (
            (len(owed), "应交"),
            (sum(row.is_handed_in for row in owed), "已交"),
            (sum(row.is_settled for row in owed), "已办结"),
            (sum(row.waits_for_author for row in owed), "还没有交"),
        )

    @property
    def asks_publicity(self) -> bool:
        """Whether materials are shown to the masses or pledged."""
        return self.rules.material_public_notice or self.rules.material_pledge

    @property
    def publicity(self) -> str:
        """What it is called here."""
        return "公示" if self.rules.material_public_notice else "公开承诺"

    @property
    def unshown(self) -> int:
        """How many settled materials were not shown yet."""
        return sum(row.is_settled and row.shown_on is None for row in self.owed)

    def clause(self, key: str) -> Clause | None:
        """The notice's words behind a rule."""
        return clause_for(key, self.campaign.rule_set().quoted(), self.organization.category)

    @property
    def length_clause(self) -> Clause | None:
        """The words on the length."""
        return self.clause("material_min_chars")

    @property
    def member_clause(self) -> Clause | None:
        """The words on what ordinary members write."""
        return self.clause("member_material")


def _row(
    owed: Owed | None,
    material: Material | None,
    rules: Rules,
    seats: dict[object, tuple[Seat, ...]],
    user: User,
    is_mine: bool,
) -> MaterialRow:
    """One line of the table."""
    sitting = seats.get(material.pk, ()) if material is not None else ()
    role = owed.role if owed is not None else material.role if material is not None else ""
    form = owed.form if owed is not None else material.form if material is not None else ""
    subject = material.subject if material is not None else ""
    is_committee = role == MaterialRole.COMMITTEE
    return MaterialRow(
        owed,
        material,
        "班子" if is_committee else owed.name if owed is not None else subject,
        "" if is_committee else str(MaterialRole(role).label),
        str(MaterialForm(form).label),
        sitting,
        rules.material_min_chars,
        is_mine,
        material is not None and (is_mine or _may_read(user, material, sitting)),
    )


def _may_read(user: User, material: Material, seats: Iterable[Seat]) -> bool:
    """As `can_read_material` answers, without a query; what was drawn for a spot check has its own page."""
    if any(seat.holder == user.pk for seat in seats):
        return True
    if material.role == MaterialRole.COMMITTEE and holds(user, CLERK_ROLES, material.organization):
        return True
    readers = COMMITTEE_ROLES if material.role == MaterialRole.COMMITTEE else LEADERS
    return material.status not in UNREAD and holds(user, readers, material.organization)


def _seats(materials: Iterable[Material]) -> dict[object, tuple[Seat, ...]]:
    """The seats at the newest version of each material."""
    slots = ReviewSlot.objects.filter(version__material__in=list(materials)).select_related("version")
    newest: dict[object, int] = defaultdict(int)
    found: dict[object, dict[int, list[Seat]]] = defaultdict(lambda: defaultdict(list))
    for slot in slots.order_by("pk"):
        pk, number = slot.version.material_id, slot.version.number
        newest[pk] = max(newest[pk], number)
        label = SEATS.get(slot.seat, slot.seat)
        shown = str(Decision(slot.decision).label)
        found[pk][number].append(Seat(label, shown, slot.decided_by, slot.holder_id))
    return {pk: tuple(found[pk][number]) for pk, number in newest.items()}


def _own_keys(user: User, organization: Organization) -> set[str]:
    """The keys under which the user writes in this organisation."""
    keys = {member_key(pk) for pk in Member.objects.filter(user=user).values_list("pk", flat=True)}
    posts = Appointment.objects.filter(user=user, organization=organization)
    keys |= {post_key(pk) for pk in posts.values_list("pk", flat=True)}
    return keys | {""} if holds(user, CLERK_ROLES, organization) else keys
