"""How far the slips of a survey are, and what the person looking is to do. Never what is in the urn; numbers in steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.text import Truncator

from branches.models import User
from evaluations.models import UrnState
from evaluations.services.sealing import codes_key
from evaluations.services.urns import seat_of
from evaluations.urn.slips import SURVEY, Slips, draw_slips
from evaluations.urn.turnout import shown_turnout
from rectification.models import RoundStatus, SurveyRound, SurveyUrn
from rectification.permissions.survey_slips import (
    can_begin_slips,
    can_close_slips,
    can_hold_survey_half,
    can_print_survey_slips,
)
from rectification.services.survey_answers import turnout
from rectification.services.survey_slips import PrintedSlips, may_have_slips

LONGEST_NAME = 40  # characters of a class that fit on a slip
STEPS = ("印票条", "两人各拿一半钥匙", "填表", "两人关闭、清点")


@dataclass(frozen=True)
class ClassSlips:
    """The slips of one class: printed, filled in as far as it is shown."""

    name: str
    slips: int
    given: int
    few: bool


@dataclass(frozen=True)
class SlipsPage:
    """All that the page of the slips shows to one person."""

    round: SurveyRound
    urn: SurveyUrn | None
    state: str
    steps: tuple[tuple[str, str], ...]
    classes: tuple[ClassSlips, ...]
    halves: int
    my_half: bool
    over: bool
    lost: bool
    few: tuple[str, ...]
    refused: str
    may_print: bool
    may_hold: bool
    may_begin: bool
    may_close: bool

    @property
    def given(self) -> int:
        """How many are filled in, in steps."""
        return sum(row.given for row in self.classes)

    @property
    def printed(self) -> int:
        """How many slips there are."""
        return sum(row.slips for row in self.classes)


def slips_page(survey_round: SurveyRound, user: User) -> SlipsPage:
    """The page of a round's slips as this person may see it now."""
    urn = SurveyUrn.objects.filter(round=survey_round).first()
    state, allowed = urn.state if urn else "", may_have_slips(survey_round)
    used = turnout(urn) if urn is not None and urn.cast is None else {}
    classes = tuple(
        ClassSlips(
            row.name,
            row.slips,
            shown_turnout(used.get(row.pk, 0), row.slips) if row.answered is None else row.answered,
            0 < row.slips < survey_round.least_shown,
        )
        for row in survey_round.classes.all()
    )
    out = survey_round.status == RoundStatus.OPEN
    prepared = out and state == UrnState.PREPARED
    halves = len(urn.halves_shown) if urn else 0
    now = {"": 0, UrnState.PREPARED: 1 if halves < 2 else 2, UrnState.OPEN: 2}.get(state, len(STEPS))
    over = urn is not None and state == UrnState.OPEN and not urn.takes_answers
    return SlipsPage(
        round=survey_round,
        urn=urn,
        state=state,
        steps=tuple(
            (label, "done" if n < now + over else "now" if n == now + over else "todo")
            for n, label in enumerate(STEPS)
        ),
        classes=classes,
        halves=halves,
        my_half=urn is not None and seat_of(urn, user) is not None,
        over=over,
        lost=state in (UrnState.PREPARED, UrnState.OPEN) and codes_key(survey_round.pk) is None,
        few=tuple(row.name for row in classes if row.few),
        refused="" if allowed else allowed.reason,
        may_print=out
        and state in ("", UrnState.PREPARED)
        and bool(allowed and can_print_survey_slips(user, survey_round)),
        may_hold=prepared and bool(can_hold_survey_half(user, survey_round)),
        may_begin=prepared and halves > 1 and bool(can_begin_slips(user, survey_round)),
        may_close=out and state == UrnState.OPEN and bool(can_close_slips(user, survey_round)),
    )


def slips_pdf(survey_round: SurveyRound, printed: PrintedSlips, at: Callable[[str], str]) -> bytes:
    """The slips, each class on sheets of its own; `at` gives the whole address of the page."""
    survey = survey_round.survey
    address = at(printed.address)
    kinds = [
        Slips(
            survey.organization.name,
            f"{survey.label}　填表人：{Truncator(row.name).chars(LONGEST_NAME)}",
            address,
            "",
            dealt,
            SURVEY,
        )
        for row, dealt in printed.codes
    ]
    return draw_slips(*kinds)
