"""What a visit found: told to the branch (or proposed to the superior), answered, settled, withdrawn; stages signed off."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import OFFICE_ROLES
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.rounds import round_of
from branches.services.steps import steps_for
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from rectification.models import Finding, FindingKind, SignOffStatus, StageSignOff, Visit, VisitStatus
from rectification.models.visits import LONGEST_FINDING, LONGEST_REASON
from rectification.permissions.visits import (
    can_answer_finding,
    can_settle_finding,
    can_visit,
    can_write_visit,
)
from rectification.rules.supervision import PROPOSALS, finding_kinds, parts_of
from rectification.services.supervision import may_work, offices_above, written
from rectification.services.visits import branch_page, clerks_of, locked_visit
from rectification.workflow import FINDING, SIGN_OFF

RELATED = ("visit__campaign__issuer", "visit__organization", "visit__team", "visit__point", "visit__author")


def issue_finding(*, visit: Visit, kind: str, text: str, by: User) -> Finding:
    """Write down one finding of a visit that took place: the branch is told, nobody's name; a proposal goes up.

    Raises NotAllowed for others, before the visit is noted as made, and for a kind the rules do not give.
    """
    text = written(text, "内容", LONGEST_FINDING)
    with transaction.atomic():
        locked = locked_visit(visit)
        insist(can_write_visit(by, locked), may_work(locked.campaign))
        if locked.status == VisitStatus.PLANNED:
            raise NotAllowed("请先登记已督查，再写发现的情况。")
        if locked.status != VisitStatus.MADE:
            raise NotAllowed(f"这次督查{locked.get_status_display()}，不能再写。")
        if kind not in finding_kinds(locked.campaign.rules_for(locked.organization)):
            raise NotAllowed("规则没有给上级这种办法，请换一种。")
        found = Finding.objects.create(visit=locked, kind=kind, text=text, issued_on=timezone.localdate())
        record(by=by, action="issue_finding", about=found, detail={"visit": str(locked.pk), "kind": kind})
        _tell_issued(found)
    return found


def _tell_issued(found: Finding) -> None:
    """Tell the branch, of a proposal the offices above."""
    visit, kind = found.visit, FindingKind(found.kind).label
    if found.kind in PROPOSALS:
        above = holders(offices_above(visit.campaign, visit.organization), OFFICE_ROLES)
        announce(
            kind="finding_proposed",
            about=found,
            recipients=above,
            title=f"督查{visit.organization.short_name}后{kind}，请研究"[:120],
            url=reverse("rectification:visit", args=[visit.pk]),
        )
        return
    announce(
        kind="finding_issued",
        about=found,
        recipients=clerks_of(visit.organization),
        title=f"上级督查后反馈了一条{kind}，请看",
        url=branch_page(visit),
    )


def _locked(finding: Finding) -> Finding:
    """The finding under a lock."""
    return locked_row(finding, *RELATED)


def answer_finding(*, finding: Finding, answer: str, by: User) -> Finding:
    """The branch's answer; whoever visited is told. Raises NotAllowed with what to do."""
    text = written(answer, "答复", LONGEST_FINDING)
    with transaction.atomic():
        locked = _locked(finding)
        insist(can_answer_finding(by, locked), may_work(locked.visit.campaign))
        insist(FINDING.step(locked, "answer_finding", by))
        locked.answer, locked.answered_on = text, timezone.localdate()
        locked.save(update_fields=["answer", "answered_on"])
        moved = perform(FINDING, locked, "answer_finding", by=by)
        visit = locked.visit
        announce(
            kind="finding_answered",
            about=locked,
            recipients=_visitors(visit),
            title=f"{visit.organization.short_name}答复了督查反馈的{locked.get_kind_display()}"[:120],
            url=reverse("rectification:visit", args=[visit.pk]),
        )
    return moved


def _visitors(visit: Visit) -> list[User]:
    """Those who wait for the answer: who noted the visit, the people of its team, the leader of its point."""
    people = {visit.author}
    if visit.team is not None:
        people |= {one.user for one in visit.team.members.select_related("user") if one.user is not None}
    if visit.point is not None and visit.point.user is not None:
        people.add(visit.point.user)
    return sorted((one for one in people if one.is_active), key=lambda one: one.pk)


def settle_finding(*, finding: Finding, outcome: str, by: User) -> Finding:
    """Note how a finding came out, answered in the program or by word of mouth. Raises NotAllowed with what to do."""
    text = written(outcome, "办结的情况", LONGEST_REASON)
    with transaction.atomic():
        locked = _locked(finding)
        insist(can_settle_finding(by, locked), may_work(locked.visit.campaign))
        locked.outcome, locked.settled_on = text, timezone.localdate()
        insist(FINDING.step(locked, "settle_finding", by))
        locked.save(update_fields=["outcome", "settled_on"])
        return perform(FINDING, locked, "settle_finding", by=by)


def withdraw_finding(*, finding: Finding, note: str, by: User) -> Finding:
    """Take back a finding nobody has answered, with a reason that stays with it."""
    with transaction.atomic():
        moved = perform(FINDING, _locked(finding), "withdraw_finding", by=by, note=note)
        moved.outcome = note.strip()[:LONGEST_REASON]
        moved.save(update_fields=["outcome"])
    return moved


def sign_off(
    *,
    campaign: Campaign,
    organization: Organization,
    part: str,
    on: datetime.date,
    passed: Collection[int],
    by: User,
    note: str = "",
) -> StageSignOff:
    """Sign a stage of an organisation off in its present round.

    `passed`: the places of the lines of the superior's checklist that were found in order; all must be. It holds
    nothing up. Raises NotAllowed for others, a stage the campaign has not, a day to come, a line not passed, twice.
    """
    insist(can_visit(by, organization), may_work(campaign, organization))
    if part not in parts_of(steps_for(campaign, organization)):
        raise NotAllowed("这次活动没有这个阶段，请刷新页面。")
    if on > timezone.localdate():
        raise NotAllowed("把关的日期不能晚于今天。")
    lines = campaign.rules_for(organization).review_checklist
    missing = [line for number, line in enumerate(lines) if number not in passed]
    if missing:
        raise NotAllowed(f"还有不放过的：{'；'.join(missing)}。改好以后再把关，要说的请写成督查发现。")
    try:
        with transaction.atomic():
            made = StageSignOff.objects.create(
                campaign=campaign,
                organization=organization,
                round_no=round_of(campaign, organization),
                part=part,
                on=on,
                note=note.strip()[:LONGEST_REASON],
                signed_by=by.full_name,
                author=by,
            )
            record(by=by, action="sign_off", about=made, detail={"part": part, "round": made.round_no})
    except IntegrityError as error:
        raise NotAllowed(f"{part}已经有人把过关了，请刷新页面查看。") from error
    return made


def revoke_sign_off(*, signed: StageSignOff, note: str, by: User) -> StageSignOff:
    """Take a sign-off back, with a reason that stays with it."""
    with transaction.atomic():
        moved = perform(SIGN_OFF, signed, "revoke_sign_off", by=by, note=note)
        moved.reason = note.strip()[:LONGEST_REASON]
        moved.save(update_fields=["reason"])
    return moved


def holding(campaign: Campaign, organization: Organization) -> dict[str, StageSignOff]:
    """The sign-offs that hold in the organisation's present round, by stage."""
    rows = StageSignOff.objects.filter(
        campaign=campaign,
        organization=organization,
        round_no=round_of(campaign, organization),
        status=SignOffStatus.SIGNED,
    )
    return {row.part: row for row in rows}
