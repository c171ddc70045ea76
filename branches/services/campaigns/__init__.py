"""Campaigns: drafted, addressed, ruled, published, revised, carried over to the next year."""

from branches.services.campaigns.addressing import (
    Line,
    add_addressee,
    reached_by,
    remove_addressee,
    set_addressees,
)
from branches.services.campaigns.cloning import clone_campaign, dates_to_check, words_to_check
from branches.services.campaigns.drafting import (
    HEADING,
    draft_campaign,
    edit_campaign,
    preset_of,
    publish,
)
from branches.services.campaigns.filing import MOST_FILES, add_files, remove_file
from branches.services.campaigns.revising import (
    diff,
    discard_revision,
    fingerprint,
    publish_revision,
    start_revision,
    versions_of,
)
from branches.services.campaigns.ruling import (
    LOCKED,
    change_rule,
    drop_overlay,
    pending_of,
    reset_rule,
)
from branches.services.campaigns.seating import add_seat, change_seat, move_seat, remove_seat

__all__ = [
    "HEADING",
    "LOCKED",
    "MOST_FILES",
    "Line",
    "add_addressee",
    "add_files",
    "add_seat",
    "change_rule",
    "change_seat",
    "clone_campaign",
    "dates_to_check",
    "diff",
    "discard_revision",
    "draft_campaign",
    "drop_overlay",
    "edit_campaign",
    "fingerprint",
    "move_seat",
    "pending_of",
    "preset_of",
    "publish",
    "publish_revision",
    "reached_by",
    "remove_addressee",
    "remove_file",
    "remove_seat",
    "reset_rule",
    "set_addressees",
    "start_revision",
    "versions_of",
    "words_to_check",
]
