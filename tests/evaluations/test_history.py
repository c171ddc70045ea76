"""A branch year on year: its own numbers only, grades for whom they are meant, a chart that says what the table says."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from branches.models import Campaign, DecisionKind, Organization, Role, Run, StepDecision, User
from evaluations.models import Ballot, BallotStatus
from evaluations.reports.history import IN_TIME, NO_DAY, PUT_OFF, History, Year, history_of, timing_of
from evaluations.reports.history_chart import WIDTH, chart_of
from tests.factories.branches import OrganizationFactory, account_with
from tests.factories.evaluations import Evening, evening, published_campaign
from tests.factories.exporting import assessed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
DAY = datetime.date(2026, 12, 1)
GRADES = ["excellent", "excellent", "qualified"]


def held(
    year: int = 2026, organization: Organization | None = None, publicity: str = "file_up", members: int = 6
) -> Evening:
    """A certified ballot and its assessment in force, of this year."""
    issuer = None if organization is None else organization.superior()
    campaign = None
    if issuer is not None:
        campaign = published_campaign(issuer, slug=f"y{year}", rules={"result_publicity": publicity})
    rules = {"result_publicity": publicity} if campaign is None else None
    made = evening("certified", members=members, organization=organization, campaign=campaign, rules=rules)
    assessed(made, GRADES)
    Campaign.objects.filter(pk=made.campaign.pk).update(year=year, name=f"{year}年度评议")
    return made


def seen(made: Evening, reader: User | None = None) -> History:
    """The history as this person sees it, by default the secretary."""
    return history_of(made.organization, reader or made.secretary)


def page_of(made: Evening, client: Client) -> str:
    """The page, as text."""
    return client.get(reverse("evaluations:history", args=[made.organization.pk])).content.decode()


def test_every_year_of_the_branch_stands_there_newest_first(client_of: ClientOf) -> None:
    made = held(2025)
    held(2026, made.organization)
    newest, before = seen(made).years
    assert (newest.year, before.year) == (2026, 2025)
    assert (before.due, before.assessed, before.timing) == (6, 6, IN_TIME)
    assert before.words == "优秀 2、合格 4、基本合格 0、不合格 0"
    page = page_of(made, client_of(made.secretary))
    for words in ("<svg", 'role="img"', "2025年　应评 6 人，参评 6 人", before.words, "2026年度评议"):
        assert words in page


def test_another_branch_never_stands_on_the_page(client_of: ClientOf) -> None:
    made = held()
    other = OrganizationFactory.create(parent=made.organization.superior(), name="邻村党支部")
    beside = evening("certified", members=6, organization=other, campaign=made.campaign)
    assessed(beside, GRADES)
    office = account_with(Role.OFFICE, made.campaign.issuer)
    assert "邻村" not in page_of(made, client_of(office))
    assert len(seen(made, office).years) == 1


def test_superiors_see_no_grades_that_stay_in_the_branch_but_who_took_part() -> None:
    made = held(publicity="branch_only")
    office = account_with(Role.OFFICE, made.campaign.issuer)
    (above,), (own,) = seen(made, office).years, seen(made).years
    assert (above.grades, above.words, above.assessed) == ((), "由支部掌握", 6)
    assert own.words.startswith("优秀 2")
    (filed,) = seen(other := held(), account_with(Role.OFFICE, other.campaign.issuer)).years
    assert filed.words.startswith("优秀 2")


def test_so_few_papers_that_votes_are_not_shown_hide_the_grades_from_everybody(client_of: ClientOf) -> None:
    made = held(members=3)
    (year,) = seen(made).years
    assert (year.grades, year.hidden) == ((), "票数少，不列人数")
    assert "优秀" not in page_of(made, client_of(made.secretary))


def test_opinions_without_a_scale_are_said_to_be_such() -> None:
    made = held()
    made.ballot.assessments.update(scale=[])
    assert seen(made).years[0].words == "只提评定意见，不定等次"


def test_what_is_not_in_force_counts_nobody_and_says_how_far_it_is(client_of: ClientOf) -> None:
    made = held()
    sheets = made.ballot.assessments
    sheets.update(status="draft")
    (year,) = seen(made).years
    assert (year.state, year.assessed, year.grades, year.due) == ("提出意见", 0, (), 6)
    assert "提出意见" in page_of(made, client_of(made.secretary))
    sheets.update(status="effective")
    Ballot.objects.filter(pk=made.ballot.pk).update(status=BallotStatus.VOID)
    assert not seen(made).years[0].done
    sheets.all().delete()
    assert seen(made).years[0].state == "还没有开始评定"


def test_an_old_round_is_no_result_any_more() -> None:
    made = held()
    Run.objects.create(
        campaign=made.campaign,
        organization=made.organization,
        round_no=2,
        opened_at=timezone.now(),
        reason="重来",
    )
    assert seen(made).years[0].state == "责令重新进行，还没有重新评定"


def test_late_is_said_as_a_fact_and_what_was_put_off_with_leave_is_not_late() -> None:
    made = held()
    made.ballot.assessments.update(decided_on=datetime.date(2099, 1, 1))
    assert seen(made).years[0].timing.startswith("晚 ")
    StepDecision.objects.create(
        campaign=made.campaign,
        organization=made.organization,
        step="assessment",
        kind=DecisionKind.POSTPONED,
        reason="防汛",
        decided_by="何文",
        decided_at=timezone.now(),
    )
    assert seen(made).years[0].timing == PUT_OFF


@pytest.mark.parametrize(
    ("decided", "last", "round_no", "put_off", "words"),
    [
        (DAY, DAY, 1, False, IN_TIME),
        (DAY + datetime.timedelta(3), DAY, 1, False, "晚 3 天"),
        (DAY + datetime.timedelta(3), DAY, 1, True, PUT_OFF),
        (DAY + datetime.timedelta(3), DAY, 2, False, "第 2 轮"),
        (DAY, None, 1, False, NO_DAY),
        (None, DAY, 1, False, NO_DAY),
    ],
)
def test_whether_it_was_in_time(
    decided: datetime.date | None, last: datetime.date | None, round_no: int, put_off: bool, words: str
) -> None:
    assert timing_of(decided, last, round_no, put_off=put_off) == words


def test_a_branch_without_any_year_says_so_and_a_member_is_sent_to_the_own_page(client_of: ClientOf) -> None:
    branch = OrganizationFactory.create()
    url = reverse("evaluations:history", args=[branch.pk])
    assert "还没有参加过评议" in client_of(account_with(Role.SECRETARY, branch)).get(url).content.decode()
    leader = account_with(Role.GROUP_LEADER, branch)
    answer = client_of(leader).get(url)
    assert answer.status_code == 403
    assert "我的评议结果" in answer.content.decode()


def test_the_page_asks_the_same_number_of_queries_for_one_year_and_for_three(client_of: ClientOf) -> None:
    made = held(2024)
    client = client_of(made.secretary)
    page_of(made, client)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page_of(made, client)
    for year in (2025, 2026):
        held(year, made.organization)
    with CaptureQueriesContext(connection) as many:
        page_of(made, client)
    assert len(few) == len(many)


def test_the_sheet_leads_to_the_years(client_of: ClientOf) -> None:
    made = held()
    url = reverse("evaluations:assessment", args=[made.ballot.assessments.get().pk])
    link = reverse("evaluations:history", args=[made.organization.pk])
    assert link in client_of(made.secretary).get(url).content.decode()


NUMBERS = st.lists(st.integers(0, 80), max_size=6)


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 20)), max_size=10))
def test_the_parts_fill_the_frame_without_gaps_and_nothing_leaves_the_picture(
    lines: list[tuple[list[int], int]],
) -> None:
    years = [
        Year(
            2026,
            "",
            sum(numbers) + absent,
            sum(numbers),
            True,
            "",
            "",
            tuple(("合格", n) for n in numbers),
            "",
        )
        for numbers, absent in lines
    ]
    chart = chart_of(years)
    assert len(chart.bars) == len(years)
    for bar, (numbers, absent) in zip(chart.bars, lines, strict=True):
        assert len(bar.parts) == sum(n > 0 for n in numbers)
        ends = [1, *(part.x + part.width for part in bar.parts)]
        assert [part.x for part in bar.parts] == ends[:-1]
        assert ends[-1] - 1 <= bar.frame < WIDTH
        assert absent or ends[-1] - 1 == bar.frame
        assert bar.y + 34 < chart.height
        assert all(not part.label or part.label.endswith(tuple("0123456789")) for part in bar.parts)
