"""Two people at one campaign at the same moment: on PostgreSQL, with real connections."""

from __future__ import annotations

import io
from typing import Any

import pytest

from branches.models import Campaign, LeadingSeat, Notice, Role, User
from branches.services import campaigns
from branches.services.audit import first_broken_link
from branches.workflow import NotAllowed
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.races import at_once, refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def revising(campaign: Campaign, township: User) -> Campaign:
    """A published campaign with a revision being prepared."""
    campaigns.start_revision(campaign=campaign, by=township)
    return campaign


def test_of_two_revisions_started_at_once_there_is_one(
    campaign: Campaign, township: User, county: User
) -> None:
    results = at_once(
        *[lambda u=u: campaigns.start_revision(campaign=campaign, by=u) for u in (township, county) * 2]
    )
    assert refused(results) == 3
    assert list(campaign.rule_sets.values_list("version", flat=True).order_by("version")) == [1, 2]


def test_rules_changed_at_once_by_two_people_are_all_kept(
    revising: Campaign, township: User, county: User
) -> None:
    wanted = {
        "notice_days": 9,
        "theme": "为民",
        "mobilise": True,
        "spot_check": True,
        "problem_analysis": True,
    }
    steps = [
        lambda k=key, v=value, u=user: campaigns.change_rule(campaign=revising, key=k, value=v, by=u)
        for (key, value), user in zip(wanted.items(), (township, county) * 3, strict=False)
    ]
    assert refused(at_once(*steps)) == 0
    pending = campaigns.pending_of(revising)
    assert pending is not None
    assert {key: pending.stored(key) for key in wanted} == wanted
    assert first_broken_link() is None


def test_a_revision_published_twice_at_once_is_in_force_and_announced_once(
    revising: Campaign, tree: Tree, township: User, county: User
) -> None:
    account_with(Role.SECRETARY, tree.village)
    campaigns.change_rule(campaign=revising, key="notice_days", value=9, by=township)
    results = at_once(
        *[
            lambda u=u: campaigns.publish_revision(campaign=revising, reason="推迟", by=u)
            for u in (township, county) * 2
        ]
    )
    assert refused(results) == 3
    assert [v.version for v in campaigns.versions_of(revising)] == [2, 1]
    assert Notice.objects.filter(kind="rules_revised").count() == 1


def test_a_change_at_the_moment_of_publication_is_either_in_it_or_refused(
    revising: Campaign, township: User, county: User
) -> None:
    campaigns.change_rule(campaign=revising, key="notice_days", value=9, by=township)
    published, changed = at_once(
        lambda: campaigns.publish_revision(campaign=revising, reason="推迟", by=township),
        lambda: campaigns.change_rule(campaign=revising, key="theme", value="为民", by=county),
    )
    assert not isinstance(published, Exception)
    now = Campaign.objects.get(pk=revising.pk).rule_set()
    assert (now.version, now.stored("theme") == "为民") == (2, not isinstance(changed, NotAllowed))


def test_seats_added_and_moved_at_once_have_places_of_their_own(
    campaign: Campaign, township: User, county: User
) -> None:
    def add(name: str, by: User) -> LeadingSeat:
        return campaigns.add_seat(campaign=campaign, body="group", title="成员", name=name, by=by)

    at_once(*[lambda n=n: add(f"某{n}", (township, county)[n % 2]) for n in range(6)])
    assert sorted(campaign.seats.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
    rows = list(campaign.seats.all())
    at_once(*[lambda r=row: campaigns.move_seat(seat=r, up=True, by=township) for row in rows[1:5]])
    assert sorted(campaign.seats.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_attachments_added_at_once_stay_within_the_limit(
    campaign: Campaign, township: User, county: User
) -> None:
    def add(count: int, by: User) -> Any:
        files = [(f"{n}.pdf", io.BytesIO(b"%PDF-1.7")) for n in range(count)]
        return campaigns.add_files(campaign=campaign, files=files, by=by)

    half = campaigns.MOST_FILES // 2 + 1
    results = at_once(lambda: add(half, township), lambda: add(half, county))
    assert refused(results) == 1
    assert campaign.files.count() == half
    for file in campaign.files.all():
        file.path.unlink()


def test_addressees_added_at_once_are_all_there(
    campaign: Campaign, tree: Tree, township: User, county: User
) -> None:
    lines = [campaigns.Line(place, audience="all") for place in (tree.general, tree.village, tree.school)]
    steps = [
        lambda one=line, u=user: campaigns.add_addressee(campaign=campaign, line=one, by=u)
        for line, user in zip(lines, (township, county, township), strict=True)
    ]
    assert refused(at_once(*steps)) == 0
    assert campaign.addressees.count() == 1 + len(lines)
