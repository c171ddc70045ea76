"""Slips of a survey, before and after the answering: printed, the key handed to two people, begun, closed by both, added up.

Everything about codes, places and halves is the ballot's sealed urn (evaluations); what is different is that a slip belongs
to a class of people, and that both halves are typed to close: nobody can close alone, and nobody sees a total before.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count as Number
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from branches.models import User
from branches.permissions import Answer, Denied
from branches.rules import clause_for
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from evaluations.models import CodeState, UrnState
from evaluations.rules import Line
from evaluations.services.destruction import forget_keys
from evaluations.services.sealing import codes_key, make_codes_key, seal_sums
from evaluations.services.urn_counting import TAMPERED, empty, keys_of, opened
from evaluations.services.urns import KEY_GONE, close_box, give_half, places_for, put_rows
from evaluations.urn import codes, halves, votes
from rectification.models import (
    RoundStatus,
    SurveyClass,
    SurveyCode,
    SurveyLine,
    SurveyRound,
    SurveySlot,
    SurveyUrn,
)
from rectification.permissions.survey_slips import (
    can_begin_slips,
    can_close_slips,
    can_hold_survey_half,
    can_print_survey_slips,
)
from rectification.services.surveys import keep, locked_round, one_way

PAPER = "paper"
MOST_SLIPS = 600  # of one survey: with every answer all of them are written anew
MOST_OPTIONS = 8  # an answer marks each class with one digit, one of which says "not of this class"
LONGEST_OPEN = datetime.timedelta(days=60)
NO_SLIPS = "这次测评没有印票条。"


@dataclass(frozen=True)
class PrintedSlips:
    """What goes onto the slips; it exists only here and on the paper."""

    address: str
    codes: tuple[tuple[SurveyClass, tuple[str, ...]], ...]


def may_have_slips(survey_round: SurveyRound) -> Answer:
    """Whether the rules allow a page with slips; a refusal cites their clause."""
    survey = survey_round.survey
    if survey_round.rules().survey_channel != PAPER:
        return True
    kept = survey.campaign.rule_sets.get(version=survey_round.rules_version)
    clause = clause_for("survey_channel", kept.quoted(), survey.organization.category)
    why = f"依据：{clause.source}“{clause.text}”" if clause else "这次活动的规则是只用纸质表。"
    return Denied(f"规则不允许在网页上填满意度表。{why}")


def _open_round(survey_round: SurveyRound) -> SurveyRound:
    """The locked round while its papers are out; raises NotAllowed."""
    locked = locked_round(survey_round)
    if locked.status != RoundStatus.OPEN:
        raise NotAllowed(f"现在是「{locked.get_status_display()}」，不能再动票条。")
    return locked


def _locked_urn(survey_round: SurveyRound, *states: str) -> SurveyUrn:
    """The locked urn of a locked round in one of these states; raises NotAllowed."""
    urn = SurveyUrn.objects.select_for_update().filter(round=survey_round).first()
    if urn is None:
        raise NotAllowed(NO_SLIPS)
    if urn.state not in states:
        words = {
            UrnState.PREPARED: "还没有开始填表。",
            UrnState.OPEN: "已经开始填表，票条和钥匙都不能再换。",
        }
        raise NotAllowed(words.get(UrnState(urn.state), "网页填表已经关闭、清点过了。"))
    urn.round = survey_round
    return urn


def print_slips(*, survey_round: SurveyRound, numbers: Mapping[int, int], by: User) -> PrintedSlips:
    """Make codes for so many slips of each class (by its id); those of before, if any, are void. Raises NotAllowed."""
    insist(can_print_survey_slips(by, survey_round), may_have_slips(survey_round))
    with transaction.atomic():
        locked = _open_round(survey_round)
        if SurveyUrn.objects.filter(round=locked).exclude(state=UrnState.PREPARED).exists():
            raise NotAllowed("已经开始填表，票条不能再印。不够的，请发纸质表。")
        classes = list(locked.classes.all())
        _check_numbers(locked, classes, numbers)
        SurveyUrn.objects.filter(round=locked).delete()
        made = new_codes(classes, numbers)
        _fill(locked, made)
        for row in classes:
            row.slips, row.slips_issued = numbers.get(row.pk, 0), None
        SurveyClass.objects.bulk_update(classes, ["slips", "slips_issued"])
        keep(locked)
        size = sum(row.slips for row in classes)
        record(by=by, action="print_survey_slips", about=locked, detail={"size": size})
    return made


def _check_numbers(survey_round: SurveyRound, classes: list[SurveyClass], numbers: Mapping[int, int]) -> None:
    """Raises NotAllowed for numbers no slips can be printed for."""
    if len(survey_round.scale) > MOST_OPTIONS:
        raise NotAllowed(f"满意度等次多于 {MOST_OPTIONS} 个，不能在网页上填，请用纸质表。")
    wanted = sum(numbers.get(row.pk, 0) for row in classes)
    if not wanted:
        raise NotAllowed("请填写每一类人要印几张票条，至少一张。")
    if wanted > MOST_SLIPS or min(numbers.values()) < 0:
        raise NotAllowed(f"一次测评一共可以印 1 到 {MOST_SLIPS} 张票条。多的，请用纸质表。")
    for row in classes:
        insist(one_way(survey_round, row.name, numbers.get(row.pk, 0), row.issued))


def new_codes(classes: list[SurveyClass], numbers: Mapping[int, int]) -> PrintedSlips:
    """New codes in random order, dealt out to the classes."""
    fresh = codes.new_codes(sum(numbers.get(row.pk, 0) for row in classes))
    dealt, start = [], 0
    for row in classes:
        end = start + numbers.get(row.pk, 0)
        if end > start:
            dealt.append((row, tuple(fresh[start:end])))
        start = end
    return PrintedSlips(codes.new_address(), tuple(dealt))


def _fill(survey_round: SurveyRound, made: PrintedSlips) -> None:
    """A new urn: digests of the codes, and places full of noise."""
    key, rows = make_codes_key(survey_round.pk), survey_round.classes.count()
    urn = SurveyUrn.objects.create(
        round=survey_round, address=codes.address_digest(made.address), public_key=b""
    )
    put_rows(
        [
            SurveyCode(urn=urn, respondents=row, digest=codes.code_digest(key, code))
            for row, dealt in made.codes
            for code in dealt
        ]
    )
    places = places_for(sum(len(dealt) for _row, dealt in made.codes))
    put_rows([SurveySlot(urn=urn, sealed=votes.noise(rows)) for _ in range(places)])


def drop_slips(*, survey_round: SurveyRound, by: User) -> None:
    """Do without slips: those printed are void. Only before the answering begins. Raises NotAllowed."""
    insist(can_print_survey_slips(by, survey_round))
    with transaction.atomic():
        locked = _open_round(survey_round)
        _locked_urn(locked, UrnState.PREPARED).delete()
        SurveyClass.objects.filter(round=locked).update(slips=0, slips_issued=None)
        keep(locked)
        forget_keys(locked.pk)
        record(by=by, action="drop_survey_slips", about=locked)


@sensitive_variables()
def show_half(*, survey_round: SurveyRound, by: User) -> str:
    """Make this person's half of the key and return it: shown this once, kept nowhere; two halves, two people."""
    insist(can_hold_survey_half(by, survey_round))
    with transaction.atomic():
        locked = _open_round(survey_round)
        urn = _locked_urn(locked, UrnState.PREPARED)
        seat, half = give_half(urn, by, lambda person: bool(can_hold_survey_half(person, locked)))
        record(by=by, action="show_survey_half", about=locked, detail={"slot": seat})
    return half


def begin(*, survey_round: SurveyRound, closes_at: datetime.datetime | None, by: User) -> SurveyUrn:
    """Let the slips be filled in from now on, until `closes_at` at the latest. Raises NotAllowed."""
    insist(can_begin_slips(by, survey_round), may_have_slips(survey_round))
    now = timezone.now()
    if closes_at is not None and not now < closes_at <= now + LONGEST_OPEN:
        raise NotAllowed(f"截止时间应在现在以后、{LONGEST_OPEN.days} 天以内，请核对。")
    with transaction.atomic():
        locked = _open_round(survey_round)
        urn = _locked_urn(locked, UrnState.PREPARED)
        if len(urn.halves_shown) < len(halves.SEATS):
            raise NotAllowed("两个人还没有都拿到开箱钥匙。请他们各自登录，在这一页上拿。")
        if codes_key(urn.key_name) is None:
            raise NotAllowed(KEY_GONE)
        urn.state, urn.closes_at = UrnState.OPEN, closes_at
        urn.save(update_fields=["state", "closes_at"])
        urn.codes.filter(state=CodeState.PRINTED).update(state=CodeState.LIVE)
        record(by=by, action="begin_survey_slips", about=locked)
    return urn


@sensitive_variables()
def close(*, survey_round: SurveyRound, first: str, second: str, by: User) -> SurveyUrn:
    """Both halves are typed: no answer counts any more, the totals of each class are kept sealed, all the rest is destroyed.

    An answer sent at the same moment is in the urn, or is told that it came too late. Raises NotAllowed and WrongHalf;
    then everything stays as it was.
    """
    insist(can_close_slips(by, survey_round))
    with transaction.atomic():
        locked = _open_round(survey_round)
        urn = _locked_urn(locked, UrnState.OPEN)
        keys = keys_of(urn, first, second)
        used = close_box(urn)
        classes = list(locked.classes.all())
        lines = opened(urn, keys, len(classes), len(locked.scale) + 1)
        _write(urn, classes, lines)
        urn.codes.all().delete()
        empty(urn)
        keep(locked)
        record(by=by, action="close_survey_slips", about=locked, detail={"used": used})
    return urn


def _write(urn: SurveyUrn, classes: list[SurveyClass], lines: list[Line]) -> None:
    """Keep the totals of each class sealed; raises NotAllowed where a class has not as many answers as used slips."""
    tallied = urn.codes.filter(state=CodeState.USED).values_list("respondents").annotate(Number("pk"))
    used = dict(tallied.order_by())
    for row, line in zip(classes, lines, strict=True):
        row.answered = used.get(row.pk, 0) if row.slips else None
        given = (*line.counts[:-1], line.abstained)
        if sum(given) != used.get(row.pk, 0):
            raise NotAllowed(TAMPERED)
        if row.slips:
            sealed = seal_sums(urn.key_name, row.ordinal, given)
            SurveyLine.objects.create(urn=urn, respondents=row, sealed=sealed)
    SurveyClass.objects.bulk_update(classes, ["answered"])
