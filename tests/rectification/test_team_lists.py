"""A team is set up for many organisations at once: boxes and a pasted list together, what nobody is called is told back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Organization
from rectification.forms.teams import TeamForm
from rectification.models import SupervisionTeam
from rectification.services import teams
from tests.conftest import Tree
from tests.factories.supervising import Watched, watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(tree: Tree) -> Watched:
    """A campaign with supervision."""
    return watched(tree)


def post(made: Watched, pasted: str, *boxes: Organization) -> tuple[int, str]:
    """What the office gets back for a new team."""
    client = Client()
    client.force_login(made.township, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("rectification:team_new", args=[made.campaign.slug, made.tree.township.pk])
    data = {"version": "0", "kind": "team", "name": "第一组", "others": "韩秀英，党校", "pasted": pasted}
    answer = client.post(address, data | {"organizations": [str(one.pk) for one in boxes]})
    return answer.status_code, answer.content.decode()


def test_names_short_names_and_codes_are_found_and_added_to_the_boxes(made: Watched) -> None:
    tree = made.tree
    pasted = f"{tree.village.name}\r\n  {tree.sibling.short_name} \n{tree.mill.code}\n{tree.mill.code}\n\n"
    assert post(made, pasted, tree.school, tree.village)[0] == 302
    places = set(SupervisionTeam.objects.get().organizations.all())
    assert places == {tree.village, tree.sibling, tree.mill, tree.school}


def test_a_line_that_names_nobody_or_several_is_told_and_nothing_typed_is_lost(made: Watched) -> None:
    tree = made.tree
    Organization.objects.filter(pk__in=[tree.village.pk, tree.sibling.pk]).update(short_name="河边支部")
    status, page = post(made, f"河边支部\n没有的支部\n{tree.other_village.name}\n{tree.mill.name}")
    assert status == 200
    assert f"这几行没有找到，或者有同名的：河边支部、没有的支部、{tree.other_village.name}。" in page
    assert tree.mill.name in page
    assert not SupervisionTeam.objects.exists()


def test_without_any_the_form_says_so(made: Watched) -> None:
    assert "请选择督导哪些党组织，或者粘贴名单。" in post(made, " \n")[1]


def test_of_very_many_the_others_are_pasted(made: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teams, "MOST_CHOICES", 1)
    assert made.tree.mill not in teams.choices_of(made.tree.township)
    assert post(made, made.tree.mill.code)[0] == 302
    team = SupervisionTeam.objects.get()
    assert team.organizations.get() == made.tree.mill
    form = TeamForm(campaign=made.campaign, sender=made.tree.township, team=team)
    assert form.fields["pasted"].initial == made.tree.mill.code  # kept when the team is changed
