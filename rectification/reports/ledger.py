"""整改台账 / 整改任务书 of one organisation: one dataclass for the page, the workbook and the printed sheet."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.rules import Clause, Rules, clause_for
from branches.services.responsibility import responsible_for
from branches.services.rounds import round_of
from rectification.models import ItemStatus, RectificationItem
from rectification.permissions import can_keep_ledger, can_read_item, can_see_ledger, can_see_member_rows
from rectification.rules.items import Sums, days_overdue, sums_of

FIRST = "rectification_first_responsible"
BOOK, REGISTER, PLAIN = "整改任务书", "整改台账", "整改事项"
TONES = {
    ItemStatus.LISTED: "idle",
    ItemStatus.IN_PROGRESS: "now",
    ItemStatus.DONE: "now",
    ItemStatus.VERIFIED: "now",
    ItemStatus.CLOSED: "ok",
    ItemStatus.WITHDRAWN: "idle",
}


@dataclass(frozen=True)
class LedgerRow:
    """One item as the sheet prints it; `number` counts from 1 on the sheet."""

    number: int
    item: RectificationItem
    problem: str
    source: str
    measures: str
    leader: str
    owner: str
    due: str
    progress: str
    outcome: str
    remark: str
    overdue: int

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return "bad" if self.overdue else TONES[ItemStatus(self.item.status)]

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells after the number, in the order of the columns."""
        return (
            self.problem,
            self.source,
            self.measures,
            self.leader,
            self.owner,
            self.due,
            self.progress,
            self.outcome,
            self.remark,
        )


@dataclass(frozen=True)
class Ledger:
    """The register of one organisation in its present round, as far as the reader may see it.

    `hidden`: how many rows of single members are not shown to this reader.
    """

    campaign: Campaign
    organization: Organization
    what: str
    title: str
    first: str
    as_of: datetime.date
    clause: Clause | None
    rows: tuple[LedgerRow, ...]
    members: tuple[LedgerRow, ...]
    hidden: Sums
    withdrawn: tuple[RectificationItem, ...]
    sums: Sums
    may_keep: bool

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> Ledger:
        """The register for this reader, as of today."""
        today = timezone.localdate()
        items = list(items_of(campaign, organization))
        seen = _readable(items, campaign, organization, user)
        standing = [one for one in seen if one.status != ItemStatus.WITHDRAWN]
        rows, members = (
            _rows([one for one in standing if (one.member_id is not None) == personal], today)
            for personal in (False, True)
        )
        rules = campaign.rules_for(organization)
        quoted = campaign.rule_set().quoted()
        shown = {one.pk for one in seen}
        return cls(
            campaign=campaign,
            organization=organization,
            what=what_of(rules),
            title=f"{organization.name}{what_of(rules)}（{campaign.year}年度）",
            first=first_responsible(campaign, organization),
            as_of=today,
            clause=clause_for("committee_rectification", quoted, organization.category),
            rows=rows,
            members=members,
            hidden=_sums((one for one in items if one.pk not in shown), today),
            withdrawn=tuple(one for one in seen if one.status == ItemStatus.WITHDRAWN),
            sums=_sums(seen, today),
            may_keep=bool(can_keep_ledger(user, organization)),
        )

    @property
    def all_rows(self) -> tuple[LedgerRow, ...]:
        """All rows, numbered through: the committee's, then those of members."""
        return (*self.rows, *self.members)

    @property
    def as_of_text(self) -> str:
        """The day of the sheet."""
        return f"{self.as_of.year}年{self.as_of.month}月{self.as_of.day}日"

    @property
    def signatories(self) -> tuple[str, ...]:
        """Who signs the sheet."""
        return ("书记", "填表人")


def what_of(rules: Rules) -> str:
    """What the sheet is called: as the notice calls it, and no register (台账) where it wants no such paper."""
    if rules.committee_rectification == "timetable":
        return BOOK
    wants_paper = rules.report != "none" or "rectification_list" in rules.report_attachments
    return REGISTER if wants_paper else PLAIN


def first_responsible(campaign: Campaign, organization: Organization) -> str:
    """The first responsible person as every sheet prints it; empty where the notice names none."""
    lines = responsible_for(campaign=campaign, organization=organization)
    return next((line.shown for line in lines if line.key == FIRST), "")


def items_of(campaign: Campaign, organization: Organization) -> Iterable[RectificationItem]:
    """The items of the organisation's present round with everything a row needs; three queries."""
    rows = RectificationItem.objects.filter(
        campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
    )
    related = ("campaign__issuer", "organization", "member", "owner_member", "repeats__campaign")
    return rows.select_related(*related).prefetch_related("notes")


def _readable(
    items: Iterable[RectificationItem], campaign: Campaign, organization: Organization, user: User
) -> list[RectificationItem]:
    """Those the reader may read; the same answer for all of a kind."""
    committee = bool(can_see_ledger(user, campaign, organization))
    members = bool(can_see_member_rows(user, organization))
    return [
        one
        for one in items
        if (members if one.member_id is not None else committee) or can_read_item(user, one)
    ]


def _sums(items: Iterable[RectificationItem], today: datetime.date) -> Sums:
    """How many stand where."""
    return sums_of(((one.status, one.due_on, one.repeats_id is not None) for one in items), today)


def _rows(items: Iterable[RectificationItem], today: datetime.date) -> tuple[LedgerRow, ...]:
    """The rows, numbered from 1."""
    return tuple(_row(number, one, today) for number, one in enumerate(items, 1))


def _row(number: int, item: RectificationItem, today: datetime.date) -> LedgerRow:
    """One item as it is printed."""
    overdue = days_overdue(item.status, item.due_on, today)
    remarks = []
    if item.member is not None:
        remarks.append(f"{item.member.name}个人")
    if overdue:
        remarks.append(f"已逾期 {overdue} 天")
    if item.repeats is not None:
        remarks.append(f"与 {item.repeats.campaign.year} 年度第 {item.repeats.ordinal} 条相同")
    if item.closed_on:
        remarks.append(f"{_day(item.closed_on)}销号")
    return LedgerRow(
        number=number,
        item=item,
        problem=item.problem,
        source=item.source_words,
        measures=item.measures,
        leader=item.leader,
        owner=item.owner,
        due=_due(item),
        progress="\n".join(f"{_day(note.on)} {note.text}" for note in item.notes.all()),
        outcome=_outcome(item),
        remark="；".join(remarks),
        overdue=overdue,
    )


def committee_rows(campaign: Campaign, organization: Organization) -> tuple[LedgerRow, ...]:
    """The committee's rows as of today, for the secretary's account (述职); no rows of members."""
    items = items_of(campaign, organization)
    standing = [one for one in items if one.member_id is None and one.status != ItemStatus.WITHDRAWN]
    return _rows(standing, timezone.localdate())


def _day(day: datetime.date) -> str:
    """A day as the sheet prints it."""
    return f"{day.year}.{day.month}.{day.day}"


def _due(item: RectificationItem) -> str:
    """整改时限: the kind, and the day where there is one."""
    kind = str(item.get_term_display())
    return f"{kind}\n{_day(item.due_on)}" if item.due_on else kind


def _outcome(item: RectificationItem) -> str:
    """完成情况: the state, the day and the words."""
    parts = [item.outcome_word]
    if item.done_on:
        parts.append(f"{_day(item.done_on)}完成")
    if item.outcome:
        parts.append(item.outcome)
    if item.verified_on:
        how = f"（{item.verified_how}）" if item.verified_how else ""
        parts.append(f"{_day(item.verified_on)}{item.get_verified_by_display()}{how}")
    return "\n".join(parts)
