"""The order of speaking, worked out by hand for each size of a committee; texts noted twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.rules.agenda import (
    ANSWERED,
    DIVIDER,
    READ_OUT,
    Speaker,
    Turn,
    answers_in,
    join_notes,
    kinds_before_ballot,
    plain_order,
    plenary_order,
    speaking_order,
    with_answers,
)

ALL = ("committee_check", "own_check", "criticism", "reply")
NAMES = "赵钱孙李周吴郑王冯陈褚"


def seats(number: int) -> list[Speaker]:
    """So many people, the secretary first."""
    return [Speaker(f"m{at}", NAMES[at]) for at in range(number)]


def brief(turns: tuple[Turn, ...]) -> list[str]:
    """Each turn as a short word: who, what, about whom."""
    short = {"committee_check": "班", "own_check": "查", "criticism": "批", "reply": "表"}
    return [f"{turn.speaker.name}{short[turn.kind]}{turn.about.name}" for turn in turns]


@pytest.mark.parametrize(
    ("number", "slots"),
    [(0, 0), (1, 3), (3, 13), (5, 31), (7, 57), (11, 133)],
)
def test_a_committee_has_so_many_slots(number: int, slots: int) -> None:
    assert len(speaking_order(seats(number), ALL)) == slots


def test_a_secretary_alone_speaks_for_all_of_it_for_himself_and_replies() -> None:
    assert brief(speaking_order(seats(1), ALL)) == ["赵班", "赵查", "赵表"]


def test_three_people_speak_in_three_steps_each() -> None:
    assert brief(speaking_order(seats(3), ALL)) == [
        "赵班",
        "赵查", "钱批赵", "孙批赵", "赵表",
        "钱查", "赵批钱", "孙批钱", "钱表",
        "孙查", "赵批孙", "钱批孙", "孙表",
    ]  # fmt: skip


def test_five_people_begin_and_end_as_the_notice_says() -> None:
    order = brief(speaking_order(seats(5), ALL))
    assert order[:8] == ["赵班", "赵查", "钱批赵", "孙批赵", "李批赵", "周批赵", "赵表", "钱查"]
    assert order[-6:] == ["周查", "赵批周", "钱批周", "孙批周", "李批周", "周表"]


def test_leaders_have_only_the_steps_their_notice_names() -> None:
    assert brief(speaking_order(seats(2), ("own_check", "criticism"))) == ["赵查", "钱批赵", "钱查", "赵批钱"]
    assert brief(speaking_order(seats(2), ())) == []
    assert brief(speaking_order(seats(2), ("committee_check", "reply"))) == ["赵班", "赵表", "钱表"]


def test_nobody_known_leaves_a_plain_agenda_without_names() -> None:
    assert speaking_order([], ALL) == ()
    assert plain_order(ALL) == tuple(Turn(step) for step in ALL)


def test_the_word_of_somebody_away_is_read_out_at_the_end() -> None:
    away = Speaker("m9", "卫")
    assert speaking_order(seats(1), ("own_check",), [away]) == (
        Turn("own_check", seats(1)[0]),
        Turn("own_check", away, extra=READ_OUT),
    )


@given(st.integers(min_value=1, max_value=15))
def test_every_ordered_pair_criticises_once_between_check_and_reply(number: int) -> None:
    people = seats(11)[:number] + [Speaker(f"x{at}", "卫") for at in range(number - 11)]
    turns = speaking_order(people, ALL)
    assert len(turns) == 1 + number * (number + 1)
    pairs = [(turn.speaker.key, turn.about.key) for turn in turns if turn.kind == "criticism"]
    assert sorted(pairs) == sorted((a.key, b.key) for a in people for b in people if a != b)
    for one in people:
        check = turns.index(Turn("own_check", one))
        reply = turns.index(Turn("reply", one))
        about = [at for at, turn in enumerate(turns) if turn.about == one]
        assert all(check < at < reply for at in about)
        assert reply - check == number


def test_the_parts_of_a_plenary_stand_in_the_order_of_the_rules() -> None:
    head = Speaker("m0", "赵")
    parts = ("committee_report", "self_review", "mutual_review", "ballot")
    assert plenary_order(parts, head=head) == (
        Turn("committee_report", head),
        Turn("self_review"),
        Turn("mutual_review"),
        Turn("ballot"),
    )
    alone = ("head_check", "heard", "self_review", "mutual_review", "ballot")
    assert plenary_order(alone, head=head)[:2] == (Turn("head_check", head), Turn("heard"))


def test_only_reviews_are_held_by_groups_and_never_the_ballot() -> None:
    parts = ("duty_report", "self_review", "ballot")
    groups = ("一组", "二组")
    assert plenary_order(parts, groups=groups, in_groups=("self_review", "ballot")) == (
        Turn("duty_report"),
        Turn("self_review", extra="一组"),
        Turn("self_review", extra="二组"),
        Turn("ballot"),
    )


def test_what_must_be_over_before_the_ballot() -> None:
    assert kinds_before_ballot(("a", "b", "ballot", "c")) == {"a", "b"}
    assert kinds_before_ballot(("a", "b")) == frozenset()


def test_two_texts_noted_at_once_are_both_kept() -> None:
    assert join_notes("甲", "甲乙") == "甲乙"
    assert join_notes("甲乙", "乙") == "甲乙"
    assert join_notes("甲", "乙") == f"甲\n{DIVIDER}\n乙"
    assert join_notes("", "乙") == "乙"


@given(st.text(), st.text())
def test_joining_loses_no_text_and_joining_again_changes_nothing(saved: str, mine: str) -> None:
    both = join_notes(saved, mine)
    assert saved in both
    assert mine in both
    assert join_notes(both, mine) == both
    assert join_notes(both, saved) == both


def test_ticks_are_kept_as_lines_of_the_notes() -> None:
    asked = ("四风问题", "群众意见")
    notes = with_answers("讲了三点。", asked, {"四风问题"})
    assert notes == f"讲了三点。\n{ANSWERED}四风问题"
    assert answers_in(notes, asked) == {"四风问题"}
    assert with_answers(notes, asked, {"四风问题", "群众意见"}) == f"{notes}\n{ANSWERED}群众意见"
    assert with_answers(notes, asked, ()) == "讲了三点。"
    assert with_answers("讲了三点。", (), ()) == "讲了三点。"
