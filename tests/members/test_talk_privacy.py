"""Who can read what was said in a talk; and that nothing of it lies open in the database."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import AuditEvent, Notice, Role, User
from branches.workflow import NotAllowed
from members.models import Talk
from members.services import talks
from members.services.purging import purge_kept
from tests.conftest import Tree
from tests.factories.branches import account_with
from tests.factories.talks import Village, village_with_talks

ClientOf = Callable[[User], Client]
SAID = {
    "own": "我性子急讲话伤过人",
    "other": "去年评低保没有讲清楚",
    "branch": "多到四组走走看看",
    "needs": "老伴常年吃药手头紧",
    "agreed": "下月一起去走访三户",
}
SUMMARY = "两个人说开了修路的事"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def village(tree: Tree) -> Village:
    return village_with_talks(tree, level="full")


def written(
    village: Village, *sides: str, words: dict[str, str] | None = None, summary: str = SUMMARY
) -> Talk:
    """A talk with everything written down by the second side."""
    talk = village.talk(*sides)
    by: User = getattr(village, sides[1])
    return talks.keep_words(
        talk=talk, summary=summary, words=SAID if words is None else words, seen=talks.seen_mark(talk), by=by
    )


def address(talk: Talk, name: str = "talk", **more: Any) -> str:
    where = {"slug": talk.campaign.slug, "pk": talk.organization_id, **more}
    return reverse(f"members:{name}", kwargs={**where, "talk": talk.pk} if name.startswith("talk") else where)


def seen_in(page: str) -> set[str]:
    """Which parts of what was said a page shows."""
    found = {part for part, text in SAID.items() if text in page}
    return found | ({"summary"} if SUMMARY in page else set())


ALL = {*SAID, "summary"}


def test_who_reads_what_was_said(
    tree: Tree, village: Village, client_of: ClientOf, township: User, supervisor: User, stranger: User
) -> None:
    talk = written(village, "committee", "plain")
    deputy = account_with(Role.DEPUTY, tree.village)
    head = account_with(Role.SECRETARY, tree.township)
    other = account_with(None, tree.village)
    matrix = [
        (village.committee, 200, ALL),
        (village.plain, 200, ALL),
        (village.secretary, 200, {"summary"}),
        (deputy, 200, {"summary"}),
        (village.organizer, 200, set()),
        (township, 403, set()),
        (head, 403, set()),
        (supervisor, 403, set()),
        (stranger, 404, set()),
        (other, 404, set()),
    ]
    for user, status, parts in matrix:
        answer = client_of(user).get(address(talk))
        assert answer.status_code == status, user
        assert seen_in(answer.content.decode()) == parts, user
        assert client_of(user).get(address(talk, "talk_sheet")).status_code == status


def test_no_other_page_shows_what_was_said(
    village: Village, client_of: ClientOf, township: User, supervisor: User
) -> None:
    talk = written(village, "committee", "plain")
    for user in (
        village.secretary,
        village.organizer,
        village.committee,
        village.plain,
        township,
        supervisor,
    ):
        client = client_of(user)
        for path in (
            reverse("members:talks", args=[talk.campaign.slug, talk.organization_id]),
            reverse("members:talk_table", args=[talk.campaign.slug, talk.organization_id]),
            reverse("home"),
        ):
            assert seen_in(client.get(path).content.decode()) == set(), (user, path)


def test_only_those_who_took_part_write(village: Village, client_of: ClientOf, township: User) -> None:
    talk = village.talk("committee", "plain")
    posted = {"summary": "别人写的", "seen": talks.seen_mark(talk)}
    for user in (village.secretary, village.organizer, township):
        assert client_of(user).post(address(talk), posted).status_code == 403
        with pytest.raises(NotAllowed, match="只给参加谈话的同志看"):
            talks.keep_words(talk=talk, words={}, by=user, **posted)
    assert client_of(village.plain).post(address(talk), {**posted, **SAID}).status_code == 302
    talk.refresh_from_db()
    assert (talk.summary, talks.words_of(talk)) == ("别人写的", SAID)


def test_the_database_holds_nothing_that_can_be_read(village: Village, client_of: ClientOf) -> None:
    """Every text of every table is read with plain SQL: also the record, sessions and notices."""
    talk = written(village, "committee", "plain")
    client = client_of(village.plain)
    client.post(address(talk), {"summary": SUMMARY, "seen": talks.seen_mark(talk), **SAID})
    session = client.session
    session["seen"] = session["begun"] = 1
    session.save()
    ended = client.post(address(talk), {"summary": SUMMARY, "seen": "x", **SAID})
    assert "/login/" in ended.headers["Location"], "what was typed is kept for after the login"
    assert "held" in client.session
    dump = ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            dump += "\n".join(repr(row) for row in cursor.fetchall())
    assert talk.organization.name in dump
    assert talk.words_sealed[:40] in dump
    for text in (SUMMARY, *SAID.values()):
        assert text not in dump
        assert text.encode("unicode_escape").decode() not in dump
        assert text[:5] not in dump
    assert not Notice.objects.exists()


def test_the_record_says_that_it_was_written_and_no_more(village: Village) -> None:
    talk = written(village, "committee", "plain")
    event = AuditEvent.objects.get(action="keep_talk_words")
    assert (event.about_id, event.detail) == (str(talk.pk), {"campaign": talk.campaign_id})


def test_at_summary_level_only_the_summary_is_kept(tree: Tree, client_of: ClientOf) -> None:
    village = village_with_talks(tree, level="summary")
    talk = written(village, "committee", "plain")
    assert (talk.summary, talk.words_sealed) == (SUMMARY, "")
    page = client_of(village.plain).get(address(talk)).content.decode()
    assert page.count("<textarea") == 1
    assert seen_in(page) == {"summary"}


@pytest.mark.parametrize("level", ["tick", "none"])
def test_below_that_nothing_is_kept(tree: Tree, level: str) -> None:
    village = village_with_talks(tree)
    talk = village.talk("committee", "plain")
    rules = village.campaign.rule_set()
    rules.values = {**rules.values, "talk_record_level": level}
    rules.save()
    with pytest.raises(NotAllowed, match=r"不(记谈话内容|用登记)"):
        talks.keep_words(talk=talk, summary=SUMMARY, words=SAID, seen=talks.seen_mark(talk), by=village.plain)
    talk.refresh_from_db()
    assert not (talk.summary_sealed)
    assert not (talk.words_sealed)


def test_two_who_write_at_once_lose_nothing(village: Village, client_of: ClientOf) -> None:
    talk = village.talk("committee", "plain")
    seen = talks.seen_mark(talk)
    first = {"own": "先写的话", "seen": seen, "summary": ""}
    assert client_of(village.committee).post(address(talk), first).status_code == 302
    late = client_of(village.plain).post(address(talk), {"own": "后写的话", "seen": seen, "summary": "要点"})
    page = late.content.decode()
    assert "另一位同志刚才也写了" in page
    assert "先写的话" in page
    assert "后写的话" in page
    talk.refresh_from_db()
    assert talks.words_of(talk)["own"] == "先写的话"
    again = {"own": "后写的话", "seen": talks.seen_mark(talk), "summary": "要点"}
    assert client_of(village.plain).post(address(talk), again).status_code == 302
    talk.refresh_from_db()
    assert (talks.words_of(talk)["own"], talk.summary) == ("后写的话", "要点")
    assert client_of(village.plain).post(address(talk), {**again, "seen": "old"}).status_code == 302, (
        "the same text"
    )


def test_what_is_too_long_is_refused_and_kept_on_the_page(village: Village, client_of: ClientOf) -> None:
    talk = village.talk("committee", "plain")
    long = "话" * (talks.LONGEST_WORDS + 1)
    page = client_of(village.plain).post(address(talk), {"own": long, "seen": talks.seen_mark(talk)})
    assert long in page.content.decode()
    rare = "𠮷㐂同志说：😀"
    posted = {"own": rare, "summary": "", "seen": talks.seen_mark(talk)}
    client_of(village.plain).post(address(talk), posted)
    talk.refresh_from_db()
    assert talks.words_of(talk)["own"] == rare


def test_after_its_time_nothing_is_left_and_nothing_more_is_kept(
    village: Village, client_of: ClientOf
) -> None:
    talk = written(village, "committee", "plain")
    rules = village.campaign.rule_set()
    rules.values = {
        **rules.values,
        "finish_by": (timezone.localdate() - DAY).isoformat(),
        "talk_keep_days": 0,
    }
    rules.save()
    assert purge_kept().talks == 1
    for user in (village.plain, village.secretary):
        page = client_of(user).get(address(talk)).content.decode()
        assert seen_in(page) == set()
        assert "按规定清除" in page
    page = (
        client_of(village.plain)
        .post(address(talk), {"own": "再写", "seen": "", "summary": ""})
        .content.decode()
    )
    assert "保存时间已经过了" in page
    assert "再写" in page
    talk.refresh_from_db()
    assert not talk.words_sealed


def test_a_talk_taken_back_is_gone(village: Village, client_of: ClientOf) -> None:
    talk = village.talk("committee", "plain")
    Talk.objects.all().delete()
    with pytest.raises(NotAllowed, match="已经被撤销"):
        talks.keep_words(talk=talk, summary="", words=SAID, seen="", by=village.plain)
    assert client_of(village.plain).get(address(talk)).status_code == 404
