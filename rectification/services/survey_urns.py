"""The urn of a survey after its closing: totals read for the result, everything destroyed when the round is over."""

from __future__ import annotations

from evaluations.models import UrnState
from evaluations.services.destruction import forget_all, forget_keys
from evaluations.services.sealing import kept_keys, unseal_sums
from rectification.models import RoundStatus, SurveyLine, SurveyRound, SurveyUrn
from rectification.rules.satisfaction import Count


def page_totals(survey_round: SurveyRound) -> dict[int, Count]:
    """What the page brought, by class; nothing without slips. Raises NotAllowed when the key is not on this server."""
    found = {}
    for line in SurveyLine.objects.filter(respondents__round=survey_round).select_related("respondents"):
        numbers = unseal_sums(survey_round.pk, line.respondents.ordinal, line.sealed)
        found[line.respondents_id] = Count(tuple(numbers[:-1]), numbers[-1], 0)
    return found


def destroy_urn(survey_round: SurveyRound) -> None:
    """The round is over: codes, places, totals and the key go; the receipts stay. Inside the caller's transaction."""
    urn = SurveyUrn.objects.select_for_update().filter(round=survey_round).first()
    if urn is None:
        return
    urn.state = UrnState.DESTROYED
    urn.save(update_fields=["state"])
    for rows in (urn.codes, urn.slots, urn.lines):
        rows.all().delete()
    forget_keys(urn.key_name)


def forget_leftovers() -> int:
    """Destroy keys of rounds that are over, left by a crash after the commit; returns how many."""
    over = (RoundStatus.CLOSED, RoundStatus.VOID)
    return forget_all(SurveyRound.objects.filter(pk__in=kept_keys(), status__in=over))
