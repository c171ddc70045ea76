"""Two people count the papers of a survey, each alone; what differs is counted again together; then there is a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed, insist, perform
from rectification.models import (
    SEAT_NAMES,
    SEATS,
    TOGETHER,
    RoundStatus,
    SurveyClass,
    SurveyCount,
    SurveyRound,
    SurveySeat,
)
from rectification.permissions.satisfaction import can_count_survey
from rectification.rules.satisfaction import Count, count_problem, differing, total
from rectification.services.survey_urns import page_totals
from rectification.services.surveys import MOST_PAPERS, keep, locked_round
from rectification.workflow.satisfaction import (
    NOT_BOTH,
    SURVEY_ROUND,
    agreed_counts,
    both_finished,
    typed_counts,
)


@dataclass(frozen=True)
class Difference:
    """One class counted differently: the two counts, and the places of their cells that differ."""

    respondents: SurveyClass
    first: Count
    second: Count
    places: tuple[int, ...]


def _countable(survey_round: SurveyRound, by: User) -> SurveyRound:
    """The locked round if this person may count now."""
    locked = locked_round(survey_round)
    insist(can_count_survey(by, locked))
    if locked.status != RoundStatus.COUNTING:
        raise NotAllowed(f"现在是「{locked.get_status_display()}」，不能录票数。")
    return locked


def take_seat(*, survey_round: SurveyRound, by: User) -> SurveySeat:
    """The counter's own seat, taken at the first visit; two seats, two different people."""
    with transaction.atomic():
        locked = _countable(survey_round, by)
        seats = {seat.number: seat for seat in locked.seats.all()}
        own = next((seat for seat in seats.values() if seat.holder_id == by.pk), None)
        if own is not None:
            return own
        free = [number for number in SEATS if number not in seats]
        if not free:
            names = "、".join(seat.name for seat in seats.values())
            raise NotAllowed(f"两个人（{names}）已经在数。要换人的，请先在测评页面换下一位。")
        seat = SurveySeat.objects.create(round=locked, number=free[0], holder=by, name=by.full_name)
        record(by=by, action="take_survey_seat", about=locked, detail={"seat": seat.number})
    return seat


def free_seat(*, survey_round: SurveyRound, number: int, by: User) -> None:
    """Let another count in this seat; what was counted there is dropped, and so is what was counted together."""
    with transaction.atomic():
        locked = _countable(survey_round, by)
        seats = SurveySeat.objects.filter(round=locked, number=number)
        if seats.delete()[0]:
            SurveyCount.objects.filter(respondents__round=locked, seat__in=(number, TOGETHER)).delete()
            record(by=by, action="free_survey_seat", about=locked, detail={"seat": number})


def own_counts(survey_round: SurveyRound, by: User) -> dict[int, Count]:
    """What this person has counted so far, by class; never another's."""
    seat = survey_round.seats.filter(holder=by).first()
    if seat is None:
        return {}
    return {pk: count for (number, pk), count in typed_counts(survey_round).items() if number == seat.number}


def save_count(*, survey_round: SurveyRound, counts: Mapping[int, Count], by: User) -> list[str]:
    """Keep what this person counted, by class; returns what does not add up yet, which is kept all the same.

    A change after the count was finished opens it again. Raises NotAllowed for what is no number of papers.
    """
    with transaction.atomic():
        seat = take_seat(survey_round=survey_round, by=by)
        classes = {row.pk: row for row in SurveyClass.objects.filter(round=survey_round)}
        typed = typed_counts(survey_round)
        options = len(survey_round.scale)
        for pk, count in counts.items():
            if pk not in classes or typed.get((seat.number, pk)) == count:
                continue
            _check(count, options)
            _store(classes[pk], seat.number, count)
            SurveyCount.objects.filter(respondents=pk, seat=TOGETHER).delete()
            SurveySeat.objects.filter(pk=seat.pk).update(finished=False)
    return problems_of(survey_round, by)


def _check(count: Count, options: int) -> None:
    """Raises NotAllowed for a number that no pile of papers has."""
    if len(count.counts) != options or any(not 0 <= number <= MOST_PAPERS for number in count.cells):
        raise NotAllowed(f"票数须在 0 到 {MOST_PAPERS} 之间，请核对是否按错了数字。")


def _store(respondents: SurveyClass, seat: int, count: Count) -> None:
    """Write one class of one count."""
    SurveyCount.objects.update_or_create(
        respondents=respondents,
        seat=seat,
        defaults={"counts": list(count.counts), "abstained": count.abstained, "void": count.void},
    )


def problems_of(survey_round: SurveyRound, by: User) -> list[str]:
    """What does not add up in this person's own count."""
    own, found = own_counts(survey_round, by), []
    for row in survey_round.counted_classes():
        if row.pk not in own:
            found.append(f"{row.name}：还没有录。")
        elif problem := count_problem(row.name, own[row.pk], row.returned or 0):
            found.append(problem)
    return found


def finish(*, survey_round: SurveyRound, by: User) -> None:
    """Say that the own count is complete; raises NotAllowed naming what does not add up."""
    with transaction.atomic():
        seat = take_seat(survey_round=survey_round, by=by)
        if problems := problems_of(survey_round, by):
            raise NotAllowed(problems[0])
        if not seat.finished:
            seat.finished = True
            seat.save(update_fields=["finished"])
            record(by=by, action="finish_survey_count", about=survey_round, detail={"seat": seat.number})


def _compared(survey_round: SurveyRound, by: User) -> SurveyRound:
    """The locked round, both counts complete; one of the two who counted compares them.

    Where nothing came in on paper nobody counts: two people opened the urn already.
    """
    locked = _countable(survey_round, by)
    if not both_finished(locked):
        raise NotAllowed(NOT_BOTH)
    if locked.counted_classes() and not locked.seats.filter(holder=by).exists():
        names = "、".join(f"{SEAT_NAMES[seat.number]} {seat.name}" for seat in locked.seats.all())
        raise NotAllowed(f"由计票的两个人（{names}）一起核对。")
    return locked


def differences(*, survey_round: SurveyRound, by: User) -> list[Difference]:
    """The classes the two counted differently and have not counted again yet, in order."""
    with transaction.atomic():
        locked = _compared(survey_round, by)
        return [one for one in _apart(locked) if (TOGETHER, one.respondents.pk) not in typed_counts(locked)]


def _apart(survey_round: SurveyRound) -> list[Difference]:
    """All classes the two counted differently."""
    typed, found = typed_counts(survey_round), []
    for row in survey_round.counted_classes():
        first, second = typed[SEATS[0], row.pk], typed[SEATS[1], row.pk]
        if places := differing(first, second):
            found.append(Difference(row, first, second, tuple(places)))
    return found


def count_again(*, survey_round: SurveyRound, respondents: int, count: Count, by: User) -> None:
    """Settle one class as counted again together; what both counted alike stays as it is."""
    with transaction.atomic():
        locked = _compared(survey_round, by)
        row = next((one.respondents for one in _apart(locked) if one.respondents.pk == respondents), None)
        if row is None:
            raise NotAllowed("这一类两人数得一样，不用再数。")
        _check(count, len(locked.scale))
        if problem := count_problem(row.name, count, row.returned or 0):
            raise NotAllowed(problem)
        _store(row, TOGETHER, count)
        record(by=by, action="count_survey_again", about=locked, detail={"class": row.ordinal})


def match(*, survey_round: SurveyRound, by: User) -> SurveyRound:
    """Form the result from what both agree on and the totals of the page; it can be sent back until it is certified."""
    with transaction.atomic():
        locked = _compared(survey_round, by)
        moved = perform(SURVEY_ROUND, locked, "match", by=by, detail={"again": len(_apart(locked))})
        parts = (agreed_counts(locked) or {}, page_totals(locked))
        rows, options = list(locked.classes.all()), len(locked.scale)
        for row in rows:
            count = total([part[row.pk] for part in parts if row.pk in part], options)
            row.counts, row.abstained, row.void = list(count.counts), count.abstained, count.void
        SurveyClass.objects.bulk_update(rows, ["counts", "abstained", "void"])
        keep(moved, "status")
    return moved


def recount(*, survey_round: SurveyRound, version: int, note: str, by: User) -> SurveyRound:
    """Send a result back to be counted again; what each typed stays, what was settled together does not."""
    with transaction.atomic():
        locked = locked_round(survey_round, version)
        moved = perform(SURVEY_ROUND, locked, "recount", by=by, note=note)
        SurveyClass.objects.filter(round=moved).update(counts=[], abstained=0, void=0)
        SurveyCount.objects.filter(respondents__round=moved, seat=TOGETHER).delete()
        moved.seats.update(finished=False)
        keep(moved, "status")
    return moved
