"""A voter's way: the address, the code, the vote. No name, no login, no session, no time, no address is kept.

Whatever does not name the ballot serves every sealed urn: slips of a survey go the same way.

A vote is one transaction: the urn's row is locked, the code is claimed by a condition on its own table, the sealed vote
is put into a random free place, and then all places and all codes are written anew under new keys in random order. So
neither keys nor the order of rows nor the number of the transaction tell which code went with which place, or when.

Wrong codes are delayed, and when too many come at once they are answered without being delayed; how many came in this
second is all that is counted, by all processes together. Right codes always pass. NOT promised: whoever controls the
running server could watch a vote while it is sent (docs/security.md).
"""

from __future__ import annotations

import secrets
import time
import uuid
from typing import Any, NoReturn

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from config.lib.limits import too_many, too_many_here
from evaluations.models import Ballot, CodeState, SealedUrn, SlipCode, Urn, UrnCode, UrnState
from evaluations.services.sealing import codes_key
from evaluations.services.urns import put_rows
from evaluations.urn import codes, votes
from meetings.models import MeetingStatus

WRONG_A_SECOND = 20  # wrong codes of all voters together that are delayed
DELAY_SECONDS = 0.1


class Refused(Exception):
    """A vote that is not taken; the message says what to do."""

    said = ""


class WrongCode(Refused):
    """No such code."""

    said = "没有这个投票码，请对照票条再输一遍。"


class TooMany(Refused):
    """No such code, and too many wrong ones at once."""

    said = "没有这个投票码，请对照票条再输一遍。现在输错的人多，请过一会儿再试。"


class AlreadyCast(Refused):
    """The code has voted: the answer of the first time was lost, or somebody tries twice."""

    said = "这张票已经投过，已经计入，不用再投。"


class NotYet(Refused):
    """The voting has not begun."""

    said = "还没有开始投票。等主持人宣布开始投票，再扫一次。"


class Void(Refused):
    """The slip was left in the bag, or lost, and was made void in public."""

    said = "这张票条已经当众作废，不能投。没有拿错的，请告诉监票人。"


class MeetingOver(Refused):
    """The meeting has ended though nobody closed the voting: who votes now is not in the room."""

    said = "会议已经散会，不能再投。这张票没有投，没有计入。请告诉监票人。"


class Closed(Refused):
    """The voting is over and this code has not voted."""

    said = "投票已经关闭。这张票没有投，没有计入。请告诉监票人。"


class Incomplete(Refused):
    """A row is still open."""

    said = "还有没选的，请每一项都选。不想表态的，选“弃权”。"


def find_urn(address: str) -> Urn | None:
    """The urn an address leads to; None for a wrong one, and for one whose slips were printed again."""
    found = Urn.objects.filter(address=codes.address_digest(address))
    return found.select_related("ballot__organization", "ballot__campaign", "ballot__meeting").first()


def insist_meeting(urn: Urn) -> None:
    """Raises MeetingOver when the meeting of an open urn has ended."""
    if urn.state == UrnState.OPEN and urn.ballot.meeting.status != MeetingStatus.OPENED:
        raise MeetingOver


@sensitive_variables()
def check_code(urn: Urn, text: str) -> str:
    """The code as printed, if it can vote now; raises the Refused that fits."""
    code, _row = live_code(urn, text)
    insist_meeting(urn)
    return code


@sensitive_variables()
def live_code(urn: SealedUrn, text: str) -> tuple[str, Any]:
    """The code of any slip as printed, if it can be used now, and its row; raises the Refused that fits."""
    code = codes.read_code(text)
    digest = _digest(urn, code) if code else None
    row: SlipCode | None = urn.codes.filter(digest=digest).first() if digest else None
    if code is None or row is None:
        _wrong(urn)
    if row.state != CodeState.LIVE:
        raise _refusal(row.state, urn)
    return code, row


def _refusal(state: str | None, urn: SealedUrn) -> Refused:
    """What is told of a code that cannot vote. The urn is asked anew: somebody may have closed it since it was read."""
    if state == CodeState.USED:
        return AlreadyCast()
    if state == CodeState.VOID:
        going_on = type(urn)._default_manager.filter(pk=urn.pk, state__in=(UrnState.PREPARED, UrnState.OPEN))
        return Void() if going_on.exists() else Closed()
    return NotYet() if state == CodeState.PRINTED else Closed()


def _wrong(urn: SealedUrn) -> NoReturn:
    """Count a wrong code and let whoever typed it wait; raises WrongCode, or TooMany without waiting."""
    if urn.state not in (UrnState.PREPARED, UrnState.OPEN):
        raise Closed
    limit = too_many_here if urn.open_for_days else too_many
    if limit(f"urn-wrong:{urn.key_name}", WRONG_A_SECOND, 1):
        raise TooMany
    time.sleep(DELAY_SECONDS)
    raise WrongCode


@sensitive_variables()
def _digest(urn: SealedUrn, code: str) -> str | None:
    """What is kept of the code; None when the urn's key is gone (it is counted, or the server was changed)."""
    key = codes_key(urn.key_name)
    return codes.code_digest(key, code) if key else None


@sensitive_variables()
def cast(urn: Urn, text: str, marks: str) -> str:
    """Put the vote into the urn and return its receipt; final.

    `marks`: one character a rated row, "1" for the first option …, "0" for 弃权. Posted again after a lost
    answer it raises AlreadyCast: the vote is in. Raises Refused; then nothing is kept.
    """
    code = check_code(urn, text)
    ballot = urn.ballot
    try:
        packed = votes.pack(marks, ballot.rated().count(), len(ballot.scale))
    except votes.VoteRefused:
        raise Incomplete from None
    with transaction.atomic():
        locked = Urn.objects.select_for_update().filter(pk=urn.pk).first()
        if locked is None:
            raise Closed
        return put_in(locked, code, packed)


@sensitive_variables()
def put_in(urn: SealedUrn, code: str, packed: bytes) -> str:
    """Claim the code and put the vote, sealed, into the locked urn; returns its receipt. Raises Refused."""
    digest = _digest(urn, code) or ""
    # One table and no join: the condition is asked again after waiting for another vote.
    own = urn.codes.filter(digest=digest)
    if own.filter(state=CodeState.LIVE).update(state=CodeState.USED) != 1:
        raise _refusal(own.values_list("state", flat=True).first(), urn)
    sealed = votes.seal(bytes(urn.public_key), packed)
    _place(urn, sealed)
    return votes.receipt(sealed)


@sensitive_variables()
def _place(urn: SealedUrn, sealed: bytes) -> None:
    """Put the sealed vote into a free place, then write all places and codes anew, so that no order is left."""
    slots, rows = list(urn.slots.all()), list(urn.codes.all())
    free = secrets.choice([slot for slot in slots if not slot.filled])
    free.sealed, free.filled = sealed, True
    urn.slots.all().delete()
    urn.codes.all().delete()
    for row in (*slots, *rows):
        row.pk = uuid.uuid4()
    put_rows(slots)
    put_rows(rows)


def turnout(urn: Urn) -> tuple[int, int]:
    """How many codes have voted and how many were handed out."""
    used = UrnCode.objects.filter(urn=urn.pk, state=CodeState.USED).count() if urn.cast is None else urn.cast
    return used, urn.ballot.codes_issued or 0


def few_votes(ballot: Ballot) -> bool:
    """Whether so few may vote that the counts will be shown to nobody: said before the voting."""
    heads = ballot.heads
    many = ballot.present if heads.all_issued is None else heads.all_issued
    return many is not None and many < ballot.min_to_show
