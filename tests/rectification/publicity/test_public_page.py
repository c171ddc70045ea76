"""The page everybody may read, from outside: nothing personal, no session, no cookie, few a minute, gone after the end."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import AuditEvent, Campaign, Notice, Organization, Role, RuleSet, User
from branches.permissions import Denied
from branches.workflow import NotAllowed
from config.lib.logs import HideSecretAddresses
from evaluations.models import ResultNotice
from rectification.models import Publication
from rectification.permissions import can_release_page
from rectification.services import public_pages as pages
from rectification.services import publications as p
from tests.conftest import Tree
from tests.evaluations.test_result_notices import posted as result_posted
from tests.factories.branches import account_with
from tests.factories.members import MemberFactory
from tests.factories.publicity import drafted, posted, publicity_campaign, released, typed
from tests.test_headers import ALWAYS, POLICY, policy_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
NAME, PHONE, NUMBER = "王小明", "13812345678", "42900419880312001x"


@pytest.fixture(autouse=True)
def fresh_minute() -> Iterator[None]:
    """Nothing is counted yet."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township that allows pages."""
    return publicity_campaign(tree.township, slug="online")


@pytest.fixture
def shown(campaign: Campaign, tree: Tree, secretary: User, township: User) -> Publication:
    """A notice that hangs and stands on the net, drafted with names, an ID number and a phone."""
    MemberFactory.create(organization=tree.village, name=NAME, id_number=NUMBER, phone=PHONE)
    text = f"{NAME}户没有走访，责任人：刘德福，身份证{NUMBER}，电话{PHONE}。\n第二条。"
    return released(posted(campaign, tree.village, secretary, text=text, names="kept"), secretary, township)


def page_of(publication: Publication) -> str:
    """The address."""
    return f"/gongshi/{publication.page_token}/"


def refused(act: Callable[..., Any], **how: Any) -> str:
    """The reason a step is refused with."""
    with pytest.raises(NotAllowed) as refusal:
        act(**how)
    return refusal.value.reason


def test_everybody_reads_it_without_a_session_a_cookie_or_anything_personal(shown: Publication) -> None:
    client = Client()
    answer = client.get(page_of(shown))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "第二条。" in text
    assert "新河村党支部" in text
    for private in (NAME, PHONE, NUMBER, "刘德福", "王××", str(shown.pk)):
        assert private not in text
    assert NAME in Publication.objects.get().text  # it is on the paper, as the drafter chose
    assert not answer.cookies
    assert "Vary" not in answer.headers or "Cookie" not in answer["Vary"]
    assert not Session.objects.exists()
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in text
    assert "<script" not in text
    assert "<form" not in text
    assert 'href="/' not in text.replace('href="/static/', "")


def test_it_carries_the_headers_of_every_page(shown: Publication) -> None:
    for url in (page_of(shown), "/gongshi/nothing/"):
        answer = Client().get(url)
        for name, value in ALWAYS.items():
            wanted = "no-referrer" if name == "Referrer-Policy" else value
            assert answer.headers.get(name) == wanted, name
        assert policy_of(answer["Content-Security-Policy"]) == POLICY


def test_a_login_is_neither_asked_nor_touched(
    shown: Publication, client_of: ClientOf, secretary: User, django_assert_num_queries: Any
) -> None:
    client = client_of(secretary)
    before = [(one.session_key, one.session_data) for one in Session.objects.all()]
    Client().get(page_of(shown))  # the rules are read and kept
    with django_assert_num_queries(2):  # the notice and the rules; no session, no account
        answer = client.get(page_of(shown))
    assert "刘德福" not in answer.content.decode()
    assert not answer.cookies
    assert [(one.session_key, one.session_data) for one in Session.objects.all()] == before


def test_only_reading_is_possible(shown: Publication) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.head(page_of(shown)).status_code == 200
    for method in (client.put, client.delete, client.patch):
        assert method(page_of(shown)).status_code == 405


def test_it_is_there_from_the_first_day_to_the_last_and_then_gone_by_itself(shown: Publication) -> None:
    first, last = shown.from_on, shown.to_on
    for day, status in (
        (first - datetime.timedelta(days=1), 404),
        (first, 200),
        (last, 200),
        (last + datetime.timedelta(days=1), 404),
    ):
        moment = datetime.datetime.combine(day, datetime.time(23, 59), timezone.get_default_timezone())
        with time_machine.travel(moment, tick=False):
            assert Client().get(page_of(shown)).status_code == status, day
    assert Publication.objects.get().status == "posted"  # the end itself is a person's step


def test_what_is_gone_looks_like_what_never_was(
    shown: Publication, secretary: User, township: User, campaign: Campaign
) -> None:
    url, never = page_of(shown), Client().get("/gongshi/never/").content
    p.withdraw(publication=shown, version=shown.version, note="有误", by=secretary)
    gone = Client().get(url)
    assert (gone.status_code, gone.content) == (404, never)
    assert Publication.objects.get().page_token_sealed == ""


@pytest.mark.parametrize("what", ["approved", "abolished", "forbidden", "closed"])
def test_nothing_is_shown_before_it_hangs_or_once_it_may_not(
    what: str, campaign: Campaign, tree: Tree, secretary: User, township: User
) -> None:
    made = drafted(campaign, tree.village, secretary)
    found = p.approve(publication=made, version=made.version, by=secretary)
    found = released(found, secretary, township)
    assert Client().get(page_of(found)).status_code == 404  # approved, not posted yet
    if what == "approved":
        return
    found = p.post(publication=found, version=found.version, by=secretary)
    url = page_of(found)
    assert Client().get(url).status_code == 200
    if what == "abolished":
        Organization.objects.filter(pk=tree.village.pk).update(status="abolished")
    elif what == "forbidden":
        rules = RuleSet.objects.get(campaign=campaign)
        RuleSet.objects.filter(pk=rules.pk).update(values={**rules.values, "public_page": False})
    else:
        pages.close_page(publication=found, version=found.version, by=township)
    assert Client().get(url).status_code == 404


def test_too_many_readings_or_wrong_addresses_wait_a_minute_and_right_ones_pass(shown: Publication) -> None:
    now = datetime.datetime.now(tz=datetime.UTC).replace(second=1)
    with time_machine.travel(now, tick=False):
        wrong = [Client().get(f"/gongshi/wrong{n}/").status_code for n in range(pages.MOST_WRONG + 1)]
        assert wrong == [404] * pages.MOST_WRONG + [429]
        for _ in range(pages.MOST_READ):
            assert not pages.is_busy(shown)
        busy = Client().get(page_of(shown))
        assert (busy.status_code, busy["Retry-After"]) == (429, "60")
        assert "请过一分钟" in busy.content.decode()
        assert not busy.cookies
    with time_machine.travel(now + datetime.timedelta(minutes=1), tick=False):
        assert Client().get(page_of(shown)).status_code == 200
        assert Client().get("/gongshi/wrong/").status_code == 404


def test_wrong_addresses_do_not_keep_readers_out(shown: Publication) -> None:
    for _ in range(pages.MOST_WRONG + 5):
        pages.is_busy(None)
    assert Client().get(page_of(shown)).status_code == 200


def test_an_address_cannot_be_guessed_and_stands_in_no_table_log_or_record(
    shown: Publication, tree: Tree
) -> None:
    token = shown.page_token
    assert len(token) >= 27
    assert token not in str(Publication.objects.values().get())
    assert not any(token in str(event.detail) for event in AuditEvent.objects.all())
    assert not Notice.objects.filter(url__contains=token).exists()
    line = logging.LogRecord("django.request", 30, "", 0, "Not Found: %s", (f"/gongshi/{token}/",), None)
    assert HideSecretAddresses().filter(line)
    assert line.getMessage() == "Not Found: /gongshi/…/"


def test_the_sample_site_of_the_web_server_logs_no_reader() -> None:
    sample = (Path(settings.BASE_DIR) / "deploy/nginx.conf").read_text(encoding="utf-8")
    block = sample.split("location /gongshi/")[1].split("}")[0]
    assert "access_log off;" in block
    assert 'X-Forwarded-For ""' in block
    assert "~^/gongshi/  0;" in sample


def test_one_asks_and_another_above_lets_it_be_seen(
    campaign: Campaign, tree: Tree, secretary: User, organizer: User, township: User
) -> None:
    made = drafted(campaign, tree.village, secretary)
    how: dict[str, Any] = {"publication": made, "version": made.version}
    assert "批准以后" in refused(pages.ask_page, by=secretary, **how)
    found = p.approve(by=secretary, **how)
    how = {"publication": found, "version": found.version}
    assert "书记（副书记）提出" in refused(pages.ask_page, by=organizer, **how)
    assert "先提出" in refused(pages.release_page, by=township, **how)
    assert "不用撤下" in refused(pages.close_page, by=secretary, **how)
    found = pages.ask_page(by=secretary, **how)
    how = {"publication": found, "version": found.version}
    assert "已经向上级提出" in refused(pages.ask_page, by=secretary, **how)
    assert "不能自己批准" in refused(pages.release_page, by=secretary, **how)
    sibling = account_with(Role.OFFICE, tree.other_township)
    assert "上级党建办批准" in refused(pages.release_page, by=sibling, **how)
    assert "撤下" in refused(pages.close_page, by=organizer, **how)
    found = pages.release_page(by=township, **how)
    how = {"publication": found, "version": found.version}
    assert "已经批准" in refused(pages.release_page, by=township, **how)
    assert Notice.objects.filter(kind="public_page_released", recipient=secretary).exists()
    closed = pages.close_page(by=secretary, **how)
    assert (closed.asked_on, closed.released_on, closed.page_digest) == (None, None, "")
    again = pages.ask_page(publication=closed, version=closed.version, by=secretary)
    assert again.asked_on == timezone.localdate()


def test_who_drafts_for_the_own_office_cannot_let_it_be_seen(tree: Tree, township: User) -> None:
    campaign = publicity_campaign(tree.county, slug="town")
    leader = account_with(Role.SECRETARY, tree.township)
    found = Publication(campaign=campaign, organization=tree.township)
    for person in (township, leader):
        answer = can_release_page(person, found)
        assert isinstance(answer, Denied)
        assert "不能自己批准" in answer.reason
    assert can_release_page(account_with(Role.OFFICE, tree.county), found)


def test_rules_that_say_nothing_mean_paper_only(tree: Tree, secretary: User) -> None:
    campaign = publicity_campaign(tree.township, {"public_page": False}, slug="paper")
    found = posted(campaign, tree.village, secretary)
    reason = refused(pages.ask_page, publication=found, version=found.version, by=secretary)
    assert "只在纸上公示" in reason


def test_something_personal_that_is_left_is_refused_with_what_to_do(
    campaign: Campaign, tree: Tree, secretary: User, township: User
) -> None:
    contact = f"请打{PHONE}反映。"
    found = posted(campaign, tree.village, secretary, contact=contact, place="村务公开栏", title="杨小花事项")
    how: dict[str, Any] = {"publication": found, "version": found.version, "by": secretary}
    assert "“意见反映方式”里有证件、电话号码" in refused(pages.ask_page, **how)
    Publication.objects.update(contact="请打办公电话0724-5550132反映。")
    found = pages.ask_page(**how)
    how = {"publication": found, "version": found.version, "by": township}
    MemberFactory.create(organization=tree.village, name="杨小花")  # came onto the roll since
    assert "标题里还有姓名" in refused(pages.release_page, **how)
    Publication.objects.update(online={"title": "公示", "text": "杨小花的事"})
    assert "正文里还有姓名" in refused(pages.release_page, **how)
    Publication.objects.update(online={"title": "公示", "text": "第一条"}, to_on=timezone.localdate())
    assert pages.release_page(**how).page_digest


def test_what_is_over_is_not_put_on_the_net_any_more(campaign: Campaign, tree: Tree, secretary: User) -> None:
    found = posted(campaign, tree.village, secretary)
    how: dict[str, Any] = {"publication": found, "version": found.version, "by": secretary}
    with time_machine.travel(datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(days=9)):
        assert "已经到期" in refused(pages.ask_page, **how)
    Publication.objects.update(status="ended")
    assert "公示结束以前" in refused(pages.ask_page, **how)


def test_the_database_keeps_a_page_to_what_was_released_and_hangs(shown: Publication) -> None:
    for wrong in ({"released_on": None}, {"status": "ended"}, {"kind": "results"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.update(**wrong)


def test_the_results_stand_there_without_a_single_name_grade_or_vote() -> None:
    made, notice = result_posted(rules={"public_page": True})
    sheet, by = made.sheet, made.secretary
    found = p.draft(campaign=sheet.campaign, organization=sheet.organization, kind="results", by=by)
    assert (found.from_on, found.to_on, found.place) == (notice.from_on, notice.to_on, notice.place)
    found = p.approve(publication=found, version=found.version, by=by)
    found = p.post(publication=found, version=found.version, by=by)
    above = sheet.organization.superior()
    assert above is not None
    found = released(found, by, account_with(Role.OFFICE, above))
    text = Client().get(page_of(found)).content.decode()
    assert "列入名单的共 5 名党员" in text
    for row in notice.body:
        assert row["name"] not in text
        assert row["result"] not in text
    ResultNotice.objects.update(status="withdrawn")
    assert Client().get(page_of(found)).status_code == 404


def test_results_that_do_not_hang_are_not_put_on_the_net() -> None:
    made, _notice = result_posted(rules={"public_page": True})
    sheet, by = made.sheet, made.secretary
    how: dict[str, Any] = {"campaign": sheet.campaign, "organization": sheet.organization, "by": by}
    found = p.draft(kind="results", **how)
    found = p.save(publication=found, by=by, **typed(found))
    ResultNotice.objects.update(status="withdrawn")
    assert "没有张贴" in refused(p.approve, publication=found, version=found.version, by=by)
    assert "先办理“公示评议结果”" in refused(p.draft, kind="results", **how)


def test_the_printed_notice_has_the_way_to_the_page_only_once_released(
    shown: Publication, client_of: ClientOf, secretary: User
) -> None:
    client = client_of(secretary)
    page = client.get(reverse("rectification:publication", args=[shown.pk])).content.decode()
    assert page_of(shown) in page
    assert "data:image/svg" in page
