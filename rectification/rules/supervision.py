"""What a notice lets those do who look in from above: ways of a visit, kinds of a finding, stages and steps visited."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from branches.rules import Rules
from branches.rules.steps import Step

UNANNOUNCED = ("random", "covert")  # 随机抽查、暗访: the branch hears of them when they are made, not before
ATTEND = "attend"
PLAIN_MODES = ("open", ATTEND)  # where somebody is to look in, and the notice names no way of doing it
ADVICE, SUGGESTION, PRAISE, CORRECT, REDO, POSTPONE, MAKE_UP, MEASURES = (
    "advice", "suggestion", "praise", "correct", "redo", "postpone", "make_up", "measures",
)  # fmt: skip
ALWAYS = (PRAISE, ADVICE, SUGGESTION)  # 肯定、指导意见、建议: said by whoever visits
# Only the superior decides these: a visit proposes them to its office, and the branch is not told before.
PROPOSALS = (POSTPONE, REDO, MAKE_UP, MEASURES)


def is_supervised(rules: Rules) -> bool:
    """Whether the notice wants anybody to look in: teams, ways of visiting, linked points, somebody at the meeting."""
    return bool(
        rules.supervision or rules.visit_modes or rules.linked_points or rules.superior_attendance != "none"
    )


def modes_of(rules: Rules) -> tuple[str, ...]:
    """The ways a visit may take: those the notice names, else plainly and at a meeting."""
    return rules.visit_modes or PLAIN_MODES


def finding_kinds(rules: Rules) -> tuple[str, ...]:
    """The kinds a finding may be of: what anybody may say, and the powers the notice gives the superior."""
    return (*ALWAYS, *(kind for kind in (CORRECT, *PROPOSALS) if kind in rules.superior_powers))


def waits_for_answer(kind: str) -> bool:
    """Whether the branch is asked to do something about a finding of this kind: praise and proposals ask nothing."""
    return kind not in (PRAISE, *PROPOSALS)


def wants_settling(kind: str) -> bool:
    """Whether somebody must say in the end how it came out; only praise is done when it is said."""
    return kind != PRAISE


def parts_of(steps: Iterable[Step]) -> tuple[str, ...]:
    """The stages of a campaign in their order (会前、会上、会后, or those the notice names)."""
    return tuple(dict.fromkeys(step.part for step in steps))


@dataclass(frozen=True)
class GridRow:
    """One stage: its steps, each with the number of visits that looked at it."""

    part: str
    steps: tuple[tuple[str, int], ...]

    @property
    def is_visited(self) -> bool:
        """Whether any step of the stage was looked at."""
        return any(count for _label, count in self.steps)


@dataclass(frozen=True)
class Grid:
    """Stage × step of one linked point; what was looked at and what not, never a score."""

    rows: tuple[GridRow, ...]

    @property
    def stages(self) -> int:
        """Stages in which at least one step was looked at."""
        return sum(row.is_visited for row in self.rows)

    @property
    def steps(self) -> int:
        """Steps looked at at least once."""
        return sum(count > 0 for row in self.rows for _label, count in row.steps)


def grid_of(steps: Collection[Step], looked_at: Iterable[str]) -> Grid:
    """The grid of these steps: `looked_at` has the key of a step once for each visit."""
    seen: dict[str, int] = {}
    for key in looked_at:
        seen[key] = seen.get(key, 0) + 1
    return Grid(
        tuple(
            GridRow(part, tuple((s.label, seen.get(s.key, 0)) for s in steps if s.part == part))
            for part in parts_of(steps)
        )
    )


def asked_words(rules: Rules) -> str:
    """What the notice asks of a leader at a linked point: 3 个阶段、15 个环节都要参与指导; empty for nothing."""
    counts = ((rules.linked_stages, "个阶段"), (rules.linked_steps, "个环节"))
    said = "、".join(f"{count} {unit}" for count, unit in counts if count)
    return f"{said}都要参与指导" if said else ""
