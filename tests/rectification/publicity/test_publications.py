"""What is put up in public: drafted from its source, with a preview of what is hidden, approved, posted, answered, ended."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.services.steps import note_step
from branches.workflow import NotAllowed
from config.home.standings import Standings
from evaluations.rules.publicity import last_day
from members.models import Material, MaterialStatus
from members.rules.paper import Item, Paper, Section
from rectification.models import Publication, PublicationObjection
from rectification.rules import redaction as r
from rectification.services import public_pages
from rectification.services import publication_objections as o
from rectification.services import publications as p
from rectification.services.publication_sources import lines_for, materials_for
from rectification.workflow.publication_text import names_of, on_page, on_paper
from tests.conftest import Tree
from tests.factories.members import MemberFactory
from tests.factories.preparing import MaterialFactory
from tests.factories.publicity import drafted, posted, publicity_campaign, released, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township that asks for everything."""
    return publicity_campaign(tree.township, slug="posting")


def refused(act: Callable[..., Any], **how: Any) -> str:
    """The reason a step is refused with."""
    with pytest.raises(NotAllowed) as refusal:
        act(**how)
    assert refusal.value.reason.endswith("。")
    return refusal.value.reason


def step_of(campaign: Campaign, organization: Organization, key: str) -> tuple[str, str]:
    """State and word of one step today."""
    rows = Standings.of(campaign, Organization.objects.filter(pk=organization.pk), timezone.localdate()).rows
    return next((one.state, one.word) for one in rows[organization.pk] if one.step.key == key)


def test_a_notice_goes_from_the_draft_to_its_end(campaign: Campaign, tree: Tree, secretary: User) -> None:
    today = timezone.localdate()
    made = drafted(campaign, tree.village, secretary)
    assert step_of(campaign, tree.village, "publicity")[0] != "done"
    found = p.approve(publication=made, version=made.version, by=secretary)
    assert found.approved_on == today
    found = p.post(publication=found, version=found.version, by=secretary)
    assert step_of(campaign, tree.village, "publicity") == ("done", "已公开")
    said = o.note_objection(publication=found, on=today, text="第二条没有做", by=secretary)
    assert "还没有到期" in refused(p.end, publication=found, version=found.version, by=secretary)
    Publication.objects.update(to_on=today)
    assert "没有答复" in refused(p.end, publication=found, version=found.version, by=secretary)
    o.answer_objection(objection=said, answer="已核实，列入整改", to_rectify=True, by=secretary)
    assert list(o.objections_to_rectify(campaign, tree.village)) == [said]
    assert p.end(publication=found, version=found.version, by=secretary).ended_on == today
