"""Who may do what with what follows the meeting; one module a topic, passed on here."""

from rectification.permissions.commitments import (
    can_note_report,
    can_read_commitment,
    can_remove_report,
    can_settle_commitment,
    can_write_commitment,
)
from rectification.permissions.corrections import (
    can_answer_correction,
    can_close_correction,
    can_correct,
    can_see_corrections,
)
from rectification.permissions.items import (
    can_close_item,
    can_keep_ledger,
    can_read_item,
    can_reopen_item,
    can_see_ledger,
    can_see_member_rows,
    can_see_overview,
    can_verify_as,
    can_verify_item,
    can_work_item,
)

__all__ = [
    "can_answer_correction",
    "can_close_correction",
    "can_close_item",
    "can_correct",
    "can_keep_ledger",
    "can_note_report",
    "can_read_commitment",
    "can_read_item",
    "can_remove_report",
    "can_reopen_item",
    "can_see_corrections",
    "can_see_ledger",
    "can_see_member_rows",
    "can_see_overview",
    "can_settle_commitment",
    "can_verify_as",
    "can_verify_item",
    "can_work_item",
    "can_write_commitment",
]
