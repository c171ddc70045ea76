"""The end of a team and of a linked point."""

from __future__ import annotations

from branches.workflow import Transition, Workflow
from rectification.models import LinkedPoint, SupervisionTeam, TeamStatus
from rectification.permissions.supervision import can_end_point, can_end_team

ACTIVE = frozenset({TeamStatus.ACTIVE})

TEAM: Workflow[SupervisionTeam] = Workflow(
    "督导力量",
    SupervisionTeam,
    {"end_team": Transition("结束督导", ACTIVE, TeamStatus.ENDED, can_end_team)},
)
LINKED_POINT: Workflow[LinkedPoint] = Workflow(
    "联系点",
    LinkedPoint,
    {"end_point": Transition("结束联系", ACTIVE, TeamStatus.ENDED, can_end_point)},
)
