"""Minutes as text: sections from slots, forms to write on, and what changed since."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.rules.minutes import (
    Absence,
    Gathered,
    Guest,
    Heads,
    Papers,
    Spoken,
    ballot_text,
    drafted,
)
from meetings.rules.minutes_changes import changes, kept, taken_over
from meetings.rules.minutes_record import Record, mark

BARE = Gathered(title="党员大会", time="", place="村委会", topics="")


def section(key: str, kind: str, speaker: str = "", notes: str = "", **more: str) -> Spoken:
    """A slot."""
    labels = {
        "own_check": "个人对照检查",
        "criticism": "批评意见",
        "reply": "表态",
        "self_review": "个人自评",
    }
    label = labels.get(kind, kind)
    return Spoken(key, kind, label, f"{speaker}{label}", speaker, notes, **more)


def titles(record: Record) -> list[str]:
    """The headings that are printed."""
    return [one.title for one in record.sections if not one.is_off]


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        (Heads(5), "5 名"),
        (Heads(12, 10), "12 名，其中正式党员 10 名，预备党员 2 名"),
        (Heads(3, 3), "3 名，其中正式党员 3 名"),
    ],
)
def test_heads_are_said_with_full_and_probationary_apart(heads: Heads, words: str) -> None:
    assert heads.words() == words


def test_absences_and_guests_are_said_with_what_is_known() -> None:
    assert Absence("吴长河", "请假", "住院").words() == "吴长河（请假，住院）"
    assert Absence("吴长河", "缺席").words() == "吴长河（缺席）"
    assert Guest("周敏", "镇党委委员", "上级领导").words() == "周敏（镇党委委员）"
    assert Guest("周敏", "", "上级领导").words() == "周敏（上级领导）"


def test_criticism_and_reply_stand_under_the_speech_they_answer() -> None:
    slots = (
        section("1", "own_check", "甲"),
        section("2", "criticism", "乙", "多下村"),
        section("3", "reply", "甲", "接受"),
        section("4", "own_check", "乙"),
    )
    found = drafted(Gathered("", "", "", "", slots=slots)).sections
    assert [one.title for one in found[:2]] == ["甲个人对照检查", "乙个人对照检查"]
    assert found[0].text == "甲（自我批评）：\n乙（批评意见）：多下村\n甲（表态）：接受"


def test_equal_parts_of_a_plenary_make_one_section() -> None:
    slots = tuple(section(str(n), "self_review", name) for n, name in enumerate("甲乙丙"))
    first = drafted(Gathered("", "", "", "", slots=slots)).sections[0]
    assert first.title == "个人自评"
    assert first.text.count("（个人自评）：") == 3


def test_a_slot_of_its_own_keeps_its_title_and_needs_no_speaker() -> None:
    slots = (Spoken("1", "other", "其他议程", "学习文件", notes="学了"), Spoken("2", "other", "其他议程", ""))
    found = drafted(Gathered("", "", "", "", slots=slots)).sections
    assert (found[0].title, found[0].text) == ("学习文件", "学了")
    assert found[1].title == "其他议程"


def test_criticism_without_a_speech_before_it_stands_alone() -> None:
    slots = (section("1", "criticism", "乙", "好"), section("2", "criticism", "丙", "行"))
    found = drafted(Gathered("", "", "", "", slots=slots)).sections[0]
    assert (found.title, found.text) == ("批评意见", "乙（批评意见）：好\n丙（批评意见）：行")


def test_what_was_left_out_is_named_only_with_its_reason() -> None:
    slots = (
        section("1", "own_check", "甲", status="skipped", skip_reason="请假"),
        section("2", "reply", "甲", status="skipped"),
        Spoken("3", "other", "其他议程", "学习", status="skipped", skip_reason="改日"),
    )
    found = drafted(Gathered("", "", "", "", slots=slots)).sections
    assert found[0].text == "甲（自我批评）：未进行（请假）。"
    assert found[1].text == "学习：未进行（改日）。"


def test_ballot_and_comments_have_sections_of_their_own() -> None:
    slots = (
        section("1", "ballot"),
        section("2", "comments", "周敏", "好"),
        Spoken("3", "comments", "上级点评", "", notes="再接再厉"),
        Spoken("4", "comments", "上级点评", ""),
    )
    guest = Guest("李敏", "", "督导组", "查摆实")
    found = drafted(Gathered("", "", "", "", slots=slots, guests=(guest,), has_ballot=True)).pieces()
    assert found["comments"].text == "李敏（督导组）：查摆实\n周敏：好\n再接再厉"
    assert "k-body" in found
    assert found["ballot"].text.startswith("民主测评发出测评表 ____ 张")


def test_without_slots_the_parts_of_the_rules_are_the_headings() -> None:
    parts = (("self_review", "个人自评"), ("ballot", "民主测评"))
    assert titles(drafted(Gathered("", "", "", "", parts=parts))) == ["个人自评", "决议", "上级点评"]


def test_nobody_absent_is_said_only_once_somebody_was_marked() -> None:
    assert drafted(BARE).pieces()["absent"].text == ""
    assert drafted(Gathered("", "", "", "", present=Heads(3))).pieces()["absent"].text == "无"


def test_papers_are_said_with_whom_they_are_about_and_who_counted() -> None:
    text = ballot_text(Papers(9, 8, 7, 1, about="班子"), scrutineers=["甲"], tellers=["乙", "丙"])
    assert text == (
        "民主测评（班子）发出测评表 9 张，收回 8 张，其中有效 7 张、无效 1 张。监票人：甲。计票人：乙、丙。"
    )
    assert "监票人" not in ballot_text(None)


def test_a_text_has_the_same_mark_whatever_the_ends_of_its_lines() -> None:
    assert mark("a\r\nb ") == mark("a\nb")
    assert mark("a") != mark("b")


def test_what_is_stored_reads_back_and_missing_lines_are_empty() -> None:
    record = drafted(BARE).edited({"resolution": "同意"}, {"resolution": "决定"}, ["comments"])
    assert Record.loads(*record.dumps()) == record
    assert Record.loads({}, []).pieces()["place"].text == ""


def test_edits_leave_alone_what_is_not_named_and_titles_are_never_empty() -> None:
    record = drafted(BARE).edited({}, {"resolution": "  "})
    assert record == drafted(BARE)


def test_only_changed_data_are_shown_never_what_people_wrote() -> None:
    record = drafted(BARE).edited({"resolution": "同意", "place": "活动室"})
    assert changes(record, drafted(BARE)) == ()
    now = drafted(Gathered("党员大会", "", "镇会议室", ""))
    (change,) = changes(record, now)
    assert (change.key, change.written, change.now, change.is_edited) == ("place", "活动室", "镇会议室", True)


def test_data_that_say_what_is_written_already_are_no_change() -> None:
    record = drafted(BARE).edited({"place": "镇会议室"})
    assert changes(record, drafted(Gathered("党员大会", "", "镇会议室", ""))) == ()


def test_new_sections_are_shown_when_they_say_something() -> None:
    now = drafted(Gathered("党员大会", "", "村委会", "", slots=(section("1", "own_check", "甲", "我"),)))
    found = changes(drafted(BARE), now)
    assert [(one.key, one.is_new) for one in found] == [("p1", True)]
    blank = drafted(Gathered("党员大会", "", "村委会", "", slots=(Spoken("1", "other", "其他", "学习"),)))
    assert changes(drafted(BARE), blank) == ()


def test_new_sections_come_in_their_place_and_blank_old_ones_go() -> None:
    slots = tuple(section(str(n), "own_check", name, "我") for n, name in enumerate("甲乙"))
    record = drafted(Gathered("党员大会", "", "村委会", "", slots=slots[:1]))
    now = drafted(Gathered("党员大会", "", "村委会", "", slots=slots))
    assert titles(taken_over(record, now, {"p1"})) == ["甲个人对照检查", "乙个人对照检查", "决议", "上级点评"]
    assert titles(taken_over(drafted(BARE), now, {"p0", "p1"}))[:2] == ["甲个人对照检查", "乙个人对照检查"]
    written = drafted(BARE).edited({"k-body": "手写的"})
    assert titles(taken_over(written, now, {"p0"})) == [
        "甲个人对照检查",
        "会议内容和发言",
        "决议",
        "上级点评",
    ]


def test_a_new_section_may_stay_out_for_good() -> None:
    now = drafted(Gathered("党员大会", "", "村委会", "", slots=(section("1", "own_check", "甲", "我"),)))
    refused = kept(drafted(BARE), now, {"p1"})
    assert "甲个人对照检查" not in titles(refused)
    assert changes(refused, now) == ()


@given(st.lists(st.sampled_from("甲乙丙丁戊己庚"), unique=True, max_size=7))
def test_each_speaker_has_a_block_of_everybody(names: list[str]) -> None:
    record = drafted(Gathered("", "", "", "", speakers=tuple(names)))
    text = "\n".join(one.text for one in record.sections)
    assert text.count("（批评意见）：") == len(names) * max(len(names) - 1, 0)
    assert text.count("（表态）：") == len(names)


@given(st.text(max_size=60), st.text(max_size=60))
def test_taking_over_leaves_nothing_to_take_over(before: str, after: str) -> None:
    record = drafted(Gathered("", "", before, ""))
    now = drafted(Gathered("", "", after, ""))
    assert changes(taken_over(record, now, set(now.pieces())), now) == ()
    assert changes(kept(record, now, set(now.pieces())), now) == ()
