"""Ballots for tests at any stage of the evening, made by the real services; every name is invented.

`evening("collected", members=7, preset="luoyang_2014")` is a branch with its own campaign, frozen
roster, open meeting, officers with accounts and a ballot that far; the functions below take it on.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from branches.models import Campaign, Kind, Organization, Role, User
from branches.services.campaigns import change_rule, draft_campaign, publish
from evaluations.models import READ_AGAIN, SLOTS, Ballot, BallotStatus, EntryMode, SubjectKind
from evaluations.rules import Line, Paper, read_marks, tally
from evaluations.services import certifying, entry, hand_pages, heads, matching, scan_counting, setup
from evaluations.services.form import sides
from meetings.models import Meeting
from meetings.services import mark_all_present, name_officers, open_meeting
from members.models import Member, MemberKind
from members.services.rosters import freeze_roster
from tests.factories.branches import AppointmentFactory, OrganizationFactory, UserFactory, account_with
from tests.factories.meetings import ON_PAPER, MeetingFactory
from tests.factories.members import members_of
from tests.factories.plans import let_go_on

STAGES = ("setup", "issued", "collected", "typed", "matched", "certified", "void")
SCALES = {
    "luoyang_2014": ("好", "一般", "差"),
    "xinyi_2018": ("优秀", "合格", "基本合格", "不合格"),
}
SPARE = 2
MASSES = 6  # 群众代表 who come, of one more invited


@dataclass
class Evening:
    """A branch on the evening of its ballot: the people, and the ballot as it was left last."""

    organization: Organization
    campaign: Campaign
    meeting: Meeting
    people: list[Member]
    secretary: User
    scrutineer: User | None
    tellers: list[User]
    ballot: Ballot
    votes: list[Paper] = field(default_factory=list)

    def reload(self) -> Ballot:
        """The ballot as it is in the database now."""
        self.ballot = Ballot.objects.get(pk=self.ballot.pk)
        return self.ballot

    @property
    def rows(self) -> int:
        """How many rows are rated."""
        return self.ballot.rated().count()


def published_campaign(
    issuer: Organization,
    *,
    preset: str = "current_year",
    rules: Mapping[str, Any] | None = None,
    slug: str = "",
) -> Campaign:
    """A campaign of the issuer's office, published with the preset's rules and single keys over them."""
    office = account_with(Role.OFFICE, issuer)
    drafted = draft_campaign(
        issuer=issuer,
        name="2026年度组织生活会和民主评议党员",
        slug=slug or f"evening-{issuer.pk}-{Campaign.objects.count()}",
        year=2026,
        preset=preset,
        finish_by=timezone.localdate() + datetime.timedelta(days=30),
        by=office,
    )
    for key, value in (rules or {}).items():
        change_rule(campaign=drafted, key=key, value=value, by=office)
    return publish(campaign=Campaign.objects.get(pk=drafted.pk), by=office)


def secretary_of(organization: Organization) -> User:
    """The branch's secretary; appointed when there is none."""
    post = organization.appointments.filter(role=Role.SECRETARY, user__isnull=False).first()
    if post is not None and post.user is not None:
        return post.user
    return account_with(Role.SECRETARY, organization)


def frozen_branch(
    *,
    members: int = 5,
    probationary: int = 0,
    parent: Organization | None = None,
    organization: Organization | None = None,
    campaign: Campaign | None = None,
    preset: str = "current_year",
    rules: Mapping[str, Any] | None = None,
) -> tuple[Organization, Campaign, User, list[Member]]:
    """A branch with so many full and probationary members and a frozen roster in a published campaign."""
    if organization is None:
        above = parent or (
            campaign.issuer
            if campaign
            else OrganizationFactory.create(kind=Kind.COMMITTEE, category="office")
        )
        organization = OrganizationFactory.create(parent=above)
    if campaign is None:
        issuer = organization.superior()
        assert issuer is not None
        campaign = published_campaign(issuer, preset=preset, rules=rules)
    secretary = secretary_of(organization)
    people = members_of(organization, members)
    people += members_of(organization, probationary, kind=MemberKind.PROBATIONARY, full_on=None)
    freeze_roster(campaign=campaign, organization=organization, by=secretary)
    return organization, campaign, secretary, people


def account_of(member: Member) -> User:
    """The member's own account, opened when there is none."""
    if member.user is None:
        member.user = UserFactory.create(full_name=member.name, home=member.organization)
        member.save()
    return member.user


def meeting_of(
    organization: Organization,
    campaign: Campaign,
    secretary: User,
    people: Sequence[Member],
    *,
    opened: bool = True,
) -> tuple[Meeting, User | None, list[User]]:
    """A meeting with officers who have accounts: the last two count, the one before scrutinises."""
    meeting = MeetingFactory.create(organization=organization, campaign=campaign)
    tellers = list(people[-2:]) if len(people) > 2 else list(people[-1:])
    scrutineers = [m for m in people[-3:-2] or people[:1] if m not in tellers]
    name_officers(
        meeting=meeting,
        chair=people[0],
        recorder=people[0],
        scrutineers=scrutineers,
        tellers=tellers,
        by=secretary,
    )
    if opened:
        let_go_on(campaign, organization)
        mark_all_present(meeting=meeting, by=secretary)
        meeting = open_meeting(meeting=meeting, by=secretary, unready_reason=ON_PAPER)
    accounts = [account_of(m) for m in tellers]
    return meeting, account_of(scrutineers[0]) if scrutineers else None, accounts


def evening(
    stage: str = "setup",
    *,
    members: int = 5,
    probationary: int = 0,
    organization: Organization | None = None,
    campaign: Campaign | None = None,
    preset: str = "current_year",
    rules: Mapping[str, Any] | None = None,
    subject_kind: str = SubjectKind.MEMBERS,
    entry_mode: str = EntryMode.PAPERS,
    votes: Sequence[Paper] | None = None,
    returned: int | None = None,
) -> Evening:
    """A ballot that has come to `stage` (one of STAGES; void: voided after it was certified).

    `votes` are the papers in the box; by default invented ones, the same every time.
    """
    branch, chosen, secretary, people = frozen_branch(
        members=members,
        probationary=probationary,
        organization=organization,
        campaign=campaign,
        preset=preset,
        rules=rules,
    )
    if subject_kind == SubjectKind.COMMITTEE and not branch.has_committee:
        AppointmentFactory.create(role=Role.ORGANIZER, organization=branch)
        AppointmentFactory.create(role=Role.PUBLICITY, organization=branch)
    meeting, scrutineer, tellers = meeting_of(branch, chosen, secretary, people)
    ballot = setup.prepare_ballot(
        meeting=meeting, by=secretary, subject_kind=subject_kind, entry_mode=entry_mode
    )
    made = Evening(branch, chosen, meeting, people, secretary, scrutineer, tellers, ballot)
    return bring_to(made, stage, votes=votes, returned=returned)


def beside(made: Evening, stage: str = "setup", **how: Any) -> Evening:
    """The ballot of 群众代表 at the same meeting, brought to `stage`; the rules must ask for one."""
    ballot = setup.prepare_ballot(
        meeting=made.meeting, by=made.secretary, subject_kind=SubjectKind.MASSES, entry_mode=EntryMode.PAPERS
    )
    return bring_to(replace(made, ballot=ballot, votes=[]), stage, **how)


def bring_to(
    made: Evening, stage: str, *, votes: Sequence[Paper] | None = None, returned: int | None = None
) -> Evening:
    """Take a ballot that is being set up on to `stage`."""
    last = STAGES.index(stage)
    if last >= STAGES.index("issued"):
        issue_papers(made)
    if last >= STAGES.index("collected"):
        collect_papers(made, returned=len(votes) if votes is not None else returned)
        options, count = len(made.ballot.scale), made.ballot.returned or 0
        made.votes = list(votes) if votes is not None else invented_votes(made.rows, options, count)
    if last >= STAGES.index("typed"):
        type_all(made)
    if last >= STAGES.index("matched"):
        matching.match(ballot=made.ballot, by=made.tellers[0])
    if last >= STAGES.index("certified"):
        sign_all(made)
        certifying.certify(ballot=made.ballot, by=made.secretary)
    if stage == "void":
        setup.void_ballot(ballot=made.ballot, by=made.secretary, reason="票箱没有当场清点")
    made.reload()
    return made


def save_heads(made: Evening, *, by: User | None = None, **numbers: int | None) -> Ballot:
    """Save head-counts with the version that is current now."""
    current = made.reload()
    made.ballot = heads.save_heads(
        ballot=current, by=by or made.secretary, version=current.version, numbers=numbers
    )
    return made.ballot


def issue_papers(made: Evening, *, issued: int | None = None) -> Ballot:
    """Print one paper for each person present and some spare; hand out `issued` of them."""
    here = MASSES if made.ballot.by_masses else made.meeting.present_count
    people: dict[str, Any] = {"expected": here + 1, "present": here} if made.ballot.by_masses else {}
    save_heads(made, **people, printed=here + SPARE, issued=here if issued is None else issued)
    made.ballot = heads.issue(ballot=made.ballot, by=made.secretary)
    return made.ballot


def collect_papers(made: Evening, *, returned: int | None = None) -> Ballot:
    """Count what is in the box: all that was issued unless `returned` says otherwise."""
    ballot = made.reload()
    unused = (ballot.printed or 0) - (ballot.issued or 0)
    back = ballot.issued if returned is None else returned
    save_heads(made, replaced=0, unused=unused, returned=back)
    made.ballot = heads.collect(ballot=made.ballot, by=made.secretary)
    return made.ballot


def invented_votes(rows: int, options: int, papers: int, *, seed: int = 7) -> list[Paper]:
    """So many complete papers with all kinds of marks; the last of many is void as a whole."""
    chance = random.Random(seed * 1000 + rows * 10 + papers)
    letters = "1" * 6 + "".join(str(n) for n in range(1, options + 1)) * 2 + "0x"
    made = [Paper("".join(chance.choice(letters) for _ in range(rows))) for _ in range(papers)]
    return [*made[:-1], Paper(made[-1].marks, void=True)] if papers > 6 else made


def totals_of(made: Evening, votes: Sequence[Paper] | None = None) -> tuple[dict[int, Line], int]:
    """The lines of the papers by subject id, and how many papers are void."""
    lines, void = tally(made.votes if votes is None else votes, made.rows, len(made.ballot.scale))
    return {subject.pk: line for subject, line in zip(made.ballot.rated(), lines, strict=True)}, void


def type_papers(
    made: Evening, by: User, votes: Sequence[Paper] | None = None, *, finish: bool = True
) -> None:
    """One person types all papers (or each row's totals) and says so."""
    papers = made.votes if votes is None else votes
    if made.ballot.entry_mode == EntryMode.TOTALS:
        lines, void = totals_of(made, papers)
        entry.save_totals(ballot=made.ballot, by=by, void=void, lines=lines)
    elif made.ballot.entry_mode == EntryMode.SCANNED:
        void = _type_by_hand(made, by, papers)
        if finish:
            scan_counting.finish_judging(ballot=made.ballot, by=by, void=void)
        return
    else:
        _type_marks(made, by, papers)
    if finish:
        entry.finish_slot(ballot=made.ballot, by=by)


def _type_marks(made: Evening, by: User, papers: Sequence[Paper]) -> None:
    """One person types papers. The first one asks every question; into an empty place the others are then written
    the same way without asking again."""
    ballot, rows, options = made.ballot, made.rows, len(made.ballot.scale)
    for number, paper in enumerate(papers, start=1):
        if number == 2 and _was_empty(ballot, by, len(papers)):
            break
        entry.save_paper(ballot=ballot, by=by, paper_no=number, marks=paper.marks, void=paper.void)
    else:
        return
    place = ballot.slots.get(holder=by, number__in=SLOTS).number
    for number, paper in enumerate(papers[1:], start=2):
        read = Paper(read_marks(paper.marks, rows, options), paper.void)
        entry.store_paper(ballot, place, number, read)


def _was_empty(ballot: Ballot, by: User, papers: int) -> bool:
    """Whether the one paper just typed is all there is in the typist's place, and so many may be typed."""
    place = ballot.slots.get(holder=by, number__in=SLOTS).number
    written = ballot.papers.filter(slot__in=(place, READ_AGAIN)).count()
    return written == 1 and papers <= (Ballot.objects.get(pk=ballot.pk).returned or 0)


def _type_by_hand(made: Evening, by: User, papers: Sequence[Paper]) -> int:
    """One person types every side by hand, as if no sheet could be read; returns the papers void as a whole."""
    valid = [paper for paper in papers if not paper.void]
    start = 0
    for side, rows in sides(made.ballot).items():
        hand_pages.set_page_count(ballot=made.ballot, by=by, side=side, count=len(valid))
        for number, paper in enumerate(valid, start=1):
            marks = paper.marks[start : start + len(rows)]
            hand_pages.save_hand_page(ballot=made.ballot, by=by, side=side, number=number, marks=marks)
        start += len(rows)
    return len(papers) - len(valid)


def type_all(made: Evening, second: Sequence[Paper] | None = None) -> None:
    """Both tellers type; the second types `second` where it is given."""
    type_papers(made, made.tellers[0])
    type_papers(made, made.tellers[1], second)


def sign_all(made: Evening) -> None:
    """监票人, 计票人 and 支部书记 vouch on screen."""
    assert made.scrutineer is not None
    for duty, person in (
        ("scrutineer", made.scrutineer),
        ("teller", made.tellers[0]),
        ("secretary", made.secretary),
    ):
        certifying.sign(ballot=made.ballot, duty=duty, by=person)


def ballots_at_every_stage(**how: Any) -> dict[str, Evening]:
    """One ballot for each status, each in a branch of its own."""
    return {status.value: evening(status.value, **how) for status in BallotStatus}
