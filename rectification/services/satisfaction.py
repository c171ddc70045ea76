"""A survey is certified: the rate by integers, and what the rules make of a failed one. Duties and cases are people's to deal with."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Campaign, ClosingHold, HoldKind, Organization, Role, User
from branches.permissions import CLERK_ROLES
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.rounds import round_of
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from meetings.services.postponing import offices_asked
from rectification.models import (
    DutyKind,
    MeasureCase,
    RoundStatus,
    SatisfactionDuty,
    SurveyCount,
    SurveyRound,
    Turn,
)
from rectification.models.satisfaction import LONGEST_TEXT
from rectification.rules.satisfaction import Consequence, consequence, passes, shows_whole
from rectification.services.survey_urns import destroy_urn
from rectification.services.surveys import keep, locked_round, open_round
from rectification.workflow.satisfaction import (
    MEASURE_CASE,
    SATISFACTION_DUTY,
    SURVEY_ROUND,
    result_of,
)

PERSONAL = (DutyKind.SELF_CRITICISM, DutyKind.ADMONITION)  # of the one chiefly responsible
LONGEST_HEARER = 100
CONCERNED = "有关责任人"


def close(*, survey_round: SurveyRound, version: int, by: User) -> SurveyRound:
    """Certify the result and freeze its numbers; a failed survey brings what the rules say. Raises Stale and NotAllowed."""
    with transaction.atomic():
        locked = locked_round(survey_round, version)
        insist(SURVEY_ROUND.step(locked, "certify", by))
        found = result_of(locked)
        if found is None:
            raise NotAllowed("两人数的还没有形成结果，请先核对。")
        demand = locked.demand
        locked.satisfied_votes = demand.satisfied_of(found[0])
        locked.base_votes = demand.base_of(*found)
        locked.passed = passes(locked.satisfied_votes, locked.base_votes, locked.threshold)
        rules = locked.rules()
        locked.few = not shows_whole(found[0].valid, locked.least_shown)
        locked.for_appraisal, locked.closed_on = rules.appraisal_use, timezone.localdate()
        keep(locked, "satisfied_votes", "base_votes", "passed", "few", "for_appraisal", "closed_on")
        detail = {"passed": locked.passed}
        moved = perform(SURVEY_ROUND, locked, "certify", by=by, detail=detail)
        SurveyCount.objects.filter(respondents__round=moved).delete()
        destroy_urn(moved)
        _follow(locked, consequence(moved.turn, moved.passed, rules.failing_duties, rules.failing_again), by)
        keep_holds(campaign=locked.survey.campaign, organization=locked.organization)
    return moved


def keep_holds(*, campaign: Campaign, organization: Organization) -> None:
    """Write down anew which surveys after 补课 of the present round are not certified: they hold the campaign open.

    Voiding one opens the next at once, so only certifying changes it.
    """
    number = round_of(campaign, organization)
    rows = SurveyRound.objects.standing().filter(turn=Turn.MAKE_UP).exclude(status=RoundStatus.CLOSED)
    here = rows.filter(survey__campaign=campaign, survey__organization=organization, survey__round_no=number)
    steps = list(here.order_by("survey__step").values_list("survey__step", flat=True))
    ClosingHold.objects.update_or_create(
        campaign=campaign,
        organization=organization,
        kind=HoldKind.MAKE_UP,
        defaults={"round_no": number, "count": len(steps), "steps": steps},
    )


def _follow(survey_round: SurveyRound, what: Consequence, by: User) -> None:
    """Write down what follows, and tell those who have to act; no name leaves the house."""
    if survey_round.passed is not False:
        return
    post, name = head_of(survey_round.organization)
    for kind in what.duties:
        SatisfactionDuty.objects.create(
            round=survey_round,
            kind=kind,
            owner_post=_owner(kind, survey_round.organization, post),
            owner_name=name if kind in PERSONAL else "",
        )
    if what.make_up:
        open_round(survey_round.survey, Turn.MAKE_UP, by)
    if what.measures:
        case = MeasureCase.objects.create(round=survey_round, owner_post=post, owner_name=name)
        record(by=by, action="open_measure_case", about=case)
    again = survey_round.turn == Turn.MAKE_UP
    title = "补课后群众满意度仍没有达到要求" if again else "群众满意度没有达到要求"
    own = holders(Organization.objects.filter(pk=survey_round.organization.pk), CLERK_ROLES)
    tell(survey_round, "survey_failed", [*own, *offices_asked(survey_round.organization)], by, title)


def _owner(kind: str, organization: Organization, head: str) -> str:
    """Of whom a duty is."""
    if kind in PERSONAL:
        return head
    return organization.short_name if kind == DutyKind.MAKE_UP else CONCERNED


def head_of(organization: Organization) -> tuple[str, str]:
    """The post of the one chiefly responsible (主要负责人) and who holds it today: the secretary, else the deputy.

    The name is empty while both posts are vacant; the duty then stays with the office.
    """
    posts = Appointment.objects.current(timezone.localdate()).filter(organization=organization)
    for role in (Role.SECRETARY, Role.DEPUTY):
        if held := posts.filter(role=role).order_by("-starts_on", "pk").first():
            return f"{organization.short_name}{role.label}", held.holder_name
    return f"{organization.short_name}{Role.SECRETARY.label}", ""


def tell(survey_round: SurveyRound, kind: str, people: list[User], by: User, what: str) -> None:
    """A notice without names and numbers; the page says the rest to those who may read it."""
    announce(
        kind=kind,
        about=survey_round,
        recipients=[person for person in {one.pk: one for one in people}.values() if person.pk != by.pk],
        title=f"{survey_round.organization.short_name}：{what}"[:120],
        url=reverse("rectification:survey", args=[survey_round.survey_id]),
    )


def _locked_duty(duty: SatisfactionDuty, version: int) -> SatisfactionDuty:
    """The duty under a lock; raises Stale when it was saved since `version`."""
    return locked_row(duty, "round__survey__organization", "round__survey__campaign", version=version)


def _keep(row: SatisfactionDuty | MeasureCase, *fields: str) -> None:
    """Save these fields as a new version."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def fulfil(
    *,
    duty: SatisfactionDuty,
    version: int,
    done_on: datetime.date,
    heard_by: str = "",
    note: str = "",
    by: User,
) -> SatisfactionDuty:
    """Note that a duty was done, on which day and before whom. Raises Stale, and NotAllowed with what to do."""
    with transaction.atomic():
        locked = _locked_duty(duty, version)
        locked.done_on, locked.note = done_on, note.strip()[:LONGEST_TEXT]
        locked.heard_by = heard_by.strip()[:LONGEST_HEARER]
        insist(SATISFACTION_DUTY.step(locked, "fulfil_duty", by))
        _keep(locked, "done_on", "heard_by", "note")
        return perform(SATISFACTION_DUTY, locked, "fulfil_duty", by=by)


def waive(*, duty: SatisfactionDuty, version: int, note: str, by: User) -> SatisfactionDuty:
    """Let somebody off a duty, with the reason; only from above."""
    with transaction.atomic():
        locked = _locked_duty(duty, version)
        moved = perform(SATISFACTION_DUTY, locked, "waive_duty", by=by, note=note)
        moved.note = note.strip()[:LONGEST_TEXT]
        _keep(moved, "note")
    return moved


def take_back(*, duty: SatisfactionDuty, version: int, note: str, by: User) -> SatisfactionDuty:
    """Take a wrong note back, with the reason; the duty is owed again."""
    with transaction.atomic():
        locked = _locked_duty(duty, version)
        moved = perform(SATISFACTION_DUTY, locked, "owe_again", by=by, note=note)
        moved.done_on, moved.heard_by, moved.note = None, "", ""
        _keep(moved, "done_on", "heard_by", "note")
    return moved


def _locked_case(case: MeasureCase, version: int) -> MeasureCase:
    """The case under a lock; raises Stale when it was saved since `version`."""
    return locked_row(case, "round__survey__organization", "round__survey__campaign", version=version)


def decide(
    *, case: MeasureCase, version: int, decided_on: datetime.date, decision: str, by: User
) -> MeasureCase:
    """Note what the superior decided, in words; the system proposes nothing. Raises Stale and NotAllowed."""
    with transaction.atomic():
        locked = _locked_case(case, version)
        locked.decided_on, locked.decision = decided_on, decision.strip()[:LONGEST_TEXT]
        insist(MEASURE_CASE.step(locked, "decide_measures", by))
        _keep(locked, "decided_on", "decision")
        moved = perform(MEASURE_CASE, locked, "decide_measures", by=by)
        own = holders(Organization.objects.filter(pk=moved.organization.pk), (Role.SECRETARY, Role.DEPUTY))
        tell(moved.round, "measure_decided", own, by, "上级对满意度达不到要求作出了决定")
    return moved


def settle(
    *, case: MeasureCase, version: int, closed_on: datetime.date, outcome: str, by: User
) -> MeasureCase:
    """Note that the decision was carried out. Raises Stale and NotAllowed."""
    with transaction.atomic():
        locked = _locked_case(case, version)
        locked.closed_on, locked.outcome = closed_on, outcome.strip()[:LONGEST_TEXT]
        insist(MEASURE_CASE.step(locked, "settle_measures", by))
        _keep(locked, "closed_on", "outcome")
        return perform(MEASURE_CASE, locked, "settle_measures", by=by)
