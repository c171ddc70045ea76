"""The complete rule set of a campaign: every key, typed, with its default."""

from __future__ import annotations

from dataclasses import dataclass

from branches.rules.assessing import AssessmentRules
from branches.rules.balloting import BallotRules
from branches.rules.gathering import GatheringRules
from branches.rules.outcome import OutcomeRules
from branches.rules.oversight import OversightRules
from branches.rules.planning import PlanningRules
from branches.rules.preparing import MaterialRules
from branches.rules.reminding import ReminderRules
from branches.rules.talking import TalkRules


# Later bases come first in the order of fields, so the list below reads backwards.
@dataclass(frozen=True)
class Rules(
    ReminderRules,
    OversightRules,
    OutcomeRules,
    AssessmentRules,
    BallotRules,
    GatheringRules,
    MaterialRules,
    TalkRules,
    PlanningRules,
):
    """All rules of one campaign for one category of organisation."""
