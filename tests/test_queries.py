"""Every list page asks the same number of queries for ten rows and for a thousand."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from branches.models import (
    Addressee,
    AuditEvent,
    Campaign,
    CampaignFile,
    Delivery,
    Job,
    Kind,
    LeadingSeat,
    Notice,
    Organization,
    Plan,
    PlanVersion,
    RuleSet,
    User,
)
from meetings.models import Meeting
from members.models import Member
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, JobFactory, UserFactory
from tests.factories.channels import channel_of
from tests.factories.members import MemberFactory

ClientOf = Callable[[User], Client]
FEW, MANY = 10, 1000


def more_organizations(tree: Tree, county: User, count: int) -> None:
    """So many branches of the township, in one insert."""
    start = Organization.objects.filter(path__startswith=tree.township.path, depth=3).count() + 1
    made = []
    for number in range(start, start + count):
        path = Organization._get_path(tree.township.path, 3, number)
        made.append(
            Organization(
                path=path,
                depth=3,
                numchild=0,
                code=f"Q{path}",
                name=f"第{number}村党支部",
                short_name=f"{number}村",
                kind=Kind.BRANCH,
                category="village",
            )
        )
    Organization.objects.bulk_create(made)
    Organization.objects.filter(pk=tree.township.pk).update(numchild=start + count)


def more_accounts(tree: Tree, county: User, count: int) -> None:
    """So many accounts."""
    first = User.objects.count()
    User.objects.bulk_create(
        User(username=f"q{first + n}", full_name="某某", password="!", home=tree.village)
        for n in range(count)
    )


def more_campaigns(tree: Tree, county: User, count: int) -> None:
    """So many campaigns."""
    first = Campaign.objects.count()
    Campaign.objects.bulk_create(
        Campaign(
            name="活动",
            slug=f"q{first + n}",
            year=2020,
            issuer=tree.township,
            preset="current_year",
            status="closed",
        )
        for n in range(count)
    )


def more_jobs(tree: Tree, county: User, count: int) -> None:
    """So many jobs."""
    Job.objects.bulk_create(JobFactory.build(requested_by=county) for _ in range(count))


def more_notices(tree: Tree, county: User, count: int) -> None:
    """So many notices."""
    first = Notice.objects.count()
    Notice.objects.bulk_create(
        Notice(
            kind="q",
            about_id=f"q:{first + n}",
            day=timezone.localdate(),
            recipient=county,
            title="提醒",
            delivered_at=timezone.now(),
        )
        for n in range(count)
    )


def more_events(tree: Tree, auditor: User, count: int) -> None:
    """So many events by as many people."""
    last = AuditEvent.objects.aggregate(last=Max("sequence"))["last"] or 0
    people = [UserFactory.create(home=tree.village, password="!") for _ in range(3)]
    AuditEvent.objects.bulk_create(
        AuditEvent(
            sequence=last + 1 + n,
            at=timezone.now(),
            actor_id=people[n % 3].pk,
            action="q",
            about="q",
            about_id="1",
            organization_path=tree.village.path,
            previous_hash="0",
            hash="0",
        )
        for n in range(count)
    )


def more_members(tree: Tree, county: User, count: int) -> None:
    """So many members of the village."""
    made = [MemberFactory.build(organization=tree.village) for _ in range(count)]
    for member in made:
        member.organization_id = tree.village.pk
    Member.objects.bulk_create(made)


def more_meetings(tree: Tree, county: User, count: int) -> None:
    """So many meetings."""
    campaign = Campaign.objects.filter(slug="meetings").first() or CampaignFactory.create(
        issuer=tree.township, slug="meetings", status="running"
    )
    first = Meeting.objects.count()
    Meeting.objects.bulk_create(
        Meeting(
            organization=tree.village,
            campaign=campaign,
            starts_at=timezone.now() + datetime.timedelta(hours=first + n),
            place="村委会",
        )
        for n in range(count)
    )


def more_plans(tree: Tree, township: User, count: int) -> None:
    """So many branches whose plans wait for their review."""
    campaign = Campaign.objects.filter(slug="plans").first() or CampaignFactory.create(
        issuer=tree.township, slug="plans", status="running", rules={"plan_gate": "approve"}
    )
    more_organizations(tree, township, count)
    author = User.objects.filter(username="writer").first() or UserFactory.create(username="writer")
    without = Organization.objects.branches().in_subtree(tree.township).exclude(plans__campaign=campaign)
    plans = Plan.objects.bulk_create(
        Plan(
            campaign=campaign,
            organization=o,
            status="submitted",
            author=author,
            submitted_on=timezone.localdate(),
        )
        for o in without
    )
    PlanVersion.objects.bulk_create(
        PlanVersion(plan=plan, number=1, content={}, submitted_at=timezone.now(), submitted_by="某某")
        for plan in plans
    )


def more_lines(tree: Tree, township: User, count: int) -> None:
    """So many lines of the addressees, seats, attachments and published versions of one campaign."""
    campaign = Campaign.objects.get(slug="2026")
    places = {o.pk for o in Organization.objects.in_subtree(tree.township)}
    more_organizations(tree, township, count // 10)
    new = Organization.objects.in_subtree(tree.township).exclude(pk__in=places)
    Addressee.objects.bulk_create(Addressee(campaign=campaign, organization=o) for o in new)
    LeadingSeat.objects.bulk_create(LeadingSeat(campaign=campaign, name="某某") for _ in range(count))
    CampaignFile.objects.bulk_create(
        CampaignFile(campaign=campaign, name="通知.pdf", content_type="application/pdf", size=8)
        for _ in range(count)
    )
    first = campaign.rule_set()
    RuleSet.objects.bulk_create(
        RuleSet(
            campaign=campaign,
            version=first.version + 1 + n,
            values=first.values,
            overlays=first.overlays,
            locked_at=timezone.now(),
        )
        for n in range(count // 10)
    )


def more_members_with_namesakes(tree: Tree, county: User, count: int) -> None:
    """So many members, always two of one name among them: namesakes are told apart by their years of birth."""
    for _ in range(2):
        MemberFactory.create(organization=tree.village, name="王秀英")
    more_members(tree, county, count)


LISTS: list[tuple[str, str, Callable[[Tree, User, int], None]]] = [
    ("/", "county", more_organizations),
    ("/?show=all", "township", more_organizations),
    ("/?tab=sums", "county", more_organizations),
    ("/?tab=missing&show=all", "township", more_organizations),
    ("/?show=all&page=2", "supervisor", more_organizations),
    ("/organizations/", "county", more_organizations),
    ("/accounts/", "county", more_accounts),
    ("/campaigns/", "township", more_campaigns),
    ("/campaigns/2026/", "secretary", more_lines),
    ("/campaigns/2026/addressees/", "township", more_lines),
    ("/campaigns/2026/seats/", "township", more_lines),
    ("/campaigns/2026/files/", "township", more_lines),
    ("/campaigns/2026/rules/", "township", more_lines),
    ("/campaigns/2026/rules/versions/", "secretary", more_lines),
    ("/rollup/", "township", more_campaigns),
    ("/rollup/2026/", "township", more_organizations),
    ("/campaigns/plans/plans/", "township", more_plans),
    ("/jobs/", "county", more_jobs),
    ("/notices/", "county", more_notices),
    ("/audit/", "auditor", more_events),
    ("/members/", "secretary", more_members),
    ("/members/", "county", more_members),
    ("/meetings/", "secretary", more_meetings),
    ("/meetings/yearly/", "township", more_organizations),
    ("/", "secretary", more_members_with_namesakes),
]
# What a page may ask in all. The board reads what four kinds of preparation say besides plans, meetings and
# ballots, outlines and reports, and, where the rules ask for them, what is put right, put up and asked of the masses;
# the secretary's page also what the secretary himself still has to write, vet, answer and talk about.
MOST = {"/-secretary": 69, "board": 45, "list": 30}


def queries(client: Client, url: str) -> int:
    """How many queries the page asks."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize(("url", "who", "more"), LISTS, ids=[f"{url}-{who}" for url, who, _ in LISTS])
def test_a_list_asks_the_same_number_of_queries_however_long_it_is(
    url: str,
    who: str,
    more: Callable[[Tree, User, int], None],
    tree: Tree,
    campaign: Campaign,
    request: pytest.FixtureRequest,
    client_of: ClientOf,
) -> None:
    person = request.getfixturevalue(who)
    client = client_of(person)
    client.get(url)
    more(tree, person, FEW)
    few = queries(client, url)
    more(tree, person, MANY)
    assert queries(client, url) == few
    is_board = url.partition("?")[0] == "/"
    assert few <= MOST.get(f"{url}-{who}", MOST["board" if is_board else "list"])


def test_the_page_of_channels_asks_the_same_however_much_was_sent(
    tree: Tree, township: User, client_of: ClientOf
) -> None:
    client, url = client_of(township), f"/channels/of/{tree.village.pk}/"
    client.get(url)
    counts = []
    for number in (10, 1000):
        channel = channel_of(tree.village, "wecom")
        day = timezone.localdate()
        Delivery.objects.bulk_create(
            Delivery(channel=channel, kind=f"q{n}", day=day, title="提醒", next_try_at=timezone.now())
            for n in range(number)
        )
        counts.append(queries(client, url))
    assert counts[0] == counts[1] <= 20
