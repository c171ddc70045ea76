"""Arithmetic of meetings: kinds and what they need, quorum, notice, agenda; plain values, one topic a file."""

from meetings.rules.counting import (
    Mark,
    Merged,
    has_quorum,
    least_present,
    may_split_into_groups,
    merge_marks,
    notice_is_short,
    notify_by,
    parts_before,
    repeated,
    scrutineers_needed,
    tell_apart,
    tellers_needed,
)

__all__ = [
    "Mark",
    "Merged",
    "has_quorum",
    "least_present",
    "may_split_into_groups",
    "merge_marks",
    "notice_is_short",
    "notify_by",
    "parts_before",
    "repeated",
    "scrutineers_needed",
    "tell_apart",
    "tellers_needed",
]
