"""Who may do what with what follows the meeting, and who looks in from above."""

from rectification.permissions.supervision import (
    can_draw_visits,
    can_read_supervision,
    can_run_supervision,
    can_write_summary,
)
from rectification.permissions.visits import (
    can_answer_finding,
    can_decide_redo,
    can_revoke_sign_off,
    can_see_branch_visits,
    can_settle_finding,
    can_visit,
    can_write_visit,
)

__all__ = [
    "can_answer_finding",
    "can_decide_redo",
    "can_draw_visits",
    "can_read_supervision",
    "can_revoke_sign_off",
    "can_run_supervision",
    "can_see_branch_visits",
    "can_settle_finding",
    "can_visit",
    "can_write_summary",
    "can_write_visit",
]
