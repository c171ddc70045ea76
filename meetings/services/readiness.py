"""Whether a meeting is ready, from what all apps know of its organisation; and why it was held in spite of it."""

from __future__ import annotations

import datetime
from fractions import Fraction

from branches.models import Organization
from branches.progress import own_progress
from branches.rules.standing import Fact
from branches.rules.steps import Step, kind_of
from branches.services.steps import steps_for
from meetings.models import Attendance, AttendanceStatus, Capacity, Meeting, Participant
from meetings.rules.kinds import KINDS, ROSTER, SEATS
from meetings.rules.readiness import (
    Line,
    forecast,
    is_prepared_for,
    judge_answers,
    judge_guests,
    judge_notice,
    judge_outlines,
    judge_step,
    own_step,
    steps_ahead,
)
from meetings.services.outline_book import Book
from meetings.services.seats import seats_of
from members.progress import Asked, preparation
from members.services.must_answer import unanswered_points

AWAY = (AttendanceStatus.LEAVE, AttendanceStatus.ABSENT, AttendanceStatus.ELSEWHERE)
ABOVE = (Capacity.SUPERIOR, Capacity.INSTRUCTOR)


def step_of(meeting: Meeting) -> Step | None:
    """The step of the campaign this meeting fulfils; None where the campaign asks for none of its kind."""
    return own_step(meeting.kind, steps_for(meeting.campaign, meeting.organization))


def readiness_of(meeting: Meeting, today: datetime.date) -> tuple[Line, ...]:
    """Every line the rules ask for before this meeting, as it stands on `today`.

    About fifteen queries, whatever the size of the branch; about five for a meeting the campaign prepares nothing
    for, and for a further sitting of one.
    """
    rules = meeting.rules()
    lines: list[Line | None] = []
    if is_prepared_for(meeting.kind) and meeting.continues_id is None:
        lines += _prepared(meeting)
    lines.append(judge_guests(_asked_guests(meeting), _invited(meeting)))
    lines.append(
        judge_notice(
            notified_on=meeting.notified_on,
            meets_on=meeting.day,
            days=rules.notice_days,
            reason=meeting.notice_reason,
            today=today,
        )
    )
    lines.append(_forecast(meeting))
    return tuple(line for line in lines if line is not None)


def _prepared(meeting: Meeting) -> list[Line]:
    """Study, opinions, talks, materials and outlines, as far as the rules ask for them."""
    campaign, organization, rules = meeting.campaign, meeting.organization, meeting.rules()
    steps = steps_for(campaign, organization)
    just_this = Organization.objects.filter(pk=organization.pk)
    own = own_progress(campaign, just_this)
    facts = own.facts_of(organization.pk)
    asked = Asked.of(rules, steps, is_body=organization.is_body, has_committee=organization.has_committee)
    preparation(campaign, just_this, own.rounds).merge(organization.pk, asked, facts)
    decided = own.decisions.get(organization.pk, {})
    lines: list[Line] = []
    ahead = steps_ahead(meeting.kind, steps)
    for step in ahead:
        line = judge_step(step, facts, decided, rules.study_gate)
        if step.kind == "outlines" and step.key not in decided:
            count = Book.of(campaign, organization).tally()
            fact = facts.get(step.key, Fact())
            line = judge_outlines(step, needed=count.owed, done=count.done, fact=fact)
        lines.append(line)
    kinds = {step.kind for step in ahead}
    if "opinions" in kinds and kinds & {"material", "lists"}:
        place = max(n for n, line in enumerate(lines, 1) if kind_of(line.key) in ("material", "lists"))
        lines.insert(place, judge_answers(len(unanswered_points(campaign, organization))))
    return lines


def _asked_guests(meeting: Meeting) -> str:
    """What the rules say of guests from above, for the meetings a campaign prepares for."""
    asks = is_prepared_for(meeting.kind) and meeting.continues_id is None
    return str(meeting.rules().superior_attendance) if asks else "none"


def _invited(meeting: Meeting) -> int:
    """How many from above are invited."""
    return Participant.objects.filter(meeting=meeting, capacity__in=ABOVE).count()


def _forecast(meeting: Meeting) -> Line | None:
    """How many are expected, and how many of them are known not to come."""
    kind, rules = KINDS[meeting.kind], meeting.rules()
    share: Fraction | None = getattr(rules, kind.quorum) if kind.quorum else None
    if kind.people == SEATS:
        seats = Participant.objects.filter(meeting=meeting).seats()
        expected = seats.count() or len(seats_of(meeting.organization, meeting.day))
        away = seats.filter(status__in=AWAY).count()
    elif kind.people == ROSTER:
        expected = meeting.counts().expected
        marked = Attendance.objects.filter(meeting=meeting, status__in=AWAY)
        away = marked.filter(entry__is_expected=True).count()
        if rules.ballot_place != "none":
            share = rules.ballot_quorum
            return forecast(expected=expected, away=away, share=share, rule="ballot_quorum")
    else:
        return None
    return forecast(expected=expected, away=away, share=share, rule=kind.quorum)
