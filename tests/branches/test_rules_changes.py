"""What changed between two texts: nothing is lost, and what stayed is not shown as changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from branches.rules.changes import ADDED, MOST_CHARACTERS, MOST_SENTENCES, REMOVED, SAME, Piece, changes

TEXT = st.text("会前会上会后。；\n十二", max_size=60) | st.text(max_size=60)


@given(TEXT, TEXT)
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    pieces = changes(old, new)
    assert "".join(p.text for p in pieces if p.kind != REMOVED) == new
    assert "".join(p.text for p in pieces if p.kind != ADDED) == old
    assert all(p.text for p in pieces)


@given(TEXT)
def test_the_same_text_has_no_changes(text: str) -> None:
    assert [p.kind for p in changes(text, text)] == ([SAME] if text else [])


def test_a_changed_day_is_shown_within_its_sentence() -> None:
    old = "先学习。11月20日晚在村委会会议室召开党员大会。会后公示。"
    new = "先学习。11月25日晚在村委会会议室召开党员大会。会后公示。"
    assert changes(old, new) == (
        Piece("先学习。11月2", SAME),
        Piece("0", REMOVED),
        Piece("5", ADDED),
        Piece("日晚在村委会会议室召开党员大会。会后公示。", SAME),
    )


def test_a_sentence_put_in_between_is_added_as_a_whole() -> None:
    found = changes("先学习。再开会。", "先学习。逐户走访老党员。再开会。")
    assert Piece("逐户走访老党员。", ADDED) in found
    assert [p.kind for p in found] == [SAME, ADDED, SAME]


def test_what_stayed_between_two_changes_is_not_shown_as_changed() -> None:
    found = changes("由书记讲党课。再开会。请村民旁听。", "外出党员打电话。再开会。当场测评票。")
    assert Piece("再开会。", SAME) in found
    assert [p.kind for p in found] == [REMOVED, ADDED, SAME, REMOVED, ADDED]


def test_a_sentence_written_anew_is_shown_as_replaced_not_letter_by_letter() -> None:
    found = changes("由书记讲党课。", "外出党员打电话。")
    assert found == (Piece("由书记讲党课。", REMOVED), Piece("外出党员打电话。", ADDED))


def test_long_stretches_are_shown_as_replaced() -> None:
    old, new = "春" * (MOST_CHARACTERS + 1), "春" * MOST_CHARACTERS + "夏秋"
    assert [p.kind for p in changes(old, new)] == [REMOVED, ADDED]


def test_a_text_of_thousands_of_lines_is_compared_at_once() -> None:
    old = "头\n" + "\n" * (MOST_SENTENCES + 1) + "甲"
    new = "头\n" + "乙\n" * (MOST_SENTENCES + 1) + "丙"
    assert [p.kind for p in changes(old, new)] == [SAME, REMOVED, ADDED]
