"""One branch's evening, step by step through the same services the pages use."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

from django.utils import timezone

from branches.models import Campaign, Organization, User
from evaluations.models import Ballot, EntryMode, Signature
from evaluations.rules import Paper
from evaluations.services import certifying, entry, heads, matching, setup
from meetings.models import Meeting
from meetings.services import mark_all_present, name_officers, open_meeting, plan_meeting
from members.models import Member
from members.services.rosters import freeze_roster


@dataclass(frozen=True)
class Team:
    """Who runs the evening."""

    secretary: User
    scrutineer: Member
    first: User
    second: User
    tellers: tuple[Member, Member]


def hold(campaign: Campaign, organization: Organization, team: Team, place: str) -> Meeting:
    """Freeze the roster, plan the meeting, name the officers, mark who came, open it."""
    freeze_roster(campaign=campaign, organization=organization, by=team.secretary)
    start = timezone.localtime().replace(second=0, microsecond=0) - datetime.timedelta(minutes=40)
    meeting = plan_meeting(
        organization=organization, campaign=campaign, starts_at=start, place=place, by=team.secretary
    )
    people = Member.objects.active().filter(organization=organization).order_by("roster_number")
    name_officers(
        meeting=meeting,
        chair=people[0],
        recorder=people[1],
        scrutineers=[team.scrutineer],
        tellers=list(team.tellers),
        by=team.secretary,
    )
    mark_all_present(meeting=meeting, by=team.secretary)
    return open_meeting(meeting=meeting, by=team.secretary, unready_reason="都已在线下办好，没有在系统里登记")


def collect(meeting: Meeting, team: Team, not_returned: int = 0) -> Ballot:
    """Prepare the ballot, hand out the papers, empty the box."""
    by = team.secretary
    ballot = setup.prepare_ballot(meeting=meeting, by=by, entry_mode=EntryMode.PAPERS)
    spare = meeting.rules().spare_forms
    issued = meeting.voters_present_count
    printed = issued + spare
    numbers: dict[str, int | None] = {"printed": printed, "issued": issued}
    ballot = heads.save_heads(ballot=ballot, by=by, version=ballot.version, numbers=numbers)
    ballot = heads.issue(ballot=ballot, by=by)
    numbers = {"replaced": 0, "unused": spare, "returned": issued - not_returned}
    ballot = heads.save_heads(ballot=ballot, by=by, version=ballot.version, numbers=numbers)
    return heads.collect(ballot=ballot, by=by)


def papers(chance: random.Random, ballot: Ballot) -> list[Paper]:
    """Invented papers: mostly good marks, some abstentions, one void paper."""
    rows = ballot.rated().count()
    drawn = []
    for number in range(1, (ballot.returned or 0) + 1):
        marks = "".join(chance.choices("1230x", weights=(48, 44, 4, 3, 1))[0] for _ in range(rows))
        drawn.append(Paper(marks, void=number == 7))
    return drawn


def type_papers(
    chance: random.Random, ballot: Ballot, team: Team, drawn: list[Paper], slips: int = 3
) -> None:
    """Two people type all papers; the second makes a few slips."""
    wrong = set(chance.sample(range(len(drawn)), min(slips, len(drawn))))
    for index, paper in enumerate(drawn):
        for typist, slip in ((team.first, False), (team.second, index in wrong)):
            marks = paper.marks
            if slip and not paper.void:
                marks = ("2" if marks[0] == "1" else "1") + marks[1:]
            entry.save_paper(ballot=ballot, by=typist, paper_no=index + 1, marks=marks, void=paper.void)
    entry.finish_slot(ballot=ballot, by=team.first)
    entry.finish_slot(ballot=ballot, by=team.second)


def certify(ballot: Ballot, team: Team, drawn: list[Paper]) -> Ballot:
    """Read the differing papers again, form the result, vouch, certify."""
    for open_ in matching.paper_mismatches(ballot=ballot, by=team.first):
        if open_.row is not None:
            matching.read_paper_again(
                ballot=ballot,
                by=team.first,
                paper_no=open_.paper,
                marks={open_.row: drawn[open_.paper - 1].marks[open_.row]},
                void=False,
            )
    matched = matching.match(ballot=ballot, by=team.first)
    certifying.sign(ballot=matched, duty=Signature.Duty.TELLER, by=team.first)
    certifying.sign(ballot=matched, duty=Signature.Duty.TELLER, by=team.second)
    certifying.note_paper_signatures(ballot=matched, duty=Signature.Duty.SCRUTINEER, by=team.secretary)
    certifying.sign(ballot=matched, duty=Signature.Duty.SECRETARY, by=team.secretary)
    return certifying.certify(ballot=matched, by=team.secretary)
