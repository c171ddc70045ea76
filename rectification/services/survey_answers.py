"""A respondent's way: the address on the slip, its code, one answer. No name, no login, no session, no time is kept.

The code is claimed and the answer put away by the ballot's own steps (`evaluations.services.casting`).
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count as Number
from django.views.decorators.debug import sensitive_variables

from config.lib.limits import too_many_here
from evaluations.models import CodeState, UrnState
from evaluations.services import casting
from evaluations.urn import codes, votes
from evaluations.urn.votes import ABSTAINED
from rectification.models import RoundStatus, SurveyClass, SurveyUrn

MOST_OPENED = 1_200  # times the first page of one survey is opened in a minute, by everybody together
MOST_WRONG = 120  # wrong addresses in a minute
RELATED = ("round__survey__organization", "round__survey__campaign")


def find_urn(address: str) -> SurveyUrn | None:
    """The urn an address leads to; None for a wrong one, for slips printed again, and for a round that is void."""
    found = SurveyUrn.objects.filter(address=codes.address_digest(address)).exclude(
        round__status=RoundStatus.VOID
    )
    return found.select_related(*RELATED).first()


def is_busy(urn: SurveyUrn | None) -> bool:
    """Count one opening of a page, or one wrong address (None); whether these are too many in the present minute."""
    who, most = ("wrong", MOST_WRONG) if urn is None else (str(urn.pk), MOST_OPENED)
    # Slips are filled in over days: no store may know when somebody opened the page.
    return too_many_here(f"survey-page:{who}", most, 60)


def check_open(urn: SurveyUrn) -> None:
    """Raises NotYet before the beginning, Closed after the end."""
    if urn.state == UrnState.PREPARED:
        raise casting.NotYet
    if not urn.takes_answers:
        raise casting.Closed


def _check_still_open(urn: SurveyUrn) -> None:
    """Raises Closed when the page was closed, or its slips printed anew, since the urn was read."""
    now = SurveyUrn.objects.filter(pk=urn.pk).first()
    if now is None:
        raise casting.Closed
    check_open(now)


@sensitive_variables()
def check_code(urn: SurveyUrn, text: str) -> tuple[str, SurveyClass]:
    """The code as printed and of which class its slip is, if it can still be filled in; raises the Refused that fits."""
    check_open(urn)
    try:
        code, row = casting.live_code(urn, text)
    except (casting.WrongCode, casting.TooMany):
        _check_still_open(urn)  # the slips are gone once it is closed
        raise
    respondents: SurveyClass = row.respondents
    return code, respondents


@sensitive_variables()
def answer(urn: SurveyUrn, text: str, choice: str) -> str:
    """Put the answer into the urn and return its receipt; final. Raises Refused; then nothing is kept.

    `choice`: "1" for the first option …, "0" for 弃权.
    """
    code, respondents = check_code(urn, text)
    options = len(urn.round.scale)
    if choice not in (ABSTAINED, *(str(number) for number in range(1, options + 1))):
        raise casting.Incomplete
    elsewhere = str(options + 1)
    classes = urn.round.classes.values_list("pk", flat=True)
    marks = "".join(choice if pk == respondents.pk else elsewhere for pk in classes)
    packed = votes.pack(marks, len(marks), options + 1)
    with transaction.atomic():
        locked = SurveyUrn.objects.select_for_update().filter(pk=urn.pk).first()
        if locked is None:
            raise casting.Closed
        check_open(locked)
        return casting.put_in(locked, code, packed)


def turnout(urn: SurveyUrn) -> dict[int, int]:
    """How many slips of each class are filled in so far, by class."""
    used = urn.codes.filter(state=CodeState.USED).values_list("respondents").annotate(Number("pk"))
    return dict(used.order_by())
