"""That was reported at a meeting which took place: 班子半年通报 and 党员每季度报告, satisfied by a link, without paper.

A day noted from the branch's own book serves as well as a meeting kept here; one meeting serves many members.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q

from branches.models import Campaign, CampaignStatus, Organization, User
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.workflow import NotAllowed, insist
from meetings.models import HeldNote, Meeting, MeetingKind, MeetingStatus, Slot
from meetings.services.held import note_held
from rectification.models import Commitment, GivenReport, HeardPledge, ReportKind
from rectification.permissions import can_note_report, can_remove_report
from rectification.rules.clocks import comes_after, numbers_asked

# At which meetings a report may be given: 党员大会、党小组会 (members); the committee's also at a 通报会.
BRANCH_MEETINGS = (MeetingKind.PLENARY, MeetingKind.THEMATIC, MeetingKind.GROUP)
BRIEFINGS = (MeetingKind.BRIEFING, MeetingKind.MASSES_BRIEFING)
KINDS = {
    ReportKind.COMMITTEE: (*BRANCH_MEETINGS, *BRIEFINGS),
    ReportKind.PLEDGES: BRANCH_MEETINGS,
}
SAID_AT = "整改|承诺"  # what the title of the agenda item says
MEETING, DAY = "m", "d"  # marks before the key of a meeting, of a noted day


@dataclass(frozen=True)
class Offered:
    """One meeting that took place and may be linked: key for the form, its day, its words."""

    key: str
    on: datetime.date
    words: str


def counts_since(campaign: Campaign, organization: Organization) -> datetime.date | None:
    """The day of the organisation's first meeting of self-examination in the campaign; None while none took place.

    What was reported was reported after it.
    """
    kinds = (MeetingKind.PLENARY, MeetingKind.THEMATIC, MeetingKind.LIFE, MeetingKind.GROUP)
    rows = Meeting.objects.held().filter(campaign=campaign, organization=organization, kind__in=kinds)
    first = rows.order_by("starts_at").first()
    return None if first is None else first.day


def given_after(campaign: Campaign, organization: Organization, number: int) -> datetime.date:
    """The day after which a report is given: that of the meeting; of a later report, the day the one before is due."""
    met = counts_since(campaign, organization) or datetime.date(campaign.year, 1, 1)
    return comes_after(met, campaign.rules_for(organization).member_report_every_months or 0, number)


def offered(
    campaign: Campaign, organization: Organization, kind: str, number: int = 0
) -> tuple[Offered, ...]:
    """The meetings at which the `number`th report of a kind may have been given, the newest first, linked ones left out."""
    since = given_after(campaign, organization, number)
    linked = GivenReport.objects.filter(campaign=campaign, organization=organization, kind=kind)
    used = {key for pair in linked.values_list("meeting", "held") for key in pair if key}
    meetings = Meeting.objects.filter(
        organization=organization,
        kind__in=KINDS[ReportKind(kind)],
        status=MeetingStatus.CLOSED,
        continues=None,
    ).order_by("-starts_at")
    said = Prefetch("slots", Slot.objects.filter(title__regex=SAID_AT).order_by("ordinal", "pk"), "said")
    places = Q(organization=organization) | Q(organization__path__startswith=organization.path)
    notes = HeldNote.objects.filter(places, kind__in=KINDS[ReportKind(kind)], person=None)
    found = [
        Offered(f"{MEETING}{one.pk}", one.day, "，议程：".join((one.get_kind_display(), *_titles(one))))
        for one in meetings.prefetch_related(said)
        if one.day > since and one.pk not in used
    ]
    found += [
        Offered(f"{DAY}{one.pk}", one.held_on, _words(one, organization))
        for one in notes.select_related("organization")
        if one.held_on > since and one.pk not in used
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.key), reverse=True))


def _titles(meeting: Any) -> list[str]:
    """The title of the agenda item that would be linked (`said`), where the meeting names one."""
    return [slot.title for slot in meeting.said[:1]]


def _words(note: HeldNote, organization: Organization) -> str:
    """A noted day in words, with the party group where it is one's."""
    kind = str(note.get_kind_display())
    return kind if note.organization_id == organization.pk else f"{note.organization.short_name}{kind}"


def owing(campaign: Campaign, organization: Organization, number: int) -> list[Commitment]:
    """The promises that are still to be reported on the `number`th time, in the roll's order."""
    heard = HeardPledge.objects.filter(report__kind=ReportKind.PLEDGES, report__number=number)
    rows = Commitment.objects.owing().filter(
        campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
    )
    return list(rows.exclude(pk__in=heard.values("commitment")).select_related("member"))


def give(
    *,
    campaign: Campaign,
    organization: Organization,
    kind: str,
    number: int,
    meeting: str,
    heard: Collection[uuid.UUID] = (),
    by: User,
) -> GivenReport:
    """Note that a report was given at one of the meetings offered (`meeting`: its key).

    `heard`: the promises reported on there. Raises NotAllowed with what to do.
    """
    with transaction.atomic():
        insist(can_note_report(by, organization))
        Organization.objects.select_for_update().get(pk=organization.pk)
        _asked(campaign, organization, kind, number)
        chosen = {one.key: one for one in offered(campaign, organization, kind, number)}.get(meeting)
        if chosen is None:
            raise NotAllowed(_which(given_after(campaign, organization, number), number))
        owed = {one.pk: one for one in owing(campaign, organization, number)} if number else {}
        told = [owed[pk] for pk in heard if pk in owed]
        if owed and not told:
            raise NotAllowed("请在这次会上报告了的党员前面打勾。")
        report = GivenReport.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            kind=kind,
            number=number,
            meeting_id=meeting[1:] if meeting.startswith(MEETING) else None,
            held_id=int(meeting[1:]) if meeting.startswith(DAY) else None,
            slot=_slot_of(meeting),
            on=chosen.on,
        )
        HeardPledge.objects.bulk_create(HeardPledge(report=report, commitment=one) for one in told)
        detail = {"kind": str(kind), "number": number, "heard": len(told), "day": chosen.on.isoformat()}
        record(by=by, action="note_given_report", about=report, detail=detail)
    return report


def _which(since: datetime.date, number: int) -> str:
    """Which meetings can be linked, in words."""
    wanted = (
        f"第{number}次报告，请选择 {since.year}年{since.month}月{since.day}日以后"
        if number > 1
        else "请选择会后"
    )
    return f"{wanted}开过的一次会议；已经登记过的、还没有开的，不能选。"


def _slot_of(meeting: str) -> Slot | None:
    """The agenda item at which it was given, where the meeting kept here names one."""
    if not meeting.startswith(MEETING):
        return None
    slots = Slot.objects.filter(meeting=uuid.UUID(meeting[1:]), title__regex=SAID_AT)
    return slots.order_by("ordinal", "pk").first()


def give_on(
    *,
    campaign: Campaign,
    organization: Organization,
    kind: str,
    number: int,
    on: datetime.date,
    heard: Collection[uuid.UUID] = (),
    by: User,
) -> GivenReport:
    """The same for a 党员大会 kept in the branch's own book: its day is noted, and linked."""
    insist(can_note_report(by, organization))
    since = counts_since(campaign, organization)
    if since is not None and on <= since:
        raise NotAllowed(
            f"本次组织生活会是 {since.month}月{since.day}日开的，通报和报告在这以后。请核对日期。"
        )
    with transaction.atomic():
        note = note_held(organization=organization, kind=MeetingKind.PLENARY, on=on, by=by)
        return give(
            campaign=campaign,
            organization=organization,
            kind=kind,
            number=number,
            meeting=f"{DAY}{note.pk}",
            heard=heard,
            by=by,
        )


def _asked(campaign: Campaign, organization: Organization, kind: str, number: int) -> None:
    """Raise NotAllowed where the campaign or its rules ask for no such report."""
    if campaign.status == CampaignStatus.DRAFT or not campaign.covers(organization):
        raise NotAllowed("这项活动没有发给本组织，不用登记。")
    if number not in numbers_of(campaign, organization, kind):
        raise NotAllowed("本次活动的规则没有要求这项报告，不用登记。")


def numbers_of(campaign: Campaign, organization: Organization, kind: str) -> tuple[int, ...]:
    """The numbers of the reports of a kind that the rules ask this organisation for."""
    rules = campaign.rules_for(organization)
    if kind == ReportKind.COMMITTEE:
        return numbers_asked(kind, 1, bool(rules.committee_report_months))
    wanted = bool(rules.member_report_every_months) and not organization.is_body
    return numbers_asked(kind, rules.member_report_times, wanted)


def remove(*, report: GivenReport, by: User) -> None:
    """Take the link back: the meeting stays, the report is owed again. Nothing happens when somebody else did so."""
    insist(can_remove_report(by, report))
    with transaction.atomic():
        locked = GivenReport.objects.select_for_update(of=("self",)).filter(pk=report.pk).first()
        if locked is not None:
            detail = {"kind": locked.kind, "number": locked.number, "day": locked.on.isoformat()}
            record(by=by, action="remove_given_report", about=locked, detail=detail)
            locked.delete()
