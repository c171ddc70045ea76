"""The demo's campaign before the meeting: something waits for everybody who has a login."""

import random
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from branches.models import Campaign, Organization, Role, User
from config.demo.accounts import office_login
from config.demo.land import build, county
from config.demo.masses import ask_the_masses
from config.demo.people import populate
from config.demo.preparation import SCHOOL, SECOND, SLUG, THIRD, VILLAGE, prepare
from config.demo.watching import watch
from meetings.models import Meeting, Minutes, Participant, Report, Slot
from members.models import Material, Moderation, Opinion, OpinionPoint, StudyPart
from members.services.dues import ledger_rules, prompts_for
from members.services.reviewing import waiting_for
from members.services.studies import has_studied
from members.services.talk_grid import Grid
from rectification.models import Finding, Publication, SurveyRound, Visit, VisitDraw
from tests.walking import walk

# Files take long to lay out, and the table of all rules is the same for everybody.
NOT_OPENED = re.compile(
    r"^/(static|logout|office-admin)/|/rules/|\.ics|/file|/paper|/export|\.(pdf|xlsx|docx)|[?&]size"
)


@pytest.fixture
def rows(db: None) -> dict[str, Organization]:
    """The demo's township with its people, and the campaign before the meeting."""
    chance = random.Random(1)
    plan = county(chance)
    made = build(plan)
    populate(chance, plan, made)
    office, _ = office_login("dangjian", "周敏", Role.OFFICE, made["QS"], "")
    above, _ = office_login("xianwei", "吴建华", Role.OFFICE, made["PZ"], "")
    logins = prepare(made, office, above)
    supervisor, _ = office_login("dudao", "李敏之", Role.SUPERVISOR, made["QS"], "")
    watch(made, office, supervisor)
    ask_the_masses(made, User.objects.get(username="daping"), supervisor)
    assert len({login.username for login in logins}) == len(logins)
    return made


def test_everything_before_the_meeting_is_under_way(rows: dict[str, Organization]) -> None:
    campaign, village = Campaign.objects.get(slug=SLUG), rows[VILLAGE]
    assert has_studied(campaign, village)
    assert len(set(StudyPart.objects.filter(part="made_up").values_list("member"))) == 1
    assert Opinion.objects.filter(moderation=Moderation.WAITING).count() == 2
    assert OpinionPoint.objects.filter(by_superior=True).count() == 1
    grid = Grid.of(campaign, village)
    assert 0 < grid.done < grid.owed
    states = set(Material.objects.filter(campaign=campaign).values_list("status", flat=True))
    assert states == {"draft", "submitted", "returned", "passed", "done"}
    assert Material.objects.filter(is_on_paper=True).count() == 1
    rules = ledger_rules(village)
    assert rules.asked_by == campaign
    (prompt,) = prompts_for(village, rules.rules, timezone.localdate())
    assert prompt.months == rules.rules.lapse_warn_months

    # every reviewer has something to read
    waiting = {
        name: {slot.version.material.organization_id for slot in waiting_for(User.objects.get(username=name))}
        for name in ("dangwei", "jiaoyu", "fenguan", "daping")
    }
    assert all(waiting.values())
    assert waiting["jiaoyu"] == waiting["fenguan"] == {rows[SCHOOL].pk}


def test_meetings_stand_at_three_stages(rows: dict[str, Organization]) -> None:
    campaign = Campaign.objects.get(slug=SLUG)
    stages = {
        code: sorted(
            Meeting.objects.filter(campaign=campaign, organization=rows[code]).values_list(
                "status", flat=True
            )
        )
        for code in (VILLAGE, SECOND, THIRD)
    }
    assert stages == {VILLAGE: ["planned", "planned"], SECOND: ["opened"], THIRD: ["closed"]}
    spoken = Slot.objects.filter(meeting__organization=rows[SECOND])
    assert spoken.filter(status="now").count() == 1
    assert 0 < spoken.exclude(notes="").count() < spoken.count()
    assert Minutes.objects.get().status == "signed"
    assert Report.objects.get().organization == rows[THIRD]
    assert Participant.objects.guests().get().name == "陈国栋"


def test_a_supervisor_finds_a_visit_drawn_and_a_branch_something_to_answer(
    rows: dict[str, Organization],
) -> None:
    campaign = Campaign.objects.get(slug=SLUG)
    assert set(Visit.objects.filter(campaign=campaign).values_list("status", flat=True)) == {
        "planned",
        "made",
    }
    assert Finding.objects.to_answer().get().organization == rows[VILLAGE]
    assert VisitDraw.objects.get().seed == "6-3-1"


def test_the_masses_were_asked_and_something_hangs(rows: dict[str, Organization]) -> None:
    counted = SurveyRound.objects.get()
    assert (counted.status, counted.passed, counted.few) == ("closed", True, False)
    assert (counted.satisfied_votes, counted.base_votes) == (55, 65)
    hung = Publication.objects.get()
    assert (hung.status, hung.organization) == ("posted", rows[VILLAGE])
    assert hung.objections.get().to_rectify


@pytest.mark.parametrize("who", ["dangjian", "xianwei", "daping", "gaoling"])
def test_no_page_leads_anybody_to_a_refusal(
    who: str, rows: dict[str, Organization], client_of: Callable[[User], Client]
) -> None:
    pages, refused = walk(client_of(User.objects.get(username=who)), leave=NOT_OPENED, most=120, alike=2)
    assert len(pages) >= 20
    assert refused == {}
