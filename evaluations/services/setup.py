"""A ballot is set up from the frozen roster and the campaign's rules; a voided round is held again."""

from __future__ import annotations

from django.db import transaction

from branches.models import User
from branches.permissions import Denied
from branches.rules import Grade, Rules
from branches.services.audit import record
from branches.workflow import NotAllowed, perform
from evaluations.models import (
    COUNTING,
    Ballot,
    BallotStatus,
    BallotSubject,
    BranchResult,
    EntryMode,
    SubjectKind,
)
from evaluations.paper.text import NAME_STEPS
from evaluations.permissions import can_prepare_ballot, can_print_form
from evaluations.services.closing import keep_holds
from evaluations.services.count_chain import note
from evaluations.services.destruction import destroy_papers
from evaluations.services.result_seal import reason_fingerprint
from evaluations.workflow import BALLOT
from meetings.models import Meeting, MeetingStatus
from meetings.rules.kinds import ROSTER
from members.models import Roster, RosterEntry


def prepare_ballot(
    *,
    meeting: Meeting,
    by: User,
    subject_kind: str = SubjectKind.MEMBERS,
    entry_mode: str = EntryMode.PAPERS,
) -> Ballot:
    """Set up the next round of a ballot; the rows come from the frozen roster (or the headings).

    Raises NotAllowed before the roster is frozen, without anybody to rate, on a closed meeting, in a
    campaign that is over, or while an earlier round of this branch in this campaign still stands.
    """
    answer = can_prepare_ballot(by, meeting)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    committee = subject_kind == SubjectKind.COMMITTEE
    scale = _scale(meeting, SubjectKind(subject_kind))
    roster = meeting.roster
    if roster is None or not roster.is_frozen:
        raise NotAllowed("请先核定花名册，再准备测评。")
    rules = meeting.rules()
    with transaction.atomic():
        Roster.objects.select_for_update().get(pk=roster.pk)
        rounds = Ballot.objects.filter(
            campaign=meeting.campaign_id, organization=meeting.organization_id, subject_kind=subject_kind
        )
        if rounds.standing().exists():
            raise NotAllowed("本支部在这次活动中已经有一轮测评；如要重来，请先作废。")
        ballot = Ballot.objects.create(
            meeting=meeting,
            campaign=meeting.campaign,
            organization=meeting.organization,
            subject_kind=subject_kind,
            round_no=rounds.count() + 1,
            scale=[{"key": grade.key, "label": grade.label} for grade in scale],
            percent_base=rules.percent_base,
            min_to_show=rules.min_ballots_to_show_counts,
            rules_version=meeting.campaign.rule_set().version,
            entry_mode=entry_mode,
            large_print=rules.form_font_points > NAME_STEPS[0][0],
        )
        rows = _heading_rows(ballot, rules.committee_headings) if committee else _member_rows(ballot, meeting)
        if not any(row.graded for row in rows):
            what = (
                "规则没有列出评议支委会的内容。"
                if committee
                else "花名册上没有可以测评的党员，请先核对花名册。"
            )
            raise NotAllowed(what)
        BallotSubject.objects.bulk_create(rows)
        record(by=by, action="prepare", about=ballot, detail={"round": ballot.round_no})
    return ballot


def kinds_asked(rules: Rules, *, has_committee: bool) -> tuple[SubjectKind, ...]:
    """The ballots the rules ask of a branch, in the order they are held; () where they ask for none."""
    if rules.ballot_place == "none":
        return ()
    asked = (
        (SubjectKind.MEMBERS, True),
        (SubjectKind.COMMITTEE, rules.committee_rated and has_committee),
        (SubjectKind.MASSES, rules.masses_ballot),
    )
    return tuple(kind for kind, wanted in asked if wanted)


def _scale(meeting: Meeting, kind: SubjectKind) -> tuple[Grade, ...]:
    """The scale the rules give; raises NotAllowed when no ballot may be prepared at this meeting."""
    if meeting.status not in (MeetingStatus.PLANNED, MeetingStatus.OPENED):
        raise NotAllowed(f"会议{meeting.get_status_display()}，不能再准备测评。")
    if meeting.about.people != ROSTER:
        raise NotAllowed(f"民主测评在党员大会上进行，{meeting.get_kind_display()}上不测评。")
    if not meeting.campaign.is_open:
        raise NotAllowed("活动还没有发布或者已经结束，不能准备测评。")
    rules = meeting.rules()
    committee = kind == SubjectKind.COMMITTEE
    if kind == SubjectKind.MASSES and not rules.masses_ballot:
        raise NotAllowed("本次活动的规则没有要求群众代表测评。")
    if committee and not rules.committee_rated:
        raise NotAllowed("本次活动的规则没有要求评议支委会。")
    if committee and not meeting.organization.has_committee:
        raise NotAllowed("本支部没有设支委会，不用评议支委会。")
    scale = rules.committee_scale if committee else rules.ballot_scale
    if rules.ballot_place == "none" or not scale:
        raise NotAllowed("本次活动的规则不进行民主测评。")
    return scale


def _heading_rows(ballot: Ballot, headings: tuple[str, ...]) -> list[BallotSubject]:
    """One row for each heading of the committee's work."""
    return [
        BallotSubject(ballot=ballot, ordinal=number, name=heading)
        for number, heading in enumerate(headings, start=1)
    ]


def _member_rows(ballot: Ballot, meeting: Meeting) -> list[BallotSubject]:
    """One row for each person on the form, in the roster's order."""
    shown = RosterEntry.objects.filter(roster=meeting.roster).on_form().order_by("ordinal", "pk")
    return [
        BallotSubject(
            ballot=ballot,
            ordinal=number,
            name=entry.name,
            entry=entry,
            graded=entry.is_subject,
            note=entry.form_remark[:100],
        )
        for number, entry in enumerate(shown, start=1)
    ]


def choose_print(*, ballot: Ballot, large: bool, by: User) -> Ballot:
    """Choose the form in large type (大字版) or the usual one, for every sheet of the ballot.

    One form for all: a few large sheets among the others would tell who filled them in. Raises NotAllowed
    once the number of printed forms is entered, for then sheets are printed and a reader knows their form.
    """
    answer = can_print_form(by, ballot)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    with transaction.atomic():
        locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
        if locked.status != BallotStatus.SETUP or locked.printed is not None:
            raise NotAllowed("测评表已经印好，不能再换大字版或普通版。")
        locked.large_print = large
        locked.save(update_fields=["large_print"])
        record(by=by, action="choose_print", about=locked, detail={"large": large})
    return locked


def void_ballot(*, ballot: Ballot, by: User, reason: str) -> Ballot:
    """Void the round with its reason; it stays readable, what was typed of papers is destroyed.

    A certified round that is voided leaves the roll-ups.
    """
    with transaction.atomic():
        told = reason.strip()[:300]
        Ballot.objects.filter(pk=ballot.pk, void_reason="").update(void_reason=told)
        if Ballot.objects.filter(pk=ballot.pk, status__in=COUNTING).exists():  # else its record is closed
            note(ballot, "void")
        voided = perform(
            BALLOT, ballot, "void", by=by, note=reason, detail={"fingerprint": reason_fingerprint(told)}
        )
        destroy_papers(voided)
        BranchResult.objects.filter(ballot=voided).delete()
        keep_holds(campaign=voided.campaign, organization=voided.organization)
    return voided
