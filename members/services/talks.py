"""Heart-to-heart talks: recorded in two taps, put right, taken back; what was said, sealed."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from branches.models import Appointment, Campaign, Organization, Run, User
from branches.permissions import Answer, Denied
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.workflow import NotAllowed, insist
from members.models import Talk, TalkKind, TalkMode, TalkSide
from members.permissions.talks import (
    can_change_talk,
    can_read_words,
    can_record_talk,
    can_remind,
)
from members.rules.talk_people import is_only_above
from members.services.purging import purge_day
from members.services.talk_grid import settle_talks
from members.services.talk_people import partners_of, people_of

NOT_KEPT, FULL = "none", "full"
KEEPING = ("summary", FULL)
# The parts of the record form (谈心谈话记录表), in its order.
PARTS = {
    "own": "自身问题",
    "other": "对对方的意见",
    "branch": "对支部的意见建议",
    "needs": "困难诉求",
    "agreed": "达成共识、后续安排",
}
PAIR = 2
LONGEST_WORDS = 20_000
STALE = "另一位同志刚才也写了这次谈话。您写的都还在，请对照页面上已保存的内容改好，再保存一次。"


class Stale(Exception):
    """Somebody else who took part has written meanwhile; nothing was saved."""


def level_of(campaign: Campaign, organization: Organization) -> str:
    """How much is recorded of talks here: none, tick, summary or full."""
    return campaign.rules_for(organization).talk_record_level


def check_open(campaign: Campaign, organization: Organization, answer: Answer) -> None:
    """Raise NotAllowed unless the person may, the campaign is open and asks this of the organisation."""
    if answer and not campaign.is_open:
        answer = Denied("活动还没有发布或者已经结束，不能再登记谈心。")
    if answer and not campaign.covers(organization):
        answer = Denied("这项活动没有发给本组织，不用登记。")
    if answer and level_of(campaign, organization) == NOT_KEPT:
        answer = Denied("这项活动不要求记录谈心，不用登记。")
    insist(answer)


def _check_day(campaign: Campaign, organization: Organization, day: datetime.date) -> None:
    """Raise NotAllowed for a day to come, of another year's campaign, or before the present round."""
    if day > timezone.localdate():
        raise NotAllowed("谈心日期不能晚于今天。请填实际谈的日期。")
    if day.year < campaign.year - 1:
        raise NotAllowed(f"{day.year}年早于本次活动（{campaign.year}年度），请核对年份。")
    run = Run.objects.filter(campaign=campaign, organization=organization).last()
    if run is not None and day < timezone.localdate(run.opened_at):
        opened = timezone.localtime(run.opened_at)
        raise NotAllowed(
            f"上级在 {opened.month}月{opened.day}日责令重新进行，这以前谈的不算本轮。请填重新谈的日期。"
        )


def _check_people(
    campaign: Campaign, organization: Organization, people: Collection[str], host: str, together: bool
) -> None:
    """Raise NotAllowed unless these are two or more people of the grid, with a host where one is needed."""
    known = {person.key: person for person in people_of(campaign, organization)}
    if not known.keys() >= set(people):
        raise NotAllowed("选的人里有的已经不在名单上，请刷新页面重新选。")
    if any(is_only_above(known[key]) for key in people):
        raise NotAllowed("上级的提醒谈话由上级党建办登记，不在这里登记。")
    if len(set(people)) < PAIR:
        raise NotAllowed("谈心至少要有两个人，请再选一位。")
    if not together and host not in people:
        raise NotAllowed("请选择是谁和大家谈的，这位同志也要勾上。")


def side_of(key: str) -> TalkSide:
    """An unsaved side for a person's key in the grid."""
    if key[0] == "a":
        return TalkSide(appointment_id=int(key[1:]))
    person = uuid.UUID(key[1:])
    return TalkSide(member_id=person) if key[0] == "m" else TalkSide(outsider_id=person)


def record_talk(
    *,
    campaign: Campaign,
    organization: Organization,
    people: Collection[str],
    held_on: datetime.date,
    by: User,
    mode: str = TalkMode.FACE,
    host: str = "",
    together: bool = True,
    place: str = "",
) -> Talk:
    """Record that these people (keys of the grid) talked that day.

    The same people on the same day are one talk: pressed twice, the first is returned. With `together`
    everybody talked with everybody, else the host with each. Raises NotAllowed with what to do.
    """
    check_open(campaign, organization, can_record_talk(by, organization, people))
    _check_day(campaign, organization, held_on)
    _check_people(campaign, organization, people, host, together)
    with transaction.atomic():
        _lock(organization)
        same = _same(campaign, organization, people, held_on, TalkKind.HEART)
        if same is not None:
            return same
        talk = Talk.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            held_on=held_on,
            mode=mode,
            place=place.strip(),
            together=together,
        )
        _add_sides(talk, people, host)
        record(by=by, action="record_talk", about=talk, detail={"count": len(set(people))})
        settle_talks(campaign=campaign, organization=organization)
    return talk


def _lock(organization: Organization) -> None:
    """One recording at a time in an organisation; rows that only point to it are written meanwhile all the same."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def _add_sides(talk: Talk, people: Collection[str], host: str) -> None:
    """Write down who took part."""
    sides = [side_of(key) for key in sorted(set(people))]
    for side in sides:
        side.talk, side.is_host = talk, side.key == host
    TalkSide.objects.bulk_create(sides)


def _same(
    campaign: Campaign, organization: Organization, people: Collection[str], day: datetime.date, kind: str
) -> Talk | None:
    """The talk of exactly these people on that day in the present round, if it is recorded already."""
    found = Talk.objects.filter(
        campaign=campaign,
        organization=organization,
        round_no=round_of(campaign, organization),
        held_on=day,
        kind=kind,
    ).prefetch_related("sides")
    wanted = set(people)
    return next((talk for talk in found if {side.key for side in talk.sides.all()} == wanted), None)


def remind_talk(
    *,
    campaign: Campaign,
    organization: Organization,
    superior: Appointment,
    person: str,
    held_on: datetime.date,
    by: User,
    mode: str = TalkMode.FACE,
) -> Talk:
    """Record a reminder (提醒谈话) by the holder of a post above to a person of the grid.

    Raises NotAllowed with what to do.
    """
    check_open(campaign, organization, can_remind(by, organization))
    _check_day(campaign, organization, held_on)
    above = organization.path.startswith(superior.organization.path)
    if not above or superior.organization_id == organization.pk:
        raise NotAllowed("提醒谈话由上级党组织的同志进行，请重新选择谈话人。")
    host = f"a{superior.pk}"
    if person not in {one.key for one in partners_of(campaign, organization)}:
        raise NotAllowed("这位同志已经不在名单上，请刷新页面重新选。")
    with transaction.atomic():
        _lock(organization)
        same = _same(campaign, organization, (host, person), held_on, TalkKind.REMIND)
        if same is not None:
            return same
        talk = Talk.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            held_on=held_on,
            kind=TalkKind.REMIND,
            mode=mode,
            together=False,
        )
        _add_sides(talk, (host, person), host)
        record(by=by, action="record_talk", about=talk, detail={"count": PAIR, "kind": TalkKind.REMIND})
        settle_talks(campaign=campaign, organization=organization)
    return talk


def _locked(talk: Talk) -> Talk:
    """The talk's row under a lock; raises NotAllowed when it was taken back meanwhile."""
    rows = Talk.objects.select_for_update(of=("self",)).select_related("campaign__issuer", "organization")
    found = rows.filter(pk=talk.pk).first()
    if found is None:
        raise NotAllowed("这次谈心刚才已经被撤销，请刷新页面看看。")
    return found


def change_talk(*, talk: Talk, held_on: datetime.date, mode: str, place: str, by: User) -> Talk:
    """Put day, way or place right; raises NotAllowed with what to do."""
    with transaction.atomic():
        locked = _locked(talk)
        check_open(locked.campaign, locked.organization, can_change_talk(by, locked))
        _check_day(locked.campaign, locked.organization, held_on)
        locked.held_on, locked.mode, locked.place = held_on, mode, place.strip()
        locked.save(update_fields=["held_on", "mode", "place"])
        record(by=by, action="change_talk", about=locked, detail={"campaign": locked.campaign_id})
        settle_talks(campaign=locked.campaign, organization=locked.organization)
    return locked


def remove_talk(*, talk: Talk, by: User) -> None:
    """Take a talk back that was recorded by mistake; raises NotAllowed with what to do."""
    with transaction.atomic():
        locked = _locked(talk)
        check_open(locked.campaign, locked.organization, can_change_talk(by, locked))
        record(by=by, action="remove_talk", about=locked, detail={"campaign": locked.campaign_id})
        locked.delete()
        settle_talks(campaign=locked.campaign, organization=locked.organization)


def words_of(talk: Talk) -> dict[str, str]:
    """What was said, by part; empty texts where nothing is kept."""
    said = json.loads(talk.words) if talk.words_sealed else {}
    return {part: said.get(part, "") for part in PARTS}


def seen_mark(talk: Talk) -> str:
    """What the page was filled from, as a short mark that gives nothing away."""
    return hashlib.sha256(f"{talk.words_sealed}:{talk.summary_sealed}".encode()).hexdigest()[:16]


def keep_words(*, talk: Talk, summary: str, words: Mapping[str, str], seen: str, by: User) -> Talk:
    """Keep what was said as far as the record level goes, sealed; written by those who took part.

    `seen` is the mark the page was filled from; the very text that is saved already is taken as saved.
    Raises Stale when another side wrote since, NotAllowed with what to do.
    """
    with transaction.atomic():
        locked = _locked(talk)
        check_open(locked.campaign, locked.organization, can_read_words(by, locked))
        level = level_of(locked.campaign, locked.organization)
        if level not in KEEPING:
            raise NotAllowed("这项活动只记谁和谁、哪天谈的，不记谈话内容。")
        if purge_day(locked.campaign, locked.organization) <= timezone.localdate():
            raise NotAllowed("谈话内容的保存时间已经过了，系统不再保存；需要的请自己留在纸上。")
        kept = {part: words.get(part, "").strip() for part in PARTS} if level == FULL else words_of(locked)
        if (kept, summary.strip()) == (words_of(locked), locked.summary):
            return locked
        if seen != seen_mark(locked):
            raise Stale
        locked.words = json.dumps(kept, ensure_ascii=False) if any(kept.values()) else ""
        locked.summary, locked.purged_on = summary.strip(), None
        locked.save(update_fields=["words_sealed", "summary_sealed", "purged_on"])
        record(by=by, action="keep_talk_words", about=locked, detail={"campaign": locked.campaign_id})
    return locked
