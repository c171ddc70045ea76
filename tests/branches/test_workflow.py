"""Steps of documents: every transition from every state by those allowed and those not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from branches.models import AuditEvent, Campaign, Organization, User
from branches.workflow import CAMPAIGN, ORGANIZATION, NotAllowed, Workflow, organization_path, perform
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, OrganizationFactory

Make = Callable[[Tree, str], models.Model]


def make_campaign(tree: Tree, status: str) -> Campaign:
    """A campaign of the township in that state."""
    made: Campaign = CampaignFactory.create(issuer=tree.township, status=status)
    return made


def make_organization(tree: Tree, status: str) -> Organization:
    """A branch of the township in that state."""
    made: Organization = OrganizationFactory.create(parent=tree.township, status=status)
    return made


MAKERS: list[tuple[Workflow[Any], Make]] = [(CAMPAIGN, make_campaign), (ORGANIZATION, make_organization)]
CELLS = [
    pytest.param(workflow, make, name, status, id=f"{workflow.name}-{name}-{status}")
    for workflow, make in MAKERS
    for name in workflow.transitions
    for status in workflow.model._meta.get_field("status").choices
]


def status_of(document: models.Model) -> str:
    """The status in the database."""
    fresh: Any = type(document)._base_manager.get(pk=document.pk)
    return str(fresh.status)


@pytest.mark.parametrize(("workflow", "make", "name", "status"), CELLS)
def test_a_step_is_taken_from_its_sources_only(
    workflow: Workflow[Any], make: Make, name: str, status: tuple[str, str], tree: Tree, township: User
) -> None:
    document, transition = make(tree, status[0]), workflow.transitions[name]
    before = AuditEvent.objects.count()
    if status[0] in transition.sources:
        done = perform(workflow, document, name, by=township, note="情况属实")
        assert status_of(done) == transition.target
        event = AuditEvent.objects.get(sequence=before + 1)
        assert (event.action, event.about_id) == (name, str(document.pk))
        assert event.detail == {"from": status[0], "to": transition.target, "note_length": 4}
        assert (name in dict(workflow.available(done, township))) is (transition.target in transition.sources)
    else:
        with pytest.raises(NotAllowed, match=r"请刷新页面查看最新情况"):
            perform(workflow, document, name, by=township, note="情况属实")
        assert status_of(document) == status[0]
        assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(("workflow", "make", "name", "status"), CELLS)
@pytest.mark.parametrize("who", ["secretary", "supervisor", "stranger", "member"])
def test_a_step_is_refused_to_those_it_is_not_for(
    workflow: Workflow[Any],
    make: Make,
    name: str,
    status: tuple[str, str],
    who: str,
    tree: Tree,
    request: pytest.FixtureRequest,
) -> None:
    document, person = make(tree, status[0]), request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        perform(workflow, document, name, by=person, note="情况属实")
    assert status_of(document) == status[0]
    assert workflow.available(document, person) == []


@pytest.mark.parametrize("note", ["", "   ", "\n"])
def test_a_step_that_asks_for_a_reason_is_not_taken_without(note: str, tree: Tree, township: User) -> None:
    with pytest.raises(NotAllowed, match="须写明原因"):
        perform(ORGANIZATION, tree.sibling, "abolish", by=township, note=note)


def test_publication_is_held_without_rules(tree: Tree, township: User) -> None:
    campaign = make_campaign(tree, "draft")
    campaign.rule_sets.all().delete()
    with pytest.raises(NotAllowed, match="还没有规则"):
        perform(CAMPAIGN, campaign, "publish", by=township)
    assert ("publish", CAMPAIGN.transitions["publish"]) in CAMPAIGN.available(campaign, township)


def test_the_note_itself_is_not_written_into_the_record(tree: Tree, township: User) -> None:
    perform(ORGANIZATION, tree.sibling, "suspend", by=township, note="某人病重", detail={"n": 1})
    event = AuditEvent.objects.get()
    assert "病重" not in str(event.detail)
    assert event.detail["n"] == 1
    assert event.organization_path == tree.sibling.path


def test_a_step_reads_the_state_from_the_database_not_from_the_page(tree: Tree, township: User) -> None:
    campaign = make_campaign(tree, "published")
    stale = Campaign.objects.get(pk=campaign.pk)
    perform(CAMPAIGN, campaign, "close", by=township)
    with pytest.raises(NotAllowed, match="已结束"):
        perform(CAMPAIGN, stale, "start", by=township)


def test_an_event_belongs_to_the_organisation_of_its_document(tree: Tree, secretary: User) -> None:
    assert organization_path(make_campaign(tree, "draft")) == tree.township.path
    assert organization_path(secretary) == tree.village.path
    assert organization_path(secretary.posts()[0]) == tree.village.path
    assert organization_path(tree.group) == tree.group.path
    assert organization_path(AuditEvent()) == ""
