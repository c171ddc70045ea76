"""Problems that stand elsewhere already and can be listed by a button (拉取): only what the reader may read there.

Nothing tells who gave an opinion or who criticised whom: opinions come compiled, criticism without its author, and
the key kept with an item is blind.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator

from django.db import transaction

from branches.models import Campaign, Organization, User
from branches.rules.dates import month_end
from branches.services.rounds import round_of
from branches.workflow import NotAllowed
from meetings.models import Meeting, Outline, OutlineStatus, Slot, SlotKind
from meetings.permissions.minutes import can_read_minutes
from meetings.permissions.outlines import vetting_seats
from meetings.rules.agenda import ANSWERED, DIVIDER
from members.models import Material, MaterialRole, OpinionPoint
from members.permissions.materials import UNREAD, can_read_material
from members.permissions.opinions import can_read_point
from members.rules.dates import Precision, read_date
from members.rules.paper import Paper, lines_of
from members.services.opinion_points import judge
from rectification.models import RectificationItem, Source, Term
from rectification.permissions import can_see_member_rows
from rectification.services.candidate import Candidate, origin_of
from rectification.services.candidates_outside import findings, objections
from rectification.services.items import Typed, add
from rectification.services.people import people_of, speakers_of

ELSEWHERE = "列入整改事项"
# What was said at a meeting and by whom it is heard: of the committee; CRITICISM is about a person.
HEARD = (SlotKind.HEARD, SlotKind.COMMENTS, SlotKind.COMMITTEE_REVIEW)
SOURCES_OF_POINTS = {
    "self": Source.SELF,
    "superior": Source.SUPERIOR,
    "talk": Source.TALK,
    "collective": Source.MEETING,
}
SOURCES_OF_SLOTS = {SlotKind.COMMENTS: Source.SUPERIOR, SlotKind.CRITICISM: Source.CRITICISM}
LONGEST_PREFIX = 6


def candidates(campaign: Campaign, organization: Organization, user: User) -> tuple[Candidate, ...]:
    """What this person could list here that is not listed yet, in the order it is read."""
    number = round_of(campaign, organization)
    standing = RectificationItem.objects.standing().filter(
        campaign=campaign, organization=organization, round_no=number
    )
    taken = set(standing.exclude(source_key="").values_list("source_key", flat=True))
    found = (
        *_materials(campaign, organization, number, user),
        *_points(campaign, organization, number, user),
        *_outlines(campaign, organization, number, user),
        *_slots(campaign, organization, user),
        *objections(campaign, organization, number, user),
        *findings(campaign, organization, user),
    )
    members = bool(can_see_member_rows(user, organization))
    return tuple(one for one in found if taken.isdisjoint(one.keys) and (one.member is None or members))


def pull(
    *, campaign: Campaign, organization: Organization, key: str, typed: Typed, by: User
) -> RectificationItem:
    """List one of the candidates as typed; an opinion counts as answered by it. Raises NotAllowed with what to do."""
    found = {one.key: one for one in candidates(campaign, organization, by)}
    if key not in found:
        raise NotAllowed("这一条已经列入过，或者您看不到它了。请刷新页面。")
    chosen = found[key]
    with transaction.atomic():
        item = add(campaign=campaign, organization=organization, typed=typed, by=by, origin=chosen.origin)
        if chosen.point is not None:
            _answered(chosen.point, by)
    return item


def _answered(point: OpinionPoint, by: User) -> None:
    """Note with the opinion that it is dealt with here, as long as it may still be worked on."""
    campaign = point.campaign
    judged = not point.verdict or campaign.rules_for(point.organization).opinion_verdicts
    if campaign.is_open and judged and not point.elsewhere:
        judge(point=point, verdict=point.verdict, note=point.verdict_note, elsewhere=ELSEWHERE, by=by)


def pull_all(
    *,
    campaign: Campaign,
    organization: Organization,
    keys: Iterable[str],
    term: str,
    due_on: datetime.date | None,
    by: User,
) -> int:
    """List several as they stand, with one term and day for those that bring none. Returns how many."""
    known = {one.key: one for one in candidates(campaign, organization, by)}
    chosen = [known[key] for key in keys if key in known]
    if not chosen:
        raise NotAllowed("请先在要列入的问题前面打勾。")
    with transaction.atomic():
        for one in chosen:
            first = one.typed()
            day = first.due_on or due_on
            typed = Typed(**{**vars(first), "term": Term.DATED if first.due_on else term, "due_on": day})
            pull(campaign=campaign, organization=organization, key=one.key, typed=typed, by=by)
    return len(chosen)


def _materials(
    campaign: Campaign, organization: Organization, number: int, user: User
) -> Iterator[Candidate]:
    """The problems of the lists handed in that the person may read."""
    rows = Material.objects.filter(campaign=campaign, organization=organization, round_no=number)
    related = ("member", "appointment", "organization", "campaign")
    for material in rows.exclude(status__in=UNREAD).select_related(*related):
        of_committee = material.role == MaterialRole.COMMITTEE
        if material.is_on_paper or (not of_committee and material.member is None):
            continue
        if not can_read_material(user, material):
            continue
        where = "对照检查" if of_committee else "本人对照检查"
        for one in Paper.loads(material.content).items:
            if one.problem.strip():
                yield Candidate(
                    origin=origin_of("material", material.pk, one.id),
                    source=Source.SELF,
                    where=f"{where}：{one.heading}" if one.heading else where,
                    problem=one.problem.strip(),
                    measures=one.measure.strip(),
                    owner=one.owner.strip(),
                    due_on=_last_day(one.due),
                    member=None if of_committee else material.member,
                )


def _last_day(text: str) -> datetime.date | None:
    """The day a term means as the author wrote it, the month's last for a month; None for other words."""
    found = read_date(text)
    if found.day is not None and found.precision == Precision.MONTH:
        return month_end(found.day.year, found.day.month)
    return found.day if found.precision == Precision.DAY else None


def _points(campaign: Campaign, organization: Organization, number: int, user: User) -> Iterator[Candidate]:
    """Compiled opinions that want an answer; nobody who gave one stands in them."""
    rows = OpinionPoint.objects.filter(campaign=campaign, organization=organization, round_no=number)
    for point in rows.to_answer().select_related("member", "organization", "campaign"):
        if can_read_point(user, point):
            yield Candidate(
                origin=origin_of("point", point.pk),
                source=Source.SUPERIOR
                if point.by_superior
                else SOURCES_OF_POINTS.get(point.source, Source.MASSES),
                where="上级点明" if point.by_superior else "征求意见",
                problem=point.text.strip(),
                member=point.member,
                point=point,
            )


def _outlines(campaign: Campaign, organization: Organization, number: int, user: User) -> Iterator[Candidate]:
    """Criticism told to whom it is about, for that person and who read it before; its author is left out."""
    rows = list(
        Outline.objects.filter(
            campaign=campaign,
            organization=organization,
            round_no=number,
            status=OutlineStatus.DISCLOSED,
            on_paper=False,
        ).select_related("campaign", "organization", "author", "target__member")
    )
    seats = vetting_seats(rows) if rows else {}
    people = set(people_of(organization).values_list("pk", flat=True)) if rows else set()
    for row in rows:
        seat = seats[row.pk]
        vets = seat is not None and user.pk in seat.holders and row.author_id != user.pk
        member = getattr(row.target, "member", None)
        if member is None or member.pk not in people or not row.text.strip():
            continue
        if row.target_id == user.pk or vets:
            yield Candidate(
                origin=origin_of("outline", row.pk),
                source=Source.CRITICISM,
                where="相互批评",
                problem=row.text.strip(),
                member=member,
            )


def _slots(campaign: Campaign, organization: Organization, user: User) -> Iterator[Candidate]:
    """What was noted at the meetings, a paragraph each; who said it is left out."""
    meetings = Meeting.objects.filter(campaign=campaign, organization=organization).held()
    readable = [one.pk for one in meetings.select_related("organization") if can_read_minutes(user, one)]
    if not readable:
        return
    members = {one.pk.hex: one for one in people_of(organization)}
    names = speakers_of(organization) if organization.is_body else {one.name for one in members.values()}
    slots = Slot.objects.filter(meeting__in=readable, kind__in=(*HEARD, SlotKind.CRITICISM)).exclude(notes="")
    for slot in slots.order_by("meeting__starts_at", "ordinal", "pk"):
        member = members.get(slot.about_key.removeprefix("m"))
        if slot.kind == SlotKind.CRITICISM and member is None:
            continue
        for line in lines_of(slot.notes):
            if line.startswith(ANSWERED) or line == DIVIDER:
                continue
            text = _unsigned(line, names)
            yield Candidate(
                origin=origin_of("slot", slot.pk, hashlib.sha256(line.encode()).hexdigest()),
                source=SOURCES_OF_SLOTS.get(SlotKind(slot.kind), Source.MEETING),
                where="上级点评" if slot.kind == SlotKind.COMMENTS else "会上意见",
                problem=text,
                member=member if slot.kind == SlotKind.CRITICISM else None,
            )


def _unsigned(line: str, names: set[str]) -> str:
    """A noted line without the name of who said it in front: 王桂兰：…… is ……."""
    said = line[:LONGEST_PREFIX].replace(":", "：")
    name, colon, _rest = said.partition("：")
    return line[len(name) + 1 :].strip() if colon and name.strip() in names else line
