"""The two typings are compared, read again where they differ, and become the result."""

from collections.abc import Callable

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
    Signature,
    TallyLine,
    TotalsEntry,
)
from evaluations.rules import Line, Mismatch, Paper, tally
from evaluations.services import certifying, comparing, entry, matching
from tests.factories.evaluations import (
    Evening,
    evening,
    save_heads,
    sign_all,
    totals_of,
    type_all,
    type_papers,
)

pytestmark = pytest.mark.django_db


def refused(reason: str, step: Callable[[], object]) -> None:
    """The step is refused for this very reason."""
    with pytest.raises(NotAllowed) as refusal:
        step()
    assert refusal.value.reason == reason


def differing(second: dict[int, Paper], votes: list[Paper] | None = None) -> Evening:
    """Five papers typed by both; the second types some of them differently."""
    papers = votes or [Paper("11111"), Paper("12340"), Paper("22222"), Paper("x0x0x"), Paper("44444")]
    made = evening("collected", votes=papers)
    type_all(made, [second.get(n, paper) for n, paper in enumerate(papers, 1)])
    return made


def open_places(made: Evening) -> list[tuple[int, int | None]]:
    """What is shown to be read again."""
    found = matching.paper_mismatches(ballot=made.ballot, by=made.tellers[1])
    return [(m.paper, m.row) for m in found]


def again(made: Evening, paper_no: int, marks: dict[int, str], *, void: bool = False) -> Paper:
    """Read one paper again."""
    return matching.read_paper_again(
        ballot=made.ballot, by=made.tellers[0], paper_no=paper_no, marks=marks, void=void
    )


def result(made: Evening) -> list[Line]:
    """The lines in form order as they are in the database."""
    return [line.line for line in TallyLine.objects.filter(ballot=made.ballot).order_by("subject__ordinal")]


def test_only_what_differs_is_shown_and_settled_row_by_row() -> None:
    made = differing({2: Paper("12310"), 4: Paper("10x01")})
    assert open_places(made) == [(2, 3), (4, 0), (4, 4)]
    found = matching.paper_mismatches(ballot=made.ballot, by=made.tellers[0])
    assert found[0] == Mismatch(2, 3, "4", "1")
    assert again(made, 2, {3: "1"}) == Paper("12310")
    assert open_places(made) == [(4, 0), (4, 4)]
    refused(
        "还有两人录得不一样的地方，请先核对。", lambda: matching.match(ballot=made.ballot, by=made.tellers[0])
    )
    assert again(made, 4, {0: "x", 4: "1"}) == Paper("x0x01")
    matched = matching.match(ballot=made.ballot, by=made.tellers[0])
    assert (matched.status, matched.void_papers, matched.corrected) == (BallotStatus.MATCHED, 0, 3)
    settled = [Paper("11111"), Paper("12310"), Paper("22222"), Paper("x0x01"), Paper("44444")]
    assert result(made) == tally(settled, 5, 4)[0]


def test_reading_again_needs_every_row_that_differed() -> None:
    made = differing({2: Paper("11340")})
    refused("第 2 张还有没选的，请对照纸质票逐项选定。", lambda: again(made, 2, {}))
    refused("第 2 张还有没选的，请对照纸质票逐项选定。", lambda: again(made, 2, {1: "9"}))
    refused("第 2 张还有没选的，请对照纸质票逐项选定。", lambda: again(made, 2, {1: ""}))
    assert again(made, 2, {0: "4", 1: "3"}).marks == "13340"  # row 0 agreed and is not touched


def test_reading_again_may_find_the_whole_paper_void() -> None:
    made = differing({2: Paper("11340")})
    assert again(made, 2, {}, void=True).void
    matched = matching.match(ballot=made.ballot, by=made.tellers[0])
    assert (matched.void_papers, matched.heads.valid) == (1, 4)


def test_a_paper_only_one_called_void_is_void_when_both_say_so() -> None:
    made = differing({3: Paper("?????", void=True)})
    assert open_places(made) == [(3, None)]
    assert again(made, 3, {}, void=True).void
    assert open_places(made) == []
    assert matching.match(ballot=made.ballot, by=made.tellers[0]).void_papers == 1


@pytest.mark.parametrize("who", [0, 1])
def test_a_paper_only_one_called_void_and_is_not_is_typed_by_that_one_too(who: int) -> None:
    void = Paper("22???", void=True)
    made = differing({3: void}) if who else differing({3: Paper("22222")}, votes=_with(3, void))
    settled = again(made, 3, {}, void=False)
    assert settled == Paper("22???")
    refused(comparing.NOT_FINISHED, lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))
    assert not PaperEntry.objects.filter(slot=READ_AGAIN).exists()
    entry.save_paper(ballot=made.ballot, by=made.tellers[who], paper_no=3, marks="22221")
    entry.finish_slot(ballot=made.ballot, by=made.tellers[who])
    assert open_places(made) == [(3, 4)]


def _with(number: int, paper: Paper) -> list[Paper]:
    """Five papers, one of them this one."""
    papers = [Paper("11111"), Paper("12340"), Paper("22222"), Paper("x0x0x"), Paper("44444")]
    papers[number - 1] = paper
    return papers


def test_a_void_paper_typed_completely_before_is_compared_at_once() -> None:
    made = differing({3: Paper("22223", void=True)})
    assert again(made, 3, {}, void=False) == Paper("22223")
    assert open_places(made) == [(3, 4)]


def test_a_paper_only_one_called_void_may_be_read_row_by_row() -> None:
    made = differing({3: Paper("?????", void=True)})
    assert again(made, 3, dict(enumerate("21212"))) == Paper("21212")
    assert open_places(made) == []


def test_what_does_not_differ_is_not_read_again() -> None:
    made = differing({2: Paper("11340")})
    refused("第 1 张两人录得一样，不用核对。", lambda: again(made, 1, {0: "4"}))
    refused("没有第 9 张票。", lambda: again(made, 9, {0: "4"}))


def test_reading_again_twice_counts_one_correction() -> None:
    made = differing({2: Paper("11340")})
    again(made, 2, {1: "2"})
    again(made, 2, {1: "1"})
    assert matching.match(ballot=made.ballot, by=made.tellers[0]).corrected == 1
    assert result(made)[1].counts == (2, 1, 0, 1)


def test_comparing_waits_for_both_and_is_for_tellers() -> None:
    made = evening("collected")
    type_papers(made, made.tellers[0])
    calls: list[Callable[[], object]] = [
        lambda: matching.paper_mismatches(ballot=made.ballot, by=made.tellers[0]),
        lambda: again(made, 1, {}),
        lambda: matching.totals_mismatches(ballot=made.ballot, by=made.tellers[0]),
        lambda: matching.count_row_again(ballot=made.ballot, by=made.tellers[0], lines={}),
        lambda: matching.match(ballot=made.ballot, by=made.tellers[0]),
    ]
    for call in calls:
        refused(comparing.NOT_FINISHED, call)
    for person in (made.secretary, made.scrutineer):
        assert person is not None
        with pytest.raises(NotAllowed, match="核对由本次会议的计票人办理"):
            matching.match(ballot=made.ballot, by=person)


@pytest.mark.parametrize("stage", ["setup", "issued", "matched", "certified", "void"])
def test_nothing_is_compared_outside_the_count(stage: str) -> None:
    made = evening(stage)
    shown = made.ballot.get_status_display()
    refused(
        f"现在是「{shown}」，不能再核对录票。",
        lambda: matching.match(ballot=made.ballot, by=made.tellers[0]),
    )


def test_sending_back_needs_a_reason_drops_signatures_and_opens_everything() -> None:
    made = differing({2: Paper("11340")})
    again(made, 2, {1: "2"})
    made.ballot = matching.match(ballot=made.ballot, by=made.tellers[0])
    sign_all(made)
    with pytest.raises(NotAllowed, match="须写明原因"):
        matching.recount(ballot=made.ballot, by=made.tellers[0], reason=" ")
    back = matching.recount(ballot=made.ballot, by=made.tellers[0], reason="监票人看错一张")
    assert (back.status, back.void_papers) == (BallotStatus.COLLECTED, None)
    assert not TallyLine.objects.exists()
    assert not Signature.objects.exists()
    assert not entry.both_finished(back)
    for teller in made.tellers:
        entry.finish_slot(ballot=back, by=teller)
    assert open_places(made) == [(2, 1)]
    again(made, 2, {1: "1"})
    matching.match(ballot=back, by=made.tellers[1])
    assert result(made)[1].counts == (2, 1, 0, 1)


@pytest.mark.parametrize("stage", ["setup", "issued", "collected", "certified", "void"])
def test_only_a_formed_result_is_sent_back(stage: str) -> None:
    made = evening(stage)
    with pytest.raises(NotAllowed, match="不能再退回重新核对"):
        matching.recount(ballot=made.ballot, by=made.tellers[0], reason="再数")


def totals(second: dict[int, Line], void: tuple[int, int] = (0, 0)) -> tuple[Evening, list[int]]:
    """Totals counted by both; the second counts some rows (by position) and the void papers differently."""
    made = evening("collected", entry_mode=EntryMode.TOTALS, members=3, returned=3)
    made.votes = [Paper("112"), Paper("212"), Paper("31x")]
    lines, _ = totals_of(made)
    keys = list(lines)
    theirs = lines | {keys[n]: line for n, line in second.items()}
    for teller, counted, papers in ((0, lines, void[0]), (1, theirs, void[1])):
        entry.save_totals(ballot=made.ballot, by=made.tellers[teller], void=papers, lines=counted)
        if all(line.total == 3 - papers for line in counted.values()):
            entry.finish_slot(ballot=made.ballot, by=made.tellers[teller])
    return made, keys


def count_again(made: Evening, lines: dict[int, Line], void: int | None = None) -> None:
    """Count rows again."""
    matching.count_row_again(ballot=made.ballot, by=made.tellers[0], lines=lines, void=void)


def test_rows_counted_differently_are_counted_again() -> None:
    made, keys = totals({0: Line((2, 1, 0, 0), 0, 0), 2: Line((0, 3, 0, 0), 0, 0)})
    found = matching.totals_mismatches(ballot=made.ballot, by=made.tellers[0])
    assert [m.subject.pk for m in found if m.subject] == [keys[0], keys[2]]
    assert (found[0].first, found[0].second) == (Line((1, 1, 1, 0), 0, 0), Line((2, 1, 0, 0), 0, 0))
    refused(comparing.STILL_OPEN, lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))
    name = found[0].subject.name if found[0].subject else ""
    refused(
        f"{name}：各栏合计 2，应为有效票 3，少 1 票，请核对。",
        lambda: count_again(made, {keys[0]: Line((1, 1, 0, 0), 0, 0)}),
    )
    refused(f"{name}：请按等次逐栏填写票数。", lambda: count_again(made, {keys[0]: Line((3,), 0, 0)}))
    refused(
        "票数须在 0 到 9999 之间，请核对是否按错了数字。",
        lambda: count_again(made, {keys[0]: Line((-1, 4, 0, 0), 0, 0)}),
    )
    count_again(made, {keys[0]: Line((2, 1, 0, 0), 0, 0), keys[1]: Line((0, 0, 0, 3), 0, 0)})
    assert [
        m.subject.pk for m in matching.totals_mismatches(ballot=made.ballot, by=made.tellers[0]) if m.subject
    ] == [keys[2]]
    count_again(made, {keys[0]: Line((1, 1, 1, 0), 0, 0), keys[2]: Line((0, 2, 0, 0), 0, 1)})
    matched = matching.match(ballot=made.ballot, by=made.tellers[1])
    assert matched.corrected == 2
    assert result(made) == [Line((1, 1, 1, 0), 0, 0), Line((3, 0, 0, 0), 0, 0), Line((0, 2, 0, 0), 0, 1)]


def test_the_void_papers_are_settled_first_and_only_when_they_differ() -> None:
    fewer = [Line((1, 1, 0, 0), 0, 0), Line((2, 0, 0, 0), 0, 0), Line((0, 2, 0, 0), 0, 0)]
    shorter = dict(enumerate(fewer))
    made, keys = totals(shorter, (0, 1))
    found = matching.totals_mismatches(ballot=made.ballot, by=made.tellers[0])
    assert (found[0].subject, found[0].first, found[0].second) == (None, 0, 1)
    assert len(found) == 4
    first = "请先一起点清整张作废的张数。"
    refused(first, lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))
    refused(first, lambda: count_again(made, {keys[0]: shorter[0]}))
    refused("整张作废 4 张，不能多于收回的 3 张。", lambda: count_again(made, {}, 4))
    count_again(made, {keys[0]: shorter[0]}, 1)
    count_again(made, {}, 0)  # the two agree after all that none is void: the settled row no longer fits
    assert not TotalsEntry.objects.filter(slot=READ_AGAIN).exists()
    count_again(made, dict(zip(keys, shorter.values(), strict=True)), 1)
    assert matching.totals_mismatches(ballot=made.ballot, by=made.tellers[0]) == []
    assert matching.match(ballot=made.ballot, by=made.tellers[0]).void_papers == 1
    assert result(made) == list(shorter.values())


def test_void_papers_both_counted_alike_are_not_changed_by_counting_a_row_again() -> None:
    made, keys = totals({0: Line((2, 1, 0, 0), 0, 0)})
    count_again(made, {keys[0]: Line((2, 1, 0, 0), 0, 0)}, 2)
    assert not EntrySlot.objects.filter(number=READ_AGAIN).exists()
    assert matching.match(ballot=made.ballot, by=made.tellers[0]).void_papers == 0


def test_a_total_changed_after_counting_again_is_compared_anew() -> None:
    made, keys = totals({0: Line((2, 1, 0, 0), 0, 0)})
    count_again(made, {keys[0]: Line((2, 1, 0, 0), 0, 0)})
    entry.save_totals(
        ballot=made.ballot, by=made.tellers[0], void=0, lines={keys[0]: Line((0, 3, 0, 0), 0, 0)}
    )
    refused(comparing.NOT_FINISHED, lambda: matching.match(ballot=made.ballot, by=made.tellers[0]))
    entry.finish_slot(ballot=made.ballot, by=made.tellers[0])
    assert len(matching.totals_mismatches(ballot=made.ballot, by=made.tellers[0])) == 1


def test_papers_and_totals_give_the_same_result() -> None:
    papers = evening("matched", members=5)
    counted = evening("matched", members=5, entry_mode=EntryMode.TOTALS)
    assert papers.votes == counted.votes
    assert result(papers) == result(counted)


def test_totals_that_agree_but_do_not_fit_the_papers_are_not_a_result() -> None:
    made, _ = totals({})
    TotalsEntry.objects.filter(subject=made.ballot.rated().first()).update(abstained=1)
    with pytest.raises(NotAllowed, match="各栏合计不等于有效票 3"):
        matching.match(ballot=made.ballot, by=made.tellers[0])


def test_a_missing_line_or_a_wrong_sum_is_never_matched_or_certified() -> None:
    made = evening("matched")
    sign_all(made)
    line = TallyLine.objects.filter(ballot=made.ballot).first()
    assert line is not None
    TallyLine.objects.filter(pk=line.pk).update(abstained=line.abstained + 1)
    with pytest.raises(NotAllowed, match="有对象的各栏合计不等于有效票"):
        certify(made)
    TallyLine.objects.filter(pk=line.pk).delete()
    with pytest.raises(NotAllowed, match="两人还没有录完、核对完"):
        certify(made)
    Ballot.objects.filter(pk=made.ballot.pk).update(unused=None)
    with pytest.raises(NotAllowed, match="请填写余票的张数"):
        certify(made)


def certify(made: Evening) -> None:
    """Certify by the secretary."""
    certifying.certify(ballot=made.ballot, by=made.secretary)


def test_the_record_of_reading_again_names_no_paper_and_no_mark() -> None:
    made = differing({2: Paper("11340")})
    again(made, 2, {1: "2"})
    event = AuditEvent.objects.get(action="read_again")
    assert (event.about_id, event.detail) == (str(made.ballot.pk), {})


def test_a_corrected_number_of_papers_lets_the_count_go_on() -> None:
    made = evening("collected", members=6, returned=5)
    type_all(made)
    save_heads(made, returned=6)
    made.votes.append(Paper("111111"))
    type_all(made)
    assert matching.match(ballot=made.ballot, by=made.tellers[0]).heads.valid == 6
