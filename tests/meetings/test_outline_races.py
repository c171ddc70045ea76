"""Several at the same outlines at the same moment: on PostgreSQL, with real connections."""

from __future__ import annotations

import pytest

from branches.models import AuditEvent, Campaign, Role, User
from branches.services.audit import first_broken_link
from meetings.models import Outline
from meetings.services.outline_book import Book
from meetings.services.outline_steps import disclose_outlines, pass_outline, return_outline
from meetings.services.outlines import (
    StaleOutlines,
    note_consultation,
    receive_outlines,
    save_outlines,
    submit_outlines,
    withdraw_outline,
)
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.outlines import handed_in, outline_campaign, vetted, written
from tests.races import at_once, refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(tree: Tree) -> Campaign:
    """A campaign that asks the village's committee for outlines, vetted, disclosed, and talked over."""
    return outline_campaign(tree.township, criticism_consulted=True)


def test_of_two_supervisors_at_one_outline_one_decides(
    tree: Tree, asked: Campaign, secretary: User, organizer: User, supervisor: User
) -> None:
    second = account_with(Role.SUPERVISOR, tree.township)
    row = handed_in(asked, tree.village, secretary)[0]
    results = at_once(
        lambda: pass_outline(outline=row, revision=1, by=supervisor),
        lambda: pass_outline(outline=row, revision=1, by=second),
    )
    row.refresh_from_db()
    assert (refused(results), row.status) == (1, "vetted")
    assert AuditEvent.objects.filter(action="pass").count() == 1
    assert first_broken_link() is None


def test_of_passing_and_returning_at_once_the_return_can_follow(
    tree: Tree, asked: Campaign, secretary: User, organizer: User, supervisor: User
) -> None:
    second = account_with(Role.SUPERVISOR, tree.township)
    row = handed_in(asked, tree.village, secretary)[0]
    at_once(
        lambda: pass_outline(outline=row, revision=1, by=supervisor),
        lambda: return_outline(outline=row, revision=1, points=[], note="写具体", by=second),
    )
    row.refresh_from_db()
    assert row.status == "returned", "what was passed may still come back; what came back is not passed"


def test_an_outline_taken_back_while_it_is_passed_is_one_of_both(
    tree: Tree, asked: Campaign, secretary: User, organizer: User
) -> None:
    row = handed_in(asked, tree.village, organizer)[0]
    results = at_once(
        lambda: pass_outline(outline=row, revision=1, by=secretary),
        lambda: withdraw_outline(outline=row, by=organizer),
    )
    row.refresh_from_db()
    assert refused(results) == 1
    assert (row.status, row.vetted_by) in (("vetted", secretary), ("draft", None))


def test_two_windows_of_one_author_save_once_and_lose_nothing(
    tree: Tree, asked: Campaign, secretary: User, organizer: User
) -> None:
    key = Book.of(asked, tree.village).seats[0].key
    results = at_once(
        *(
            lambda text=text: save_outlines(
                campaign=asked, organization=tree.village, revision=0, texts={key: text}, by=organizer
            )
            for text in ("一", "二")
        ),
        expected=(StaleOutlines,),
    )
    assert sum(isinstance(result, StaleOutlines) for result in results) == 1
    assert Outline.objects.get().revision == 1


def test_handed_in_and_received_on_paper_at_once_it_counts_once(
    tree: Tree, asked: Campaign, secretary: User, organizer: User
) -> None:
    written(asked, tree.village, organizer)
    key = Book.of(asked, tree.village).seats[1].key
    results = at_once(
        lambda: submit_outlines(campaign=asked, organization=tree.village, revision=1, by=organizer),
        lambda: receive_outlines(campaign=asked, organization=tree.village, key=key, by=secretary),
    )
    assert refused(results) == 1
    assert Book.of(asked, tree.village).tally().handed_in == 1


def test_author_and_secretary_disclose_at_once_and_a_pair_is_noted_by_both(
    tree: Tree, asked: Campaign, secretary: User, organizer: User
) -> None:
    row = vetted(asked, tree.village, organizer, secretary)[0]
    at_once(
        *(
            lambda by=by: disclose_outlines(
                campaign=asked, organization=tree.village, key=row.author_key, by=by
            )
            for by in (secretary, organizer)
        )
    )
    assert AuditEvent.objects.filter(action="disclose").count() == 1
    at_once(
        *(
            lambda by=by: note_consultation(
                campaign=asked, organization=tree.village, one=row.author_key, other=row.target_key, by=by
            )
            for by in (secretary, organizer)
        )
    )
    assert AuditEvent.objects.filter(action="note_consulted").count() == 1
    assert Book.of(asked, tree.village).tally().consulted == 1
