"""Numbers at rest: sealed, bound to their owner, found by a keyed index, open under a changed key."""

import datetime
import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from pytest_django import Settings

from config.lib.sealed import (
    CannotOpen,
    blind_index,
    blind_indexes,
    is_current,
    open_bytes,
    seal,
    seal_bytes,
    unseal,
)
from members.models import ImportBatch, Member, ReviewRemark, ReviewSlot, SpotCheck, SpotCheckItem, Talk
from members.services.keys import TEXTS, reseal_members, reseal_texts
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.channels import channel_of
from tests.factories.members import MemberFactory, invented_id_number
from tests.factories.preparing import MaterialFactory

NUMBER = invented_id_number(1)


def test_what_is_sealed_opens_again_for_its_purpose_only() -> None:
    sealed = seal(NUMBER, purpose="id:1")
    assert NUMBER not in sealed
    assert seal(NUMBER, purpose="id:1") != sealed
    assert unseal(sealed, purpose="id:1") == NUMBER
    with pytest.raises(CannotOpen, match="系统管理员"):
        unseal(sealed, purpose="id:2")


def test_nothing_stays_nothing() -> None:
    assert seal("", purpose="x") == unseal("", purpose="x") == blind_index("") == ""
    assert blind_indexes("") == []
    assert is_current("")


def test_a_changed_byte_is_noticed() -> None:
    sealed = bytearray(seal_bytes(b"value", purpose="x"))
    sealed[-1] ^= 1
    with pytest.raises(CannotOpen):
        open_bytes(bytes(sealed), purpose="x")


def test_a_new_first_key_seals_and_the_old_one_still_opens(settings: Settings) -> None:
    old, index = seal(NUMBER, purpose="x"), blind_index(NUMBER)
    settings.FIELD_KEYS = ["a-new-key", *settings.FIELD_KEYS]
    assert unseal(old, purpose="x") == NUMBER
    assert not is_current(old)
    assert is_current(seal(NUMBER, purpose="x"))
    assert index in blind_indexes(NUMBER)
    assert index != blind_index(NUMBER)
    settings.FIELD_KEYS = ["a-new-key"]
    with pytest.raises(CannotOpen):
        unseal(old, purpose="x")


def test_the_database_holds_no_id_number_and_no_phone(tree: Tree) -> None:
    member = MemberFactory.create(organization=tree.village, id_number=NUMBER, phone="13855550001")
    batch = ImportBatch(organization=tree.village)
    batch.put("rows", ["王芳", NUMBER])
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM members_member")
        raw = str(cursor.fetchall()) + repr(bytes(batch.rows_sealed))
    assert not re.search(r"(?<![0-9a-f])\d{17}[\dX]", raw)
    assert "13855550001" not in raw
    again = Member.objects.with_id_number(NUMBER).get()
    assert again == member
    assert (again.id_number, again.phone) == (NUMBER, "13855550001")
    assert again.masked_phone == "138****0001"
    assert again.masked_id_number == f"{NUMBER[:4]}**********{NUMBER[-4:]}"
    assert list(batch.take("rows")) == ["王芳", NUMBER]
    batch.drop("rows")
    assert list(batch.take("rows")) == []


def test_texts_and_addresses_are_sealed_anew_after_a_key_change(tree: Tree, settings: Settings) -> None:
    campaign = CampaignFactory.create(issuer=tree.county)
    talk = Talk(campaign=campaign, organization=tree.village, held_on=datetime.date(2026, 1, 5))
    talk.summary, talk.words = "说开了", "爱发火"
    talk.save()
    material = MaterialFactory.create(campaign=campaign, organization=tree.village, status="submitted")
    version = material.versions.get()
    version.alike = "[1]"
    version.save()
    slot = ReviewSlot(version=version, seat="own_head")
    slot.note = "再实一些"
    slot.save()
    remark = ReviewRemark(slot=slot, block="b")
    remark.text = "哪一段？"
    remark.save()
    check = SpotCheck.objects.create(
        campaign=campaign, organization=tree.township, size=1, pool=[], drawn_at=timezone.now()
    )
    item = SpotCheckItem.objects.create(check_of=check, material=material, position=1)
    item.finding = "措施太空"
    item.save()
    channel = channel_of(tree.village)
    sealed = {model: model._base_manager.count() for model, _names in TEXTS}
    assert all(sealed.values()), "every kind of sealed text has a row here"
    old = list(settings.FIELD_KEYS)
    settings.FIELD_KEYS = ["a-new-key", *old]
    content = material.content
    assert reseal_texts() == sum(sealed.values()) + 1
    assert reseal_texts() == 0
    settings.FIELD_KEYS = ["a-new-key"]
    for row in (talk, material, version, slot, remark, item):
        row.refresh_from_db()
    assert (talk.summary, talk.words, slot.note, remark.text, item.finding, version.alike) == (
        "说开了",
        "爱发火",
        "再实一些",
        "哪一段？",
        "措施太空",
        "[1]",
    )
    assert material.content == content
    channel.refresh_from_db()
    assert is_current(channel.address)


def test_every_sealed_column_is_sealed_anew_with_a_new_key() -> None:
    kept: set[tuple[type[Model], str]] = {(Member, "id_number_sealed"), (Member, "phone_sealed")}
    kept |= {
        (ImportBatch, f"{part}_sealed") for part in ("rows", "plan", "undo")
    }  # days old at most; then dropped
    renewed = {(model, f"{name}_sealed") for model, names in TEXTS for name in names}
    found = {
        (model, field.name)
        for model in apps.get_app_config("members").get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_sealed")
    }
    assert found - kept == renewed


def test_numbers_are_sealed_anew_after_a_key_change(tree: Tree, settings: Settings) -> None:
    MemberFactory.create(organization=tree.village, id_number=NUMBER, phone="13855550001")
    MemberFactory.create(organization=tree.village)
    old = list(settings.FIELD_KEYS)
    settings.FIELD_KEYS = ["a-new-key", *old]
    assert Member.objects.with_id_number(NUMBER).count() == 1
    out = StringIO()
    call_command("reseal_members", stdout=out)
    assert "已重新加密 1 名" in out.getvalue()
    assert reseal_members() == 0
    settings.FIELD_KEYS = ["a-new-key"]
    member = Member.objects.with_id_number(NUMBER).get()
    assert (member.id_number, member.phone) == (NUMBER, "13855550001")
    settings.FIELD_KEYS = ["a-third-key"]
    with pytest.raises(CommandError, match="FIELD_KEYS"):
        call_command("reseal_members", stdout=out)
