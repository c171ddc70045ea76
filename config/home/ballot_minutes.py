"""The papers of a meeting's ballots put into its minutes: how many went out and came back, never a vote."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.workflow import NotAllowed
from evaluations.models import Ballot, SubjectKind
from meetings.models import Meeting
from meetings.permissions.minutes import can_write_minutes
from meetings.rules.minutes import Papers
from meetings.services.minutes import fill_ballot
from meetings.views.minutes import find_minutes


def papers_of(meeting: Meeting) -> list[Papers]:
    """The papers of the ballots held at the meeting that are counted; members first."""
    ballots = Ballot.objects.filter(meeting=meeting).standing().order_by("-subject_kind", "round_no")
    found = []
    for ballot in ballots:
        heads = ballot.heads
        issued, returned, void = heads.all_issued, heads.all_returned, heads.all_void
        if issued is None or returned is None or void is None:
            continue
        about = "" if ballot.subject_kind == SubjectKind.MEMBERS else str(ballot.get_subject_kind_display())
        found.append(Papers(issued, returned, returned - void, void, about))
    return found


@signed_in
@require_POST
def minutes_ballot(request: Request, pk: UUID) -> HttpResponse:
    """Fill 测评情况 of the minutes in."""
    meeting, minutes = find_minutes(request, pk)
    require(can_write_minutes(request.user, minutes))
    try:
        fill_ballot(minutes=minutes, papers=papers_of(meeting), by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "测评票数已填入会议记录。")
    return redirect("meetings:minutes", pk=pk)
