"""What is put up in public, on the home page and in the digest: what waits for the office above, what has hung."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Notice, Role, User
from config.home import reminders
from evaluations.models import ResultNotice
from rectification.models import Publication
from rectification.services import public_pages
from tests.conftest import Tree
from tests.evaluations.test_result_notices import posted as result_posted
from tests.factories.branches import account_with
from tests.factories.publicity import posted, publicity_campaign

ClientOf = Callable[[User], Client]


def test_the_office_above_is_led_to_what_waits_for_the_net_and_nobody_else(
    tree: Tree, secretary: User, township: User, supervisor: User, client_of: ClientOf
) -> None:
    campaign = publicity_campaign(tree.township, slug="net")
    made = posted(campaign, tree.village, secretary)
    url = reverse("rectification:publication", args=[made.pk])
    queue = reverse("rectification:publicity_queue", args=[campaign.slug])
    assert url not in client_of(township).get("/").content.decode()
    public_pages.ask_page(publication=made, version=made.version, by=secretary)
    page = client_of(township).get("/").content.decode()
    assert url in page
    assert queue in page
    assert "申请网上公示，等您看过批准" in page
    assert url not in client_of(supervisor).get("/").content.decode()
    assert url in client_of(township).get(queue).content.decode()
    assert Notice.objects.filter(kind="public_page_asked", recipient=township, url=url).exists()


def test_a_notice_that_has_hung_is_told_to_the_clerks_from_its_last_day_on(
    tree: Tree, secretary: User
) -> None:
    campaign = publicity_campaign(tree.township, {"remind_off_holidays": False}, slug="hung")
    posted(campaign, tree.village, secretary)
    Campaign.objects.update(status="closed")
    today = timezone.localdate()
    Publication.objects.update(to_on=today + datetime.timedelta(days=1))
    reminders.remind(today)
    assert not Notice.objects.filter(kind="digest").exists()
    reminders.remind(today + datetime.timedelta(days=1))
    digest = Notice.objects.get(kind="digest", recipient=secretary)
    assert "1 份公示期满，要办理结束" in digest.body
    assert digest.url == reverse("rectification:publications", args=[campaign.slug, tree.village.pk])


def test_so_is_a_notice_of_results(db: None) -> None:
    made, _notice = result_posted(rules={"remind_off_holidays": False})
    Campaign.objects.update(status="closed")
    today = timezone.localdate()
    ResultNotice.objects.update(to_on=today)
    account_with(Role.COMMITTEE, made.sheet.organization)
    reminders.remind(today)
    assert "1 份公示期满" in Notice.objects.get(kind="digest", recipient=made.secretary).body
    ResultNotice.objects.update(status="ended", ended_on=today)
    Notice.objects.all().delete()
    reminders.remind(today + datetime.timedelta(days=1))
    assert not Notice.objects.filter(kind="digest").exists()
