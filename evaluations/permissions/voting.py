"""Who prepares the urn, holds a half of its key, closes and opens it. A voter needs nothing but a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import User
from branches.permissions import Answer, Denied
from evaluations.models import Ballot
from evaluations.permissions.ballots import can_count_heads, can_match, can_prepare_ballot, can_print_form
from meetings.permissions import is_teller

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_choose_channel(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Choose paper, device or both: who prepares the ballot."""
    return can_prepare_ballot(user, ballot.meeting)


def can_see_urn(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """See how far the urn is: the branch's clerks, 监票人 and 计票人. Nobody sees what is in it."""
    return can_count_heads(user, ballot)


def can_print_slips(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Print the slips with codes: who may print the form."""
    return can_print_form(user, ballot)


def can_hold_half(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Get one half of the key: a 计票人 of this meeting, on the own account."""
    if is_teller(user, ballot.meeting):
        return True
    return Denied("开箱钥匙由本次会议的两位计票人各拿一半。")


def can_close_urn(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Close the voting: who counts the papers."""
    return can_count_heads(user, ballot)


def can_void_slips(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Make slips left in the bag void: who counts the papers."""
    return can_count_heads(user, ballot)


def can_open_urn(user: User | AnonymousUser, ballot: Ballot) -> Answer:
    """Open the urn with both halves, and form the result: a 计票人 of this meeting."""
    return can_match(user, ballot)
