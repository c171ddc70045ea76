"""Imports by several people: long work holds up nobody, and a colleague's job leads to no dead end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import AuditEvent, User
from members.models import BatchStatus
from members.services import imports
from members.services.imports import check_import, confirm_import, open_import, start_confirm
from tests.conftest import Tree

ClientOf = Callable[[User], Client]
ROWS = [["姓名", "入党时间"], ["沈丽华", "2001-07-01"], ["何长河", "1999-07-01"]]


def test_the_end_of_the_record_is_free_while_rows_are_written(tree: Tree, secretary: User) -> None:
    batch = open_import(rows=ROWS, file_name="名册.xlsx", organization=tree.village, by=secretary)
    batch = check_import(batch=batch, by=secretary)
    seen: list[int] = []

    def report(done: int, total: int, message: str = "") -> None:
        seen.append(AuditEvent.objects.filter(action="confirm").count())

    done = confirm_import(batch=batch, by=secretary, report=report)
    assert seen == [0, 0]  # looked at again, then written
    assert AuditEvent.objects.filter(action="confirm", about_id=str(batch.pk)).count() == 1
    assert done.status == BatchStatus.IMPORTED
    assert done.undo_sealed
    assert not done.plan_sealed


def test_a_second_confirmation_goes_to_the_import_not_to_a_colleagues_job(
    tree: Tree, secretary: User, organizer: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = open_import(rows=ROWS, file_name="名册.xlsx", organization=tree.village, by=secretary)
    batch = check_import(batch=batch, by=secretary)
    monkeypatch.setattr(imports, "AT_ONCE", 1)
    assert start_confirm(batch=batch, by=secretary, only_correct=False) is not None
    confirm = reverse("members:import_step", args=[batch.pk, "confirm"])
    answer = client_of(organizer).post(confirm, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == reverse("members:import_batch", args=[batch.pk])
    assert "另一位同志" in answer.content.decode()


@pytest.mark.parametrize("written", ["abc", "9" * 5000, "-1", "１"])
def test_a_nonsensical_organisation_is_none(written: str, secretary: User, client_of: ClientOf) -> None:
    client = client_of(secretary)
    assert client.post(reverse("members:export"), {"organization": written}).status_code == 404
    assert client.get(reverse("members:new"), {"organization": written}).status_code == 200
