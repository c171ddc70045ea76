"""Scanned sheets become a result: machine's rows, decided strips, typed sides and blank sheets; then the report."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from branches.workflow import NotAllowed
from evaluations.models import (
    BallotStatus,
    CountEvent,
    CountReport,
    EntryMode,
    EntrySlot,
    PageFate,
    PaperEntry,
    ScanPage,
    Strip,
    StripReading,
    TallyLine,
)
from evaluations.rules import Line
from evaluations.services import (
    certifying,
    comparing,
    entry,
    hand_pages,
    matching,
    scan_counting,
    scan_pages,
    strips,
)
from evaluations.services.count_chain import chain_head, first_broken_event
from evaluations.services.count_report import count_report
from evaluations.services.scan_files import scan_folder
from evaluations.services.scan_sealing import open_strip
from evaluations.services.sealing import destroy_key, has_key
from tests.factories.deciding import Sheets, decide_all, judge_all, scanned
from tests.factories.evaluations import Evening, evening, sign_all
from tests.factories.scanning import blank, page, rejected, scanned_evening, upload

pytestmark = pytest.mark.django_db


def refused(reason: str, step: Callable[[], object]) -> None:
    """The step is refused and says so."""
    with pytest.raises(NotAllowed) as refusal:
        step()
    assert reason in refusal.value.reason


@pytest.fixture
def made() -> Evening:
    """Five members; five papers came back."""
    return scanned_evening(members=5)


def lines(made: Evening) -> list[list[int]]:
    """The result as numbers."""
    rows = TallyLine.objects.filter(ballot=made.ballot).order_by("subject__ordinal")
    return [[*row.counts, row.abstained, row.invalid] for row in rows]


def doubtful(made: Evening) -> list[Strip]:
    """The strips the machine doubts."""
    return [strip for strip in strips.live_strips(made.ballot) if not open_strip(strip).is_control]


def match(made: Evening) -> list[list[int]]:
    """Form the result."""
    matching.match(ballot=made.ballot, by=made.tellers[0])
    made.reload()
    return lines(made)


def test_certain_rows_and_decided_rows_add_up_to_the_valid_papers(made: Evening) -> None:
    sheets = scanned(
        made,
        ["1234?", "11111", "0?111", "22222", "1x111".replace("x", "?")],
        ["12341", "11111", "0x111", "22222", "10111"],
    )
    judge_all(made, sheets)
    assert match(made) == [
        [3, 1, 0, 0, 1, 0],
        [1, 2, 0, 0, 1, 1],
        [3, 1, 1, 0, 0, 0],
        [3, 1, 0, 1, 0, 0],
        [4, 1, 0, 0, 0, 0],
    ]
    assert made.ballot.status == BallotStatus.MATCHED
    assert made.ballot.corrected == 0


def test_blank_sheets_typed_sides_and_void_sheets_count_too(made: Evening) -> None:
    sheets = scanned(made, ["11111", "2222?"], ["11111", "22222"])
    other = upload(made, [blank(), rejected()])
    scan_pages.judge_blank(ballot=made.ballot, by=made.tellers[0], page=other[0].pk, is_vote=True)
    hand_pages.set_page_count(ballot=made.ballot, by=made.tellers[0], side=1, count=1)
    for by in made.tellers:
        hand_pages.save_hand_page(ballot=made.ballot, by=by, side=1, number=1, marks="3x044")
    judge_all(made, sheets, void=1)
    assert match(made) == [
        [1, 1, 1, 0, 1, 0],
        [1, 1, 0, 0, 1, 1],
        [1, 1, 0, 0, 2, 0],
        [1, 1, 0, 1, 1, 0],
        [1, 1, 0, 1, 1, 0],
    ]
    assert made.ballot.void_papers == 1


def test_nothing_is_formed_while_papers_are_missing(made: Evening) -> None:
    sheets = scanned(made, ["11111"] * 4)
    judge_all(made, sheets)
    refused("还差 1 张", lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))
    assert lines(made) == []


def test_a_page_set_aside_takes_its_rows_with_it(made: Evening) -> None:
    sheets = scanned(made, ["1111?"] * 6, ["11112"] * 6)
    judge_all(made, sheets)
    gone = ScanPage.objects.filter(ballot=made.ballot).earliest("position")
    scan_pages.set_aside(ballot=made.ballot, by=made.tellers[0], page=gone.pk, reason="rescanned")
    refused(comparing.NOT_FINISHED, lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))
    judge_all(made, sheets)
    assert match(made)[4] == [0, 5, 0, 0, 0, 0]


def test_a_new_upload_opens_both_places_again(made: Evening) -> None:
    first = scanned(made, ["11111"] * 4)
    judge_all(made, first)
    second = scanned(made, ["1111?"], ["11113"])
    assert not made.ballot.slots.filter(finished=True).exists()
    judge_all(made, Sheets({**first.truth, **second.truth}))
    assert match(made)[4] == [4, 0, 1, 0, 0, 0]


def test_where_machine_and_people_differ_the_people_count(made: Evening, every_row_a_control: None) -> None:
    sheets = scanned(made, ["11111"] * 5, ["21111", *["11111"] * 4])
    judge_all(made, sheets)
    assert match(made)[0] == [4, 1, 0, 0, 0, 0]
    report = count_report(made.ballot)
    assert (report.controls, report.control_differences) == (25, 1)
    assert (report.rows_certain, report.rows_decided) == (0, 0)


@pytest.fixture
def every_row_a_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """People look at every row."""
    monkeypatch.setattr("evaluations.rules.strips.CONTROLS_PER_HUNDRED", 100)


@pytest.fixture
def no_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    """People look at doubtful rows only."""
    monkeypatch.setattr("evaluations.rules.strips.CONTROLS_PER_HUNDRED", 0)


class TestWhereTheTwoDiffer:
    """They settle it together."""

    def test_the_row_is_open_until_both_decide_it_together(self, made: Evening, no_controls: None) -> None:
        sheets = scanned(made, ["?1111", *["11111"] * 4], ["21111", *["11111"] * 4])
        strip = doubtful(made)[0]
        judge_all(made, sheets, wrong={strip.pk: "x"})
        refused(comparing.STILL_OPEN, lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))
        points = scan_counting.open_points(ballot=made.ballot, by=made.tellers[1])
        assert (points.strips, points.number) == ({strip.pk: ("2", "x")}, 1)
        scan_counting.settle_strip(ballot=made.ballot, by=made.tellers[0], strip=strip.pk, mark="3")
        assert scan_counting.open_points(ballot=made.ballot, by=made.tellers[0]).number == 0
        assert match(made)[0] == [4, 0, 1, 0, 0, 0]
        assert made.ballot.corrected == 1
        event = CountEvent.objects.get(ballot=made.ballot, kind="decision")
        assert event.payload == {
            "row": 1,
            "decided": 1,
            "together": 1,
        }  # what one sheet says is kept by nobody

    def test_a_row_both_saw_alike_is_not_settled_again(self, made: Evening, no_controls: None) -> None:
        sheets = scanned(made, ["?1111", *["11111"] * 4], ["21111", *["11111"] * 4])
        judge_all(made, sheets)
        strip = doubtful(made)[0].pk
        refused(
            "不用再定",
            lambda: scan_counting.settle_strip(ballot=made.ballot, by=made.tellers[0], strip=strip, mark="3"),
        )

    def test_void_sheets_counted_differently_are_counted_again(self, made: Evening) -> None:
        sheets = scanned(made, ["11111"] * 4)
        for by, void in zip(made.tellers, (0, 1), strict=True):
            decide_all(made, by, sheets)
            scan_counting.finish_judging(ballot=made.ballot, by=by, void=void)
        assert scan_counting.open_points(ballot=made.ballot, by=made.tellers[0]).void == (0, 1)
        refused("作废", lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))
        refused(comparing.STILL_OPEN, lambda: scan_counting.scanned_lines(made.ballot))
        for too_many in (6, -1):
            refused(
                "不能多于收回",
                lambda many=too_many: scan_counting.settle_void(  # type: ignore[misc]
                    ballot=made.ballot, by=made.tellers[0], void=many
                ),
            )
        scan_counting.settle_void(ballot=made.ballot, by=made.tellers[0], void=1)
        assert match(made)[0] == [4, 0, 0, 0, 0, 0]

    def test_counting_void_sheets_anew_opens_them_again(self, made: Evening) -> None:
        sheets = scanned(made, ["11111"] * 4)
        for by, void in zip(made.tellers, (0, 1), strict=True):
            decide_all(made, by, sheets)
            scan_counting.finish_judging(ballot=made.ballot, by=by, void=void)
        scan_counting.settle_void(ballot=made.ballot, by=made.tellers[0], void=1)
        scan_counting.finish_judging(ballot=made.ballot, by=made.tellers[0], void=2)
        assert scan_counting.open_points(ballot=made.ballot, by=made.tellers[0]).void == (2, 1)

    def test_nothing_is_compared_before_both_are_done(self, made: Evening) -> None:
        scanned(made, ["11111"] * 5)
        refused(
            comparing.NOT_FINISHED, lambda: scan_counting.open_points(ballot=made.ballot, by=made.tellers[0])
        )


class TestSayingThatOneIsDone:
    """Nothing may be missing."""

    def test_every_strip_is_decided_first(self, made: Evening) -> None:
        scanned(made, ["11?11", *["11111"] * 4])
        refused("没有判", lambda: finish(made))
        assert made.ballot.slots.get().void_papers == 0

    def test_every_typed_side_is_typed_first(self, made: Evening) -> None:
        hand_pages.set_page_count(ballot=made.ballot, by=made.tellers[0], side=1, count=2)
        refused("还有 2 张没有录完，先录第 1 面第 1 张", lambda: finish(made))

    @pytest.mark.parametrize("void", [-1, 6])
    def test_not_more_sheets_are_void_than_came_back(self, made: Evening, void: int) -> None:
        refused("不能多于收回的 5 张", lambda: finish(made, void))

    def test_only_where_sheets_are_scanned(self) -> None:
        other = evening("collected", entry_mode=EntryMode.TOTALS)
        refused("不判读", lambda: finish(other))

    def test_a_second_press_changes_nothing(self, made: Evening) -> None:
        sheets = scanned(made, ["11111"] * 5)
        judge_all(made, sheets)
        assert finish(made).finished


def finish(made: Evening, void: int = 0) -> EntrySlot:
    """The first 计票人 says that all is done."""
    return scan_counting.finish_judging(ballot=made.ballot, by=made.tellers[0], void=void)


def test_a_doubtful_row_without_a_strip_stops_the_count(made: Evening, no_controls: None) -> None:
    sheets = scanned(made, ["?1111", *["11111"] * 4], ["11111"] * 5)
    Strip.objects.all().delete()
    judge_all(made, sheets)
    refused("没有交给计票人判读", lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))


def test_a_row_one_of_the_two_has_not_decided_stops_the_count(made: Evening, no_controls: None) -> None:
    sheets = scanned(made, ["?1111", *["11111"] * 4], ["11111"] * 5)
    judge_all(made, sheets)
    StripReading.objects.filter(slot=2).delete()
    refused("有行还没有判", lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))


def test_sending_back_keeps_what_each_decided_and_drops_what_was_settled(
    made: Evening, no_controls: None
) -> None:
    sheets = scanned(made, ["?1111", *["11111"] * 4], ["21111", *["11111"] * 4])
    strip = doubtful(made)[0].pk
    judge_all(made, sheets, wrong={strip: "x"})
    scan_counting.settle_strip(ballot=made.ballot, by=made.tellers[0], strip=strip, mark="3")
    match(made)
    matching.recount(ballot=made.ballot, by=made.tellers[0], reason="再看一遍")
    assert sorted(StripReading.objects.values_list("slot", flat=True)) == [1, 2]
    assert scan_counting.seat_progress(made.ballot, 1) == (1, 1, [])
    for by in made.tellers:
        scan_counting.finish_judging(ballot=made.ballot, by=by, void=0)
    scan_counting.settle_strip(ballot=made.ballot, by=made.tellers[0], strip=strip, mark="2")
    assert match(made)[0] == [4, 1, 0, 0, 0, 0]
    kinds = list(CountEvent.objects.filter(ballot=made.ballot).values_list("kind", flat=True))
    assert kinds == ["scan", "decision", "match", "recount", "decision", "match"]
    assert first_broken_event(made.ballot) is None


def certified(made: Evening) -> CountReport:
    """Signed and certified; the report as it is kept."""
    sign_all(made)
    certifying.certify(ballot=made.ballot, by=made.secretary)
    made.reload()
    return CountReport.objects.get(ballot=made.ballot)


class TestCertifying:
    """The report is written, everything else destroyed."""

    def test_the_report_keeps_numbers_and_fingerprints(self, made: Evening, no_controls: None) -> None:
        sheets = scanned(made, ["1111?", "11111", "11111"], ["11112", "11111", "11111"])
        aside, *_ = upload(made, [page("11111"), rejected()])
        scan_pages.set_aside(ballot=made.ballot, by=made.tellers[0], page=aside.pk, reason="rescanned")
        hand_pages.set_page_count(ballot=made.ballot, by=made.tellers[0], side=1, count=1)
        for by in made.tellers:
            hand_pages.save_hand_page(ballot=made.ballot, by=by, side=1, number=1, marks="11111")
        judge_all(made, sheets, void=1)
        match(made)
        before = count_report(made.ballot)
        hashes = ScanPage.objects.filter(ballot=made.ballot, fate=PageFate.READ)
        expected = sorted(hashes.values_list("image_sha256", flat=True))
        report = certified(made)
        assert report.image_hashes == expected
        assert len(report.merkle_root) == 64
        assert (report.pages_read, report.pages_blank, report.pages_typed) == (3, 0, 1)
        assert (report.pages_set_aside, report.rows_certain, report.rows_decided) == (2, 14, 1)
        assert report.details == {
            "sides": {
                "0": {"read": 0, "blank": 0, "typed": 0, "aside": 0, "rejected": 1},
                "1": {"read": 3, "blank": 0, "typed": 1, "aside": 1, "rejected": 0},
            },
            "reasons": {"faint": 1},
        }
        assert report.chain_head == chain_head(made.ballot) != before.chain_head
        said = CountEvent.objects.get(ballot=made.ballot, kind="certify")
        assert said.payload["lines"]["5"] == [3, 1, 0, 0, 0, 0]
        assert first_broken_event(made.ballot) is None
        for name in ("form_hash", "pages_read", "pages_set_aside", "rows_certain", "merkle_root", "details"):
            assert getattr(before, name) == getattr(report, name)
        assert count_report(made.ballot) == report

    def test_nothing_of_a_sheet_is_left(
        self, made: Evening, django_capture_on_commit_callbacks: Callable[..., object]
    ) -> None:
        sheets = scanned(made, ["1111?"] * 5, ["11112"] * 5)
        judge_all(made, sheets)
        match(made)
        sign_all(made)
        scan_folder(made.ballot.pk).mkdir(parents=True, exist_ok=True)
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
            certifying.certify(ballot=made.ballot, by=made.secretary)
        for kept in (Strip, StripReading, ScanPage, PaperEntry):
            assert not kept.objects.filter(ballot=made.ballot).exists()
        assert not made.ballot.scan_batches.exists()
        assert not scan_folder(made.ballot.pk).exists()
        assert not has_key(made.ballot.pk)

    def test_without_the_key_it_goes_back_and_the_sheets_are_scanned_again(self, made: Evening) -> None:
        judge_all(made, scanned(made, ["1111?"] * 5, ["11112"] * 5))
        match(made)
        sign_all(made)
        destroy_key(made.ballot.pk)
        refused("密钥", lambda: certifying.certify(ballot=made.ballot, by=made.secretary))
        assert made.reload().status == BallotStatus.MATCHED
        matching.recount(ballot=made.ballot, by=made.tellers[0], reason="密钥不在")
        entry.type_again(ballot=made.reload(), by=made.secretary)
        judge_all(made, scanned(made, ["1111?"] * 5, ["11113"] * 5))
        assert match(made)[4] == [0, 0, 5, 0, 0, 0]

    def test_parts_are_told_only_where_none_is_small(self, made: Evening, no_controls: None) -> None:
        sheets = scanned(made, ["1111?", *["11111"] * 4], ["11112", *["11111"] * 4])
        judge_all(made, sheets)
        match(made)
        assert certified(made).parts == {}

    def test_parts_are_told_where_all_are_large_enough(self, no_controls: None) -> None:
        made = scanned_evening(members=10)
        count = made.ballot.min_to_show
        rows = made.rows
        said = ["?" + "1" * (rows - 1)] * count + ["1" * rows] * (10 - count)
        truth = ["2" + "1" * (rows - 1)] * count + ["1" * rows] * (10 - count)
        judge_all(made, scanned(made, said, truth))
        match(made)
        report = certified(made)
        assert set(report.parts) == {"machine", "decided"}
        assert report.parts["decided"]["1"] == [0, count, 0, 0, 0, 0]
        assert report.parts["machine"]["1"] == [10 - count, 0, 0, 0, 0, 0]

    @pytest.mark.parametrize("mode", [EntryMode.PAPERS, EntryMode.TOTALS])
    def test_typed_ballots_get_a_report_too(self, mode: str) -> None:
        made = evening("certified", entry_mode=mode)
        report = CountReport.objects.get(ballot=made.ballot)
        assert (report.image_hashes, report.merkle_root, report.details) == ([], "", None)
        assert len(report.form_hash) == 20
        assert report.chain_head == chain_head(made.ballot)
        assert [e.kind for e in CountEvent.objects.filter(ballot=made.ballot)] == [
            "match",
            "certify",
            "sealed",
        ]


def test_decisions_are_said_in_no_telling_order(made: Evening, every_row_a_control: None) -> None:
    sheets = scanned(made, ["12341"] * 5)
    judge_all(made, sheets)
    counted = scan_counting.scanned_lines(made.ballot)
    said = [(d["row"], d["value"], d["how"]) for d in counted.decisions(5)]
    assert sorted(said) == sorted(
        (row, mark, "both") for row, mark in enumerate("12341", 1) for _ in range(5)
    )
    orders = {tuple(d["row"] for d in counted.decisions(5)) for _ in range(5)}
    assert len(orders) > 1
    assert counted.lines[0] == Line((5, 0, 0, 0), 0, 0)


def test_decisions_of_few_sheets_are_said_by_number_only(made: Evening, every_row_a_control: None) -> None:
    """One untidy sheet: what people saw in its rows would be its whole vote."""
    sheets = scanned(made, ["12341"] * 5)
    judge_all(made, sheets)
    counted = scan_counting.scanned_lines(made.ballot)
    assert counted.decisions(6) == [{"row": row, "decided": 5, "together": 0} for row in range(1, 6)]
