"""Good plain JSON for every kind of rule, for tests with hypothesis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from branches.rules import SPECS
from branches.rules.grades import Scale
from branches.rules.kinds import Choice, Choices, Day, Flag, Kind, Maybe, Number, Share, Span, Template, Texts
from branches.rules.steplines import DayCounts, StepLines

WORDS = st.text("主题评议党员支部", min_size=1, max_size=12)
DAYS = st.dates().map(lambda day: day.isoformat())
DUES = (
    st.just("")
    | DAYS
    | st.just("2005年3月上旬")
    | st.tuples(st.integers(1, 999), st.sampled_from(("日", "个月"))).map(lambda d: f"会后{d[0]}{d[1]}内")
)
STEP_KEYS = ("plan", "study", "meeting", "satisfaction-1", "satisfaction-2", "report-99", "public_hearing")


def written_steps() -> st.SearchStrategy[Any]:
    """Return steps as a notice lists them: keys and names differ, some with a due rule, some without."""
    lines = st.lists(
        st.tuples(st.sampled_from(STEP_KEYS), WORDS, WORDS, DUES),
        max_size=5,
        unique_by=(lambda line: line[0], lambda line: (line[1], line[2])),
    )
    return lines.map(
        lambda found: [
            {"key": key, "stage": stage, "label": label} | ({"due": due} if due else {})
            for key, stage, label, due in found
        ]
    )


def values_of(kind: Kind[Any]) -> st.SearchStrategy[Any]:
    """Return good plain JSON for one kind of value."""
    match kind:
        case Maybe():
            return st.none() | values_of(kind.inner)
        case Flag():
            return st.booleans()
        case Number():
            return st.integers(kind.low, kind.high)
        case Choice():
            return st.sampled_from(sorted(kind.options))
        case Choices():
            return st.lists(st.sampled_from(sorted(kind.options)), unique=True)
        case Texts():
            return st.lists(WORDS, max_size=4)
        case StepLines():
            return written_steps()
        case DayCounts():
            return st.lists(st.integers(0, kind.most), unique=True, max_size=6)
        case Template():
            return st.just("{branch}测评表")
        case Share():
            shares = st.integers(1, 99).flatmap(
                lambda below: st.integers(0, below).map(lambda a: f"{a}/{below}")
            )
            return shares | st.integers(0, 100).map(lambda percent: f"{percent}%")
        case Day():
            return DAYS
        case Span():
            pairs = st.tuples(DAYS, DAYS).map(sorted)
            return pairs.map(lambda pair: {"from": pair[0], "to": pair[1]})
        case Scale():
            grades = st.lists(WORDS, min_size=2, max_size=5, unique=True)
            return st.just([]) | grades.map(
                lambda labels: [{"key": f"g{n}", "label": label} for n, label in enumerate(labels)]
            )
        case _:
            return WORDS


def some_of(keys: Iterable[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return good values for a few of the keys."""
    chosen = st.lists(st.sampled_from(sorted(keys)), unique=True, max_size=10)
    return chosen.flatmap(
        lambda names: st.fixed_dictionaries({name: values_of(SPECS[name].kind) for name in names})
    )


# Rules that can contradict another one, which is tested apart.
TOUCHY = {
    "ballot_scale",
    "ballot_place",
    "ballot_channel",
    "online_meeting",
    "committee_rated",
    "committee_scale",
    "excellent_cap",
    "grade_scale",
    "leader_visits_min",
    "leader_visits_max",
    "plan_gate",
    "steps",
    "survey_channel",
}
