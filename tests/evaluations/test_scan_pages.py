"""People judge whole pages: doubles, blanks, pages not counted. Each choice is in the chain and the record, by counts."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from branches.models import AuditEvent, User
from branches.workflow import NotAllowed
from evaluations.models import Ballot, CountEvent, EntrySlot, PageFate, ScanDouble, ScanPage
from evaluations.services import scan_doubles
from evaluations.services.count_chain import first_broken_event
from evaluations.services.entry import take_slot
from evaluations.services.scan_doubles import open_doubles, settle_double
from evaluations.services.scan_pages import judge_blank, page_picture, set_aside
from evaluations.services.setup import void_ballot
from evaluations.services.strips import live_strips
from tests.factories.evaluations import Evening
from tests.factories.scanning import MACHINE, blank, page, rejected, scanned_evening, upload

pytestmark = pytest.mark.django_db
NOBODY = uuid.UUID(int=0)


@pytest.fixture
def made() -> Evening:
    return scanned_evening()


def count_again(*, ballot: Ballot, by: User, page: uuid.UUID) -> None:
    """As the service does, with the machine of the described pages."""
    scan_doubles.count_again(ballot=ballot, by=by, page=page, machine=MACHINE)


def fates(made: Evening) -> list[str]:
    pages = ScanPage.objects.filter(ballot=made.ballot)
    return list(pages.order_by("batch__number", "file_no", "position").values_list("fate", flat=True))


def said(made: Evening, kind: str) -> list[dict[str, object]]:
    return list(CountEvent.objects.filter(ballot=made.ballot, kind=kind).values_list("payload", flat=True))


def test_one_sheet_scanned_twice_counts_once_and_takes_its_rows_with_it(made: Evening) -> None:
    upload(made, [page("1?111", ink="a", dpi=300), page("1????", ink="a"), page("22222", ink="b")])
    pair = open_doubles(made.ballot).get()
    settle_double(ballot=made.ballot, by=made.tellers[0], double=pair.pk, same=True)
    assert fates(made) == [PageFate.READ, PageFate.SET_ASIDE, PageFate.READ], "the worse page goes"
    doubtful = sum(ScanPage.objects.filter(fate=PageFate.READ).values_list("doubtful", flat=True))
    assert live_strips(made.ballot).filter(page__doubtful__gt=1).count() == 0
    assert doubtful == 1
    assert said(made, "double") == [{"side": 1, "same": True}]
    assert AuditEvent.objects.get(action="settle_double").detail == {"same": True}
    with pytest.raises(NotAllowed, match="已经判断过"):
        settle_double(ballot=made.ballot, by=made.tellers[0], double=pair.pk, same=False)


def test_of_pages_with_as_many_doubtful_rows_the_finer_stays(made: Evening) -> None:
    upload(made, [page("11111", ink="a", dpi=150), page("11111", ink="a", dpi=300)])
    settle_double(
        ballot=made.ballot, by=made.tellers[0], double=open_doubles(made.ballot).get().pk, same=True
    )
    assert fates(made) == [PageFate.SET_ASIDE, PageFate.READ]


def test_two_honest_papers_that_look_alike_both_count(made: Evening) -> None:
    upload(made, [page("11111", ink="a"), page("11111", ink="a")])
    settle_double(
        ballot=made.ballot, by=made.tellers[0], double=open_doubles(made.ballot).get().pk, same=False
    )
    assert fates(made) == [PageFate.READ, PageFate.READ]
    assert said(made, "double") == [{"side": 1, "same": False}]
    upload(made, [page("22222", ink="b")])
    assert not open_doubles(made.ballot).exists(), "nobody is asked twice"


def test_of_three_scans_of_one_sheet_one_remains(made: Evening) -> None:
    upload(made, [page("11111", ink="a")] * 3)
    asked = 0
    while pair := open_doubles(made.ballot).first():
        settle_double(ballot=made.ballot, by=made.tellers[0], double=pair.pk, same=True)
        asked += 1
    assert (asked, sorted(fates(made))) == (2, ["aside", "aside", "read"])


def test_a_page_is_not_counted_for_a_reason_and_counted_again(made: Evening) -> None:
    one, _ = upload(made, [page("1?111"), page("11111")])
    slot = take_slot(ballot=made.ballot, by=made.tellers[0])
    EntrySlot.objects.filter(pk=slot.pk).update(finished=True)
    set_aside(ballot=made.ballot, by=made.tellers[0], page=one.pk, reason="rescanned")
    one.refresh_from_db()
    assert (one.fate, one.reason) == (PageFate.SET_ASIDE, "rescanned")
    assert not EntrySlot.objects.get(pk=slot.pk).finished
    assert not live_strips(made.ballot).filter(page=one).exists()
    EntrySlot.objects.filter(pk=slot.pk).update(finished=True)
    count_again(ballot=made.ballot, by=made.tellers[1], page=one.pk)
    one.refresh_from_db()
    assert (one.fate, one.reason) == (PageFate.READ, "")
    assert live_strips(made.ballot).filter(page=one).exists()
    assert not EntrySlot.objects.get(pk=slot.pk).finished
    assert said(made, "page_aside") == [{"side": 1, "why": "rescanned"}]
    assert said(made, "page_again") == [{"side": 1}]
    assert first_broken_event(made.ballot) is None


def test_a_double_counted_again_is_asked_about_anew(made: Evening) -> None:
    upload(made, [page("11111", ink="a"), page("11111", ink="a")])
    pair = open_doubles(made.ballot).get()
    settle_double(ballot=made.ballot, by=made.tellers[0], double=pair.pk, same=True)
    aside = ScanPage.objects.get(fate=PageFate.SET_ASIDE)
    count_again(ballot=made.ballot, by=made.tellers[0], page=aside.pk)
    pair.refresh_from_db()
    assert pair.verdict == ScanDouble.Verdict.OPEN
    assert open_doubles(made.ballot).count() == 1


def test_a_blank_page_counts_once_a_person_says_so(made: Evening) -> None:
    one, two = upload(made, [blank(), blank()])
    judge_blank(ballot=made.ballot, by=made.tellers[0], page=one.pk, is_vote=True)
    judge_blank(ballot=made.ballot, by=made.tellers[0], page=two.pk, is_vote=False)
    assert fates(made) == [PageFate.BLANK_CONFIRMED, PageFate.SET_ASIDE]
    assert said(made, "blank") == [{"side": 1, "vote": True}, {"side": 1, "vote": False}]
    with pytest.raises(NotAllowed, match="已经改过"):
        judge_blank(ballot=made.ballot, by=made.tellers[0], page=one.pk, is_vote=False)
    count_again(ballot=made.ballot, by=made.tellers[0], page=two.pk)
    assert fates(made)[1] == PageFate.BLANK, "it has to be confirmed again"
    set_aside(ballot=made.ballot, by=made.tellers[0], page=one.pk, reason="mistake")
    assert fates(made)[0] == PageFate.SET_ASIDE


WAYS: dict[str, Callable[[Evening, Any, uuid.UUID], object]] = {
    "set_aside": lambda m, by, page: set_aside(ballot=m.ballot, by=by, page=page, reason="void"),
    "count_again": lambda m, by, page: count_again(ballot=m.ballot, by=by, page=page),
    "judge_blank": lambda m, by, page: judge_blank(ballot=m.ballot, by=by, page=page, is_vote=True),
    "settle_double": lambda m, by, page: settle_double(ballot=m.ballot, by=by, double=page, same=True),
    "page_picture": lambda m, by, page: page_picture(ballot=m.ballot, by=by, page=page),
}


@pytest.mark.parametrize("way", WAYS)
def test_only_a_teller_judges_pages_and_only_while_counting_is_on(made: Evening, way: str) -> None:
    (one,) = upload(made, [page("11111")])
    for person in (made.secretary, made.scrutineer):
        with pytest.raises(NotAllowed, match="只有本次会议的计票人"):
            WAYS[way](made, person, one.pk)
    with pytest.raises(NotAllowed):
        WAYS[way](made, made.tellers[0], NOBODY)
    void_ballot(ballot=made.ballot, by=made.secretary, reason="票箱没有当场清点")
    made.reload()
    with pytest.raises(NotAllowed, match="已作废"):
        WAYS[way](made, made.tellers[0], one.pk)


def test_a_reason_must_be_one_of_the_list(made: Evening) -> None:
    (one,) = upload(made, [page("11111")])
    with pytest.raises(NotAllowed, match="原因"):
        set_aside(ballot=made.ballot, by=made.tellers[0], page=one.pk, reason="双")
    assert fates(made) == [PageFate.READ]


def test_a_page_that_is_read_is_shown_to_nobody(made: Evening) -> None:
    one, two, three, four, fifth = upload(
        made, [page("11111", ink="a"), page("11111", ink="a"), page("22222"), blank(), rejected()]
    )
    by = made.tellers[0]
    for shown in (one, two, four):
        assert b"picture" in page_picture(ballot=made.ballot, by=by, page=shown.pk)
    for hidden in (three, fifth):
        with pytest.raises(NotAllowed, match="不再整张显示"):
            page_picture(ballot=made.ballot, by=by, page=hidden.pk)
    settle_double(ballot=made.ballot, by=by, double=open_doubles(made.ballot).get().pk, same=False)
    judge_blank(ballot=made.ballot, by=by, page=four.pk, is_vote=True)
    for hidden in (one, two, four):
        with pytest.raises(NotAllowed):
            page_picture(ballot=made.ballot, by=by, page=hidden.pk)


def test_a_page_counted_again_is_compared_with_what_came_meanwhile(made: Evening) -> None:
    (one,) = upload(made, [page("11111", ink="a")])
    set_aside(ballot=made.ballot, by=made.tellers[0], page=one.pk, reason="rescanned")
    (two,) = upload(made, [page("11111", ink="a")])
    assert not open_doubles(made.ballot).exists()
    count_again(ballot=made.ballot, by=made.tellers[0], page=one.pk)
    pair = open_doubles(made.ballot).get()
    assert {pair.first_id, pair.second_id} == {one.pk, two.pk}


@pytest.mark.parametrize("at_a_time", [1, 2, 3, 60])
def test_every_pair_is_found_however_many_are_opened_at_once(
    made: Evening, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    monkeypatch.setattr(scan_doubles, "AT_A_TIME", at_a_time)
    upload(made, [page("11111", ink=ink) for ink in "abacbda"])
    assert open_doubles(made.ballot).count() == 3 + 1
