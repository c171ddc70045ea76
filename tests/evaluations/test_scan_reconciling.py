"""收回 = 读出 + 空白 + 手工录入 + 整张作废 for each side: whatever happens to pages, nothing is formed before it closes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.models import FIRST, SECOND, EntrySlot
from evaluations.rules.reconciling import Side, side_identities, side_name, side_problems
from evaluations.services.form import sides as form_sides
from evaluations.services.hand_pages import set_page_count
from evaluations.services.scan_pages import judge_blank, set_aside
from evaluations.services.scan_reconciling import reconcile_problems, side_counts, waiting_problems
from tests.factories.evaluations import Evening, evening
from tests.factories.scanning import blank, page, rejected, scanned_evening, take_upload, upload

NUMBERS = st.integers(0, 60)


@pytest.fixture
def made() -> Evening:
    return scanned_evening(members=5)


def void(made: Evening, first: int | None, second: int | None) -> None:
    """What each 计票人 says is void."""
    for number, papers in ((FIRST, first), (SECOND, second)):
        EntrySlot.objects.update_or_create(
            ballot=made.ballot,
            number=number,
            defaults={"void_papers": papers, "holder": made.tellers[number - 1]},
        )


@given(returned=NUMBERS, read=NUMBERS, blank=NUMBERS, typed=NUMBERS, void=st.none() | NUMBERS)
def test_a_side_holds_exactly_when_its_parts_are_what_came_back(
    returned: int, read: int, blank: int, typed: int, void: int | None
) -> None:
    side = Side(1, returned, read, blank, typed, void)
    total = read + blank + typed + (void or 0)
    (identity,) = side_identities([side])
    problems = side_problems([side])
    assert bool(problems) == (total != returned)
    if void is None and total <= returned:
        assert identity.holds is None
    else:
        assert identity.holds == (total == returned)
    if total < returned:
        assert f"还差 {returned - total} 张" in problems[0]
    elif total > returned:
        assert f"多出 {total - returned} 张" in problems[0]
        assert "作废重来" in problems[0]


def test_before_the_hand_count_nothing_is_known() -> None:
    (identity,) = side_identities([Side(1, None, read=3)])
    assert identity.holds is None
    assert "收回 — = 读出 3" in identity.text


def test_sides_are_named_only_where_there_are_several() -> None:
    assert side_name(1, 1) == ""
    sides = [Side(1, 2, read=2, void=0), Side(2, 2, read=1, void=0)]
    assert [identity.text[:6] for identity in side_identities(sides)] == ["第 1 面：", "第 2 面："]
    (problem,) = side_problems(sides)
    assert problem.startswith("第 2 面：收回 2 张")


@pytest.mark.django_db
def test_a_ballot_that_is_not_scanned_has_nothing_to_reconcile_here() -> None:
    assert reconcile_problems(evening("collected").ballot) == []


@pytest.mark.django_db
def test_every_step_says_what_is_missing(made: Evening) -> None:
    teller, ballot = made.tellers[0], made.ballot
    assert ballot.returned == 5
    assert len(reconcile_problems(ballot)) == 2, "void papers are not counted, and everything is missing"
    take_upload(made, [page("11111")])
    assert waiting_problems(ballot) == ["第 1 次上传还没有读完。请等它读完；停住不动的，点“继续读”。"]
    ballot.scan_batches.all().delete()
    one, two, empty, _ = upload(made, [page("11111", ink="a"), page("11111", ink="a"), blank(), rejected()])
    assert [p[:9] for p in waiting_problems(ballot)] == ["还有 1 对疑似重", "还有 1 页空白票"]
    set_aside(ballot=ballot, by=teller, page=two.pk, reason="mistake")
    judge_blank(ballot=ballot, by=teller, page=empty.pk, is_vote=True)
    assert waiting_problems(ballot) == []
    set_page_count(ballot=ballot, by=teller, side=1, count=2)
    void(made, 1, None)
    assert "整张作废" in reconcile_problems(ballot)[0]
    void(made, 1, 0)
    assert "填得不一样" in reconcile_problems(ballot)[0]
    void(made, 1, 1)
    assert reconcile_problems(ballot) == []
    assert side_counts(ballot) == [Side(1, 5, read=1, blank=1, typed=2, void=1)]
    upload(made, [page("22222")])
    assert "多出 1 张" in reconcile_problems(ballot)[0]
    assert one.pk != two.pk


@pytest.mark.django_db
def test_each_side_of_a_form_is_counted_by_itself() -> None:
    made = scanned_evening(members=22, returned=2)
    sides = side_counts(made.ballot)
    assert [side.number for side in sides] == [1, 2]
    rows = {number: len(some) for number, some in form_sides(made.ballot).items()}
    upload(made, [page("1" * rows[1], side=1), page("1" * rows[2], side=2), page("1" * rows[2], side=2)])
    void(made, 0, 0)
    (problem,) = reconcile_problems(made.ballot)
    assert problem.startswith("第 1 面：收回 2 张，现在只有 1 张有着落，还差 1 张")
