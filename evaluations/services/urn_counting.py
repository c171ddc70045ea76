"""The urn is opened by both halves; only sums are written, and what was in it is destroyed."""

from __future__ import annotations

import os
from collections.abc import Sequence

from django.db import transaction
from django.views.decorators.debug import sensitive_variables
from nacl.public import PrivateKey

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed, insist, perform
from evaluations.models import (
    Ballot,
    BallotStatus,
    BallotSubject,
    Channel,
    SealedUrn,
    TallyLine,
    Urn,
    UrnLine,
    UrnState,
)
from evaluations.permissions import can_open_urn
from evaluations.rules import Line, Paper, add_lines, check_line, tally
from evaluations.services.count_chain import note
from evaluations.services.destruction import forget_urn_key
from evaluations.services.sealing import seal_sums, unseal_sums
from evaluations.services.urns import key_of, receipts_root
from evaluations.urn import halves, votes
from evaluations.workflow import BALLOT

SEAT_NAMES = {1: "第一半", 2: "第二半"}
TAMPERED = "票箱里的票和关闭时公布的回执不一致，有人动过。请作废本轮，重新进行。"
NOT_COUNTED = "电子票箱还没有打开。请两位计票人先在“电子票箱”页面上开箱。"


class WrongHalf(Exception):
    """A half that does not fit; carries what is wrong by seat. Nothing is lost: it is typed again."""

    def __init__(self, problems: dict[int, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.problems = problems


@sensitive_variables()
def open_urn(*, ballot: Ballot, by: User, first: str, second: str) -> Ballot:
    """Open the closed urn with both halves, write the sums of its rows, destroy what was in it.

    The votes are opened in memory only. Where there is no paper, the result is formed at once. Raises NotAllowed,
    WrongHalf; then everything stays as it was.
    """
    insist(can_open_urn(by, ballot))
    with transaction.atomic():
        locked = Ballot.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=ballot.pk)
        urn = Urn.objects.select_for_update().filter(ballot=locked).first()
        if urn is None or locked.status != BallotStatus.COLLECTED or urn.state != UrnState.CLOSED:
            raise NotAllowed("现在不能开电子票箱。关闭投票、清点完毕以后才能开，只开一次。")
        keys = keys_of(urn, first, second)
        if len(urn.receipts) != locked.codes_used:
            raise NotAllowed(TAMPERED)
        lines = opened(urn, keys, locked.rated().count(), len(locked.scale))
        _write_sums(locked, urn, lines)
        note(locked, "urn_counted", {"ballots": len(urn.receipts), "rows": len(lines)})
        record(by=by, action="open_urn", about=locked, detail={"used": len(urn.receipts)})
        if not locked.on_paper:
            return form_result(ballot=locked, by=by)
    return locked


@sensitive_variables()
def keys_of(urn: SealedUrn, first: str, second: str) -> tuple[PrivateKey, PrivateKey]:
    """The keys of both boxes; raises WrongHalf naming each half that is wrong, and how."""
    key, parts, found = key_of(urn.key_name), bytes(urn.public_key), []
    problems: dict[int, str] = {}
    for seat, typed in zip(halves.SEATS, (first, second), strict=True):
        half = halves.read_half(typed)
        if half is None:
            problems[seat] = f"{SEAT_NAMES[seat]}抄错了：应是二十个字，请对照抄下的再输一遍。"
            continue
        opener = halves.box_key(key, urn.key_name.bytes, seat, half)
        kept = parts[(seat - 1) * halves.PUBLIC_BYTES : seat * halves.PUBLIC_BYTES]
        if bytes(opener.public_key) != kept:
            problems[seat] = f"{SEAT_NAMES[seat]}不是这个票箱的：可能两半填反了，或者是换过以前的。"
        found.append(opener)
    if problems:
        raise WrongHalf(problems)
    return found[0], found[1]


@sensitive_variables()
def opened(urn: SealedUrn, keys: tuple[PrivateKey, PrivateKey], rows: int, options: int) -> list[Line]:
    """The sums of all rows in form order; raises NotAllowed when what is in the urn is not what was closed."""
    sealed = [bytes(one) for one in urn.slots.filter(filled=True).values_list("sealed", flat=True)]
    if sorted(votes.receipt(one) for one in sealed) != urn.receipts:
        raise NotAllowed(TAMPERED)
    try:
        marks = [votes.unpack(votes.unseal(*keys, one), rows, options) for one in sealed]
    except votes.Unreadable:
        raise NotAllowed("有一张电子票打不开，票箱里的内容被改过。请作废本轮，重新进行。") from None
    lines, _ = tally([Paper(mark) for mark in marks], rows, options)
    return lines


def _write_sums(ballot: Ballot, urn: Urn, lines: Sequence[Line]) -> None:
    """Write the sums, overwrite and delete what was in the urn, and let its key be destroyed."""
    UrnLine.objects.bulk_create(
        UrnLine(
            urn=urn,
            subject=subject,
            sealed=seal_sums(ballot.pk, subject.ordinal, (*line.counts, line.abstained)),
        )
        for subject, line in zip(ballot.rated(), lines, strict=True)
    )
    empty(urn)


def empty(urn: SealedUrn) -> None:
    """The urn is counted: overwrite and delete what was in it, and let its key be destroyed."""
    for slot in urn.slots.all():
        urn.slots.filter(pk=slot.pk).update(sealed=os.urandom(len(bytes(slot.sealed))), filled=False)
    urn.slots.all().delete()
    urn.state = UrnState.COUNTED
    urn.save(update_fields=["state"])
    forget_urn_key(urn.key_name)


def urn_lines(ballot: Ballot) -> list[Line]:
    """The sums of the counted urn in form order; raises NotAllowed before it is counted."""
    urn = Urn.objects.filter(ballot=ballot, state=UrnState.COUNTED).first()
    if urn is None:
        raise NotAllowed(NOT_COUNTED)
    rows = UrnLine.objects.filter(urn=urn).order_by("subject__ordinal")
    kept = rows.values_list("subject__ordinal", "sealed")
    numbers = [unseal_sums(ballot.pk, ordinal, sealed) for ordinal, sealed in kept]
    return [Line(tuple(row[:-1]), row[-1], 0) for row in numbers]


def with_urn(ballot: Ballot, lines: Sequence[Line]) -> list[Line]:
    """The sums of papers with those of the urn added, where there is one; raises NotAllowed before it is counted."""
    return add_lines(lines, urn_lines(ballot)) if ballot.on_device else list(lines)


def form_result(*, ballot: Ballot, by: User) -> Ballot:
    """Form the result of a ballot without papers from the counted urn; raises NotAllowed."""
    insist(can_open_urn(by, ballot))
    with transaction.atomic():
        locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
        if locked.channel != Channel.DEVICE:
            raise NotAllowed("还有纸质票。请录完、核对完纸质票，再形成结果。")
        lines, rated = urn_lines(locked), list(locked.rated())
        if not all(check_line(line, locked.codes_used or 0) for line in lines):
            raise NotAllowed("电子票的合计对不上已投的票数。请作废本轮，重新进行。")
        store_lines(locked, rated, lines)
        note(locked, "match", {"valid": locked.codes_used, "void": 0, "corrected": 0})
        return perform(BALLOT, locked, "match", by=by)


def store_lines(ballot: Ballot, rated: Sequence[BallotSubject], lines: Sequence[Line]) -> None:
    """Write the votes of all rows in place of earlier ones, all at once."""
    TallyLine.objects.filter(ballot=ballot).delete()
    TallyLine.objects.bulk_create(
        TallyLine(
            ballot=ballot,
            subject=subject,
            counts=list(line.counts),
            abstained=line.abstained,
            invalid=line.invalid,
        )
        for subject, line in zip(rated, lines, strict=True)
    )


def urn_receipts(ballot: Ballot) -> tuple[list[str], str]:
    """All receipts of the ballot's urn in order, and the one fingerprint over them; nothing without an urn."""
    urn = Urn.objects.filter(ballot=ballot).first()
    return (list(urn.receipts), receipts_root(urn)) if urn else ([], "")
