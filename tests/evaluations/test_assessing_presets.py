"""The presets of 咸宁, 洛阳镇, 新义村 and 现行年度, from the certified tally to the last feedback, on 3, 27 and 80 members."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import User
from evaluations.models import AssessmentStatus, Feedback, FeedbackMode, FeedbackStatus, HelpPlan
from evaluations.services.assessing_decisions import decide as decide_sheet
from evaluations.services.feedback import give_all
from tests.factories.assessing import Assessed, assessed, decide, hear, write_all

pytestmark = pytest.mark.django_db

GRADED = ("xinyi_2018", "current_year")


def opened(found: Assessed, by: User) -> str:
    """The sheet's page as the person sees it."""
    browser = Client()
    browser.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    return browser.get(reverse("evaluations:assessment", args=[found.sheet.pk])).content.decode()


def take(found: Assessed, preset: str) -> None:
    """Write and decide as the notice wants it: a third of the best, one to be helped, opinions only, or nothing at all."""
    if preset == "xianning_2015":
        sheet = found.sheet
        decide_sheet(
            sheet=sheet,
            version=sheet.version,
            meeting=None,
            decided_on=None,
            cap_reason="",
            by=found.secretary,
        )
        found.reload()
        return
    graded = [place for place, row in enumerate(found.rows) if row.graded]
    best = dict.fromkeys(graded[: len(graded) // 3], "excellent") if preset in GRADED else {}
    write_all(found, {**best, **({graded[-1]: "basic"} if preset in GRADED else {})})
    decide(found)


@pytest.mark.parametrize("members", [3, 27, 80])
@pytest.mark.parametrize("preset", ["xianning_2015", "luoyang_2014", "xinyi_2018", "current_year"])
def test_a_preset_runs_from_the_tally_to_the_last_feedback(preset: str, members: int) -> None:
    found = assessed("draft", members=members, probationary=1, preset=preset)
    assert found.sheet.grades == (
        ["excellent", "qualified", "basic", "unqualified"] if preset in GRADED else []
    )
    assert ("票数只在签字的汇总表上" in opened(found, found.secretary)) == (members == 3)
    take(found, preset)
    assert found.sheet.status == AssessmentStatus.EFFECTIVE
    cap = found.sheet.decided_cap
    if preset in GRADED:
        assert cap is not None
        assert (cap.number, cap.most, cap.chosen, cap.over) == (members, members // 3, members // 3, 0)
        assert cap.words in opened(found, found.secretary)
        assert HelpPlan.objects.count() == 1
    else:
        assert cap is None
        assert not HelpPlan.objects.exists()
    owed = list(Feedback.objects.filter(status=FeedbackStatus.OWED))
    assert len(owed) == members + 1
    office = found.office
    give_all(
        feedbacks=owed, given_by="何文", given_on=timezone.localdate(), mode=FeedbackMode.TALK, by=office
    )
    assert not Feedback.objects.filter(status=FeedbackStatus.OWED).exists()


@pytest.mark.parametrize("preset", GRADED)
def test_the_last_grade_takes_effect_only_after_a_hearing(preset: str) -> None:
    found = assessed("draft", members=6, preset=preset)
    write_all(found, {2: "unqualified"})
    assert found.rows[2].hearings.count() == 1
    decide(found)
    assert found.sheet.status == AssessmentStatus.EFFECTIVE
    assert found.rows[2].use == "dispose"
    unheard = assessed("draft", members=6, preset=preset)
    write_all(unheard, {2: "unqualified"})
    unheard.rows[2].hearings.all().delete()
    page = opened(unheard, unheard.secretary)
    assert "还有 1 人没有写好" in page
    hear(unheard, unheard.rows[2])
    assert "请会议研究决定" in opened(unheard, unheard.secretary)
