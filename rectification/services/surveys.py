"""A survey is begun under the rules, its papers are noted class by class, and it goes on to the count or is void."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import Answer, Denied
from branches.rules import Rules
from branches.rules.steptypes import Step
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.services.steps import check_work, steps_for
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from rectification.models import (
    RoundStatus,
    Survey,
    SurveyClass,
    SurveyCount,
    SurveyRound,
    Turn,
)
from rectification.permissions.satisfaction import can_run_survey
from rectification.rules.satisfaction import ANYBODY, scale_problem
from rectification.services.survey_urns import destroy_urn
from rectification.workflow.satisfaction import SURVEY_ROUND

KIND = "satisfaction"
RELATED = ("survey__campaign__issuer", "survey__organization")
LONGEST_REASON = 300  # characters, as the column
MOST_PAPERS = 99_999
Heads = tuple[int | None, int | None]


def survey_steps(campaign: Campaign, organization: Organization) -> list[Step]:
    """The steps of the campaign that are surveys, in order."""
    return [step for step in steps_for(campaign, organization) if step.kind == KIND]


def locked_round(survey_round: SurveyRound, version: int | None = None) -> SurveyRound:
    """The round under a lock; raises Stale when it was saved since `version`."""
    return locked_row(survey_round, *RELATED, version=version)


def keep(survey_round: SurveyRound, *fields: str) -> None:
    """Save these fields as a new version."""
    survey_round.version += 1
    survey_round.save(update_fields=[*fields, "version"])


def present_round(survey: Survey) -> SurveyRound | None:
    """The newest round of a survey that is not void: the make-up where there is one."""
    return survey.rounds.standing().order_by("-turn").first()


def begin(*, campaign: Campaign, organization: Organization, step: str, by: User) -> SurveyRound:
    """Begin the survey of a step, or return the round that stands. Raises NotAllowed with what to do."""
    answer = can_run_survey(by, organization)
    found = check_work(campaign, organization, step, answer, timezone.localdate())
    if found.kind != KIND:
        raise NotAllowed("这个环节不是群众满意度测评。")
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)  # two who begin at once begin the same
        survey, _new = Survey.objects.get_or_create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            step=step,
            defaults={"label": found.label},
        )
        standing = present_round(survey)
        return standing or open_round(survey, Turn.FIRST, by)


def open_round(survey: Survey, turn: int, by: User) -> SurveyRound:
    """A new round under the rules as they are today, with a row for each class of respondents.

    Raises NotAllowed where the rules cannot be counted by. Callers hold the transaction.
    """
    rules = survey.campaign.rules_for(survey.organization)
    scale = [[grade.key, grade.label] for grade in rules.satisfaction_scale]
    if problem := scale_problem([key for key, _label in scale], rules.satisfied_options):
        raise NotAllowed(problem)
    share = rules.satisfaction_threshold
    opened = SurveyRound.objects.create(
        survey=survey,
        turn=turn,
        opened_on=timezone.localdate(),
        rules_version=survey.campaign.rule_set().version,
        scale=scale,
        satisfied=[key for key, _label in scale if key in rules.satisfied_options],
        base=rules.satisfaction_base,
        above=None if share is None else share.numerator,
        below=None if share is None else share.denominator,
        least_shown=rules.min_ballots_to_show_counts,
    )
    SurveyClass.objects.bulk_create(
        SurveyClass(round=opened, ordinal=number, name=name)
        for number, name in enumerate(respondents_of(rules), 1)
    )
    record(by=by, action="begin_survey", about=opened, detail={"step": survey.step, "turn": int(turn)})
    return opened


def respondents_of(rules: Rules) -> tuple[str, ...]:
    """The classes of people who are asked, each once."""
    return tuple(dict.fromkeys(rules.respondents)) or ANYBODY


def save_heads(
    *,
    survey_round: SurveyRound,
    version: int,
    day: datetime.date | None,
    heads: Mapping[int, Heads],
    slips: Mapping[int, int | None] | None = None,
    by: User,
) -> SurveyRound:
    """Keep the day, 发出 and 收回 of each class (by its id) and the `slips` handed out, as far as known.

    Raises Stale; NotAllowed for others, after the papers are in, for a day to come or before the survey began,
    where more came back than went out, and for papers and slips in one class where the rules allow only one.
    """
    with transaction.atomic():
        locked = locked_round(survey_round, version)
        insist(can_run_survey(by, locked.organization))
        if locked.status != RoundStatus.OPEN:
            raise NotAllowed(
                f"现在是「{locked.get_status_display()}」，张数已经定下。要改的，先在计票页面点“改正张数”。"
            )
        _check_day(locked, day, by)
        rows = {row.pk: row for row in locked.classes.all()}
        for pk, (issued, returned) in heads.items():
            if pk in rows:
                _check_heads(rows[pk].name, issued, returned)
                insist(one_way(locked, rows[pk].name, rows[pk].slips, issued))
                rows[pk].issued, rows[pk].returned = issued, returned
        for pk, number in (slips or {}).items():
            if pk in rows and rows[pk].slips:
                _check_slips(rows[pk], number)
                rows[pk].slips_issued = number
        SurveyClass.objects.bulk_update(rows.values(), ["issued", "returned", "slips_issued"])
        locked.day = day
        keep(locked, "day")
        record(by=by, action="save_survey", about=locked, detail={"version": locked.version})
    return locked


def _check_day(survey_round: SurveyRound, day: datetime.date | None, by: User) -> None:
    """Raises NotAllowed for a day to come, or before the campaign, the present round (轮) or the failed survey."""
    if day is None:
        return
    survey = survey_round.survey
    if survey_round.turn == Turn.FIRST:
        answer = can_run_survey(by, survey.organization)
        check_work(survey.campaign, survey.organization, survey.step, answer, day)
    elif not survey_round.opened_on <= day <= timezone.localdate():
        raise NotAllowed("补课后的测评日期，应在上一次结果核定以后、今天以前。请填写实际测评的日期。")


def one_way(survey_round: SurveyRound, name: str, slips: int, issued: int | None) -> Answer:
    """A class has papers or slips; both only where the rules' word allows both."""
    if not slips or not issued or survey_round.rules().survey_channel == "both":
        return True
    return Denied(f"{name}：规则只允许一类人用一种，用票条的不能再发纸质表。请把其中一个改成 0。")


def _check_slips(row: SurveyClass, issued: int | None) -> None:
    """Raises NotAllowed for more slips handed out than printed."""
    if issued is not None and not 0 <= issued <= row.slips:
        raise NotAllowed(f"{row.name}：发出的票条须在 0 到印的 {row.slips} 张之间，请核对。")


def _check_heads(name: str, issued: int | None, returned: int | None) -> None:
    """Raises NotAllowed for numbers that no papers have."""
    if any(number is not None and not 0 <= number <= MOST_PAPERS for number in (issued, returned)):
        raise NotAllowed(f"{name}：张数须在 0 到 {MOST_PAPERS} 之间，请核对。")
    if returned is not None and issued is None:
        raise NotAllowed(f"{name}：填了收回的张数，还要填发出的张数。")
    if returned is not None and issued is not None and returned > issued:
        raise NotAllowed(f"{name}：收回 {returned} 张，多于发出的 {issued} 张，请重新点清。")


def collect(*, survey_round: SurveyRound, version: int, by: User) -> SurveyRound:
    """All papers are in: the count may begin. Raises Stale, and NotAllowed with what is missing."""
    with transaction.atomic():
        locked = locked_round(survey_round, version)
        moved = perform(SURVEY_ROUND, locked, "collect", by=by)
        keep(moved, "status")
    return moved


def fix(*, survey_round: SurveyRound, version: int, by: User) -> SurveyRound:
    """Back to the papers, to put 发出 or 收回 right; what was counted stays, and both say anew that they are done."""
    with transaction.atomic():
        locked = locked_round(survey_round, version)
        moved = perform(SURVEY_ROUND, locked, "fix_papers", by=by)
        moved.seats.update(finished=False)
        keep(moved, "status")
    return moved


def void(*, survey_round: SurveyRound, version: int, note: str, by: User) -> SurveyRound:
    """Void a round with its reason; a survey after 补课 is opened anew at once, a first one by who begins it."""
    with transaction.atomic():
        locked = locked_round(survey_round, version)
        moved = perform(SURVEY_ROUND, locked, "void", by=by, note=note)
        moved.reason = note.strip()[:LONGEST_REASON]
        keep(moved, "reason")
        SurveyCount.objects.filter(respondents__round=moved).delete()
        destroy_urn(moved)
        if moved.turn == Turn.MAKE_UP:
            open_round(locked.survey, Turn.MAKE_UP, by)
    return moved
