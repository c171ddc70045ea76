"""Contents are emptied when their time is over; who talked on which day stays. Each row of the table is a case."""

import datetime
import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from branches.models import AuditEvent, Campaign
from branches.services.rounds import round_of
from members import tasks
from members.models import (
    ConcernKind,
    Material,
    MaterialStatus,
    MaterialVersion,
    Talk,
    TalkConcern,
)
from members.services.purging import Purged, last_day, purge_day, purge_kept
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory

FINISH = datetime.date(2025, 12, 20)
DAY = datetime.timedelta(days=1)


def campaign_of(tree: Tree, *, finish: datetime.date | None = FINISH, **rules: Any) -> Campaign:
    made: Campaign = CampaignFactory.create(
        issuer=tree.county,
        year=2025,
        finish_by=finish,
        status="closed",
        rules={"finish_by": None, "window": None, "talk_keep_days": 100, "draft_keep_days": 200, **rules},
    )
    return made


def talk_of(campaign: Campaign, tree: Tree, *, words: str = "", summary: str = "") -> Talk:
    talk = Talk(
        campaign=campaign,
        organization=tree.village,
        round_no=round_of(campaign, tree.village),
        held_on=FINISH - 10 * DAY,
    )
    talk.words, talk.summary = words, summary
    talk.save()
    return talk


def draft_of(campaign: Campaign, tree: Tree, **fields: Any) -> Material:
    member = MemberFactory.create(organization=tree.village)
    made = Material(
        campaign=campaign,
        organization=tree.village,
        role="head",
        member=member,
        form="list",
        chars=9,
        **fields,
    )
    made.content = json.dumps({"sections": ["写了一半"]})
    made.save()
    return made


# (days after the finish day, kept talk still there, draft still there)
TIMES = [
    (0, True, True),
    (99, True, True),
    (100, False, True),
    (101, False, True),
    (199, False, True),
    (200, False, False),
    (900, False, False),
]


@pytest.mark.parametrize(("days", "keeps_talk", "keeps_draft"), TIMES)
def test_what_is_kept_on_which_day(
    tree: Tree, db: None, days: int, keeps_talk: bool, keeps_draft: bool
) -> None:
    campaign = campaign_of(tree)
    talk = talk_of(campaign, tree, words=json.dumps({"own": "爱发火"}), summary="说开了")
    draft = draft_of(campaign, tree)
    found = purge_kept(today=FINISH + days * DAY)
    talk.refresh_from_db()
    draft.refresh_from_db()
    assert (bool(talk.words), bool(talk.summary)) == (keeps_talk, keeps_talk)
    assert talk.purged_on == (None if keeps_talk else FINISH + days * DAY)
    assert talk.held_on == FINISH - 10 * DAY
    assert (draft.content != "", draft.chars, draft.revision) == (
        (True, 9, 0) if keeps_draft else (False, 0, 1)
    )
    assert found == Purged(int(not keeps_talk), int(not keeps_draft))
    assert purge_kept(today=FINISH + days * DAY) == Purged(), "a second run finds nothing"


@pytest.mark.parametrize(("days", "keeps_talk", "_keeps_draft"), TIMES)
def test_who_was_marked_for_talks_is_forgotten_with_what_was_said(
    tree: Tree, db: None, days: int, keeps_talk: bool, _keeps_draft: bool
) -> None:
    campaign, other = campaign_of(tree), campaign_of(tree, talk_keep_days=3000)
    member = MemberFactory.create(organization=tree.village)
    for one in (campaign, other):
        TalkConcern.objects.create(
            campaign=one, organization=tree.village, kind=ConcernKind.UNAWARE, member=member
        )
    today = FINISH + days * DAY
    assert purge_kept(today=today, dry_run=True) == Purged(marks=int(not keeps_talk))
    assert TalkConcern.objects.count() == 2
    assert purge_kept(today=today) == Purged(marks=int(not keeps_talk))
    assert TalkConcern.objects.filter(campaign=campaign).exists() == keeps_talk
    assert TalkConcern.objects.filter(campaign=other).exists()


def test_what_was_handed_in_and_what_never_held_anything_is_left_alone(tree: Tree, db: None) -> None:
    campaign = campaign_of(tree)
    ticked = talk_of(campaign, tree)
    handed_in = draft_of(campaign, tree, status=MaterialStatus.RETURNED)
    taken_back = draft_of(campaign, tree)
    for material in (handed_in, taken_back):
        MaterialVersion.objects.create(
            material=material,
            number=1,
            content_sealed=material.content_sealed,
            chars=9,
            submitted_at=timezone.now(),
            submitted_by="李秀英",
        )
    empty = draft_of(campaign, tree)
    Material.objects.filter(pk=empty.pk).update(content_sealed="")
    assert purge_kept(today=FINISH + 5000 * DAY) == Purged()
    ticked.refresh_from_db()
    handed_in.refresh_from_db()
    taken_back.refresh_from_db()
    assert ticked.purged_on is None
    assert handed_in.content
    assert taken_back.content
    assert not AuditEvent.objects.filter(action="purge_kept").exists()


def test_a_campaign_keeps_to_its_own_rules_and_a_category_to_its_own(tree: Tree, db: None) -> None:
    long, short = campaign_of(tree, talk_keep_days=1000), campaign_of(tree)
    rules = short.rule_set()
    rules.overlays = {"school": {"talk_keep_days": 3000}}
    rules.save()
    kept = talk_of(long, tree, summary="留着")
    gone = talk_of(short, tree, summary="清掉")
    school = talk_of(short, tree, summary="学校的留着")
    Talk.objects.filter(pk=school.pk).update(organization=tree.school)
    assert purge_kept(today=FINISH + 150 * DAY) == Purged(talks=1)
    assert not Talk.objects.get(pk=gone.pk).summary_sealed
    assert Talk.objects.get(pk=kept.pk).summary_sealed
    assert Talk.objects.get(pk=school.pk).summary_sealed
    event = AuditEvent.objects.get(action="purge_kept")
    assert (event.actor_id, event.about_id, event.detail) == (
        None,
        str(short.pk),
        {"talks": 1, "drafts": 0, "marks": 0},
    )


@pytest.mark.parametrize(
    ("finish", "rules", "expected"),
    [
        (FINISH, {}, FINISH),
        (FINISH, {"finish_by": "2025-11-30"}, datetime.date(2025, 11, 30)),
        (FINISH, {"window": {"from": "2025-10-01", "to": "2025-10-31"}}, datetime.date(2025, 10, 31)),
        (None, {"finish_months_after_year": 2}, datetime.date(2026, 2, 28)),
        (None, {"finish_months_after_year": None}, datetime.date(2025, 12, 31)),
    ],
)
def test_the_last_day_of_a_campaign(
    tree: Tree, db: None, finish: datetime.date | None, rules: dict[str, Any], expected: datetime.date
) -> None:
    campaign = campaign_of(tree, finish=finish, **{"finish_months_after_year": None, **rules})
    assert last_day(campaign, campaign.rules_for(tree.village)) == expected
    assert purge_day(campaign, tree.village) == expected + 100 * DAY


def test_the_command_counts_first_and_empties_when_told(tree: Tree, db: None) -> None:
    campaign = campaign_of(tree)
    talk, draft = talk_of(campaign, tree, words=json.dumps({"own": "x"})), draft_of(campaign, tree)
    Campaign.objects.update(finish_by=timezone.localdate() - 201 * DAY)

    def said(*arguments: str) -> str:
        out = io.StringIO()
        call_command("purge", *arguments, stdout=out)
        return out.getvalue()

    assert (
        said("--dry-run")
        == "到期未清除：谈话内容 1 次，未提交的草稿 1 份，重点谈心标记 0 个，批评提纲内容 0 份。\n"
    )
    assert Talk.objects.get(pk=talk.pk).words_sealed
    assert Material.objects.get(pk=draft.pk).content
    assert said() == "已清除：谈话内容 1 次，未提交的草稿 1 份，重点谈心标记 0 个，批评提纲内容 0 份。\n"
    assert not Talk.objects.get(pk=talk.pk).words_sealed


def test_the_worker_empties_too(tree: Tree, db: None) -> None:
    talk = talk_of(campaign_of(tree), tree, summary="x")
    Campaign.objects.update(finish_by=timezone.localdate() - 101 * DAY)
    tasks.purge_kept()
    assert not Talk.objects.get(pk=talk.pk).summary_sealed
