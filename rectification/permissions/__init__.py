"""Who may do what after the meeting, one module a topic."""

from rectification.permissions.publications import (
    can_approve_publication,
    can_ask_page,
    can_close_page,
    can_draft_publication,
    can_post_publication,
    can_release_page,
    can_see_publications,
    can_watch_pages,
)
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
    "can_approve_publication",
    "can_ask_page",
    "can_close_page",
    "can_decide_redo",
    "can_draft_publication",
    "can_draw_visits",
    "can_post_publication",
    "can_read_supervision",
    "can_release_page",
    "can_revoke_sign_off",
    "can_run_supervision",
    "can_see_branch_visits",
    "can_see_publications",
    "can_settle_finding",
    "can_visit",
    "can_watch_pages",
    "can_write_summary",
    "can_write_visit",
]
