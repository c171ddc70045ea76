"""Pages of outlines ask the same number of queries for a small committee and a large one, and for a long queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization, Role, User
from config.home.standings import Standings
from meetings.models import Outline
from meetings.services.outline_book import Book
from meetings.services.outlines import receive_outlines
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.outlines import handed_in, outline_campaign

pytestmark = pytest.mark.django_db


def queries(client: Client, url: str) -> int:
    """How many queries the page asks."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_pages_of_a_committee_however_large(
    tree: Tree, secretary: User, client_of: Callable[[User], Client]
) -> None:
    campaign = outline_campaign(tree.township, criticism_consulted=True)
    author = account_with(Role.ORGANIZER, tree.village)
    handed_in(campaign, tree.village, author)
    client = client_of(author)
    pages = [
        reverse(f"meetings:{page}", args=[campaign.slug, tree.village.pk])
        for page in ("outlines", "outlines_mine", "outlines_check", "outlines_to_me")
    ]
    counts = []
    for size in (2, 11):
        while len(Book.of(campaign, tree.village).seats) < size:
            account_with(Role.COMMITTEE, tree.village)
        key = Book.of(campaign, tree.village).seats[0].key
        receive_outlines(campaign=campaign, organization=tree.village, key=key, by=secretary)
        client.get(pages[0])
        counts.append([queries(client, page) for page in pages])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 34


def test_a_long_queue_and_many_organisations(
    tree: Tree, secretary: User, organizer: User, client_of: Callable[[User], Client]
) -> None:
    campaign = outline_campaign(tree.county)
    head = account_with(Role.SECRETARY, tree.township)
    client, url = client_of(head), reverse("meetings:outline_queue")
    client.get(url)
    campaign.rule_set()
    counts = []
    for few in (10, 1000):
        Outline.objects.bulk_create(
            Outline(
                campaign=campaign,
                organization=tree.sibling,
                author_key=f"a{number % 40}",
                author_name=f"某{number % 40}",
                target_key=f"t{few}-{number}",
                target_name="某某",
                status="submitted",
            )
            for number in range(few)
        )
        with CaptureQueriesContext(connection) as judged:
            Standings.of(campaign, Organization.objects.filter(kind="branch"), timezone.localdate())
        counts.append((queries(client, url), len(judged)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 20
