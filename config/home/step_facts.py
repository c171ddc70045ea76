"""What all apps know of many organisations in one campaign: facts by step, read by a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.db.models import QuerySet

from branches.models import Campaign, Organization
from branches.progress import OwnProgress, own_progress
from branches.rules import Rules
from branches.rules.standing import Fact
from evaluations.models import SubjectKind
from evaluations.progress import BallotProgress, assessments_by_organization, ballot_progress
from meetings.progress import Held, meetings_by_step, merge_meetings
from meetings.progress.outlines import outlines_by_organization
from meetings.progress.reports import reports_by_organization
from members.progress import Asked, Preparation, preparation
from rectification.progress.measures import Measures, measures_by_organization
from rectification.progress.publicity import publicity_by_organization
from rectification.progress.satisfaction import surveys_by_organization

STEPS_OF_BALLOTS = {
    SubjectKind.MEMBERS: "ballot",
    SubjectKind.COMMITTEE: "committee_ballot",
    SubjectKind.MASSES: "masses_ballot",
}
# The kinds of steps that are read of what is put right, and of what is put up in public.
MEASURED = {"rectification", "commitments", "committee_report", "pledge_report"}
PUT_UP = {"publicity", "material_notice", "pledge"}


class Progress(Protocol):
    """How far one organisation is with an app's steps; equal ones are judged once."""

    def merge(self, facts: dict[str, Fact]) -> None:
        """Add what is known to the facts by step; a tick by hand stands where the app has nothing better."""

    def __hash__(self) -> int: ...


def _ballots_to_read(rules: Iterable[Rules]) -> tuple[SubjectKind, ...]:
    """The kinds of ballot that can be there: of 群众代表 only where some rules ask for one."""
    masses = any(one.masses_ballot for one in rules)
    return tuple(kind for kind in SubjectKind if masses or kind != SubjectKind.MASSES)


@dataclass(frozen=True)
class StepFacts:
    """What all apps know, by organisation, as read."""

    own: OwnProgress
    meetings: dict[int, Held]
    ballots: dict[SubjectKind, dict[int, BallotProgress]]
    prepared: Preparation
    others: tuple[Mapping[int, Progress], ...]  # the later ones have the last word
    asked: dict[int, Asked]
    rules: dict[int, Rules]

    @classmethod
    def read(
        cls,
        campaign: Campaign,
        organizations: QuerySet[Organization],
        asked: dict[int, Asked],
        rules: dict[int, Rules],
        kinds: frozenset[str],
    ) -> StepFacts:
        """Read them: a constant number of queries, none for steps nobody is asked for.

        `asked`: what the rules want prepared, by organisation, and `rules` all of them; `kinds`: the kinds of steps.
        """
        own = own_progress(campaign, organizations)
        measures = Measures({}, frozenset())
        if kinds & MEASURED:
            measures = measures_by_organization(campaign, organizations, own.rounds)
        after: list[Mapping[int, Progress]] = [measures.of]
        if kinds & PUT_UP:
            filing = {pk: found.rectification_filed for pk, found in rules.items()}
            after.append(publicity_by_organization(campaign, organizations, own.rounds, filing))
        if "satisfaction" in kinds:
            after.append(surveys_by_organization(campaign, organizations, own.rounds))
        return cls(
            own,
            meetings_by_step(campaign, organizations, own.since, measures.apart),
            {
                kind: ballot_progress(campaign, organizations, kind, own.since)
                for kind in _ballots_to_read(rules.values())
            },
            preparation(campaign, organizations, own.rounds),
            (
                outlines_by_organization(campaign, organizations, own.rounds),
                reports_by_organization(campaign, organizations, own.rounds),
                assessments_by_organization(campaign, organizations, own.rounds),
                *after,
            ),
            asked,
            rules,
        )

    def key(self, pk: int) -> tuple[object, ...]:
        """What is equal for organisations with the same facts and decisions."""
        meetings = self.meetings.get(pk, {})
        met = tuple(
            (key, m.first_on, m.last_on, m.held_on, m.planned_for) for key, m in sorted(meetings.items())
        )
        counts = tuple(_count_key(found.get(pk)) for found in self.ballots.values())
        written = tuple(found.get(pk) for found in self.others)
        return (self.own.key(pk), met, counts, written, self.prepared.key(pk, self.asked[pk]))

    def of(self, pk: int) -> dict[str, Fact]:
        """The facts of one organisation; a meeting ticked by hand holds only where no meeting is kept."""
        facts = self.own.facts_of(pk)
        self.prepared.merge(pk, self.asked[pk], facts)
        for found in self.others:
            if pk in found:
                found[pk].merge(facts)
        if pk in self.meetings:
            merge_meetings(self.meetings[pk], self.rules[pk].meeting_form, facts)
        for kind, counted in self.ballots.items():
            if pk in counted:
                facts[STEPS_OF_BALLOTS[kind]] = _count(counted[pk])
        ballot = self.ballots[SubjectKind.MEMBERS].get(pk)
        if ballot is not None and ballot.certified:
            facts["summary"] = Fact(done=True, on=ballot.certified_on, word="已汇总")
        return facts


def _count(ballot: BallotProgress) -> Fact:
    """What a ballot says of its step."""
    if ballot.certified:
        return Fact(done=True, on=ballot.held_on, word="已核定")
    return Fact(word=ballot.label)


def _count_key(ballot: BallotProgress | None) -> tuple[object, ...] | None:
    """What of a ballot makes a difference."""
    return None if ballot is None else (ballot.status, ballot.held_on, ballot.certified_on)
