"""简单转发: what is pointed out, what is not, and who is never blamed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from branches.models import Campaign, Organization, Plan
from branches.services.plan_copies import NOTICE, SIBLINGS, Source, find_copies, finding_from
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, OrganizationFactory
from tests.factories.plans import PlanFactory, version_of

OURS = (
    "会前由三名支委分片走访，把外出务工的十一名党员逐个打一遍电话，收到的意见列成清单贴在公开栏。",
    "会上书记先讲去年答应修的水渠为什么没修成，再请大家说，说完当场定下由谁、哪一天修好。",
)
NOTICE_TEXT = (
    "各党支部要深入开展谈心谈话，支部书记与支部委员要相互谈心，书记与每名党员要谈心，征求意见要逐条梳理，"
    "召开专门会议集体分析，找准找实存在的突出问题。会后列出整改清单，明确责任人和完成时限，向群众公示。"
)
Make = Callable[..., Plan]


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign whose plans are approved and whose copies are pointed out from four fifths on."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.county,
        status="running",
        text=NOTICE_TEXT,
        rules={"plan_gate": "approve", "plan_copy_warning": True},
    )
    return made


@pytest.fixture
def make(campaign: Campaign) -> Make:
    """A function: the plan of an organisation with this text."""

    def plan_of(organization: Organization, text: str, status: str = "draft", **more: Any) -> Plan:
        made: Plan = PlanFactory.create(
            campaign=campaign,
            organization=organization,
            form="开党员大会",
            attendees="全体党员",
            requirements=text,
            status=status,
            **more,
        )
        return made

    return plan_of


def days_ago(days: int) -> datetime.datetime:
    """That time of day so many days ago."""
    return timezone.now() - datetime.timedelta(days=days)


def test_a_plan_that_only_passes_the_notice_on_is_flagged_with_the_passages(make: Make, tree: Tree) -> None:
    plan = make(tree.village, f"　{NOTICE_TEXT}")
    found = find_copies(plan)
    assert found.flagged
    worst = found.worst
    assert worst is not None
    assert worst.name == NOTICE
    assert worst.share > Fraction(4, 5)
    ((start, end),) = worst.passages["requirements"]
    assert plan.requirements[start : end + 1] == NOTICE_TEXT
    assert set(worst.passages) == {"requirements"}


def test_a_neighbours_plan_with_the_names_exchanged_is_flagged_with_the_neighbours_name(
    make: Make, tree: Tree
) -> None:
    make(tree.sibling, "".join(OURS), "approved", version={"submitted_at": days_ago(3)})
    found = find_copies(make(tree.village, "".join(OURS).replace("十一", "七").replace("水渠", "机耕路")))
    assert found.flagged
    assert found.worst is not None
    assert found.worst.name == "白沙村支部的方案"


def test_an_own_plan_is_no_copy(make: Make, tree: Tree) -> None:
    make(tree.sibling, OURS[0], "approved")
    found = find_copies(make(tree.village, OURS[1]))
    assert not found.flagged
    assert found.worst is None
    assert finding_from(found.as_json()) == found


def test_what_is_below_the_share_of_the_rules_is_known_but_not_flagged(make: Make, tree: Tree) -> None:
    found = find_copies(make(tree.village, NOTICE_TEXT[:60] + OURS[0] + OURS[1]))
    assert not found.flagged
    assert found.worst is not None
    assert 0 < found.worst.share < Fraction(4, 5)


def test_nothing_is_flagged_where_the_rules_do_not_want_it(
    make: Make, tree: Tree, campaign: Campaign
) -> None:
    rules = campaign.rule_sets.get()
    rules.values = {**rules.values, "plan_copy_warning": False}
    rules.save()
    plan = Plan.objects.get(pk=make(tree.village, NOTICE_TEXT).pk)
    assert not find_copies(plan).flagged


def test_drafts_of_others_other_townships_and_other_campaigns_are_not_looked_into(
    make: Make, tree: Tree
) -> None:
    text = "".join(OURS)
    make(tree.sibling, text)
    make(tree.other_village, text, "approved")
    make(tree.mill, text, "approved")
    other = CampaignFactory.create(issuer=tree.township, status="running")
    PlanFactory.create(campaign=other, organization=tree.school, requirements=text, status="approved")
    assert find_copies(make(tree.village, text)).sources == ()


def test_who_was_copied_is_not_blamed(make: Make, tree: Tree) -> None:
    ours = make(tree.village, "".join(OURS), "returned", version={"submitted_at": days_ago(5)})
    make(tree.sibling, "".join(OURS), "submitted", version={"submitted_at": days_ago(2)})
    ours.requirements += "另请镇里的指导员到会。"
    assert find_copies(ours).sources == ()


def test_a_plan_sent_back_as_too_thin_and_filled_from_a_neighbour_is_flagged(make: Make, tree: Tree) -> None:
    ours = make(tree.village, "照通知办", "returned", version={"submitted_at": days_ago(5)})
    make(tree.sibling, "".join(OURS), "approved", version={"submitted_at": days_ago(2)})
    ours.requirements = "".join(OURS)
    assert find_copies(ours).flagged


def test_only_the_newest_version_of_a_neighbour_counts(make: Make, tree: Tree) -> None:
    theirs = make(tree.sibling, OURS[0], "returned", version={"submitted_at": days_ago(4)})
    theirs.requirements = OURS[1]
    version_of(theirs, submitted_at=days_ago(3))
    assert find_copies(make(tree.village, OURS[0] * 2)).sources == ()
    assert find_copies(make(tree.school, OURS[1] * 2)).flagged


def test_passages_over_several_fields_are_kept_by_field(make: Make, tree: Tree, campaign: Campaign) -> None:
    theirs = make(tree.sibling, OURS[0], "approved")
    theirs.form, theirs.attendees = OURS[1], "全体党员和入党积极分子，请村民小组长列席旁听。"
    version_of(theirs)
    plan = make(tree.village, OURS[0])
    plan.form, plan.attendees = theirs.form, theirs.attendees
    worst = find_copies(plan).worst
    assert worst is not None
    assert worst.share == 1
    assert set(worst.passages) == {"form", "attendees", "requirements"}
    for name, places in worst.passages.items():
        assert places[0][0] == 0
        assert all(start < end <= len(getattr(plan, name)) for start, end in places)


def test_any_number_of_neighbours_is_compared_by_the_same_queries(
    make: Make, tree: Tree, campaign: Campaign
) -> None:
    plan = Plan.objects.select_related("campaign", "organization").get(pk=make(tree.village, OURS[0]).pk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            find_copies(Plan.objects.select_related("campaign", "organization").get(pk=plan.pk))
        return len(seen)

    none = queries()
    for number in range(SIBLINGS + 5):
        neighbour = OrganizationFactory.create(parent=tree.township)
        make(neighbour, f"{OURS[0]}第{number}组", "approved", version={"submitted_at": days_ago(number + 1)})
    assert queries() == none == 4
    assert len(find_copies(plan).sources) == 3


def test_a_finding_comes_back_as_it_was_kept() -> None:
    source = Source("上级通知", Fraction(5, 6), {"form": [(0, 20)]})
    kept = {"flagged": True, "sources": [source.as_json()]}
    assert finding_from(kept).worst == source
    assert finding_from(kept).as_json() == kept
    assert finding_from(None).sources == ()
