"""One visit, and all visits to one organisation, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from branches.models import Campaign, Organization, User
from branches.rules import Clause, clause_for
from branches.services.steps import steps_for
from rectification.models import (
    Finding,
    FindingKind,
    FindingStatus,
    LinkedPoint,
    StageSignOff,
    SupervisionTeam,
    Visit,
    VisitStatus,
)
from rectification.permissions.visits import (
    can_answer_finding,
    can_decide_redo,
    can_revoke_sign_off,
    can_settle_finding,
    can_visit,
    can_write_visit,
)
from rectification.reports.visit_facts import Known, known_of
from rectification.rules.supervision import (
    PROPOSALS,
    REDO,
    finding_kinds,
    parts_of,
    waits_for_answer,
    wants_settling,
)
from rectification.services.supervision import may_work
from rectification.services.visit_findings import holding

MOST_VISITS = 50  # of one organisation; a branch is visited a few times in a campaign


@dataclass(frozen=True)
class FindingLine:
    """One finding for one reader: what the person may do with it now."""

    finding: Finding
    may_answer: bool
    may_settle: bool
    may_withdraw: bool
    redo: bool  # the way to the order of another round is offered

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        waiting = (FindingStatus.ISSUED, FindingStatus.ANSWERED)
        return self.finding.status in waiting and wants_settling(self.finding.kind)

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        if self.finding.status == FindingStatus.WITHDRAWN or not wants_settling(self.finding.kind):
            return "idle"
        return "ok" if self.finding.status == FindingStatus.SETTLED else "now"

    @property
    def word(self) -> str:
        """Its state in words."""
        return state_of(self.finding)


def state_of(finding: Finding) -> str:
    """The state of a finding in words: for whom it waits."""
    if finding.status == FindingStatus.ISSUED and waits_for_answer(finding.kind):
        return "等支部办理"
    if finding.status == FindingStatus.ISSUED and finding.is_proposal:
        return "等上级研究"
    return str(finding.get_status_display())


def finding_lines(findings: Iterable[Finding], user: User, *, open_: bool) -> tuple[FindingLine, ...]:
    """The lines of findings of one organisation; `open_`: the campaign is still worked on."""
    return tuple(_line(finding, user, open_) for finding in findings)


def _line(finding: Finding, user: User, open_: bool) -> FindingLine:
    """One line."""
    waiting = finding.status in (FindingStatus.ISSUED, FindingStatus.ANSWERED)
    issued = finding.status == FindingStatus.ISSUED
    mine = open_ and waiting and bool(can_settle_finding(user, finding))
    return FindingLine(
        finding=finding,
        may_answer=open_
        and issued
        and waits_for_answer(finding.kind)
        and bool(can_answer_finding(user, finding)),
        may_settle=mine and wants_settling(finding.kind),
        may_withdraw=mine and issued,
        redo=open_ and issued and finding.kind == REDO and bool(can_decide_redo(user, finding)),
    )


@dataclass(frozen=True)
class VisitPage:
    """One visit as those who look in see it."""

    visit: Visit
    findings: tuple[FindingLine, ...]
    steps: tuple[str, ...]
    known: tuple[Known, ...]  # what the system knows already
    proposals: tuple[str, ...]  # kinds of findings that only go up, in words
    may_write: bool
    may_find: bool
    may_close: bool
    may_cancel: bool

    @classmethod
    def of(cls, visit: Visit, user: User) -> VisitPage:
        """The page today."""
        open_ = bool(may_work(visit.campaign))
        writes = open_ and bool(can_write_visit(user, visit))
        related = visit.findings.select_related("visit__organization", "visit__point")
        related = related.prefetch_related("visit__team__members")
        lines = finding_lines(related, user, open_=open_)
        labels = {step.key: step.label for step in steps_for(visit.campaign, visit.organization)}
        made = visit.status == VisitStatus.MADE
        planned = visit.status == VisitStatus.PLANNED
        return cls(
            visit=visit,
            findings=lines,
            steps=tuple(labels[key] for key in visit.steps if key in labels),
            known=known_of(visit.campaign, visit.organization),
            proposals=tuple(
                FindingKind(kind).label
                for kind in finding_kinds(visit.campaign.rules_for(visit.organization))
                if kind in PROPOSALS
            ),
            may_write=writes and (planned or made),
            may_find=writes and made,
            may_close=writes and made and not any(line.is_open for line in lines),
            may_cancel=writes and planned,
        )


@dataclass(frozen=True)
class BranchVisits:
    """Visits to one organisation, what they found, the stages signed off; by whom it is looked in on."""

    campaign: Campaign
    organization: Organization
    visits: tuple[Visit, ...]
    findings: tuple[FindingLine, ...]
    stages: tuple[tuple[str, StageSignOff | None, bool], ...]  # stage, who signed it off, may be revoked
    teams: tuple[SupervisionTeam, ...]
    points: tuple[LinkedPoint, ...]
    from_above: bool
    may_visit: bool
    extra_requests: bool
    clauses: tuple[Clause, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> BranchVisits:
        """The page for this person; a constant number of queries."""
        open_ = bool(may_work(campaign, organization))
        rules = campaign.rules_for(organization)
        visits = Visit.objects.visible_to(user).filter(campaign=campaign, organization=organization)
        findings = Finding.objects.visible_to(user).standing().filter(visit__in=visits.values("pk"))
        findings = findings.select_related("visit__organization", "visit__point")
        findings = findings.prefetch_related("visit__team__members")
        signed = holding(campaign, organization)
        teams = SupervisionTeam.objects.active().filter(campaign=campaign)
        points = LinkedPoint.objects.active().filter(campaign=campaign, organization=organization)
        visiting = bool(can_visit(user, organization))
        quoted = campaign.rule_set().quoted()
        keys = ("supervision", "visit_modes", "extra_requests")
        found = (clause_for(key, quoted, organization.category) for key in keys)
        return cls(
            campaign=campaign,
            organization=organization,
            visits=tuple(visits.select_related("team", "meeting", "organization")[:MOST_VISITS]),
            findings=finding_lines(findings, user, open_=open_),
            stages=tuple(
                (part, one, one is not None and open_ and bool(can_revoke_sign_off(user, one)))
                for part in parts_of(steps_for(campaign, organization))
                for one in (signed.get(part),)
            ),
            teams=tuple(
                team
                for team in teams.select_related("sender").prefetch_related("organizations", "members")
                if team.covers(organization)
            ),
            points=tuple(points.select_related("organization")),
            from_above=visiting,
            may_visit=visiting and open_,
            extra_requests=rules.extra_requests,
            clauses=tuple(dict.fromkeys(clause for clause in found if clause is not None)),
        )
