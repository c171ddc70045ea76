"""The roll-up of a superior: one row a branch, scales apart, few papers withheld, nothing derivable."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from branches.models import Campaign, Category, Job, JobState, Kind, Organization, Role, User
from branches.services.jobs import request_job, run_job
from evaluations.models import Ballot, BallotStatus, BallotSubject, BranchResult, SubjectKind, TallyLine
from evaluations.progress import ballot_progress
from evaluations.reports.branch import branch_summary, file_name, screen_summary
from evaluations.reports.rollup import PDF_ROWS, rollup, write_rollup
from evaluations.reports.rollup_table import RollUpLine, RollUpSection
from evaluations.services.results import build_results
from evaluations.services.setup import void_ballot
from evaluations.tasks import retally, rollup_file
from tests.factories.branches import CampaignFactory, OrganizationFactory, account_with
from tests.factories.evaluations import bring_to, evening, published_campaign
from tests.factories.meetings import MeetingFactory

FOUR = [
    {"key": k, "label": v}
    for k, v in (
        ("excellent", "优秀"),
        ("qualified", "合格"),
        ("basic", "基本合格"),
        ("unqualified", "不合格"),
    )
]
THREE = [{"key": k, "label": v} for k, v in (("good", "好"), ("fair", "一般"), ("poor", "差"))]


def township() -> tuple[Organization, Campaign]:
    """A township with a campaign that is running."""
    above = OrganizationFactory.create(kind=Kind.COMMITTEE, category="office")
    return above, CampaignFactory.create(issuer=above)


def certified(
    campaign: Campaign,
    branch: Organization,
    rows: Iterable[tuple[int, ...]],
    *,
    valid: int,
    scale: list[dict[str, str]] = FOUR,
    base: str = "valid",
    subject_kind: str = SubjectKind.MEMBERS,
    round_no: int = 1,
) -> Ballot:
    """A certified ballot with these lines (options, 弃权, 无效), written directly."""
    ballot = Ballot.objects.create(
        meeting=MeetingFactory.create(organization=branch, campaign=campaign),
        campaign=campaign,
        organization=branch,
        subject_kind=subject_kind,
        round_no=round_no,
        scale=scale,
        percent_base=base,
        min_to_show=5,
        expected=valid + 3,
        present=valid + 2,
        printed=valid + 2,
        issued=valid + 1,
        replaced=0,
        unused=1,
        returned=valid + 1,
        void_papers=1,
    )
    for ordinal, numbers in enumerate(rows, start=1):
        subject = BallotSubject.objects.create(ballot=ballot, ordinal=ordinal, name=f"第{ordinal}人")
        TallyLine.objects.create(
            ballot=ballot,
            subject=subject,
            counts=list(numbers[: len(scale)]),
            abstained=numbers[len(scale)],
            invalid=numbers[len(scale) + 1],
        )
    # The workflow is tested elsewhere; here only what a certified ballot looks like matters.
    ballot.__dict__["status"] = BallotStatus.CERTIFIED
    ballot.certified_on = timezone.localdate()
    ballot.save()
    build_results([ballot])
    return ballot


def branches_of(above: Organization, count: int, category: str = Category.VILLAGE) -> list[Organization]:
    """So many branches below a township."""
    return [OrganizationFactory.create(parent=above, category=category) for _ in range(count)]


@pytest.mark.django_db
def test_each_branch_is_a_row_and_the_total_is_the_sum_of_the_rows() -> None:
    above, campaign = township()
    one, two, three = branches_of(above, 3)
    certified(campaign, one, [(4, 1, 0, 1, 0, 0), (6, 0, 0, 0, 0, 0)], valid=6)
    certified(campaign, two, [(1, 5, 0, 0, 1, 1)], valid=8)
    table = rollup(campaign, above)
    (section,) = table.sections
    assert [line.organization for line in section.lines] == [one.name, two.name]
    assert [line.ordinal for line in section.lines] == [1, 2]
    assert section.total.counts == (11, 6, 0, 1)
    assert (section.total.abstained, section.total.invalid, section.total.base) == (1, 1, 6 * 2 + 8)
    assert [line.organization for line in table.not_yet] == [three.name]
    assert table.not_yet[0].state == "还没有准备测评"
    assert table.progress == "已完成测评 2 个支部，共 3 个支部"
    assert table.title == f"{campaign.year}年度民主评议党员测评汇总表"


@pytest.mark.django_db
def test_the_number_of_queries_does_not_depend_on_the_number_of_branches() -> None:
    counted = []
    for size in (3, 60):
        above, campaign = township()
        for number, branch in enumerate(branches_of(above, size)):
            if number % 3:
                certified(campaign, branch, [(4, 1, 0, 1, 0, 0)], valid=6)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            table = rollup(Campaign.objects.select_related("issuer").get(pk=campaign.pk), above)
        assert table.branches + len(table.not_yet) == size
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 6


@pytest.mark.django_db
def test_scales_and_bases_are_never_mixed() -> None:
    above, campaign = township()
    one, two, three, four = branches_of(above, 4)
    certified(campaign, one, [(4, 1, 0, 1, 0, 0)], valid=6)
    certified(campaign, two, [(4, 1, 1, 0, 0)], valid=6, scale=THREE)
    certified(campaign, three, [(5, 1, 0, 0, 0, 0)], valid=6)
    certified(campaign, four, [(5, 1, 0, 0, 0, 0)], valid=6, base="present")
    table = rollup(campaign, above)
    assert [(s.scale, s.base_name, [x.organization for x in s.lines]) for s in table.sections] == [
        ("优秀、合格、基本合格、不合格", "有效票", [one.name, three.name]),
        ("好、一般、差", "有效票", [two.name]),
        ("优秀、合格、基本合格、不合格", "实到人数", [four.name]),
    ]
    assert [s.total.counts for s in table.sections] == [(9, 2, 0, 1), (4, 1, 1), (5, 1, 0, 0)]
    assert table.sections[2].total.base == 8


@pytest.mark.django_db
def test_a_voided_round_counts_no_more_and_the_new_one_counts() -> None:
    above, campaign = township()
    (branch,) = branches_of(above, 1)
    secretary = account_with(Role.SECRETARY, branch)
    first = certified(campaign, branch, [(6, 0, 0, 0, 0, 0)], valid=6)
    void_ballot(ballot=first, by=secretary, reason="责令重新进行")
    assert rollup(campaign, above).branches == 0
    build_results([first])  # a job that had read the ballot before it was voided
    assert rollup(campaign, above).branches == 0
    certified(campaign, branch, [(0, 6, 0, 0, 0, 0)], valid=6, round_no=2)
    (section,) = rollup(campaign, above).sections
    assert section.total.counts == (0, 6, 0, 0)
    assert section.lines[0].remarks == "第2轮"


@pytest.mark.django_db
def test_committee_and_members_are_two_tables_and_a_category_is_a_part() -> None:
    above, campaign = township()
    (village,) = branches_of(above, 1)
    (school,) = branches_of(above, 1, Category.SCHOOL)
    certified(campaign, village, [(6, 0, 0, 0, 0, 0)], valid=6)
    certified(campaign, school, [(0, 6, 0, 0, 0, 0)], valid=6, subject_kind=SubjectKind.COMMITTEE)
    assert [x.organization for x in rollup(campaign, above).sections[0].lines] == [village.name]
    committee = rollup(campaign, above, subject_kind=SubjectKind.COMMITTEE)
    assert committee.title.endswith("党支部委员会测评汇总表")
    assert [x.organization for x in committee.sections[0].lines] == [school.name]
    only = rollup(campaign, above, category=Category.SCHOOL)
    assert only.branches == 0
    assert [x.organization for x in only.not_yet] == [school.name]


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["setup", "issued", "collected", "matched"])
def test_a_branch_that_is_not_there_yet_shows_how_far_it_is(stage: str) -> None:
    made = evening(stage, members=3)
    table = rollup(made.campaign, made.campaign.issuer)
    assert [(x.organization, x.state) for x in table.not_yet] == [
        (made.organization.name, BallotStatus(stage).label)
    ]
    progress = ballot_progress(made.campaign, [made.organization])[made.organization.pk]
    assert (progress.status, progress.label, progress.certified) == (stage, BallotStatus(stage).label, False)
    assert progress.valid == (3 if stage == "matched" else None)


@pytest.mark.django_db
def test_a_branch_abolished_or_of_another_superior_is_not_in_the_table() -> None:
    above, campaign = township()
    other, _ = township()
    branches_of(other, 1)
    assert rollup(campaign, above).not_yet == ()
    assert rollup(campaign, other).not_yet == ()


SMALL = st.integers(min_value=0, max_value=9)
LINES = st.tuples(
    st.sampled_from([Category.VILLAGE, Category.SCHOOL, Category.OFFICE]), SMALL, SMALL, SMALL, SMALL
)


def line(category: str, *numbers: int) -> RollUpLine:
    """One branch of a scale of two with so many votes; below five valid papers it is withheld."""
    first, second, abstained, invalid = numbers
    valid = sum(numbers)
    hidden = valid < 5
    return RollUpLine(
        organization="党支部",
        category=Category(category).label,
        members=valid,
        full=valid,
        probationary=0,
        expected=valid,
        present=valid,
        issued=valid,
        returned=valid,
        valid=valid,
        void=0,
        subjects=1,
        counts=(None, None) if hidden else (first, second),
        abstained=None if hidden else abstained,
        invalid=None if hidden else invalid,
        base=valid,
        withheld=hidden,
    )


def votes(section: RollUpSection) -> Any:
    """Every number of votes and every share that is published."""
    shown = [*section.lines, *section.subtotals, section.total]
    return [(x.figures(), x.rest()) for x in shown]


@given(st.lists(LINES, max_size=8), st.data())
def test_nothing_published_depends_on_how_a_withheld_branch_voted(
    rows: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    """Two townships that differ only in the votes of withheld branches publish the same table."""
    other = []
    for category, *numbers in rows:
        valid = sum(numbers)
        if valid < 5:
            first = data.draw(st.integers(0, valid))
            second = data.draw(st.integers(0, valid - first))
            numbers = [first, second, valid - first - second, 0]
        other.append((category, *numbers))
    tables = [
        RollUpSection.of(("好", "差"), "有效票", [line(*row) for row in township_], Category.labels)
        for township_ in (rows, other)
    ]
    assert votes(tables[0]) == votes(tables[1])


@given(st.lists(LINES, max_size=8))
def test_sums_are_the_sums_of_the_branches_shown_and_say_how_many_are_left_out(
    rows: list[tuple[Any, ...]],
) -> None:
    section = RollUpSection.of(("好", "差"), "有效票", [line(*row) for row in rows], Category.labels)
    shown = [row for row in rows if sum(row[1:]) >= 5]
    assert section.hidden == len(rows) - len(shown)
    for total, chosen in (
        (section.total, rows),
        *((s, [r for r in rows if Category(r[0]).label == s.category]) for s in section.subtotals),
    ):
        seen = [row for row in chosen if sum(row[1:]) >= 5]
        if chosen and not seen:
            assert total.withheld
            assert total.figures() == ((None, None), (None, None))
            assert total.rest() == (None, None)
        else:
            assert total.counts == (sum(r[1] for r in seen), sum(r[2] for r in seen))
            assert (total.abstained, total.invalid) == (sum(r[3] for r in seen), sum(r[4] for r in seen))
            assert total.base == sum(sum(r[1:]) for r in seen)
        left_out = len(chosen) - len(seen)
        assert total.remarks == (f"票数不含 {left_out} 个支部" if left_out else "")
        assert total.valid == sum(sum(r[1:]) for r in chosen)
    # The total less the other categories is the category itself: nothing withheld is left over.
    parts = [s for s in section.subtotals if not s.withheld]
    assert section.total.counts == tuple(sum((s.counts[i] or 0) for s in parts) for i in range(2))


@pytest.mark.django_db
def test_one_withheld_branch_in_a_category_cannot_be_worked_out_from_the_rest() -> None:
    above, campaign = township()
    villages, (school,) = branches_of(above, 2), branches_of(above, 1, Category.SCHOOL)
    certified(campaign, villages[0], [(5, 1, 0, 0, 0, 0)], valid=6)
    certified(campaign, villages[1], [(0, 0, 0, 3, 1, 0)], valid=4)
    certified(campaign, school, [(2, 1, 0, 0, 0, 0)], valid=3)
    (section,) = rollup(campaign, above).sections
    hidden = [x for x in section.lines if x.withheld]
    assert [(x.organization, x.remarks) for x in hidden] == [
        (villages[1].name, "票少，不显示票数"),
        (school.name, "票少，不显示票数"),
    ]
    for withheld in hidden:
        assert set(withheld.counts) == {None}
        assert withheld.rest() == (None, None)
    assert section.total.counts == (5, 1, 0, 0)
    assert {s.category: (s.withheld, s.figures()[0][0]) for s in section.subtotals} == {
        "村": (False, 5),
        "学校": (True, None),
    }
    assert section.hidden == 2
    assert "2 个支部有效票太少" in section.notes()[1]


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["matched", "certified", "void"])
def test_few_papers_are_withheld_on_screen_and_stand_on_the_signed_form(stage: str) -> None:
    made = evening(stage, members=4)
    screen, signed = screen_summary(made.ballot), branch_summary(made.ballot, for_signing=True)
    assert screen.withheld
    assert not signed.withheld
    for row in screen.rows:
        assert set(row.counts) == {None}
        assert (row.abstained, row.invalid) == (None, None)
        assert set(screen.figures(row)) == {(None, None)}
    assert set(screen.total_figures()) == {(None, None)}
    assert screen.withheld_reason in screen.all_notes()
    for row, line_ in zip(signed.rows, made.ballot.lines.order_by("subject__ordinal"), strict=True):
        assert row.counts == tuple(line_.counts)
        assert (row.abstained, row.invalid) == (line_.abstained, line_.invalid)
    state = {"matched": "核对稿：尚未核定。", "void": "本轮已作废，不作依据。"}
    assert (state.get(stage) in signed.notes) == (stage in state)


@pytest.mark.django_db
def test_enough_papers_are_shown_on_screen_with_their_base() -> None:
    made = evening("certified", members=6, probationary=1, rules={"percent_base": "present"})
    screen = screen_summary(made.ballot)
    assert not screen.withheld
    assert (screen.base_name, screen.base) == ("实到人数", 7)
    assert sum(row.graded for row in screen.rows) == 6
    assert (screen.heads.expected, screen.heads.valid, screen.heads.void) == (7, 6, 1)
    today = timezone.localdate()
    assert file_name(made.ballot, "xlsx").endswith(f"测评汇总表_截至{today:%Y%m%d}.xlsx")


@pytest.mark.django_db
def test_the_committees_table_is_headed_by_what_is_rated() -> None:
    made = evening("certified", members=6, subject_kind=SubjectKind.COMMITTEE)
    summary = screen_summary(made.ballot)
    assert summary.title.endswith("党支部委员会测评汇总表")
    assert summary.name_heading == "评议内容"


def job_for(by: User | None, **params: Any) -> Job:
    """A job of a person."""
    return request_job(kind="tests.nothing", key=str(params), title="汇总表", by=by, params=params)


@pytest.mark.django_db
def test_counting_a_campaign_again_gives_the_same_sums() -> None:
    above, campaign = township()
    office = account_with(Role.OFFICE, above)
    for branch, (first, second) in zip(branches_of(above, 4), product((1, 4), (2, 3)), strict=True):
        certified(
            campaign, branch, [(first, second, 0, 0, 0, 0), (second, first, 0, 0, 0, 0)], valid=first + second
        )
    columns = ("ballot", "rated", "counts", "abstained", "invalid", "members_full")
    before = list(BranchResult.objects.order_by("ballot").values(*columns))
    BranchResult.objects.order_by("ballot").first().delete()  # type: ignore[union-attr]
    BranchResult.objects.update(counts=[9, 9, 9, 9])
    for _ in range(2):
        job = job_for(office, campaign=campaign.pk)
        retally(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4)
        assert list(BranchResult.objects.order_by("ballot").values(*columns)) == before
    heap = Counter[int]()
    for counts in TallyLine.objects.values_list("counts", flat=True):
        heap.update(dict(enumerate(counts)))
    assert [heap[i] for i in range(4)] == [sum(r["counts"][i] for r in before) for i in range(4)]


@pytest.mark.django_db
def test_counting_again_needs_the_campaign_and_the_right() -> None:
    above, campaign = township()
    stranger = account_with(Role.OFFICE, OrganizationFactory.create(kind=Kind.COMMITTEE))
    for by, params, reason in (
        (stranger, {"campaign": campaign.pk}, "您已没有汇总这项活动的权限。"),
        (account_with(Role.OFFICE, above), {"campaign": 0}, "活动不存在。"),
    ):
        job = job_for(by, **params)
        retally(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.message) == (JobState.FAILED, reason)
    job = job_for(None, campaign=campaign.pk)
    retally(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE


@pytest.mark.django_db
@pytest.mark.parametrize(("file_format", "magic"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_the_file_a_job_makes_is_whole_and_named(file_format: str, magic: bytes) -> None:
    above, campaign = township()
    (branch,) = branches_of(above, 1)
    certified(campaign, branch, [(4, 1, 0, 1, 0, 0)], valid=6)
    job = job_for(
        account_with(Role.OFFICE, above), campaign=campaign.pk, organization=above.pk, format=file_format
    )
    rollup_file(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    assert job.result_path.read_bytes().startswith(magic)
    assert job.result_name.endswith(f".{file_format}")
    assert (job.done, job.total, job.message) == (1, 1, "正在保存")


@pytest.mark.django_db
def test_a_file_is_refused_without_the_right_when_the_job_runs() -> None:
    above, campaign = township()
    office = account_with(Role.OFFICE, above)
    params = {"campaign": campaign.pk, "organization": above.pk, "format": "xlsx"}
    job = job_for(office, **params)
    office.appointments.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    gone = account_with(Role.OFFICE, above, is_active=False)
    able = account_with(Role.OFFICE, above)
    no_right = "您已没有查看这份汇总表的权限。"
    for refused, reason in (
        (job, no_right),
        (job_for(None, **params), no_right),
        (job_for(gone, **params, again=1), no_right),
        (job_for(able, **(params | {"organization": 0})), "活动或党组织已不存在。"),
        (job_for(able, **(params | {"format": "docx"})), "只能下载 Excel 或 PDF。"),
    ):
        run_job(str(refused.pk), write_rollup)
        refused.refresh_from_db()
        assert (refused.state, refused.message) == (JobState.FAILED, reason)
        assert not refused.result_path.exists()


@pytest.mark.django_db
def test_a_pdf_of_too_many_branches_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    above, campaign = township()
    (branch,) = branches_of(above, 1)
    certified(campaign, branch, [(4, 1, 0, 1, 0, 0)], valid=6)
    assert PDF_ROWS == 3000
    monkeypatch.setattr("evaluations.reports.rollup.PDF_ROWS", 0)
    job = job_for(account_with(Role.OFFICE, above), campaign=campaign.pk, organization=above.pk, format="pdf")
    run_job(str(job.pk), write_rollup)
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "共 1 个支部，PDF 页数太多。请下载 Excel。")


@pytest.mark.django_db
def test_an_evening_through_the_services_arrives_in_the_roll_up() -> None:
    above = OrganizationFactory.create(kind=Kind.COMMITTEE)
    campaign = published_campaign(above, preset="luoyang_2014")
    made = bring_to(evening("setup", members=6, probationary=1, campaign=campaign), "certified")
    (section,) = rollup(campaign, above).sections
    row = section.lines[0]
    assert section.scale == "好、一般、差"
    assert (row.members, row.full, row.probationary, row.subjects) == (7, 6, 1, 6)
    assert (row.expected, row.present, row.issued, row.returned, row.valid, row.void) == (7, 7, 7, 7, 6, 1)
    valid = [vote.marks for vote in made.votes if not vote.void]
    heap = Counter("".join(valid))
    assert row.counts == (heap["1"], heap["2"], heap["3"])
    assert row.rest() == (heap["0"], heap["x"])
    assert ballot_progress(campaign, [made.organization])[made.organization.pk].certified
