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

__all__ = [
    "can_approve_publication",
    "can_ask_page",
    "can_close_page",
    "can_draft_publication",
    "can_post_publication",
    "can_release_page",
    "can_see_publications",
    "can_watch_pages",
]
