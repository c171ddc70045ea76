"""The lists of supervision ask the same number of queries however long they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization, User
from rectification.models import Finding, LinkedPoint, Visit
from rectification.reports.supervision_sheet import visits_workbook
from tests.conftest import Tree
from tests.factories.supervising import SEEN, Watched, finding_of, team_of, visit_to, watched
from tests.test_queries import MANY, more_organizations, queries

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
FEW, MOST = 5, 32


def more(made: Watched, count: int) -> None:
    """So many organisations more, each with a visit that found something and a linked point; all of one team's."""
    known = set(Organization.objects.values_list("pk", flat=True))
    more_organizations(made.tree, made.township, count)
    new = list(Organization.objects.exclude(pk__in=known))
    today, team = timezone.localdate(), made.campaign.supervision_teams.get()
    visits = Visit.objects.bulk_create(
        Visit(
            campaign=made.campaign,
            organization=place,
            author=made.supervisor,
            team=team,
            visitors="李敏",
            mode="open",
            day=today,
            steps=["plan"],
            seen=SEEN,
            status="made",
        )
        for place in new
    )
    Finding.objects.bulk_create(
        Finding(visit=visit, kind="suggestion", text="抓紧", issued_on=today) for visit in visits
    )
    LinkedPoint.objects.bulk_create(
        LinkedPoint(
            campaign=made.campaign,
            organization=place,
            sender=made.tree.township,
            leader_name="魏秀英",
            user=made.leader,
            from_on=today,
        )
        for place in new[:FEW]
    )
    team.organizations.add(*new)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("supervision", "supervisor"),
        ("supervision", "leader"),
        ("supervision_overview", "township"),
        ("teams", "township"),
        ("draws", "supervisor"),
        ("supervision_summaries", "supervisor"),
    ],
)
def test_a_list_asks_the_same_number_of_queries(name: str, who: str, tree: Tree, client_of: ClientOf) -> None:
    made = watched(tree)
    team_of(made)
    finding_of(made)
    client, slug = client_of(made.people[who]), made.campaign.slug
    args: list[object] = [slug] if name == "supervision" else [slug, tree.township.pk]
    url = reverse(f"rectification:{name}", args=args)
    client.get(url)
    more(made, FEW)
    few = queries(client, url)
    more(made, MANY)
    assert queries(client, url) == few <= MOST


def test_the_page_of_one_branch_and_of_one_visit_ask_the_same_however_much_was_found(
    tree: Tree, client_of: ClientOf
) -> None:
    made = watched(tree)
    team = team_of(made)
    visit = visit_to(made, team=team)
    pages = [
        (made.secretary, reverse("rectification:branch_visits", args=[made.campaign.slug, tree.village.pk])),
        (made.supervisor, reverse("rectification:branch_visits", args=[made.campaign.slug, tree.village.pk])),
        (made.supervisor, reverse("rectification:visit", args=[visit.pk])),
    ]
    for person, url in pages:
        client, counts = client_of(person), []
        client.get(url)
        for number in (3, 40):
            Finding.objects.bulk_create(
                Finding(visit=visit, kind="suggestion", text="抓紧", issued_on=timezone.localdate())
                for _ in range(number)
            )
            counts.append(queries(client, url))
        assert counts[0] == counts[1] <= 45


def test_the_workbook_asks_the_same_however_many_there_are(tree: Tree) -> None:
    made = watched(tree)
    team_of(made)
    more(made, FEW)
    assert visits_workbook(made.campaign, tree.township).startswith(b"PK")
