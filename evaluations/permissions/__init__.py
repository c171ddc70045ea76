"""Who may do what with a ballot; one module a topic, passed on here."""

from evaluations.permissions.ballots import (
    can_certify,
    can_count_heads,
    can_enter,
    can_free_slot,
    can_match,
    can_note_paper_signature,
    can_prepare_ballot,
    can_print_form,
    can_print_result,
    can_see_result,
    can_sign,
    can_void,
)
from evaluations.permissions.scanning import (
    can_judge_page,
    can_see_scans,
    can_try_sheet,
    can_upload_scans,
)
from evaluations.permissions.voting import (
    can_choose_channel,
    can_close_urn,
    can_hold_half,
    can_open_urn,
    can_print_slips,
    can_see_urn,
)

__all__ = [
    "can_certify",
    "can_choose_channel",
    "can_close_urn",
    "can_count_heads",
    "can_enter",
    "can_free_slot",
    "can_hold_half",
    "can_judge_page",
    "can_match",
    "can_note_paper_signature",
    "can_open_urn",
    "can_prepare_ballot",
    "can_print_form",
    "can_print_result",
    "can_print_slips",
    "can_see_result",
    "can_see_scans",
    "can_see_urn",
    "can_sign",
    "can_try_sheet",
    "can_upload_scans",
    "can_void",
]
