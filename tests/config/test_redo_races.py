"""Another round ordered while the ballots of the one before are being counted: on PostgreSQL, with real connections."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from branches.models import Role
from branches.services.audit import record
from config.home.steps_page import redo
from evaluations.models import Ballot, BallotStatus
from tests.factories.branches import account_with
from tests.factories.evaluations import evening

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_round_ordered_while_somebody_types_a_ballot_waits_its_turn() -> None:
    counted = evening("collected")
    superior = counted.campaign.issuer
    office = account_with(Role.OFFICE, superior)
    holding, failures = threading.Event(), list[Exception]()

    def type_in() -> None:
        try:
            with transaction.atomic():
                ballot = Ballot.objects.select_for_update(of=("self",)).get(pk=counted.ballot.pk)
                holding.set()
                ordering.join(timeout=1)  # the other one comes as far as it can
                record(by=counted.secretary, action="typed", about=ballot)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    def order() -> None:
        try:
            holding.wait(timeout=30)
            redo(campaign=counted.campaign, organization=counted.organization, reason="走过场", by=office)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    typing, ordering = threading.Thread(target=type_in), threading.Thread(target=order)
    ordering.start()
    typing.start()
    typing.join(timeout=60)
    ordering.join(timeout=60)
    assert failures == []
    assert Ballot.objects.get(pk=counted.ballot.pk).status == BallotStatus.VOID
