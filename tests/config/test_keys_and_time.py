"""Over all apps: nothing sealed is forgotten when keys change, outlines are emptied when their time is over."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.utils import timezone
from pytest_django import Settings

from branches.models import AuditEvent, Campaign, User
from config.beat import SCHEDULE
from config.lib.sealed import is_current
from meetings import tasks
from meetings.models import Outline
from meetings.services import keys as meeting_keys
from meetings.services.outline_steps import return_outline
from meetings.services.purging import purge_outlines
from members.models import ImportBatch, Member
from members.services import keys as member_keys
from rectification.services import keys as own_keys
from tests.conftest import Tree
from tests.factories.outlines import handed_in, outline_campaign, vetted

DAY = datetime.timedelta(days=1)


def test_every_sealed_column_of_every_app_is_sealed_anew_with_a_new_key() -> None:
    kept: set[tuple[type[Model], str]] = {(Member, "id_number_sealed"), (Member, "phone_sealed")}
    kept |= {(ImportBatch, f"{part}_sealed") for part in ("rows", "plan", "undo")}  # dropped after days
    texts = (*member_keys.TEXTS, *meeting_keys.TEXTS, *own_keys.TEXTS)
    renewed = {(model, f"{name}_sealed") for model, names in texts for name in names}
    found = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_sealed")
        and model._meta.app_label in ("members", "meetings", "rectification")
    }
    assert found - kept == renewed


def test_the_command_seals_outlines_too(
    tree: Tree, secretary: User, organizer: User, settings: Settings
) -> None:
    row = handed_in(outline_campaign(tree.township), tree.village, organizer, "甲")[0]
    return_outline(outline=row, revision=row.revision, points=[], note="乙", by=secretary)
    old = list(settings.FIELD_KEYS)
    settings.FIELD_KEYS = ["a-new-key", *old]
    out = StringIO()
    call_command("reseal_members", stdout=out)
    assert "1 份谈话、材料、审核意见、批评提纲、地址和整改来源" in out.getvalue()
    assert meeting_keys.reseal_outlines() == 0
    settings.FIELD_KEYS = ["a-new-key"]
    row.refresh_from_db()
    assert is_current(row.text_sealed)
    assert row.text.endswith("甲")
    assert row.note == "乙"
    settings.FIELD_KEYS = ["a-third-key"]
    with pytest.raises(CommandError, match="FIELD_KEYS"):
        call_command("reseal_members", stdout=out)


def test_texts_of_outlines_go_with_those_of_talks_and_the_state_stays(
    tree: Tree, secretary: User, organizer: User
) -> None:
    campaign = outline_campaign(tree.township, talk_keep_days=100, finish_by=None, window=None)
    other = outline_campaign(tree.township, talk_keep_days=3000, finish_by=None, window=None)
    row = vetted(campaign, tree.village, organizer, secretary)[0]
    vetted(other, tree.village, organizer, secretary)
    finish = timezone.localdate() + 30 * DAY
    assert purge_outlines(today=finish + 99 * DAY) == 0
    assert purge_outlines(today=finish + 100 * DAY, dry_run=True) == 1
    assert Outline.objects.get(pk=row.pk).text
    assert purge_outlines(today=finish + 100 * DAY) == 1
    assert purge_outlines(today=finish + 100 * DAY) == 0
    emptied = Outline.objects.get(pk=row.pk)
    assert (emptied.text, emptied.status, emptied.revision) == ("", "vetted", row.revision + 1)
    assert Outline.objects.get(campaign=other).text
    assert AuditEvent.objects.get(action="purge_kept").detail == {"outlines": 1}


def test_the_worker_empties_them_every_night(tree: Tree, secretary: User, organizer: User) -> None:
    campaign = outline_campaign(tree.township)
    row = vetted(campaign, tree.village, organizer, secretary)[0]
    Campaign.objects.filter(pk=campaign.pk).update(finish_by=timezone.localdate() - 4000 * DAY)
    assert SCHEDULE["purge_outlines"]["task"] == tasks.purge_outlines.name
    tasks.purge_outlines()
    row.refresh_from_db()
    assert row.text == ""
