"""One survey of an organisation as one reader may see it: papers, counts, the sum in words, what follows, what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from branches.models import Appointment, Organization, User, path_and_above
from branches.permissions import SUPERVISOR_ROLES, Denied, is_above
from branches.rules import Clause, Rules, clause_for
from rectification.models import (
    SEAT_NAMES,
    SEATS,
    DutyKind,
    MeasureCase,
    RoundStatus,
    SatisfactionDuty,
    Survey,
    SurveyClass,
    SurveyRound,
    agreed_total,
)
from rectification.permissions.satisfaction import (
    can_count_survey,
    can_run_survey,
    can_see_case,
    is_over_it,
)
from rectification.permissions.survey_slips import can_see_slips
from rectification.rules.satisfaction import (
    Count,
    arithmetic,
    consequence,
    passes,
    shows_classes,
    shows_whole,
)
from rectification.services.survey_slips import may_have_slips
from rectification.workflow.satisfaction import SURVEY_ROUND, both_finished

STEPS = ("certify", "recount", "fix_papers", "void")
CLAUSES = ("satisfaction_surveys", "satisfaction_threshold", "failing_again", "supervisors_liable")
FEW = "有效票太少，各项票数只在两人签字的纸质统计表上，页面上只写是不是达到要求，以免看出是谁填的。"
FEW_ON_PAGE = "有效票太少，网页上填的不列各项票数，只写是不是达到要求，以免看出是谁填的。"


@dataclass(frozen=True)
class ClassLine:
    """One class, or the sum of all: 发出, 收回, and the cells of the count where they may be shown."""

    name: str
    issued: int | None
    returned: int | None
    cells: tuple[int, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came out: the lines that may be shown, the sum in words; `words` alone where too few papers came in."""

    lines: tuple[ClassLine, ...]
    sums: tuple[str, ...]
    passed: bool | None
    hidden: str
    apart: bool

    @property
    def words(self) -> str:
        """Whether the demand is reached."""
        return {True: "达到要求", False: "没有达到要求", None: "没有规定要达到多少"}[self.passed]


@dataclass(frozen=True)
class Seat:
    """One of the two who count, and how far."""

    number: int
    who: str
    name: str
    finished: bool
    own: bool


@dataclass(frozen=True)
class RoundPage:
    """One round. `lacks` says why the count cannot be formed yet; `coming` what its certifying will bring."""

    round: SurveyRound
    classes: tuple[SurveyClass, ...]
    result: Result | None
    seats: tuple[Seat, ...]
    steps: tuple[str, ...]
    coming: tuple[str, ...]
    case: MeasureCase | None
    liable: tuple[str, ...] | None
    may_run: bool
    may_count: bool
    compares: bool
    outdated: int | None
    slips: bool  # whether this reader may look after slips now

    @property
    def only_slips(self) -> bool:
        """Whether nothing came in on paper, so that nobody counts."""
        return bool(self.classes) and not any(row.returned for row in self.classes)

    @property
    def may_take(self) -> bool:
        """Whether a seat is free for this person to count in."""
        return self.may_count and len(self.seats) < len(SEATS) and not any(seat.own for seat in self.seats)

    @property
    def is_open(self) -> bool:
        """Whether papers are still out."""
        return self.round.status == RoundStatus.OPEN


@dataclass(frozen=True)
class SurveyPage:
    """The rounds of one survey, the newest first, with the clauses it goes by."""

    survey: Survey
    rounds: tuple[RoundPage, ...]
    void: tuple[SurveyRound, ...]
    duties: tuple[SatisfactionDuty, ...]
    rules: Rules
    clauses: tuple[Clause, ...]


def result_shown(survey_round: SurveyRound, classes: list[SurveyClass]) -> Result | None:
    """The result of a round that is counted; None before. Few papers: no numbers, few of one class: only the sum."""
    whole = agreed_total(classes, len(survey_round.scale))
    if survey_round.status not in (RoundStatus.MATCHED, RoundStatus.CLOSED) or whole is None:
        return None
    issued = sum(row.all_issued or 0 for row in classes)
    demand = survey_round.demand
    passed = passes(demand.satisfied_of(whole), demand.base_of(whole, issued), demand.threshold)
    if not shows_whole(whole.valid, survey_round.least_shown):
        on_page = any(row.answered for row in classes)
        return Result((), (), passed, FEW_ON_PAGE if on_page else FEW, False)
    parts = [row.count for row in classes if row.count is not None and row.all_returned]
    apart = shows_classes([part.valid for part in parts], survey_round.least_shown)
    lines = [_line(row, row.count) for row in classes if row.all_issued] if apart else []
    sums = ClassLine("合计", issued, whole.returned, whole.cells)
    shown = lines if len(lines) == 1 else [*lines, sums]
    return Result(tuple(shown), tuple(arithmetic(demand, whole, issued)), passed, "", apart)


def _line(row: SurveyClass, count: Count | None) -> ClassLine:
    """One class."""
    return ClassLine(row.name, row.all_issued, row.all_returned, count.cells if count else ())


def survey_page(survey: Survey, user: User) -> SurveyPage:
    """The page of one survey."""
    rounds = list(survey.rounds.standing().order_by("-turn"))
    for one in rounds:
        one.survey = survey
    rules, quoted = survey.campaign.rules_for(survey.organization), survey.campaign.rule_set().quoted()
    clauses = [clause_for(key, quoted, survey.organization.category) for key in CLAUSES]
    return SurveyPage(
        survey=survey,
        rounds=tuple(round_page(one, user) for one in rounds),
        void=tuple(survey.rounds.filter(status=RoundStatus.VOID).order_by("opened_on", "pk")),
        duties=tuple(SatisfactionDuty.objects.filter(round__in=rounds).order_by("pk")),
        rules=rules,
        clauses=tuple(clause for clause in clauses if clause is not None),
    )


def round_page(survey_round: SurveyRound, user: User) -> RoundPage:
    """One round for one reader."""
    organization, classes = survey_round.organization, list(survey_round.classes.all())
    seats = tuple(
        Seat(s.number, SEAT_NAMES[s.number], s.name, s.finished, s.holder_id == user.pk)
        for s in survey_round.seats.all()
    )
    case = MeasureCase.objects.filter(round=survey_round).first()
    if case is not None:
        case.round = survey_round
    result = result_shown(survey_round, classes)
    version = survey_round.survey.campaign.rule_set().version
    return RoundPage(
        round=survey_round,
        classes=tuple(classes),
        result=result,
        seats=seats,
        steps=_steps(survey_round, user),
        coming=_coming(survey_round, result),
        case=case if case is not None and can_see_case(user, case) else None,
        liable=_liable(survey_round, user),
        may_run=bool(can_run_survey(user, organization)),
        may_count=survey_round.status == RoundStatus.COUNTING and bool(can_count_survey(user, survey_round)),
        compares=both_finished(survey_round),
        outdated=None if survey_round.is_over or version == survey_round.rules_version else version,
        slips=_slips(survey_round, user),
    )


def _slips(survey_round: SurveyRound, user: User) -> bool:
    """Whether this reader may look after slips: the rules allow them, and the papers are still out."""
    out = survey_round.status == RoundStatus.OPEN and bool(can_see_slips(user, survey_round))
    return out and bool(may_have_slips(survey_round))


def _steps(survey_round: SurveyRound, user: User) -> tuple[str, ...]:
    """The steps this person may take, a reason given where one is needed."""
    return tuple(
        name for name in STEPS if not isinstance(SURVEY_ROUND.step(survey_round, name, user, "—"), Denied)
    )


def _coming(survey_round: SurveyRound, result: Result | None) -> tuple[str, ...]:
    """What the certifying will bring, before it is done."""
    if result is None or survey_round.status != RoundStatus.MATCHED:
        return ()
    rules = survey_round.rules()
    what = consequence(survey_round.turn, result.passed, rules.failing_duties, rules.failing_again)
    words = [DutyKind(kind).label for kind in what.duties]
    return (*words, *(["上级党组织研究对主要负责人采取组织措施"] if what.measures else []))


def _liable(survey_round: SurveyRound, user: User) -> tuple[str, ...] | None:
    """The supervisors that look after the organisation, where the rules hold them liable; for readers above only."""
    organization = survey_round.organization
    if survey_round.passed is not False or not survey_round.rules().supervisors_liable:
        return None
    if not (is_above(user, organization) or is_over_it(user, organization)):
        return None
    return supervisors_of(organization)


def supervisors_of(organization: Organization) -> tuple[str, ...]:
    """Who supervises the organisation today, nearest first: 「青石镇督导组 李敏」."""
    posts = Appointment.objects.current(timezone.localdate()).filter(
        organization__path__in=path_and_above(organization.path), role__in=SUPERVISOR_ROLES
    )
    rows = posts.select_related("organization").order_by("-organization__path", "pk")
    return tuple(f"{p.organization.short_name}{p.get_role_display()} {p.holder_name}" for p in rows)
