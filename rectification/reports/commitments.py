"""Members' promises with the reports on them, the clocks of one organisation, and one person's own page."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.rules import Clause, clause_for
from branches.rules.standing import OVERDUE
from branches.services.rounds import round_of
from members.models import Member
from rectification.models import (
    Commitment,
    CommitmentStatus,
    GivenReport,
    HeardPledge,
    RectificationItem,
    ReportKind,
)
from rectification.permissions import can_note_report, can_remove_report
from rectification.progress.clocks import clocks_for
from rectification.rules.clocks import Clock
from rectification.services.given_reports import numbers_of

WORDS = {"measures": "个人整改措施", "commitments": "整改承诺"}
TONES = {
    CommitmentStatus.MADE: "now",
    CommitmentStatus.FULFILLED: "ok",
    CommitmentStatus.WITHDRAWN: "idle",
}


@dataclass(frozen=True)
class PledgeRow:
    """One member with the promise, if there is one, and the days on which was reported on it."""

    member: Member
    commitment: Commitment | None
    reported: tuple[datetime.date, ...]

    @property
    def word(self) -> str:
        """Where it stands, in words."""
        if self.commitment is None:
            return "还没有承诺"
        done = f"，已报告 {len(self.reported)} 次" if self.reported else ""
        return f"{self.commitment.get_status_display()}{done}"

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return "idle" if self.commitment is None else TONES[CommitmentStatus(self.commitment.status)]


@dataclass(frozen=True)
class PledgePage:
    """All members of the branch's roll in its order."""

    campaign: Campaign
    organization: Organization
    rows: tuple[PledgeRow, ...]
    wanted: str
    clause: Clause | None
    reports: int

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization) -> PledgePage:
        """The page: a constant number of queries."""
        members = Member.objects.filter(organization=organization).active().in_order()
        promises = {
            one.member_id: one
            for one in Commitment.objects.standing().filter(
                campaign=campaign,
                organization=organization,
                round_no=round_of(campaign, organization),
            )
        }
        days = _days([one.pk for one in promises.values()])
        rules, quoted = campaign.rules_for(organization), campaign.rule_set().quoted()
        return cls(
            campaign=campaign,
            organization=organization,
            rows=tuple(_pledge_row(one, promises.get(one.pk), days) for one in members),
            wanted=rules.member_rectification,
            clause=clause_for("member_rectification", quoted, organization.category),
            reports=len(numbers_of(campaign, organization, ReportKind.PLEDGES)),
        )

    @property
    def what(self) -> str:
        """What members write, as the rules name it."""
        return WORDS.get(self.wanted, WORDS["commitments"])

    @property
    def made(self) -> int:
        """How many have promised something."""
        return sum(row.commitment is not None for row in self.rows)


def _pledge_row(
    member: Member, found: Commitment | None, days: dict[object, tuple[datetime.date, ...]]
) -> PledgeRow:
    """One member's row."""
    return PledgeRow(member, found, () if found is None else days.get(found.pk, ()))


def _days(promises: list[object]) -> dict[object, tuple[datetime.date, ...]]:
    """The days on which was reported on each promise, in order."""
    found: dict[object, tuple[datetime.date, ...]] = {}
    heard = HeardPledge.objects.filter(commitment__in=promises).order_by("report__on", "pk")
    for pk, on in heard.values_list("commitment", "report__on"):
        found[pk] = (*found.get(pk, ()), on)
    return found


@dataclass(frozen=True)
class ClockLine:
    """One report that the rules ask for, and the meetings at which it was given; `is_next`: it may be given now."""

    clock: Clock
    given: tuple[GivenReport, ...]
    is_next: bool
    may_remove: bool

    @property
    def title(self) -> str:
        """What it is."""
        return self.clock.standing.step.label


@dataclass(frozen=True)
class ClocksPage:
    """The reports of one organisation, each with its day."""

    campaign: Campaign
    organization: Organization
    lines: tuple[ClockLine, ...]
    clauses: tuple[Clause, ...]
    may_note: bool

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> ClocksPage:
        """The page as of today."""
        rows = GivenReport.objects.filter(
            campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
        ).select_related("meeting", "held__organization", "slot", "organization")
        given: dict[tuple[str, int], list[GivenReport]] = {}
        for one in rows:
            given.setdefault((one.kind, one.number), []).append(one)
        quoted = campaign.rule_set().quoted()
        found = (
            clause_for(key, quoted, organization.category)
            for key in ("committee_report_months", "member_report_every_months")
        )
        lines: list[ClockLine] = []
        for clock in clocks_for(campaign, organization, timezone.localdate()):
            links = tuple(given.get((clock.kind, clock.number), ()))
            waiting = any(line.is_next and line.clock.kind == clock.kind for line in lines)
            lines.append(
                ClockLine(
                    clock,
                    links,
                    clock.is_owed and (not waiting or clock.standing.state == OVERDUE),
                    any(can_remove_report(user, one) for one in links),
                )
            )
        return cls(
            campaign=campaign,
            organization=organization,
            lines=tuple(lines),
            clauses=tuple({one.text: one for one in found if one is not None}.values()),
            may_note=bool(can_note_report(user, organization)),
        )


def puts_right(user: User) -> bool:
    """Whether there is something on the own page: a promise, or a problem of the own; one query."""
    me = OuterRef("pk")
    items = RectificationItem.objects.standing().filter(Q(member=me) | Q(owner_member=me))
    promises = Commitment.objects.standing().filter(member=me)
    return Member.objects.filter(Exists(promises) | Exists(items), user=user).exists()


@dataclass(frozen=True)
class OwnPage:
    """What one person has to put right: own promises with their reports, and items that are the person's."""

    pledges: tuple[PledgeRow, ...]
    items: tuple[RectificationItem, ...]
    to_write: tuple[Campaign, ...]
    member: Member | None

    @classmethod
    def of(cls, user: User) -> OwnPage:
        """The page of this account; empty for somebody who is on no roll."""
        member = Member.objects.filter(user=user).select_related("organization").first()
        if member is None:
            return cls((), (), (), None)
        rows = list(
            Commitment.objects.standing()
            .filter(member=member)
            .select_related("campaign", "organization", "member")
            .order_by("-campaign__year", "-made_on")
        )
        days = _days([one.pk for one in rows])
        own = RectificationItem.objects.visible_to(user).own_of(member).standing()
        items = tuple(own.select_related("campaign", "organization", "member"))
        known = {one.campaign_id for one in rows} | {one.campaign_id for one in items}
        asked = Campaign.objects.open().covering(member.organization).select_related("issuer")
        return cls(
            pledges=tuple(PledgeRow(member, one, days.get(one.pk, ())) for one in rows),
            items=items,
            to_write=tuple(
                one
                for one in asked
                if one.pk not in known and one.rules_for(member.organization).member_rectification in WORDS
            ),
            member=member,
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.pledges or self.items or self.to_write)
