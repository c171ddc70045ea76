"""Each notice, drafted and published as a running campaign, says what the notice says.

The facts stand in notices/expectations.toml with the words they come from.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import time_machine
from django.utils import timezone

from branches.models import Audience, Campaign, Kind, Organization, Role
from branches.rules import PRESETS, SPECS, load_preset, third_cap, to_json
from branches.rules.grades import Scale
from branches.rules.kinds import Day, Maybe, Number, Share, Span
from branches.rules.kinds import Kind as ValueKind
from branches.rules.standing import POSTPONED, Decision, Fact, Standing, stand
from branches.rules.steps import MEETINGS, Step
from branches.services.campaigns import Line, draft_campaign, publish, set_addressees
from branches.services.steps import steps_for
from branches.workflow import CAMPAIGN, perform
from config.home.standings import Standings
from meetings.rules import may_split_into_groups
from members.rules.roster_parts import Part, part_of
from tests.factories.branches import OrganizationFactory, account_with

NOTICES = Path(__file__).parent / "notices"
YEARS = {
    "luoyang_2014": 2014,
    "xianning_2015": 2015,
    "yancheng_2005": 2005,
    "xinyi_2018": 2018,
    "town_leadership_2014": 2014,
}
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


@dataclass(frozen=True)
class Row:
    """One fact of a notice for one category, and the way things stand when it is looked at."""

    notice: str
    category: str
    what: str
    expected: Any
    clause: str
    shape: str = ""
    held: str = ""
    approved: str = ""
    handed_in: str = ""
    put_off: str = ""
    on: str = ""

    def __str__(self) -> str:
        plan = (self.approved and f"approved {self.approved}") or (self.handed_in and f"in {self.handed_in}")
        moment = (self.held and f"held {self.held}", plan, self.put_off, self.on and f"on {self.on}")
        return " ".join(part for part in (self.what, *moment) if part)


def rows() -> Iterator[Row]:
    """Every row of the table, once for each category it is for."""
    table = tomllib.loads((NOTICES / "expectations.toml").read_text(encoding="utf-8"))
    for notice, lines in table.items():
        for line in lines:
            fact = {key: value for key, value in line.items() if key not in ("for", "is")}
            for category in line.get("for", ["village"]):
                yield Row(notice=notice, category=category, expected=line["is"], **fact)


ROWS = list(rows())


def make(**fields: Any) -> Organization:
    """An organisation."""
    return cast(Organization, OrganizationFactory.create(**fields))


def running(notice: str, category: str, shape: str) -> tuple[Campaign, Organization]:
    """The notice as a running campaign, and one organisation it addresses."""
    above = make(kind=Kind.WORK_COMMITTEE if notice == "xianning_2015" else Kind.COMMITTEE)
    office = account_with(Role.OFFICE, above)
    kind = Kind.BRANCH if shape != "body" else Kind.GENERAL_BRANCH
    organization = make(parent=above, kind=kind, category=category, committee_override=shape != "alone")
    above.refresh_from_db()
    campaign = draft_campaign(
        issuer=above, name="通知", slug="notice", year=YEARS[notice], preset=notice, by=office
    )
    set_addressees(campaign=campaign, lines=[Line(above, audience=Audience.ALL)], by=office)
    publish(campaign=campaign, by=office)
    return perform(CAMPAIGN, campaign, "start", by=office), organization


def day(text: str) -> datetime.date | None:
    """The day of an ISO text, None for an empty one."""
    return datetime.date.fromisoformat(text) if text else None


def facts_of(row: Row, steps: tuple[Step, ...]) -> dict[str, Fact]:
    """What has been done by the day the row looks at things."""
    evening = [s.key for s in steps if s.kind in MEETINGS or s.key == "ballot"] if row.held else []
    facts = {key: Fact(done=True, on=day(row.held)) for key in evening}
    if row.approved:
        facts["plan"] = Fact(done=True, on=day(row.approved), handed_in=day(row.approved))
    if row.handed_in:
        facts["plan"] = Fact(handed_in=day(row.handed_in), word="待审批")
    return facts


def standings_of(campaign: Campaign, organization: Organization, row: Row) -> dict[str, Standing]:
    """Where each step stands at the end of the day the row looks at."""
    steps = steps_for(campaign, organization)
    today = day(row.on or row.held) or datetime.date(campaign.year, 1, 1)
    decisions = {row.put_off: Decision(POSTPONED, "没有准备好")} if row.put_off else {}
    return {s.step.key: s for s in stand(steps, facts_of(row, steps), decisions, today)}


def plain(value: Any) -> Any:
    """A value as the table writes it."""
    return "none" if value is None else value.isoformat() if isinstance(value, datetime.date) else value


class Answers:
    """What the campaign says to each question of the table, by the first words of `what`."""

    def __init__(self, campaign: Campaign, organization: Organization, row: Row) -> None:
        self.rules = campaign.rules_for(organization)
        self.found = standings_of(campaign, organization, row)
        self.steps = [standing.step for standing in self.found.values()]

    def _part(self, leader: bool = False, probationary: bool = False) -> Part:
        rules = self.rules
        return part_of(
            probationary=probationary,
            suspended=False,
            leader=leader,
            probationary_subject=rules.probationary_subject,
            probationary_votes=rules.probationary_votes,
            suspended_votes=rules.suspended_votes,
            leader_exempt=rules.leader_exempt,
        )

    def _in_stage(self, stage: str, kind: str) -> int:
        return sum(step.part == stage and kind in ("", step.kind) for step in self.steps)

    def answer(self, what: str) -> Any:
        """The answer as plain data."""
        questions: dict[str, Callable[[str], Any]] = {
            "rule ": lambda key: to_json(self.rules)[key],
            "scale ": lambda key: [grade.label for grade in getattr(self.rules, key)],
            "step ": lambda key: key in self.found,
            "steps in ": lambda stage: self._in_stage(stage, ""),
            "surveys in ": lambda stage: self._in_stage(stage, "satisfaction"),
            "hearings in ": lambda stage: self._in_stage(stage, "opinions"),
            "label ": lambda key: self.found[key].step.label,
            "after ": lambda key: list(self.found[key].step.after),
            "due ": lambda key: self.found[key].due,
            "opens ": lambda key: self.found[key].step.opens_on,
            "state ": lambda key: self.found[key].state,
            "late ": lambda key: self.found[key].late,
            "not pending": lambda _: [k for k, s in self.found.items() if s.state != "pending"],
            "may split ": lambda n: may_split_into_groups(int(n), self.rules.group_split_from),
            "cap ": lambda n: third_cap(self.rules.excellent_cap, int(n)),
            "leader votes": lambda _: self._part(leader=True).is_voter,
            "leader is rated": lambda _: self._part(leader=True).is_subject,
            "probationary votes": lambda _: self._part(probationary=True).is_voter,
            "probationary is rated": lambda _: self._part(probationary=True).is_subject,
        }
        question = next(words for words in questions if what.startswith(words))
        return plain(questions[question](what.removeprefix(question)))


GROUPS = sorted({(row.notice, row.category, row.shape) for row in ROWS})


@pytest.mark.django_db
@pytest.mark.parametrize(("notice", "category", "shape"), GROUPS)
def test_a_published_campaign_says_what_its_notice_says(notice: str, category: str, shape: str) -> None:
    campaign, organization = running(notice, category, shape)
    assert campaign.is_open
    assert campaign.covers(organization)
    mine = [row for row in ROWS if (row.notice, row.category, row.shape) == (notice, category, shape)]
    said = {str(row): Answers(campaign, organization, row).answer(row.what) for row in mine}
    assert said == {str(row): row.expected for row in mine}
    assert len(said) == len(mine), "two rows ask the same"


@pytest.mark.parametrize("notice", YEARS)
def test_every_fact_of_the_table_is_quoted_verbatim(notice: str) -> None:
    text = (NOTICES / f"{notice}.txt").read_text(encoding="utf-8")
    quoted = {words for row in ROWS if row.notice == notice for words in row.clause.split("……")}
    assert len(quoted) > 20
    assert {words for words in quoted if words not in text} == set()


@pytest.mark.parametrize("notice", YEARS)
def test_a_rule_is_quoted_exactly_where_its_notice_speaks_of_it(notice: str) -> None:
    preset = load_preset(notice)
    for row in (r for r in ROWS if r.notice == notice and r.what.startswith("rule ")):
        key = row.what.removeprefix("rule ")
        special = key in preset.overlays.get(row.category, {})
        clause = preset.clauses.get(f"{row.category}.{key}" if special else key)
        assert bool(row.clause) == bool(clause and clause.text), str(row)


def counts(kind: ValueKind[Any]) -> bool:
    """Whether the value is a day, a number, a share or a scale."""
    inner = kind.inner if isinstance(kind, Maybe) else kind
    return isinstance(inner, Day | Span | Number | Share | Scale)


@pytest.mark.parametrize("notice", YEARS)
def test_every_day_number_share_scale_gate_and_talk_rule_of_a_notice_stands_in_the_table(notice: str) -> None:
    asked = {(r.category, r.what.split()[-1]) for r in ROWS if r.notice == notice}
    keys = {key for _, key in asked}
    preset = load_preset(notice)
    for name, clause in preset.clauses.items():
        category, _, key = name.rpartition(".")
        spec = SPECS[key]
        wanted = counts(spec.kind) or key == "plan_gate" or spec.group in ("谈心谈话", "材料")
        if clause.text and wanted:
            assert (category, key) in asked if category else key in keys, name


def test_the_table_speaks_of_every_notice() -> None:
    assert {row.notice for row in ROWS} == set(YEARS) == set(PRESETS) - {"current_year"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (datetime.datetime(2014, 8, 8, 23, 59, 59, tzinfo=SHANGHAI), "open"),
        (datetime.datetime(2014, 8, 9, 0, 0, tzinfo=SHANGHAI), "overdue"),
    ],
)
def test_the_eighth_of_august_is_over_at_midnight_in_shanghai(moment: datetime.datetime, state: str) -> None:
    with time_machine.travel(moment, tick=False):
        campaign, organization = running("luoyang_2014", "office", "")
        found = Standings.of(campaign, campaign.organizations(), timezone.localdate())
        assert {s.step.key: s.state for s in found.rows[organization.pk]}["plan"] == state
