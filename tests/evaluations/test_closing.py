"""A campaign cannot be closed while a member has not been told; what a superior let off or ordered anew does not hold it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from branches.models import Campaign, ClosingHold, Organization, OrganizationStatus, Role, User
from branches.services import steps
from branches.workflow import CAMPAIGN, NotAllowed, perform
from branches.workflow.closing import holding, nothing_missing
from config.home.steps_page import redo
from evaluations.services import feedback as feedbacks
from evaluations.services.setup import void_ballot
from tests.factories.branches import account_with
from tests.factories.evaluations import evening, frozen_branch
from tests.factories.following import Followed, assessed, followed

pytestmark = pytest.mark.django_db


def office_of(campaign: Campaign) -> User:
    """The office of the issuer."""
    return account_with(Role.OFFICE, campaign.issuer)


def missing(campaign: Campaign) -> list[str]:
    """What holds the campaign, in words."""
    return [str(hold) for hold in holding(Campaign.objects.get(pk=campaign.pk))]


def close(campaign: Campaign) -> Campaign:
    """Close it."""
    return perform(CAMPAIGN, campaign, "close", by=office_of(campaign))


def let_off(made: Followed, step: str) -> None:
    """The superior agrees that the branch leaves a step out."""
    steps.waive_step(
        campaign=made.evening.campaign,
        organization=made.evening.organization,
        step=step,
        reason="已在线下办完",
        by=office_of(made.evening.campaign),
    )


def test_a_campaign_waits_for_the_last_member_to_be_told() -> None:
    made = followed(members=4)
    campaign, name = made.evening.campaign, made.evening.organization.short_name
    made.tell(1, 2, 3)
    assert missing(campaign) == [f"{name}（1 人还没有反馈）"]
    with pytest.raises(NotAllowed, match=f"活动不能结束：{name}（1 人还没有反馈）。请这些党组织先完成评定"):
        close(campaign)
    made.tell(0)
    assert close(campaign).status == "closed"


def test_an_objection_holds_it_until_it_is_answered() -> None:
    made = followed(members=4)
    made.tell()
    feedbacks.object_to(feedback=made.again(1), objection="不同意", by=made.secretary, on_paper=True)
    assert len(missing(made.evening.campaign)) == 1
    feedbacks.answer(feedback=made.again(1), answer="已说明", by=made.secretary)
    assert missing(made.evening.campaign) == []


def test_a_counted_ballot_without_an_assessment_holds_it() -> None:
    made = evening("certified")
    assert missing(made.campaign) == [f"{made.organization.short_name}（还没有评定）"]
    void_ballot(ballot=made.ballot, by=made.secretary, reason="票箱没有当场清点")
    assert missing(made.campaign) == []


def test_a_ballot_that_is_not_certified_holds_nothing() -> None:
    made = evening("matched")
    assert missing(made.campaign) == []
    assert not ClosingHold.objects.exists()


@pytest.mark.parametrize(
    ("rules", "holds"),
    [
        ({"feedback_required": False}, True),
        ({"feedback_required": False, "assessment_by": "none"}, False),
        ({"assessment_by": "none"}, True),
    ],
)
def test_an_assessment_is_missing_only_where_the_rules_ask_for_it_or_for_feedback(
    rules: dict[str, object], holds: bool
) -> None:
    made = evening("certified", rules=rules)
    assert bool(missing(made.campaign)) == holds


def test_feedback_that_the_rules_do_not_ask_for_holds_nothing() -> None:
    made = followed(rules={"feedback_required": False})
    assert ClosingHold.objects.get(kind="feedback").count == 5
    assert missing(made.evening.campaign) == []


def test_what_the_superior_let_off_does_not_hold_it_until_that_ends() -> None:
    made = followed()
    let_off(made, "feedback")
    assert missing(made.evening.campaign) == []
    decision = made.evening.campaign.decisions.get()
    steps.end_decision(decision=decision, by=office_of(made.evening.campaign))
    assert len(missing(made.evening.campaign)) == 1


@pytest.mark.parametrize("step", ["assessment", "feedback"])
def test_without_assessment_letting_off_either_step_is_enough(step: str) -> None:
    made = evening("certified")
    campaign = made.campaign
    steps.waive_step(
        campaign=campaign,
        organization=made.organization,
        step=step,
        reason="已在线下办完",
        by=office_of(campaign),
    )
    assert missing(campaign) == []


def test_letting_off_another_step_or_the_assessment_does_not_spare_the_feedback() -> None:
    made = followed()
    let_off(made, "assessment")
    let_off(made, "rectification")
    assert len(missing(made.evening.campaign)) == 1


def test_feedback_ticked_by_hand_stands_for_an_assessment_on_paper_but_not_for_feedback_kept_here() -> None:
    on_paper, here = evening("certified"), followed()
    for campaign, organization, by in (
        (on_paper.campaign, on_paper.organization, on_paper.secretary),
        (here.evening.campaign, here.evening.organization, here.secretary),
    ):
        steps.note_step(
            campaign=campaign, organization=organization, step="feedback", done_on=timezone.localdate(), by=by
        )
    assert missing(on_paper.campaign) == []
    assert len(missing(here.evening.campaign)) == 1


def test_a_round_ordered_anew_holds_nothing_until_it_is_counted_again() -> None:
    made = followed()
    campaign, branch = made.evening.campaign, made.evening.organization
    redo(campaign=campaign, organization=branch, reason="程序不符合规定", by=office_of(campaign))
    assert missing(campaign) == []
    ClosingHold.objects.update(round_no=1, count=3)  # as if only the first round had been written down
    assert missing(campaign) == []
    assert close(campaign).status == "closed"


def test_letting_off_in_the_first_round_says_nothing_of_the_second() -> None:
    made = followed()
    campaign, branch = made.evening.campaign, made.evening.organization
    let_off(made, "feedback")
    redo(campaign=campaign, organization=branch, reason="程序不符合规定", by=office_of(campaign))
    ClosingHold.objects.filter(kind="feedback").update(count=2)
    assert missing(campaign) == [f"{branch.short_name}（2 人还没有反馈）"]


def test_a_branch_that_is_dissolved_or_not_addressed_does_not_hold_it() -> None:
    made = followed()
    Organization.objects.filter(pk=made.evening.organization.pk).update(status=OrganizationStatus.ABOLISHED)
    assert missing(made.evening.campaign) == []


def test_five_branches_are_named_and_how_many_there_are() -> None:
    first = evening("certified", members=3)
    campaign, branches = first.campaign, [first.organization]
    for _ in range(5):
        branches.append(frozen_branch(members=1, campaign=campaign)[0])
    for branch in branches[1:]:
        ClosingHold.objects.create(campaign=campaign, organization=branch, kind="feedback", count=2)
    answer = nothing_missing(campaign)
    assert not answer
    assert answer.reason.count("（") == 5
    assert "，等 6 处。" in answer.reason


def test_the_numbers_follow_a_later_round() -> None:
    made = followed()
    campaign, branch = made.evening.campaign, made.evening.organization
    redo(campaign=campaign, organization=branch, reason="程序不符合规定", by=office_of(campaign))
    assert dict(ClosingHold.objects.values_list("kind", "count")) == {"assessment": 0, "feedback": 0}
    assert set(ClosingHold.objects.values_list("round_no", flat=True)) == {2}


def test_the_assessment_in_effect_turns_the_missing_one_into_missing_feedback() -> None:
    made = assessed(evening("certified", members=4))
    assert dict(ClosingHold.objects.values_list("kind", "count")) == {"assessment": 0, "feedback": 4}
    assert str(ClosingHold.objects.get(kind="feedback")).endswith("（4 人还没有反馈）")
    assert len(made.owed) == 4
