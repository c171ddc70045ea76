"""Published rules are locked whole: no later default of the program can shift them."""

from dataclasses import fields

import pytest

from branches.models import Campaign, Category
from branches.rules import Rules, resolve, to_json
from branches.services.campaigns import preset_of
from tests.factories.branches import OrganizationFactory
from tests.factories.evaluations import published_campaign


@pytest.mark.django_db
@pytest.mark.parametrize("preset", ["current_year", "luoyang_2014", "xinyi_2018"])
def test_a_published_campaign_has_every_rule_written_down(preset: str) -> None:
    issuer = OrganizationFactory.create(kind="committee")
    campaign = published_campaign(issuer, preset=preset, rules={"min_ballots_to_show_counts": 8})
    locked = Campaign.objects.get(pk=campaign.pk).rule_set()
    assert locked.locked_at is not None
    assert set(locked.values) == {field.name for field in fields(Rules)}
    drafted = preset_of(campaign)
    assert drafted is not None
    before = {**drafted.values, "min_ballots_to_show_counts": 8}
    for category in ("", *Category.values):
        wanted = to_json(resolve(before, drafted.overlays, category))
        assert to_json(resolve(locked.values, locked.overlays, category)) == wanted
