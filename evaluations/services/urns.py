"""The urn before and after the voting: paper or device, slips, halves of the key, opening, closing.

Of a voter nothing is kept: no name, no time, no address, no order. Codes are kept as digests under a key that lies
outside the database and is destroyed once the urn is counted. Each half of the urn's key is made when it is shown to
its holder, and forgotten; the server never has both before they are typed.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Manager

from branches.models import User
from branches.permissions import Answer, Denied
from branches.rules import clause_for
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from evaluations.models import (
    Ballot,
    BallotStatus,
    Channel,
    CodeState,
    EntryMode,
    SealedSlot,
    SealedUrn,
    SlipCode,
    Urn,
    UrnCode,
    UrnSlot,
    UrnState,
)
from evaluations.permissions import can_choose_channel, can_close_urn, can_hold_half, can_print_slips
from evaluations.services.count_chain import note
from evaluations.services.sealing import codes_key, make_codes_key
from evaluations.services.voters import codes_wanted
from evaluations.urn import codes, halves, votes
from meetings.permissions import is_teller

ALLOWED = {
    "on_site_booth": (Channel.PAPER, Channel.DEVICE),
    "on_site_both": (Channel.PAPER, Channel.DEVICE, Channel.BOTH),
}
SPARE_SLOTS = 5  # up to so many places more than codes, by chance
KEY_GONE = "电子票箱的密钥不在这台服务器上，投票码核对不了。请作废本轮，重新准备；或者改用纸质票。"
TOO_LATE = "已经开始投票，票条和钥匙都不能再换。"


@dataclass(frozen=True)
class PrintedCodes:
    """What goes onto the slips; it exists only here and on the paper."""

    address: str
    codes: tuple[str, ...]


def channels_allowed(ballot: Ballot) -> tuple[Channel, ...]:
    """On what the rules of the ballot let people vote; paper always suffices."""
    return ALLOWED.get(ballot.rules().ballot_channel, (Channel.PAPER,))


def may_use(ballot: Ballot, channel: str) -> Answer:
    """Whether the rules allow this kind of vote; a refusal cites their clause."""
    if channel in channels_allowed(ballot):
        return True
    kept = ballot.campaign.rule_sets.get(version=ballot.rules_version or 1)
    clause = clause_for("ballot_channel", kept.quoted(), ballot.organization.category)
    why = f"依据：{clause.source}“{clause.text}”" if clause else "本次活动的规则是现场发放测评表。"
    return Denied(f"规则不允许这样投票。{why}")


def choose_channel(*, ballot: Ballot, channel: str, by: User) -> Ballot:
    """Choose paper, device or both, until a form or a slip is printed; raises NotAllowed."""
    insist(can_choose_channel(by, ballot))
    if channel not in Channel.values:
        raise NotAllowed("请选择纸质票、现场电子票，或者两种都用。")
    insist(may_use(ballot, channel))
    with transaction.atomic():
        locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
        if locked.status != BallotStatus.SETUP:
            raise NotAllowed(f"现在是「{locked.get_status_display()}」，不能再换票的形式。")
        if locked.printed is not None or Urn.objects.filter(ballot=locked).exists():
            raise NotAllowed("测评表或者票条已经印了，不能再换票的形式。要换，请作废本轮，重新准备。")
        locked.channel = Channel(channel)
        locked.version += 1
        if not locked.on_paper:
            locked.entry_mode = EntryMode.PAPERS
        locked.save(update_fields=["channel", "entry_mode", "version"])
        record(
            by=by,
            action="choose_channel",
            about=locked,
            detail={"channel": str(locked.get_channel_display())},
        )
    return locked


def _in_setup(ballot: Ballot) -> Ballot:
    """The locked ballot while it is prepared and has codes; raises NotAllowed."""
    locked = Ballot.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=ballot.pk)
    if not locked.on_device:
        raise NotAllowed("本次只用纸质票，没有电子票箱。")
    if locked.status != BallotStatus.SETUP:
        raise NotAllowed(TOO_LATE)
    return locked


def print_codes(*, ballot: Ballot, by: User) -> PrintedCodes:
    """Make a new urn with new codes; slips and halves of before, if any, are void. Raises NotAllowed."""
    insist(can_print_slips(by, ballot))
    with transaction.atomic():
        locked = _in_setup(ballot)
        Urn.objects.filter(ballot=locked).delete()
        key, rows = make_codes_key(locked.pk), locked.rated().count()
        made = PrintedCodes(codes.new_address(), tuple(codes.new_codes(codes_wanted(locked))))
        address = codes.address_digest(made.address)
        urn = Urn.objects.create(ballot=locked, address=address, public_key=b"")
        put_rows([UrnCode(urn=urn, digest=codes.code_digest(key, code)) for code in made.codes])
        places = places_for(len(made.codes))
        put_rows([UrnSlot(urn=urn, sealed=votes.noise(rows)) for _ in range(places)])
        note(locked, "urn_prepared", {"codes": len(made.codes), "places": places})
        record(by=by, action="print_slips", about=locked, detail={"size": len(made.codes)})
    return made


def places_for(codes: int) -> int:
    """How many places an urn gets: some more than codes, by chance, so that their number tells nothing."""
    return codes + 1 + secrets.randbelow(SPARE_SLOTS)


def put_rows(rows: Sequence[SlipCode | SealedSlot]) -> None:
    """Write all codes, or all places, of an urn at once, in random order and under new random keys."""
    manager: Manager[Any] = type(rows[0])._base_manager
    manager.bulk_create(secrets.SystemRandom().sample(rows, len(rows)))


def seat_of(urn: SealedUrn, user: User) -> int | None:
    """Which half the user holds, 1 or 2; None for nobody's."""
    return urn.halves_shown.index(user.pk) + 1 if user.pk in urn.halves_shown else None


def show_half(*, ballot: Ballot, by: User) -> str:
    """Make the half of this 计票人 and return it: it is shown this once and kept nowhere.

    Asked again before the opening, another one is made and the first is void. Two halves, two different
    people. Raises NotAllowed.
    """
    insist(can_hold_half(by, ballot))
    with transaction.atomic():
        locked = _in_setup(ballot)
        urn = Urn.objects.select_for_update().filter(ballot=locked).first()
        if urn is None:
            raise NotAllowed("请先印票条，再交开箱钥匙。")
        seat, half = give_half(urn, by, lambda person: is_teller(person, locked.meeting))
        record(by=by, action="show_half", about=locked, detail={"slot": seat})
    return half


def give_half(urn: SealedUrn, by: User, holds: Callable[[User], bool]) -> tuple[int, str]:
    """Make the half of this person for the locked urn, the one of before is void; returns the seat and the half.

    `holds` says whether somebody may still hold one. Raises NotAllowed.
    """
    key = key_of(urn.key_name)
    seat, half = _seat_for(urn, by, holds), halves.new_half()
    parts = [bytes(urn.public_key)[:32], bytes(urn.public_key)[32:]]
    parts[seat - 1] = halves.public_part(key, urn.key_name.bytes, seat, half)
    urn.public_key = b"".join(parts)
    urn.save(update_fields=["public_key", "halves_shown"])
    return seat, half


def _seat_for(urn: SealedUrn, by: User, holds: Callable[[User], bool]) -> int:
    """The seat of this person, taken now if need be: the own, a free one, or of somebody who may hold it no longer."""
    own = seat_of(urn, by)
    if own is not None:
        return own
    if len(urn.halves_shown) < len(halves.SEATS):
        urn.halves_shown = [*urn.halves_shown, by.pk]
        return len(urn.halves_shown)
    for number, holder in enumerate(urn.halves_shown):
        person = User.objects.filter(pk=holder).first()
        if person is None or not holds(person):
            urn.halves_shown = [by.pk if n == number else pk for n, pk in enumerate(urn.halves_shown)]
            return number + 1
    raise NotAllowed(urn.held_by_others)


def urn_ready(ballot: Ballot) -> Answer:
    """Whether voting may begin: slips printed, both halves with two people, the key here."""
    urn = Urn.objects.filter(ballot=ballot).first()
    if urn is None:
        return Denied("还没有印票条，请先印好票条。")
    if len(urn.halves_shown) < len(halves.SEATS):
        return Denied("两位计票人还没有都拿到开箱钥匙。请他们各自登录，在“电子票箱”页面上拿。")
    return True if codes_key(ballot.pk) is not None else Denied(KEY_GONE)


def open_voting(ballot: Ballot) -> None:
    """Let the codes vote from now on; called with the ballot's step, inside its transaction."""
    insist(urn_ready(ballot))
    urn = Urn.objects.select_for_update().get(ballot=ballot)
    left = UrnCode.objects.filter(urn=urn.pk, state=CodeState.PRINTED).count()
    if (ballot.codes_issued or 0) > left:
        raise NotAllowed(
            f"发出电子票 {ballot.codes_issued} 张，能投的票条只有 {left} 张。请再点一遍抽走的票条。"
        )
    urn.state = UrnState.OPEN
    urn.save(update_fields=["state"])
    UrnCode.objects.filter(urn=urn.pk, state=CodeState.PRINTED).update(state=CodeState.LIVE)
    note(ballot, "urn_opened", {"issued": ballot.codes_issued})


def close_voting(*, ballot: Ballot, by: User) -> Ballot:
    """End the voting: live codes are void, the receipts are published. A second press changes nothing.

    A vote cast at the same moment is in the urn, or is told that it came too late. Raises NotAllowed, also when
    the used codes are not as many as the filled places (then somebody changed the database, and nothing is closed).
    """
    insist(can_close_urn(by, ballot))
    with transaction.atomic():
        locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
        urn = Urn.objects.select_for_update().filter(ballot=locked).first()
        if urn is None or urn.state == UrnState.PREPARED:
            raise NotAllowed("还没有开始投票。")
        if urn.state != UrnState.OPEN:
            return locked
        used = close_box(urn)
        follow_urn(locked, urn)
        locked.version += 1
        locked.save(update_fields=["codes_used", "version"])
        closed = {"issued": locked.codes_issued, "used": used, "root": receipts_root(urn)}
        note(locked, "urn_closed", closed)
        record(by=by, action="close_urn", about=locked, detail={"used": used})
    return locked


def close_box(urn: SealedUrn) -> int:
    """Close the locked urn: live codes are void, the receipts stand; returns how many voted. Raises NotAllowed."""
    urn.codes.filter(state=CodeState.LIVE).update(state=CodeState.VOID)
    used = urn.codes.filter(state=CodeState.USED).count()
    filled = [bytes(sealed) for sealed in urn.slots.filter(filled=True).values_list("sealed", flat=True)]
    if used != len(filled):
        raise NotAllowed(f"已投的码 {used} 个，票箱里的票 {len(filled)} 张，不一致。请作废本轮，重新进行。")
    urn.state, urn.receipts = UrnState.CLOSED, sorted(votes.receipt(one) for one in filled)
    urn.save(update_fields=["state", "receipts"])
    return used


def follow_urn(ballot: Ballot, urn: Urn | None = None) -> None:
    """Set 已投 of a closed urn on the ballot (not saved) as far as it fits 发出; what does not is told by the checks."""
    urn = urn or Urn.objects.filter(ballot=ballot).first()
    cast = urn.cast if urn else None
    fits = cast is not None and ballot.codes_issued is not None and cast <= ballot.codes_issued
    ballot.codes_used = cast if fits else None


def receipts_root(urn: SealedUrn) -> str:
    """One fingerprint over all receipts of the urn."""
    return votes.receipts_root(urn.receipts)


def key_of(name: uuid.UUID) -> bytes:
    """The key of an urn; raises NotAllowed when it is not on this server."""
    key = codes_key(name)
    if key is None:
        raise NotAllowed(KEY_GONE)
    return key
