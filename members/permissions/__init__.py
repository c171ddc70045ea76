"""Who may do what with people, rosters and imports; one module a topic for the preparation of the meeting."""

from members.permissions.people import (
    can_edit_member,
    can_exempt,
    can_export,
    can_export_unmasked,
    can_freeze_roster,
    can_import_roster,
    can_import_somewhere,
    can_list_members,
    can_prepare_roster,
    can_reveal,
    can_step_batch,
    can_use_campaign,
    is_own,
    sees_only_own,
)

__all__ = [
    "can_edit_member",
    "can_exempt",
    "can_export",
    "can_export_unmasked",
    "can_freeze_roster",
    "can_import_roster",
    "can_import_somewhere",
    "can_list_members",
    "can_prepare_roster",
    "can_reveal",
    "can_step_batch",
    "can_use_campaign",
    "is_own",
    "sees_only_own",
]
