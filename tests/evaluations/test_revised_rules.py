"""A revision of the rules leaves frozen rosters and ballots that have begun as they are."""

from __future__ import annotations

from typing import Any

import pytest

from branches.models import Campaign, User
from branches.services import campaigns
from evaluations.models import Ballot, SubjectKind
from evaluations.reports.branch import branch_summary
from evaluations.services.form import ballot_form
from evaluations.services.setup import prepare_ballot
from meetings.models import Meeting
from members.models import MemberKind, Roster, RosterEntry
from members.services import rosters
from members.services.rosters import freeze_roster
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, evening, frozen_branch, meeting_of, published_campaign
from tests.factories.members import members_of

TWO = [{"key": "good", "label": "好"}, {"key": "poor", "label": "差"}]
REVISED: dict[str, Any] = {
    "ballot_scale": TWO,
    "grade_scale": [],
    "excellent_cap": None,
    "form_title": "{branch}重新拟定的测评表",
    "form_notes": ["新的说明。"],
    "form_remark": "",
    "assessment_points": ["新的要点"],
    "percent_base": "returned",
    "min_ballots_to_show_counts": 1,
}


def revise(campaign: Campaign, rules: dict[str, Any]) -> None:
    """Publish a new version of the rules with these keys."""
    office = account_with("office", campaign.issuer)
    campaigns.start_revision(campaign=campaign, by=office)
    for key in ("excellent_cap", *(k for k in rules if k != "excellent_cap")):
        if key in rules:
            campaigns.change_rule(campaign=campaign, key=key, value=rules[key], by=office)
    campaigns.publish_revision(campaign=campaign, reason="上级另有规定", by=office)


def said(made: Evening) -> tuple[Any, ...]:
    """Everything the ballot of the evening asks and shows, read anew."""
    ballot = Ballot.objects.get(pk=made.ballot.pk)
    kept = (ballot.scale, ballot.percent_base, ballot.min_to_show)
    return (*kept, ballot_form(ballot), branch_summary(ballot, for_signing=True))


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["setup", "issued", "collected", "matched", "certified"])
def test_a_ballot_that_has_begun_keeps_scale_form_and_figures(stage: str) -> None:
    made = evening(stage, members=7)
    before = said(made)
    revise(made.campaign, REVISED)
    assert Campaign.objects.get(pk=made.campaign.pk).rules_for().form_notes == ("新的说明。",)
    assert said(made) == before


@pytest.mark.django_db
def test_a_ballot_on_the_committee_keeps_its_headings() -> None:
    made = evening("issued", subject_kind=SubjectKind.COMMITTEE, rules={"committee_rated": True})
    before = said(made)
    revise(made.campaign, {"committee_headings": ["别的"], "committee_scale": TWO})
    assert said(made) == before


@pytest.mark.django_db
def test_a_ballot_prepared_after_the_revision_follows_it() -> None:
    branch, campaign, secretary, people = frozen_branch()
    revise(campaign, REVISED)
    fresh = Campaign.objects.get(pk=campaign.pk)
    meeting, _, _ = meeting_of(branch, fresh, secretary, people)
    ballot = prepare_ballot(meeting=Meeting.objects.get(pk=meeting.pk), by=secretary)
    assert (ballot.options, ballot.rules_version) == (["好", "差"], 2)
    assert ballot_form(ballot).notes == ("新的说明。",)


@pytest.mark.django_db
def test_a_ballot_from_before_versions_were_kept_follows_the_first() -> None:
    made = evening("setup")
    Ballot.objects.filter(pk=made.ballot.pk).update(rules_version=None)
    before = said(made)
    revise(made.campaign, REVISED)
    assert said(made) == before


class TestRosters:
    """A frozen roster gives parts by the rules of its day."""

    RULES = {"probationary_votes": True}

    @pytest.fixture
    def roster(self, tree: Tree, township: User, secretary: User) -> Roster:
        """The village's frozen roster with two full and two probationary members who vote."""
        campaign = published_campaign(tree.township, rules=self.RULES)
        members_of(tree.village, 2)
        members_of(tree.village, 2, kind=MemberKind.PROBATIONARY, full_on=None)
        return freeze_roster(campaign=campaign, organization=tree.village, by=secretary)

    def parts(self, roster: Roster) -> list[tuple[str, bool, bool, bool]]:
        """Kind and part of each entry."""
        rows = RosterEntry.objects.filter(roster=roster).order_by("ordinal")
        return [(row.kind, row.is_expected, row.is_voter, row.is_subject) for row in rows]

    def test_nothing_on_it_moves_with_a_revision(self, roster: Roster, secretary: User) -> None:
        before = self.parts(roster)
        revise(roster.campaign, {"probationary_votes": False})
        fresh = Campaign.objects.get(pk=roster.campaign_id)
        rosters.draft_roster(campaign=fresh, organization=roster.organization, by=secretary)
        assert self.parts(roster) == before

    def test_an_exemption_taken_back_gives_the_part_of_the_day_it_was_frozen(
        self, roster: Roster, secretary: User
    ) -> None:
        before = self.parts(roster)
        entry = RosterEntry.objects.get(roster=roster, ordinal=before.index(next(
            part for part in before if part[0] == MemberKind.PROBATIONARY
        )) + 1)  # fmt: skip
        rosters.exempt_from_count(entry=entry, reason="bedridden", by=secretary, why="住院")
        revise(roster.campaign, {"probationary_votes": False})
        again = RosterEntry.objects.get(pk=entry.pk)
        rosters.count_again(entry=again, by=secretary, why="已出院")
        assert self.parts(roster) == before

    def test_who_is_added_has_the_part_of_the_others(self, roster: Roster, secretary: User) -> None:
        revise(roster.campaign, {"probationary_votes": False})
        late = members_of(roster.organization, 1, kind=MemberKind.PROBATIONARY, full_on=None)[0]
        entry = rosters.add_to_roster(
            roster=Roster.objects.get(pk=roster.pk), member=late, why="转入", by=secretary
        )
        assert entry.is_voter

    def test_a_roster_not_frozen_yet_follows_the_revision(
        self, tree: Tree, township: User, secretary: User
    ) -> None:
        campaign = published_campaign(tree.township, rules=self.RULES)
        members_of(tree.village, 1, kind=MemberKind.PROBATIONARY, full_on=None)
        members_of(tree.village, 1)
        rosters.draft_roster(campaign=campaign, organization=tree.village, by=secretary)
        revise(campaign, {"probationary_votes": False})
        fresh = Campaign.objects.get(pk=campaign.pk)
        frozen = freeze_roster(campaign=fresh, organization=tree.village, by=secretary)
        assert frozen.rules_version == 2
        assert not RosterEntry.objects.get(roster=frozen, kind=MemberKind.PROBATIONARY).is_voter
