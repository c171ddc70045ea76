"""The record is read in words: every action the code writes has one, and statuses are named as on their pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

import branches.workflow
import evaluations.workflow
import meetings.workflow
import members.workflow
import rectification.workflow
from branches.models import AuditEvent, DecisionKind, User
from branches.rules.record_words import ACTIONS
from branches.services.audit import record
from branches.templatetags.record import about_word, detail_words, done_word
from branches.workflow import Workflow
from tests.conftest import Tree

APPS = ("branches", "members", "meetings", "evaluations", "rectification")
WRITTEN = re.compile(r'record\([^"]*?action="([a-z_]+)"|_save\(current, "([a-z_]+)"')


def actions() -> Iterator[str]:
    """What the code writes into the record."""
    for app in APPS:
        for file in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            for found in WRITTEN.findall(file.read_text(encoding="utf-8")):
                yield "".join(found)
    apps = (
        branches.workflow,
        members.workflow,
        meetings.workflow,
        evaluations.workflow,
        rectification.workflow,
    )
    for module in apps:
        for table in vars(module).values():
            if isinstance(table, Workflow):
                yield from table.transitions
    for kind in DecisionKind.values:
        yield f"step_{kind}"
    yield from ("export_roster", "export_unmasked", "admin_add", "admin_change")


def test_every_action_has_a_word() -> None:
    written = set(actions())
    assert len(written) > 60
    assert written <= set(ACTIONS), (
        f"write a word in branches/rules/record_words.py for {written - set(ACTIONS)}"
    )


@pytest.mark.parametrize(
    ("about", "action", "detail", "words"),
    [
        (
            "branches.campaign",
            "publish",
            {"from": "draft", "to": "published"},
            ("发布", "活动", ["原来 起草", "现在 已发布"]),
        ),
        (
            "members.member",
            "set_standing",
            {"from": "active", "to": "x", "note_length": 4},
            ("登记在册情况", "党员", ["原来 在册", "现在 x", "说明字数 4"]),
        ),
        (
            "branches.organization",
            "add_files",
            {"files": ["a", "b"], "new": True},
            ("添加附件", "党组织", ["附件 a、b", "新增 是"]),
        ),
        (
            "branches.organization",
            "edit",
            {"fields": [], "on": False, "key": ""},
            ("修改", "党组织", ["栏目 —", "启用 否", "规则 —"]),
        ),
        ("gone.model", "was_done", {"what": 1}, ("was_done", "gone.model", ["what 1"])),
        ("nothing", "sign", {}, ("确认签名", "nothing", [])),
    ],
)
def test_an_event_is_told_in_words_and_a_code_without_a_word_stays_a_code(
    about: str, action: str, detail: dict[str, Any], words: tuple[str, str, list[str]]
) -> None:
    event = AuditEvent(about=about, action=action, detail=detail)
    assert (done_word(event), about_word(event), detail_words(event)) == words


def test_the_page_of_the_record_speaks_chinese(
    tree: Tree, township: User, auditor: User, client_of: Callable[[User], Client]
) -> None:
    record(by=township, action="change_organization", about=tree.village, detail={"fields": ["name"]})
    page = client_of(auditor).get(reverse("branches:audit")).content.decode()
    assert "修改党组织资料" in page
    assert "栏目 name" in page
    assert "change_organization" not in page
