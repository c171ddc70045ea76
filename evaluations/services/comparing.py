"""Before two typings are compared: may this person, are both done, and what did both count alike."""

from __future__ import annotations

from branches.models import User
from branches.permissions import Denied
from branches.workflow import NotAllowed
from evaluations.models import FIRST, READ_AGAIN, SECOND, Ballot, BallotStatus
from evaluations.permissions import can_match
from evaluations.services.entry import both_finished

NOT_FINISHED = "两位计票人还没有都录完，录完以后才能一起核对。"
STILL_OPEN = "还有两人录得不一样的地方，请先核对。"


def checked(ballot: Ballot, by: User) -> Ballot:
    """The locked ballot when the user may compare and both typings are complete."""
    locked = Ballot.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=ballot.pk)
    answer = can_match(by, locked)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    if locked.status != BallotStatus.COLLECTED:
        raise NotAllowed(f"现在是「{locked.get_status_display()}」，不能再核对录票。")
    if not both_finished(locked):
        raise NotAllowed(NOT_FINISHED)
    return locked


def counted_void(ballot: Ballot) -> dict[int, int | None]:
    """The number of void papers in each typing, and as counted again."""
    return {slot.number: slot.void_papers for slot in ballot.slots.all()}


def agreed_void(ballot: Ballot) -> int | None:
    """The void papers both counted, or as counted again; None while not both have, or they differ."""
    void = counted_void(ballot)
    if READ_AGAIN in void:
        return void[READ_AGAIN]
    first, second = void.get(FIRST), void.get(SECOND)
    return first if first == second else None
