"""Slips left in the bag are made void one by one, before or while people vote: what is void can vote no more.

Nobody's slip is told from this: a slip that was drawn is not typed here, and codes are kept as digests only.
"""

from __future__ import annotations

import re

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from branches.models import User
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from evaluations.models import Ballot, CodeState, Urn, UrnCode, UrnState
from evaluations.permissions import can_void_slips
from evaluations.services.count_chain import note
from evaluations.services.urns import key_of
from evaluations.urn import codes

MOST = 300  # slips at a time
BETWEEN = re.compile(r"[\n;；]+")
NOTHING = "还没有输投票码。请对照剩下的票条，一行输一个。"
TOO_MANY = f"一次最多作废 {MOST} 张，请分几次。"
NOT_NOW = "现在不能作废票条：还没有印票条，或者投票已经关闭（关闭的时候，没有投的全部作废）。"
CAN_VOTE = (CodeState.PRINTED, CodeState.LIVE)


class WrongSlips(Exception):
    """Codes that cannot be made void, each with why; then none is void, and all can be typed again."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def usable(urn: Urn) -> int:
    """How many slips can vote or have voted."""
    return UrnCode.objects.filter(urn=urn.pk).exclude(state=CodeState.VOID).count()


@sensitive_variables()
def void_slips(*, ballot: Ballot, by: User, text: str) -> int:
    """Make the slips with these codes void, a code a line; returns how many. All of them or none.

    A slip that is void already is passed over. Raises NotAllowed, WrongSlips.
    """
    insist(can_void_slips(by, ballot))
    typed = [line.strip() for line in BETWEEN.split(text) if line.strip()]
    if not typed:
        raise NotAllowed(NOTHING)
    if len(typed) > MOST:
        raise NotAllowed(TOO_MANY)
    with transaction.atomic():
        locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
        urn = Urn.objects.select_for_update().filter(ballot=locked).first()
        if urn is None or urn.state not in (UrnState.PREPARED, UrnState.OPEN):
            raise NotAllowed(NOT_NOW)
        wanted = _found(locked, urn, typed)
        _check_left(locked, urn, len(wanted))
        done = UrnCode.objects.filter(urn=urn.pk, digest__in=wanted, state__in=CAN_VOTE)
        number = done.update(state=CodeState.VOID)
        if number:
            note(locked, "slips_voided", {"slips": number})
            record(by=by, action="void_slips", about=locked, detail={"size": number})
    return number


@sensitive_variables()
def _found(ballot: Ballot, urn: Urn, typed: list[str]) -> set[str]:
    """The digests of the slips that are to be void; raises WrongSlips naming each line that is none."""
    key = key_of(ballot.pk)
    states = dict(UrnCode.objects.filter(urn=urn.pk).values_list("digest", "state"))
    wanted, problems = set(), []
    for number, line in enumerate(typed, 1):
        code = codes.read_code(line)
        digest = codes.code_digest(key, code) if code else ""
        state = states.get(digest)
        if state is None:
            problems.append(f"第 {number} 个：没有这个投票码，请对照票条再输一遍。")
        elif state == CodeState.USED:
            problems.append(f"第 {number} 个：这张票已经投过，不是剩下的票条，不能作废。")
        elif state in CAN_VOTE:
            wanted.add(digest)
    if problems:
        raise WrongSlips(problems)
    return wanted


def _check_left(ballot: Ballot, urn: Urn, more: int) -> None:
    """Raises NotAllowed when fewer slips would be left than were handed out: then one of them is somebody's."""
    left, issued = usable(urn) - more, ballot.codes_issued
    if urn.state == UrnState.OPEN and issued is not None and left < issued:
        raise NotAllowed(
            f"发出的票条有 {issued} 张，这样作废以后只剩 {left} 张能投：输的里面有发出去的票条。请当众再点一遍剩下的票条。"
        )
