"""The numbers of a report equal those counted here anew, by other means, from the same rows."""

from __future__ import annotations

import datetime
import re
from itertools import combinations
from typing import Any

from django.db import connection
from django.utils import timezone

from branches.models import Campaign, Role, Run
from config.home.report.draft import WITHHELD, Draft
from config.home.report.labels import LABELS
from config.home.report.numbers import Numbers
from config.home.report.page import number_groups
from evaluations.models import TallyLine
from meetings.models import Participant, Slot
from meetings.rules.report import UNKNOWN, filled, used_in
from members.models import MemberKind, RosterEntry, StudyPart, StudySession
from members.rules.paper import Item, Paper
from members.services.talks import record_talk
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory
from tests.factories.evaluations import Evening, evening
from tests.factories.meetings import DutyFactory, MeetingFactory
from tests.factories.members import MemberFactory
from tests.factories.opinions import OpinionFactory, OpinionPointFactory, OpinionRoundFactory
from tests.factories.preparing import MaterialFactory
from tests.factories.reports import reporting
from tests.factories.talks import key_of

RULES = {"plan_gate": "none", "report": "special", "report_days_after": 15}


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a query written by hand."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def prepared(made: Evening) -> None:
    """Studies, opinions, talks and materials of the branch, of uneven numbers; and rows that must not count."""
    branch, campaign = made.organization, made.campaign
    other = campaign.organizations().exclude(pk=branch.pk).first()
    day = timezone.localdate() - datetime.timedelta(days=9)
    for number, absent in enumerate((1, 2, 0)):
        session = StudySession.objects.create(campaign=campaign, organization=branch, held_on=day)
        for place, member in enumerate(made.people):
            part = (
                "made_up" if place == 0 and absent else "absent" if place <= absent and absent else "present"
            )
            StudyPart.objects.create(
                session=session, member=member, part=part, made_up_on=day if part == "made_up" else None
            )
        assert number < 3
    StudySession.objects.create(campaign=campaign, organization=branch, held_on=day, round_no=2)
    asked = OpinionRoundFactory.create(campaign=campaign, organization=branch, forms_out=30, forms_in=27)
    OpinionRoundFactory.create(campaign=campaign, organization=branch, forms_out=5, forms_in=5, way="forum")
    OpinionFactory.create_batch(7, round=asked)
    OpinionFactory.create_batch(2, round=asked, moderation="waiting")
    for verdict, count in (("true", 3), ("mostly", 2), ("inexact", 1), ("untrue", 1), ("", 1)):
        OpinionPointFactory.create_batch(count, campaign=campaign, organization=branch, verdict=verdict)
    a, b, c, d = (key_of(member) for member in made.people[:4])
    for people, more in (
        ((a, b), {}),
        ((a, b), {"held_on": timezone.localdate() - datetime.timedelta(days=8)}),
        ((c, d), {"mode": "phone"}),
        ((a, c, d), {"mode": "sitting", "together": True}),
        ((b, c, d), {"mode": "sitting", "together": False, "host": b}),
    ):
        said: dict[str, Any] = {"held_on": day, **more}
        record_talk(campaign=campaign, organization=branch, people=list(people), by=made.secretary, **said)
    items = tuple(
        Item(f"{n:032d}", problem="入户少" if n != 2 else "", measure="每月走完一个组" if n > 0 else "")
        for n in range(4)
    )
    for status, paper in (
        ("passed", Paper(items=items)),
        ("submitted", Paper(items=items[:2])),
        ("done", Paper()),
        ("draft", Paper(items=items)),
        ("returned", Paper(items=items)),
    ):
        MaterialFactory.create(
            campaign=campaign,
            organization=branch,
            role="member",
            status=status,
            paper=paper,
            member=MemberFactory.create(organization=branch),
        )
    if other is not None:
        OpinionRoundFactory.create(campaign=campaign, organization=other)


def met(made: Evening) -> None:
    """A 支委会 before the plenary, guests, criticism; and a cancelled meeting."""
    branch, campaign = made.organization, made.campaign
    earlier = made.meeting.starts_at - datetime.timedelta(days=2)
    committee = MeetingFactory.create(
        organization=branch,
        campaign=campaign,
        kind="committee",
        status="closed",
        starts_at=earlier,
        place="村部",
    )
    DutyFactory.create(meeting=committee, holder_name="刘德福")
    for number, status in enumerate(("present", "present", "leave")):
        Participant.objects.create(
            meeting=committee,
            capacity="seat",
            ordinal=number,
            key=f"a{number}",
            name=f"委员{number}",
            status=status,
        )
    for number, (capacity, status) in enumerate(
        (
            ("superior", "present"),
            ("instructor", "present"),
            ("superior", "leave"),
            ("masses", "present"),
            ("masses", "present"),
            ("observer", "present"),
            ("observer", ""),
        )
    ):
        Participant.objects.create(
            meeting=made.meeting,
            capacity=capacity,
            ordinal=number,
            name=f"来宾{number}",
            post="镇党委",
            status=status,
        )
    for number, (kind, status) in enumerate(
        (("criticism", "done"), ("criticism", "done"), ("criticism", "skipped"), ("own_check", "done"))
    ):
        Slot.objects.create(meeting=committee, ordinal=number, kind=kind, title="发言", status=status)
    gone = MeetingFactory.create(organization=branch, campaign=campaign, kind="committee", status="cancelled")
    Slot.objects.create(meeting=gone, ordinal=0, kind="criticism", title="发言", status="done")


def recounted(made: Evening) -> dict[str, str]:
    """The same numbers counted here: by hand-written SQL, and by going through the rows in Python."""
    scope = "campaign_id = %s AND organization_id = %s AND round_no = 1"
    at = (made.campaign.pk, made.organization.pk)

    def one(sql: str) -> str:
        return str(rows(sql, *at)[0][0] or 0)

    study = f"SELECT COUNT(*) FROM members_studypart WHERE part = '{{}}' AND session_id IN (SELECT id FROM members_studysession WHERE {scope})"
    point = f"SELECT COUNT(*) FROM members_opinionpoint WHERE {scope} AND verdict = '{{}}'"
    found = {
        "study_times": one(f"SELECT COUNT(*) FROM members_studysession WHERE {scope}"),
        "study_people": one(study.format("present")),
        "study_made_up": one(study.format("made_up")),
        "opinion_rounds": one(f"SELECT COUNT(*) FROM members_opinionround WHERE {scope}"),
        "forms_out": one(f"SELECT SUM(forms_out) FROM members_opinionround WHERE {scope}"),
        "forms_in": one(f"SELECT SUM(forms_in) FROM members_opinionround WHERE {scope}"),
        "opinions": one(
            f"SELECT COUNT(*) FROM members_opinion WHERE moderation = 'accepted' AND round_id IN (SELECT id FROM members_opinionround WHERE {scope})"
        ),
        "points": one(f"SELECT COUNT(*) FROM members_opinionpoint WHERE {scope}"),
        **{
            f"points_{verdict}": one(point.format(verdict))
            for verdict in ("true", "mostly", "inexact", "untrue")
        },
        "materials_in": one(
            f"SELECT COUNT(*) FROM members_material WHERE {scope} AND status IN ('submitted', 'passed', 'done')"
        ),
        "materials_passed": one(
            f"SELECT COUNT(*) FROM members_material WHERE {scope} AND status IN ('passed', 'done')"
        ),
        "talk_times": str(person_times(made)),
    }
    kept = [m for m in made.organization.materials.all() if m.status not in ("draft", "returned")]
    listed = [item for m in kept for item in Paper.loads(m.content).items]
    found["problems"] = str(len([item for item in listed if item.problem]))
    found["measures"] = str(len([item for item in listed if item.measure]))
    marks = list(made.meeting.attendances.select_related("entry"))
    came = [mark.entry for mark in marks if mark.status == "present"]
    on_roster = RosterEntry.objects.filter(
        roster__campaign=made.campaign, roster__organization=made.organization
    )
    expected = [entry for entry in on_roster if entry.is_expected]
    found |= {
        "expected": str(len(expected)),
        "expected_full": str(len([e for e in expected if e.kind == MemberKind.FULL])),
        "present": str(len(came)),
        "present_full": str(len([e for e in came if e.kind == MemberKind.FULL])),
        "committee_expected": "3",
        "committee_present": "2",
        "criticisms": "2",
        "guests_superior": "2",
        "guests_masses": "2",
        "guests_observers": "1",
        "superiors": "镇党委来宾0、镇党委来宾1",
    }
    ballot = made.reload()
    lines = list(TallyLine.objects.filter(ballot=ballot))
    found |= {
        "rated": str(len(lines)),
        "issued": str(ballot.issued),
        "returned": str(ballot.returned),
        "void": str(ballot.void_papers),
        "valid": str((ballot.returned or 0) - (ballot.void_papers or 0)),
    }
    for place, key in enumerate(ballot.option_keys):
        found[f"votes_{key}"] = str(sum(line.counts[place] for line in lines))
    return found


def person_times(made: Evening) -> int:
    """人次: everybody once for each other person of a talk; where one hosts, only with the host."""
    times = 0
    for talk in made.organization.talks.filter(kind="heart"):
        sides = list(talk.sides.all())
        if talk.together or len(sides) == 2:
            times += 2 * len(list(combinations(sides, 2)))
        else:
            times += 2 * (len(sides) - 1)
    return times


def test_the_numbers_equal_an_independent_recount(db: None) -> None:
    made = evening("certified", members=9, probationary=2, preset="luoyang_2014", rules=RULES)
    prepared(made)
    met(made)
    numbers = Numbers.of(made.campaign, made.organization)
    expected = recounted(made)
    assert {key: numbers.values[key] for key in expected} == expected
    assert expected["talk_times"] == "16"
    assert expected["problems"] == "5"
    assert (numbers.values["talk_owed"], numbers.values["talk_held"]) != (UNKNOWN, UNKNOWN)
    assert numbers.values["day"] == f"{made.meeting.day.month}月{made.meeting.day.day}日"
    assert numbers.values["committee_chair"] == "刘德福"
    assert set(numbers.values) == set(numbers.labels)


def test_every_number_of_the_draft_stands_in_its_text(db: None) -> None:
    made = evening("certified", members=9, probationary=2, preset="luoyang_2014", rules=RULES)
    prepared(made)
    met(made)
    numbers = Numbers.of(made.campaign, made.organization)
    draft = Draft.of(made.campaign, made.organization, numbers)
    text = "\n".join(filled(section.text, numbers.values) for section in draft.sections)
    assert "〔" not in text
    assert UNKNOWN not in text
    assert [section.title for section in draft.sections] == [
        "一、会前准备", "二、会议召开", "三、民主评议", "四、问题与整改", "五、下一步",
    ]  # fmt: skip
    assert "组织集中学习3次" in text
    assert "谈心谈话16人次" in text
    assert "提出批评意见2人次" in text
    assert set(used_in(draft.sections)) <= set(numbers.labels)


def test_a_small_branch_tells_no_votes(db: None) -> None:
    made = evening("certified", members=4, preset="luoyang_2014", rules=RULES)
    numbers = Numbers.of(made.campaign, made.organization)
    assert not [key for key in numbers.values if key.startswith("votes_")]
    assert numbers.values["valid"] == "4"
    review = Draft.of(made.campaign, made.organization, numbers).sections[2].text
    assert WITHHELD in review
    assert "得票" not in review


def test_votes_that_are_not_certified_are_not_told(db: None) -> None:
    made = evening("matched", members=9, preset="luoyang_2014", rules=RULES)
    numbers = Numbers.of(made.campaign, made.organization)
    assert numbers.values["issued"] == UNKNOWN
    assert not [key for key in numbers.values if key.startswith("votes_")]


def test_the_ballot_on_the_committee_stands_apart(db: None) -> None:
    made = evening(
        "certified",
        members=9,
        preset="xinyi_2018",
        rules={**RULES, "committee_rated": True},
        subject_kind="committee",
    )
    numbers = Numbers.of(made.campaign, made.organization)
    assert numbers.values["committee_issued"] == str(made.reload().issued)
    lines = list(TallyLine.objects.filter(ballot=made.ballot))
    first = made.ballot.option_keys[0]
    assert numbers.values[f"committee_votes_{first}"] == str(sum(line.counts[0] for line in lines))
    text = Draft.of(made.campaign, made.organization, numbers).sections[2].text
    assert f"〔committee_votes_{first}〕" in text
    groups = dict(number_groups(numbers))
    assert len(groups["评议支委会"]) == 4 + len(made.ballot.options)


def test_another_round_begins_from_nothing(db: None) -> None:
    made = evening("certified", members=9, preset="luoyang_2014", rules=RULES)
    prepared(made)
    Run.objects.create(
        campaign=made.campaign,
        organization=made.organization,
        round_no=2,
        opened_at=made.meeting.starts_at + datetime.timedelta(hours=1),
        reason="流于形式",
    )
    values = Numbers.of(made.campaign, made.organization).values
    assert (values["study_times"], values["opinions"], values["materials_in"]) == ("1", "0", "0")
    assert (values["day"], values["issued"], values["present"]) == (UNKNOWN, UNKNOWN, UNKNOWN)


def test_several_sittings_count_everybody_once(db: None) -> None:
    made = evening("certified", members=9, preset="luoyang_2014", rules=RULES)
    later = MeetingFactory.create(
        organization=made.organization,
        campaign=made.campaign,
        continues=made.meeting,
        status="closed",
        starts_at=made.meeting.starts_at + datetime.timedelta(days=5),
    )
    marks = list(made.meeting.attendances.all())
    made.meeting.attendances.filter(pk=marks[0].pk).update(status="leave")
    later.attendances.create(entry=marks[0].entry, status="present")
    later.attendances.create(entry=marks[1].entry, status="present")
    values = Numbers.of(made.campaign, made.organization).values
    assert (values["expected"], values["present"]) == ("9", "9")
    assert values["day"].count("、") == 1


def test_the_leaders_meeting_of_a_body_counts_its_seats(tree: Tree, campaign: Campaign) -> None:
    AppointmentFactory.create(organization=tree.township, role=Role.SECRETARY)
    meeting = MeetingFactory.create(
        organization=tree.township, campaign=campaign, kind="democratic_life", status="closed"
    )
    for number, status in enumerate(("present", "present", "absent")):
        Participant.objects.create(meeting=meeting, capacity="seat", name=f"委员{number}", status=status)
    values = Numbers.of(campaign, tree.township).values
    assert (values["expected"], values["present"], values["expected_full"]) == ("3", "2", UNKNOWN)
    assert values["chair"] == UNKNOWN


def test_labels_are_short_unambiguous_and_without_brackets() -> None:
    assert len(set(LABELS.values())) == len(LABELS)
    assert all(len(label) <= 12 and not re.search(r"[〔〕\s]", label) for label in LABELS.values())


def test_the_draft_of_a_body_tells_of_its_own_meeting_and_of_no_ballot(
    tree: Tree, campaign: Campaign
) -> None:
    asked = reporting(tree.county, "bodies", meeting_form="democratic_life", ballot_place="none")
    meeting = MeetingFactory.create(
        organization=tree.township, campaign=asked, kind="democratic_life", status="closed"
    )
    Participant.objects.create(meeting=meeting, capacity="seat", name="郑书记", status="present")
    draft = Draft.of(asked, tree.township, Numbers.of(asked, tree.township))
    assert draft.title.endswith("情况的专题报告")
    assert [section.title for section in draft.sections][-2:] == ["三、问题与整改", "四、下一步"]
    text = "\n".join(section.text for section in draft.sections)
    assert "召开民主生活会" in text
    assert "应到〔expected〕人，实到〔present〕人" in text
    assert "党员大会" not in text


def test_a_body_that_holds_another_meeting_names_it(tree: Tree) -> None:
    asked = reporting(tree.county, "upper", upper_committee_first=True)
    draft = Draft.of(asked, tree.township, Numbers.of(asked, tree.township))
    assert "召开班子会" in draft.sections[1].text


def test_where_nothing_is_on_record_no_sentence_counts_it_out(tree: Tree) -> None:
    asked = reporting(tree.township, "empty", opinions_asked=True, opinion_verdicts=True, study_list=["党章"])
    text = Draft.of(asked, tree.village, Numbers.of(asked, tree.village)).sections[0].text
    assert "征求意见〔opinion_rounds〕次。" in text
    assert "属实" not in text
    assert "人次参加" not in text
