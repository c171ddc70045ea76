"""Two people type independently; every mark is saved, nothing typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from branches.models import AuditEvent
from branches.workflow import NotAllowed
from evaluations.models import (
    READ_AGAIN,
    Ballot,
    BallotStatus,
    EntryMode,
    EntrySlot,
    PaperEntry,
    TotalsEntry,
)
from evaluations.rules import Line, Paper
from evaluations.services import entry, matching
from evaluations.services.sealing import destroy_key, key_path, make_key
from meetings.models import Duty, DutyKind
from tests.factories.branches import account_with
from tests.factories.evaluations import (
    Evening,
    account_of,
    evening,
    save_heads,
    totals_of,
    type_all,
    type_papers,
)
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db
FULL = "甲、乙两席都已有人在录。如需换人，请支部书记在测评页面上换人。"


def another_teller(made: Evening) -> Any:
    """One more 计票人 of the meeting, with an account."""
    member = made.people[1]
    if Duty.objects.filter(meeting=made.meeting, kind=DutyKind.TELLER, member=member).exists():
        member = MemberFactory.create(organization=made.organization)
    Duty.objects.create(meeting=made.meeting, kind=DutyKind.TELLER, member=member, holder_name=member.name)
    return account_of(member)


def refused(reason: str, step: Callable[[], object]) -> None:
    """The step is refused for this very reason."""
    with pytest.raises(NotAllowed) as refusal:
        step()
    assert refusal.value.reason == reason


def test_two_tellers_take_two_places_and_keep_them() -> None:
    made = evening("collected", members=6)
    first, second = (entry.take_slot(ballot=made.ballot, by=teller) for teller in made.tellers)
    assert (first.number, second.number) == (1, 2)
    assert entry.take_slot(ballot=made.ballot, by=made.tellers[0]).pk == first.pk
    third = another_teller(made)
    refused(FULL, lambda: entry.take_slot(ballot=made.ballot, by=third))
    assert EntrySlot.objects.count() == 2


@pytest.mark.parametrize("person", ["secretary", "scrutineer", "stranger"])
def test_nobody_but_a_teller_types(person: str) -> None:
    made = evening("collected")
    by = account_with("secretary", made.campaign.issuer) if person == "stranger" else getattr(made, person)
    reason = "只有本次会议的计票人可以录票。"
    refused(reason, lambda: entry.take_slot(ballot=made.ballot, by=by))
    refused(reason, lambda: entry.save_paper(ballot=made.ballot, by=by, paper_no=1, marks="1"))
    refused(reason, lambda: entry.save_totals(ballot=made.ballot, by=by, void=0, lines={}))
    refused(reason, lambda: entry.finish_slot(ballot=made.ballot, by=by))
    refused(reason, lambda: entry.own_paper(ballot=made.ballot, by=by, paper_no=1))
    assert not EntrySlot.objects.exists()


@pytest.mark.parametrize("stage", ["setup", "issued", "matched", "certified", "void"])
def test_nobody_types_outside_the_count(stage: str) -> None:
    made = evening(stage)
    reason = f"现在是「{made.ballot.get_status_display()}」，不能录票。"
    by = made.tellers[0]
    refused(reason, lambda: entry.save_paper(ballot=made.ballot, by=by, paper_no=1, marks="1"))
    refused(reason, lambda: entry.finish_slot(ballot=made.ballot, by=by))


def test_a_stale_page_of_before_certification_cannot_type_any_more() -> None:
    made = evening("collected")
    stale = Ballot.objects.get(pk=made.ballot.pk)
    type_all(made)
    matching.match(ballot=made.ballot, by=made.tellers[0])
    assert stale.status == BallotStatus.COLLECTED
    with pytest.raises(NotAllowed, match="两人相符"):
        entry.save_paper(ballot=stale, by=made.tellers[0], paper_no=1, marks="11111")


def test_what_is_typed_is_kept_sealed_and_read_by_its_typist() -> None:
    made = evening("collected")
    by = made.tellers[0]
    assert entry.own_paper(ballot=made.ballot, by=by, paper_no=2) is None
    assert entry.save_paper(ballot=made.ballot, by=by, paper_no=2, marks="12") == Paper("12???")
    assert entry.own_paper(ballot=made.ballot, by=by, paper_no=2) == Paper("12???")
    row = PaperEntry.objects.get()
    assert (row.slot, row.paper_no, row.complete) == (1, 2, False)
    assert b"12???" not in bytes(row.sealed)
    assert len(bytes(row.sealed)) == 12 + 1 + 5 + 16
    assert str(row) == "第2张"
    assert entry.own_paper(ballot=made.ballot, by=made.tellers[1], paper_no=2) is None
    assert entry.typed_papers(made.ballot, 1) == set()


def test_the_same_form_posted_twice_is_one_paper() -> None:
    made = evening("collected")
    for _ in range(2):
        entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1, marks="11111")
    assert PaperEntry.objects.count() == 1
    assert entry.typed_papers(made.ballot, 1) == {1}


@pytest.mark.parametrize("number", [0, -1, 6, 40_000])
def test_only_the_papers_that_came_back_can_be_typed(number: int) -> None:
    made = evening("collected")
    refused(
        f"共收回 5 张，没有第 {number} 张。",
        lambda: entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=number, marks="1"),
    )


def test_a_place_is_finished_when_every_paper_is_complete() -> None:
    made = evening("collected")
    type_papers(made, made.tellers[0], made.votes[:3], finish=False)
    refused(
        "还有 2 张没有录完：第 4、5 张。",
        lambda: entry.finish_slot(ballot=made.ballot, by=made.tellers[0]),
    )
    type_papers(made, made.tellers[0])
    assert not entry.both_finished(made.ballot)
    type_papers(made, made.tellers[1])
    assert entry.both_finished(made.ballot)
    assert entry.finish_slot(ballot=made.ballot, by=made.tellers[1]).finished
    finished = AuditEvent.objects.filter(action="finish_slot", about_id=str(made.ballot.pk))
    assert [event.detail for event in finished.order_by("sequence")] == [{"slot": 1}, {"slot": 2}]


def test_a_change_after_the_end_opens_the_place_again_and_the_same_once_more_does_not() -> None:
    made = evening("typed")
    entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1, marks=made.votes[0].marks)
    assert entry.both_finished(made.ballot)
    entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1, marks="00000")
    assert not entry.both_finished(made.ballot)


def test_a_void_paper_counts_as_typed_and_keeps_the_marks_typed_before() -> None:
    made = evening("collected")
    by = made.tellers[0]
    entry.save_paper(ballot=made.ballot, by=by, paper_no=1, marks="12", void=True)
    assert entry.typed_papers(made.ballot, 1) == {1}
    assert entry.own_paper(ballot=made.ballot, by=by, paper_no=1) == Paper("12???", void=True)


def test_a_freed_place_is_taken_by_another_with_what_is_typed_there() -> None:
    made = evening("collected", members=6)
    type_papers(made, made.tellers[0], made.votes[:2], finish=False)
    entry.take_slot(ballot=made.ballot, by=made.tellers[1])
    entry.free_slot(ballot=made.ballot, number=1, by=made.secretary)
    third = another_teller(made)
    assert entry.take_slot(ballot=made.ballot, by=third).number == 1
    assert entry.own_paper(ballot=made.ballot, by=third, paper_no=2) == made.votes[1]
    refused(
        "您录过的一席已由别人接着录；另一席须由没有录过票的计票人录。",
        lambda: entry.take_slot(ballot=made.ballot, by=made.tellers[0]),
    )


def test_nobody_ever_types_in_both_places_even_when_both_are_freed() -> None:
    made = evening("collected", members=6)
    one, two = made.tellers
    for teller in (one, two):
        entry.save_paper(ballot=made.ballot, by=teller, paper_no=1, marks="1")
    for number in (1, 2):
        entry.free_slot(ballot=made.ballot, number=number, by=made.secretary)
    assert entry.take_slot(ballot=made.ballot, by=two).number == 2
    assert entry.take_slot(ballot=made.ballot, by=one).number == 1


def test_a_place_where_nothing_was_typed_binds_nobody() -> None:
    made = evening("collected")
    entry.take_slot(ballot=made.ballot, by=made.tellers[0])
    entry.free_slot(ballot=made.ballot, number=1, by=made.secretary)
    assert not EntrySlot.objects.exists()
    assert entry.take_slot(ballot=made.ballot, by=made.tellers[1]).number == 1
    assert entry.take_slot(ballot=made.ballot, by=made.tellers[0]).number == 2


def test_only_clerks_free_a_place_and_a_free_or_unknown_place_changes_nothing() -> None:
    made = evening("collected")
    entry.take_slot(ballot=made.ballot, by=made.tellers[0])
    refused(
        "测评由本支部书记、副书记或组织委员准备。",
        lambda: entry.free_slot(ballot=made.ballot, number=1, by=made.tellers[1]),
    )
    for number in (2, 0, 9):
        entry.free_slot(ballot=made.ballot, number=number, by=made.secretary)
    assert not AuditEvent.objects.filter(action="free_slot").exists()
    entry.free_slot(ballot=made.ballot, number=1, by=made.secretary)
    assert AuditEvent.objects.get(action="free_slot").detail == {"slot": 1}


def test_a_teller_named_no_longer_cannot_go_on() -> None:
    made = evening("collected")
    entry.take_slot(ballot=made.ballot, by=made.tellers[0])
    Duty.objects.filter(meeting=made.meeting, member__user=made.tellers[0]).delete()
    refused(
        "只有本次会议的计票人可以录票。",
        lambda: entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1, marks="1"),
    )


def test_totals_are_saved_even_when_they_do_not_add_up_but_not_finished() -> None:
    made = evening("collected", entry_mode=EntryMode.TOTALS, members=3, returned=3)
    rows = list(made.ballot.rated())
    by = made.tellers[0]
    problems = entry.save_totals(
        ballot=made.ballot, by=by, void=0, lines={rows[0].pk: Line((1, 1, 0, 0), 0, 0)}
    )
    assert problems == [
        f"{rows[1].name}：还没有录。",
        f"{rows[2].name}：还没有录。",
        f"{rows[0].name}：各栏合计 2，应为有效票 3，少 1 票，请核对。",
    ]
    assert entry.read_totals(made.ballot, 1) == {rows[0].pk: Line((1, 1, 0, 0), 0, 0)}
    refused(problems[0], lambda: entry.finish_slot(ballot=made.ballot, by=by))
    assert entry.save_totals(ballot=made.ballot, by=by, void=None, lines={}) == [
        "请填写整张作废的张数，没有就填 0。"
    ]
    assert entry.save_totals(ballot=made.ballot, by=by, void=4, lines={}) == [
        "整张作废 4 张，不能多于收回的 3 张。"
    ]
    lines, void = totals_of(made)
    assert entry.save_totals(ballot=made.ballot, by=by, void=void, lines=lines) == []
    assert entry.finish_slot(ballot=made.ballot, by=by).finished
    assert str(TotalsEntry.objects.filter(slot=1).first()).endswith("甲")


def test_two_people_of_one_name_are_both_checked() -> None:
    made = evening("collected", entry_mode=EntryMode.TOTALS, members=3, returned=3)
    rows = list(made.ballot.rated())
    made.ballot.subjects.update(name="王伟")
    lines = {row.pk: Line((3, 0, 0, 0), 0, 0) for row in rows} | {rows[0].pk: Line((2, 0, 0, 0), 0, 0)}
    problems = entry.save_totals(ballot=made.ballot, by=made.tellers[0], void=0, lines=lines)
    assert problems == ["王伟：各栏合计 2，应为有效票 3，少 1 票，请核对。"]


@pytest.mark.parametrize(
    ("line", "void"), [(Line((-1, 4, 0, 0), 0, 0), 0), (Line((3, 0, 0, 0), 99_999, 0), 0), (None, -1)]
)
def test_a_number_that_cannot_be_a_count_is_refused(line: Line | None, void: int) -> None:
    made = evening("collected", entry_mode=EntryMode.TOTALS, members=3)
    lines = {} if line is None else {row.pk: line for row in made.ballot.rated()}
    refused(
        "票数须在 0 到 9999 之间，请核对是否按错了数字。",
        lambda: entry.save_totals(ballot=made.ballot, by=made.tellers[0], void=void, lines=lines),
    )


def test_rows_of_another_ballot_or_another_scale_are_left_out() -> None:
    made = evening("collected", entry_mode=EntryMode.TOTALS, members=3)
    other = evening("setup", members=3)
    foreign = {row.pk: Line((3, 0, 0, 0), 0, 0) for row in other.ballot.rated()}
    entry.save_totals(ballot=made.ballot, by=made.tellers[0], void=0, lines=foreign)
    short = {row.pk: Line((3, 0), 0, 0) for row in made.ballot.rated()}
    entry.save_totals(ballot=made.ballot, by=made.tellers[0], void=0, lines=short)
    assert not TotalsEntry.objects.exists()


def test_totals_saved_once_more_unchanged_stay_finished_and_a_change_opens_them() -> None:
    made = evening("typed", entry_mode=EntryMode.TOTALS)
    lines, void = totals_of(made)
    entry.save_totals(ballot=made.ballot, by=made.tellers[0], void=void, lines=lines)
    assert entry.both_finished(made.ballot)
    entry.save_totals(ballot=made.ballot, by=made.tellers[0], void=void + 1, lines=lines)
    assert not entry.both_finished(made.ballot)


def test_each_way_of_typing_refuses_the_other() -> None:
    papers, totals = evening("collected"), evening("collected", entry_mode=EntryMode.TOTALS)
    refused(
        "这次测评的计票方式是「逐票录入」，不录每人票数。",
        lambda: entry.save_totals(ballot=papers.ballot, by=papers.tellers[0], void=0, lines={}),
    )
    refused(
        "这次测评的计票方式是「录入每人票数」，不逐票录入。",
        lambda: entry.save_paper(ballot=totals.ballot, by=totals.tellers[0], paper_no=1, marks="1"),
    )


def test_a_change_drops_what_was_read_again_for_this_paper_only() -> None:
    made = evening("collected")
    wrong = [Paper("00000"), Paper("xxxxx"), *made.votes[2:]]
    type_all(made, wrong)
    for number in (1, 2):
        matching.read_paper_again(
            ballot=made.ballot,
            by=made.tellers[0],
            paper_no=number,
            marks=dict(enumerate(made.votes[number - 1].marks)),
            void=False,
        )
    entry.save_paper(ballot=made.ballot, by=made.tellers[1], paper_no=1, marks="0000x")
    kept = PaperEntry.objects.filter(ballot=made.ballot, slot=READ_AGAIN)
    assert [row.paper_no for row in kept] == [2]


def test_a_lost_key_says_so_and_typing_starts_over() -> None:
    made = evening("typed")
    refused("录票正常，不需要从头重录。", lambda: entry.type_again(ballot=made.ballot, by=made.secretary))
    destroy_key(made.ballot.pk)
    assert entry.key_lost(made.ballot)
    for step in (
        lambda: entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=1, marks="00000"),
        lambda: matching.match(ballot=made.ballot, by=made.tellers[0]),
    ):
        with pytest.raises(NotAllowed, match="密钥不在这台服务器上"):
            step()
    refused(
        "测评由本支部书记、副书记或组织委员准备。",
        lambda: entry.type_again(ballot=made.ballot, by=made.tellers[0]),
    )
    entry.type_again(ballot=made.ballot, by=made.secretary)
    assert not entry.key_lost(made.ballot)
    assert not PaperEntry.objects.exists()
    type_all(made)
    assert matching.match(ballot=made.ballot, by=made.tellers[0]).status == BallotStatus.MATCHED


@pytest.mark.parametrize("damage", ["other key", "half a key", "swapped rows"])
def test_a_wrong_key_or_a_swapped_row_is_found(damage: str) -> None:
    made = evening("typed")
    if damage == "other key":
        destroy_key(made.ballot.pk)
        make_key(made.ballot.pk)
    elif damage == "half a key":
        key_path(made.ballot.pk).write_bytes(b"short")
    else:
        one, two = PaperEntry.objects.filter(ballot=made.ballot, slot=1).order_by("paper_no")[:2]
        PaperEntry.objects.filter(pk=one.pk).update(sealed=two.sealed)
    with pytest.raises(NotAllowed, match="无法读取已录的票"):
        matching.paper_mismatches(ballot=made.ballot, by=made.tellers[0])


def test_the_sealed_length_depends_on_nothing_but_the_rows() -> None:
    made = evening("collected", members=3, returned=3)
    for number, (marks, void) in enumerate([("", False), ("123", True), ("xxx", False)], start=1):
        entry.save_paper(ballot=made.ballot, by=made.tellers[0], paper_no=number, marks=marks, void=void)
    assert len({len(bytes(row.sealed)) for row in PaperEntry.objects.all()}) == 1


def test_fewer_papers_back_than_handed_out_is_an_ordinary_evening() -> None:
    made = evening("certified", members=6, returned=4)
    assert (made.ballot.heads.not_returned, made.ballot.heads.valid) == (2, 4)
    nothing = evening("certified", members=3, returned=0)
    assert nothing.ballot.heads.valid == 0
    assert all(line.line.total == 0 for line in nothing.ballot.lines.all())
    with pytest.raises(NotAllowed):
        save_heads(nothing, returned=1)


def test_the_quick_typing_of_the_factories_leaves_what_typing_one_by_one_leaves() -> None:
    quick, slow = evening("collected"), evening("collected")
    assert quick.votes == slow.votes
    type_papers(quick, quick.tellers[0])
    for number, paper in enumerate(slow.votes, start=1):
        entry.save_paper(
            ballot=slow.ballot, by=slow.tellers[0], paper_no=number, marks=paper.marks, void=paper.void
        )
    entry.finish_slot(ballot=slow.ballot, by=slow.tellers[0])
    left = [
        (
            entry.read_papers(made.ballot, 1),
            sorted(made.ballot.papers.values_list("slot", "form_page", "paper_no", "complete")),
            list(made.ballot.slots.values_list("number", "finished")),
        )
        for made in (quick, slow)
    ]
    assert left[0] == left[1]
    assert len(left[0][0]) == len(quick.votes) > 2
