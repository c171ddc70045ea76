"""Opinions asked for: rounds, and opinions typed in word for word.

What is kept of an opinion is what it says. Nothing tells who gave it or when: no giver, no time, no number in
order; the record says of a round how many were typed in, never which. Keys are random, and whenever an opinion is
added to a round all opinions of that round are written anew in random order (`scatter`), so that neither the order
of the rows on disk nor their transaction says which came first.

NOT promised: an opinion that is alone in its round came when the round's only entry was made; copies of the
database made between two entries show which one is new; until the database cleans up, forensics on the raw disk
may find the rows as they were before (PostgreSQL: until VACUUM and the turn of its log; SQLite overwrites at once,
apart from its journal); and a text may give its writer away by what it says.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from branches.models import Campaign, Kind, Organization, OrganizationStatus, User
from branches.permissions import COMMITTEE_ROLES, Answer, Denied
from branches.rules import Rules
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.workflow import NotAllowed, insist, perform
from members.models import (
    LONGEST_OPINION,
    Member,
    Opinion,
    OpinionRound,
    OpinionRoundStatus,
    Target,
)
from members.models.member import MemberQuerySet
from members.permissions.opinions import can_ask_opinions
from members.rules.opinions import tidy_text, too_long, ways_of
from members.workflow.preparing import OPINIONS

FORMS = "收回的意见表不能多于发出的。请核对两个数。"


@dataclass(frozen=True)
class Said:
    """One opinion as it is typed in; `member` says of whom where it is about a person."""

    text: str
    member: Member | None = None
    heading: str = ""
    source: str = ""


def is_own_place(organization: Organization) -> bool:
    """Whether opinions are asked for in the name of such an organisation: a branch or a body, not a group."""
    return organization.kind == Kind.BRANCH or organization.is_body


def is_asked(campaign: Campaign, organization: Organization) -> bool:
    """Whether the rules ask this organisation to ask for opinions."""
    return is_own_place(organization) and campaign.rules_for(organization).opinions_asked


def asked_of(campaign: Campaign, organization: Organization) -> Answer:
    """Whether opinions are asked for here now: the rules ask, and the campaign is open."""
    if organization.status == OrganizationStatus.ABOLISHED:
        return Denied("这个党组织已经撤销。")
    if not campaign.covers(organization):
        return Denied("这项活动没有发给本组织，不用征求意见。")
    if not is_asked(campaign, organization):
        return Denied("这项活动不要求征求意见，不用登记。")
    if not campaign.is_open:
        return Denied("活动还没有发布或者已经结束，不能再登记意见。")
    return True


def people_to_name(organization: Organization) -> MemberQuerySet:
    """The persons an opinion can be about: the members of a branch; of a body, those of its members with a post
    there who are linked to an account. Others of a body are written into the text.
    """
    if not organization.is_body:
        return Member.objects.active().filter(organization=organization).in_order("stroke")
    posts = organization.appointments.current(timezone.localdate()).filter(role__in=COMMITTEE_ROLES)
    return Member.objects.active().filter(user__in=posts.values("user")).in_order("stroke")


def begin_round(
    *,
    campaign: Campaign,
    organization: Organization,
    way: str,
    begun_on: datetime.date,
    by: User,
    scope: str = "",
    ended_on: datetime.date | None = None,
    forms_out: int | None = None,
    forms_in: int | None = None,
) -> OpinionRound:
    """Begin a round of opinions in the organisation's present round. Raises NotAllowed with the reason."""
    insist(can_ask_opinions(by, organization), asked_of(campaign, organization))
    rules = campaign.rules_for(organization)
    _check_facts(rules, way, begun_on, ended_on, forms_out, forms_in)
    with transaction.atomic():
        asked = OpinionRound.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            way=way,
            scope=scope,
            begun_on=begun_on,
            ended_on=ended_on,
            forms_out=forms_out,
            forms_in=forms_in,
        )
        record(by=by, action="begin_opinions", about=asked, detail={"campaign": campaign.pk})
    return asked


def change_round(
    *,
    asked: OpinionRound,
    way: str,
    begun_on: datetime.date,
    by: User,
    scope: str = "",
    ended_on: datetime.date | None = None,
    forms_out: int | None = None,
    forms_in: int | None = None,
) -> OpinionRound:
    """Change the facts of a round: way, scope, days, forms out and in. Raises NotAllowed with the reason."""
    with transaction.atomic():
        locked = lock_round(asked, by=by)
        rules = locked.campaign.rules_for(locked.organization)
        _check_facts(rules, way, begun_on, ended_on, forms_out, forms_in, before=locked.way)
        locked.way, locked.scope = way, scope
        locked.begun_on, locked.ended_on = begun_on, ended_on
        locked.forms_out, locked.forms_in = forms_out, forms_in
        locked.save(update_fields=["way", "scope", "begun_on", "ended_on", "forms_out", "forms_in"])
        record(by=by, action="change_opinions", about=locked)
    return locked


def _check_facts(
    rules: Rules,
    way: str,
    begun_on: datetime.date,
    ended_on: datetime.date | None,
    forms_out: int | None,
    forms_in: int | None,
    before: str = "",
) -> None:
    """Raise NotAllowed for facts that cannot be."""
    if way not in ways_of(rules) and way != before:
        raise NotAllowed("这项活动没有列这种征求方式，请另选一种。")
    if ended_on is not None and ended_on < begun_on:
        raise NotAllowed("结束日期不能早于开始日期。请核对两个日期。")
    if forms_in is not None and forms_out is not None and forms_in > forms_out:
        raise NotAllowed(FORMS)


def lock_round(asked: OpinionRound, *, by: User | None) -> OpinionRound:
    """The round's row under a lock; raises NotAllowed unless `by` may write in it now (None: nobody is asked)."""
    rows = OpinionRound.objects.select_for_update(of=("self",)).select_related(
        "campaign__issuer", "organization"
    )
    locked = rows.get(pk=asked.pk)
    if by is not None:
        insist(
            can_ask_opinions(by, locked.organization),
            asked_of(locked.campaign, locked.organization),
            present(locked),
        )
    return locked


def present(asked: OpinionRound) -> Answer:
    """Whether the round belongs to the present round of the organisation."""
    if asked.round_no == round_of(asked.campaign, asked.organization):
        return True
    return Denied("上级已经责令重新进行，这是上一轮的征求意见。请在新一轮里登记。")


def remove_round(*, asked: OpinionRound, by: User) -> None:
    """Take back a round that was begun by mistake: only as long as it holds no opinion. Raises NotAllowed."""
    with transaction.atomic():
        locked = lock_round(asked, by=by)
        if locked.opinions.exists():
            raise NotAllowed("已经登记了意见，不能删除。")
        record(by=by, action="remove_opinions", about=locked)
        locked.delete()


def type_in(*, asked: OpinionRound, said: Iterable[Said], by: User) -> int:
    """Add opinions to a round, word for word; returns how many.

    The record says how many, never which. Raises NotAllowed with the reason; then none is added.
    """
    lines = [line for line in said if tidy_text(line.text)]
    if not lines:
        raise NotAllowed("还没有填写意见。请把意见原文填在第一栏。")
    with transaction.atomic():
        locked = lock_round(asked, by=by)
        if locked.status != OpinionRoundStatus.COLLECTING:
            raise NotAllowed(f"这次征求意见{locked.get_status_display()}，请先点“继续征求”，再登记意见。")
        scatter(locked, [_opinion(locked, line) for line in lines])
        record(by=by, action="type_opinions", about=locked, detail={"rows": len(lines)})
    return len(lines)


def _opinion(asked: OpinionRound, line: Said) -> Opinion:
    """A new opinion; raises NotAllowed for a text that is too long."""
    text = tidy_text(line.text)
    if problem := too_long(text, LONGEST_OPINION):
        raise NotAllowed(problem)
    target = Target.COMMITTEE if line.member is None else Target.PERSON
    return Opinion(
        round=asked,
        target=target,
        member=line.member,
        heading=line.heading,
        source=line.source,
        text=text,
    )


def scatter(asked: OpinionRound, new: Iterable[Opinion] = ()) -> None:
    """Write all opinions of a round anew in random order, with the new ones among them.

    The rows keep their keys, which are random already, so that a page that is open stays good. Call it
    inside a transaction that holds the lock on the round.
    """
    rows = [*asked.opinions.all(), *new]
    asked.opinions.all().delete()
    secrets.SystemRandom().shuffle(rows)
    Opinion.objects.bulk_create(rows, batch_size=200)


def feed_back(*, asked: OpinionRound, day: datetime.date, by: User) -> OpinionRound:
    """Note that those asked were told what came of it, and on which day. Raises NotAllowed."""
    if day > timezone.localdate():
        raise NotAllowed("反馈日期不能晚于今天。请填实际反馈的日期。")
    if day < asked.begun_on:
        raise NotAllowed("反馈日期不能早于开始征求的日期。请核对。")
    with transaction.atomic():
        lock_round(asked, by=by)
        return perform(OPINIONS, asked, "feed_back", by=by, detail={"day": day.isoformat()})


def step_round(*, asked: OpinionRound, name: str, by: User) -> OpinionRound:
    """Finish compiling a round (`compile`), or go on asking (`reopen`). Raises NotAllowed with the reason."""
    with transaction.atomic():
        lock_round(asked, by=by)
        return perform(OPINIONS, asked, name, by=by)
