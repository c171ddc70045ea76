"""The urn from the choice of the channel to its destruction."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from branches.models import AuditEvent
from branches.permissions import Denied
from branches.workflow import NotAllowed
from evaluations.models import (
    Ballot,
    BallotStatus,
    Channel,
    CodeState,
    CountEvent,
    CountReport,
    Urn,
    UrnCode,
    UrnLine,
    UrnSlot,
    UrnState,
)
from evaluations.rules import Line
from evaluations.services import (
    casting,
    certifying,
    entry,
    heads,
    matching,
    sealing,
    setup,
    urn_counting,
    urns,
)
from evaluations.services.count_chain import first_broken_event
from evaluations.services.destruction import forget_leftovers
from evaluations.services.heads import HeadProblems
from evaluations.services.urn_counting import WrongHalf
from evaluations.services.verifying import archive_of, verify
from evaluations.services.voters import codes_wanted
from evaluations.urn import codes, halves, votes
from evaluations.workflow import BALLOT
from meetings.models import Attendance, AttendanceStatus, Duty, DutyKind
from tests.factories.branches import UserFactory
from tests.factories.evaluations import SPARE, account_of, evening, save_heads, sign_all
from tests.factories.voting import (
    BOTH,
    collect,
    count,
    open_voting,
    print_slips,
    show_halves,
    type_papers_of,
    voting,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_folder(settings: Any, tmp_path: Any) -> None:
    """Keys of this test only."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")


def refusal(step: Any, **how: Any) -> str:
    """Why a step is refused."""
    with pytest.raises(NotAllowed) as caught:
        step(**how)
    return caught.value.reason


@pytest.mark.parametrize("channel", ["device", "both"])
def test_where_the_rules_say_paper_another_channel_is_refused_with_the_clause(channel: str) -> None:
    made = evening("setup", members=3, preset="xinyi_2018")
    said = refusal(urns.choose_channel, ballot=made.ballot, channel=channel, by=made.secretary)
    assert "组织生活会和民主评议党员不宜在网上进行。" in said
    assert "强化督促指导" in said
    assert urns.channels_allowed(made.ballot) == (Channel.PAPER,)
    assert made.reload().channel == Channel.PAPER


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("on_site_paper", {"paper"}),
        ("on_site_booth", {"paper", "device"}),
        ("on_site_both", {"paper", "device", "both"}),
    ],
)
def test_each_rule_allows_its_channels(rule: str, allowed: set[str]) -> None:
    made = evening("setup", members=3, rules={"ballot_channel": rule})
    for channel in Channel.values:
        if channel in allowed:
            chosen = urns.choose_channel(ballot=made.ballot, channel=channel, by=made.secretary)
            assert chosen.channel == channel
        else:
            assert "规则不允许" in refusal(
                urns.choose_channel, ballot=made.ballot, channel=channel, by=made.secretary
            )


def test_the_channel_is_chosen_by_the_clerks_until_something_is_printed() -> None:
    made = evening("setup", members=3, rules=BOTH)
    how: dict[str, Any] = {"ballot": made.ballot, "channel": "both", "by": made.secretary}
    assert "副书记" in refusal(urns.choose_channel, **{**how, "by": made.tellers[0]})
    assert "请选择" in refusal(urns.choose_channel, **{**how, "channel": "x"})
    made.ballot = urns.choose_channel(**{**how, "channel": "both"})
    urns.print_codes(ballot=made.ballot, by=made.secretary)
    assert "已经印了" in refusal(urns.choose_channel, **how)
    on_paper = evening("setup", members=3, rules=BOTH)
    save_heads(on_paper, printed=5)
    late = {"ballot": on_paper.ballot, "channel": "device", "by": on_paper.secretary}
    assert "已经印了" in refusal(urns.choose_channel, **late)
    issued = evening("issued", members=3, rules=BOTH)
    late = {"ballot": issued.ballot, "channel": "device", "by": issued.secretary}
    assert "已发票" in refusal(urns.choose_channel, **late)
    assert "只用纸质票" in refusal(urns.print_codes, ballot=issued.ballot, by=issued.secretary)


def test_slips_are_as_many_as_may_vote_and_some_spare_and_only_their_digests_are_kept() -> None:
    found = voting("printed", members=7)
    assert len(found.codes) == 7 + SPARE == codes_wanted(found.ballot)
    kept = set(UrnCode.objects.values_list("digest", flat=True))
    key = sealing.codes_key(found.ballot.pk)
    assert key is not None
    assert kept == {codes.code_digest(key, code) for code in found.codes}
    assert found.states() == {"printed": 9}
    assert found.urn.address == codes.address_digest(found.address)
    assert 9 < UrnSlot.objects.count() <= 9 + urns.SPARE_SLOTS
    lengths = {len(bytes(slot.sealed)) for slot in UrnSlot.objects.all()}
    assert lengths == {votes.sealed_length(found.made.rows)}
    event = CountEvent.objects.get(ballot=found.ballot)
    assert (event.kind, event.payload["codes"]) == ("urn_prepared", 9)


def test_before_the_meeting_there_is_a_slip_for_everybody_expected() -> None:
    made = evening("setup", members=5, rules=BOTH)
    type(made.meeting).objects.filter(pk=made.meeting.pk).update(status="planned")
    Attendance.objects.filter(meeting=made.meeting).update(status=AttendanceStatus.ABSENT)
    assert codes_wanted(Ballot.objects.get(pk=made.ballot.pk)) == 5 + SPARE


def test_printing_again_makes_new_codes_and_a_new_address_and_voids_the_halves() -> None:
    found = voting("shown", members=4)
    before, address, old = list(found.codes), found.address, list(found.halves)
    print_slips(found)
    assert not set(before) & set(found.codes)
    assert casting.find_urn(address) is None
    assert found.urn.halves_shown == []
    assert "开箱钥匙" in refusal(open_voting, found=found)
    show_halves(found)
    assert not set(old) & set(found.halves)
    open_voting(found)
    with pytest.raises(casting.WrongCode):
        casting.check_code(found.urn, before[0])
    assert "已经开始投票" in refusal(urns.print_codes, ballot=found.ballot, by=found.made.secretary)
    assert "已经开始投票" in refusal(urns.show_half, ballot=found.ballot, by=found.made.tellers[0])


def test_each_half_is_another_persons_and_the_server_keeps_neither() -> None:
    found = voting("printed", members=5)
    first, second = found.made.tellers
    assert "计票人各拿一半" in refusal(urns.show_half, ballot=found.ballot, by=found.made.secretary)
    one = urns.show_half(ballot=found.ballot, by=first)
    assert urns.seat_of(found.urn, first) == 1
    assert urns.seat_of(found.urn, second) is None
    assert len(bytes(found.urn.public_key)) == 32
    again = urns.show_half(ballot=found.ballot, by=first)
    assert again != one
    assert found.urn.halves_shown == [first.pk]
    assert "还没有都拿到" in refusal(open_voting, found=found)
    other = urns.show_half(ballot=found.ballot, by=second)
    assert found.urn.halves_shown == [first.pk, second.pk]
    key = sealing.codes_key(found.ballot.pk)
    assert key is not None
    kept = bytes(found.urn.public_key)
    pk = found.ballot.pk.bytes
    assert kept == halves.public_part(key, pk, 1, again) + halves.public_part(key, pk, 2, other)
    shown = (
        AuditEvent.objects.filter(action="show_half").order_by("sequence").values_list("detail", flat=True)
    )
    assert list(shown) == [{"slot": 1}, {"slot": 1}, {"slot": 2}]


def test_no_half_before_the_slips_and_none_without_the_key() -> None:
    found = voting("chosen", members=4)
    by = found.made.tellers[0]
    assert "请先印票条" in refusal(urns.show_half, ballot=found.ballot, by=by)
    assert "还没有印票条" in refusal(open_voting, found=found)
    print_slips(found)
    show_halves(found)
    sealing.destroy_codes_key(found.ballot.pk)
    assert "密钥不在" in refusal(urns.show_half, ballot=found.ballot, by=by)
    assert "密钥不在" in refusal(open_voting, found=found)


def test_the_half_of_somebody_who_no_longer_counts_can_be_taken_over() -> None:
    found = voting("shown", members=6)
    made = found.made
    third = made.people[0]
    user = account_of(third)
    Duty.objects.create(meeting=made.meeting, kind=DutyKind.TELLER, member=third, holder_name=third.name)
    assert "另外两位" in refusal(urns.show_half, ballot=found.ballot, by=user)
    Duty.objects.filter(meeting=made.meeting, member__user=made.tellers[1]).delete()
    half = urns.show_half(ballot=found.ballot, by=user)
    assert found.urn.halves_shown == [made.tellers[0].pk, user.pk]
    open_voting(found)
    for number in range(5):
        found.cast(number)
    urns.close_voting(ballot=found.ballot, by=made.secretary)
    collect(found)
    with pytest.raises(WrongHalf):
        count(found)
    found.halves[1] = half
    count(found)
    assert found.ballot.status == BallotStatus.MATCHED


def test_the_half_of_a_deleted_account_can_be_taken_over() -> None:
    found = voting("printed", members=5)
    gone = UserFactory.create()
    Urn.objects.update(halves_shown=[found.made.tellers[0].pk, gone.pk], public_key=b"x" * 64)
    gone.delete()
    urns.show_half(ballot=found.ballot, by=found.made.tellers[1])
    assert found.urn.halves_shown == [t.pk for t in found.made.tellers]


def test_no_more_slips_and_papers_than_voters_present() -> None:
    found = voting("shown", members=6, channel="both")
    with pytest.raises(HeadProblems) as caught:
        save_heads(found.made, printed=3, issued=3, codes_issued=4)
    assert {p.field for p in caught.value.problems} & {"codes", "issued"}
    with pytest.raises(HeadProblems, match="至少为 1"):
        save_heads(found.made, printed=3, issued=3, codes_issued=0)
    save_heads(found.made, printed=3, issued=3, codes_issued=3)
    assert found.ballot.codes_issued == 3


def test_opening_lets_all_codes_vote_and_is_noted() -> None:
    found = voting("shown", members=5)
    with pytest.raises(casting.NotYet):
        casting.check_code(found.urn, found.codes[0])
    assert "发出电子票的张数" in refusal(heads.issue, ballot=found.ballot, by=found.made.secretary)
    open_voting(found)
    assert found.states() == {"live": 7}
    assert found.urn.state == UrnState.OPEN
    assert found.ballot.status == BallotStatus.ISSUED
    assert CountEvent.objects.filter(ballot=found.ballot).latest("sequence").payload == {"issued": 5}
    assert "电子投票还没有关闭" in refusal(heads.collect, ballot=found.ballot, by=found.made.secretary)


def test_a_vote_uses_its_code_fills_one_place_and_gives_a_receipt() -> None:
    found = voting("open", members=5)
    before = set(UrnCode.objects.values_list("pk", flat=True)) | set(
        UrnSlot.objects.values_list("pk", flat=True)
    )
    receipt = found.cast(0)
    assert found.states() == {"live": 6, "used": 1}
    assert found.filled() == 1
    filled = UrnSlot.objects.get(filled=True)
    assert votes.receipt(bytes(filled.sealed)) == receipt
    after = set(UrnCode.objects.values_list("pk", flat=True)) | set(
        UrnSlot.objects.values_list("pk", flat=True)
    )
    assert not before & after  # every row is written anew, whatever was voted
    assert len(after) == len(before)


def test_the_same_code_again_is_told_that_it_counts_and_nothing_changes() -> None:
    found = voting("open", members=5, votes=1)
    kept = {bytes(slot.sealed) for slot in UrnSlot.objects.filter(filled=True)}
    for _ in range(3):
        with pytest.raises(casting.AlreadyCast):
            found.cast(0)
    assert {bytes(slot.sealed) for slot in UrnSlot.objects.filter(filled=True)} == kept
    assert "已经计入，不用再投" in casting.AlreadyCast.said


def test_an_open_row_keeps_the_code_good() -> None:
    found = voting("open", members=5)
    for marks in ("", "1" * 4, "1" * 6, "1111?", "1111x", "11115"):
        with pytest.raises(casting.Incomplete):
            casting.cast(found.urn, found.codes[0], marks)
    assert found.states() == {"live": 7}
    assert found.cast(0)


def test_a_code_claimed_meanwhile_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    found = voting("open", members=5, votes=1)
    urn = found.urn
    seen = UrnCode.objects.filter(urn=urn, state=CodeState.USED)
    monkeypatch.setattr(casting, "check_code", lambda _urn, text: text)  # as if it had been live a moment ago
    with pytest.raises(casting.AlreadyCast):
        casting.cast(urn, found.codes[0], "11111")
    assert seen.count() == 1
    Urn.objects.all().delete()
    with pytest.raises(casting.Closed):
        casting.cast(urn, found.codes[1], "11111")


@pytest.mark.parametrize("code", ["ABCDEFGHJK", "", "x", "A" * 300, "0123456789"])
def test_wrong_codes_are_all_told_the_same(code: str) -> None:
    found = voting("open", members=4)
    with pytest.raises(casting.WrongCode) as caught:
        casting.check_code(found.urn, code)
    assert caught.value.said == casting.WrongCode.said
    assert found.states() == {"live": 6}


def test_many_wrong_codes_are_not_waited_for_and_right_ones_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    found = voting("open", members=4)
    waited: list[float] = []
    monkeypatch.setattr("evaluations.services.casting.time.sleep", waited.append)
    monkeypatch.setattr("time.time", lambda: 1000.0)
    told = []
    for _ in range(30):
        with pytest.raises(casting.Refused) as caught:
            casting.check_code(found.urn, "ABCDEFGHJK")
        told.append(type(caught.value))
    assert told == [casting.WrongCode] * 20 + [casting.TooMany] * 10
    assert waited == [casting.DELAY_SECONDS] * 20
    assert found.cast(0)


def test_closing_voids_what_did_not_vote_and_publishes_the_receipts_in_no_order_of_voting() -> None:
    found = voting("closed", members=8, votes=7)
    assert found.states() == {"used": 7, "void": 3}
    assert found.urn.receipts == sorted(found.receipts) != found.receipts
    assert found.ballot.codes_used == 7
    with pytest.raises(casting.Closed):
        found.cast(7)
    with pytest.raises(casting.AlreadyCast):
        found.cast(0)
    with pytest.raises(casting.Closed):
        casting.check_code(found.urn, "ABCDEFGHJK")
    event = CountEvent.objects.filter(ballot=found.ballot).latest("sequence")
    assert event.payload == {"issued": 8, "used": 7, "root": votes.receipts_root(found.receipts)}
    again = urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    assert again.codes_used == 7
    assert CountEvent.objects.filter(ballot=found.ballot, kind="urn_closed").count() == 1


def test_only_who_counts_closes_and_only_what_is_open_is_closed() -> None:
    found = voting("shown", members=4)
    assert "还没有开始" in refusal(urns.close_voting, ballot=found.ballot, by=found.made.secretary)
    made = evening("issued", members=3)
    assert "还没有开始" in refusal(urns.close_voting, ballot=made.ballot, by=made.secretary)
    assert refusal(urns.close_voting, ballot=found.ballot, by=UserFactory.create())


def test_a_place_that_was_tampered_with_is_noticed_at_closing() -> None:
    found = voting("open", members=5, votes=3)
    UrnSlot.objects.filter(pk=UrnSlot.objects.filter(filled=False)[0].pk).update(filled=True)
    assert "不一致" in refusal(urns.close_voting, ballot=found.ballot, by=found.made.secretary)
    assert found.urn.state == UrnState.OPEN


def test_more_votes_than_slips_handed_out_is_a_hard_stop() -> None:
    found = voting("shown", members=6)
    open_voting(found, codes=3)
    for number in range(4):
        found.cast(number)
    closed = urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    assert closed.codes_used is None
    assert "多于发出的 3 张：无效，重新进行" in refusal(heads.collect, ballot=closed, by=found.made.secretary)
    with pytest.raises(HeadProblems) as caught:
        save_heads(found.made, codes_issued=2)
    assert caught.value.final
    save_heads(found.made, codes_issued=4)  # the slips were counted wrong
    assert found.ballot.codes_used == 4
    collect(found)
    assert found.ballot.status == BallotStatus.COLLECTED


def test_the_database_holds_used_within_issued() -> None:
    found = voting("closed", members=4, votes=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.filter(pk=found.ballot.pk).update(codes_used=5)


def test_both_halves_open_the_urn_and_only_sums_stay() -> None:
    found = voting("collected", members=8, votes=8)
    count(found)
    ballot = found.ballot
    assert ballot.status == BallotStatus.MATCHED
    assert [line.line for line in ballot.lines.order_by("subject__ordinal")] == found.sums()
    assert UrnSlot.objects.count() == 0
    assert UrnLine.objects.count() == found.made.rows
    assert found.urn.state == UrnState.COUNTED
    assert "不能开电子票箱" in refusal(
        urn_counting.open_urn, ballot=ballot, by=found.made.tellers[0], first="", second=""
    )
    assert first_broken_event(ballot) is None
    kinds = CountEvent.objects.filter(ballot=ballot).order_by("sequence").values_list("kind", flat=True)
    assert list(kinds) == ["urn_prepared", "urn_opened", "urn_closed", "urn_counted", "match"]


@pytest.mark.django_db(transaction=True)
def test_the_key_of_the_urn_goes_when_it_is_counted() -> None:
    found = voting("collected", members=5, votes=5)
    assert sealing.codes_key(found.ballot.pk) is not None
    count(found)
    assert sealing.codes_key(found.ballot.pk) is None
    assert "密钥不在" in refusal(urns.key_of, name=found.ballot.pk)
    with pytest.raises(casting.Closed):
        casting.check_code(found.urn, found.codes[0])


def test_a_wrong_half_is_named_and_nothing_is_lost() -> None:
    found = voting("collected", members=6, votes=5)
    first, second = found.halves
    slip = first[:-2] + first[-1] + first[-2] if first[-1] != first[-2] else first[1] + first[0] + first[2:]
    cases: list[tuple[str, str, dict[int, str]]] = [
        ("", second, {1: "第一半抄错了"}),
        (slip, second, {1: "第一半抄错了"}),
        (first, halves.new_half(), {2: "第二半不是这个票箱的"}),
        (second, first, {1: "两半填反", 2: "两半填反"}),
        ("x", "y", {1: "抄错", 2: "抄错"}),
    ]
    for one, other, told in cases:
        with pytest.raises(WrongHalf) as caught:
            urn_counting.open_urn(ballot=found.ballot, by=found.made.tellers[0], first=one, second=other)
        assert set(caught.value.problems) == set(told)
        assert all(words in caught.value.problems[seat] for seat, words in told.items())
    assert found.filled() == 5
    assert UrnLine.objects.count() == 0
    found.halves = [halves.shown_half(first).lower(), f" {second} "]
    count(found)
    assert [line.line for line in found.ballot.lines.order_by("subject__ordinal")] == found.sums()


def test_only_a_teller_opens_and_only_when_it_is_closed() -> None:
    found = voting("open", members=5, votes=2)
    how = {"ballot": found.ballot, "first": found.halves[0], "second": found.halves[1]}
    assert "计票人" in refusal(urn_counting.open_urn, by=found.made.secretary, **how)
    assert "不能开" in refusal(urn_counting.open_urn, by=found.made.tellers[0], **how)
    assert "还没有打开" in refusal(urn_counting.urn_lines, ballot=found.ballot)


def test_what_was_changed_in_the_urn_is_noticed_when_it_is_opened() -> None:
    found = voting("collected", members=6, votes=5)
    slot = UrnSlot.objects.filter(filled=True)[0]
    whole = bytes(slot.sealed)
    UrnSlot.objects.filter(pk=slot.pk).update(sealed=whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "不一致" in refusal(count, found=found)
    UrnSlot.objects.filter(pk=slot.pk).update(sealed=votes.noise(found.made.rows))
    receipts = sorted(votes.receipt(bytes(s.sealed)) for s in UrnSlot.objects.filter(filled=True))
    Urn.objects.update(receipts=receipts)
    assert "打不开" in refusal(count, found=found)
    assert found.ballot.status == BallotStatus.COLLECTED
    assert found.urn.state == UrnState.CLOSED


def test_papers_and_votes_are_added_only_as_totals() -> None:
    found = voting("counted", members=9, channel="both", votes=6, papers=3)
    assert found.ballot.status == BallotStatus.COLLECTED
    assert found.ballot.lines.count() == 0
    device = found.sums()
    type_papers_of(found)
    lines = [line.line for line in found.ballot.lines.order_by("subject__ordinal")]
    papers = [p.marks for p in found.made.votes]
    for number, line in enumerate(lines):
        for option, votes_for in enumerate(line.counts):
            on_paper = sum(marks[number] == str(option + 1) for marks in papers)
            assert votes_for == device[number].counts[option] + on_paper
        assert line.total == 9
    assert found.ballot.heads.valid == 9


def test_papers_are_not_matched_before_the_urn_is_opened() -> None:
    found = voting("collected", members=8, channel="both", votes=5, papers=2)
    answer = BALLOT.step(found.ballot, "match", found.made.tellers[0])
    assert isinstance(answer, Denied)
    assert "还没有打开" in answer.reason
    assert "还没有打开" in refusal(type_papers_of, found=found)
    count(found)
    made = found.made
    made.ballot = matching.match(ballot=found.ballot, by=made.tellers[0])
    assert made.ballot.status == BallotStatus.MATCHED
    before = [line.line for line in made.ballot.lines.order_by("subject__ordinal")]
    made.ballot = matching.recount(ballot=made.ballot, by=made.tellers[0], reason="再数一遍")
    for teller in made.tellers:
        entry.finish_slot(ballot=made.ballot, by=teller)
    made.ballot = matching.match(ballot=made.ballot, by=made.tellers[0])
    assert [line.line for line in made.ballot.lines.order_by("subject__ordinal")] == before
    assert "还有纸质票" in refusal(urn_counting.form_result, ballot=made.ballot, by=made.tellers[0])


def test_a_result_without_papers_can_be_sent_back_and_formed_again() -> None:
    found = voting("counted", members=6, votes=5)
    made = found.made
    made.ballot = matching.recount(ballot=found.ballot, by=made.tellers[0], reason="再看看")
    assert made.ballot.lines.count() == 0
    made.ballot = urn_counting.form_result(ballot=made.ballot, by=made.tellers[0])
    assert [line.line for line in made.ballot.lines.order_by("subject__ordinal")] == found.sums()
    matching.recount(ballot=made.ballot, by=made.tellers[0], reason="再看看")
    first = UrnLine.objects.filter(subject__ordinal=1)
    one_too_many = sealing.seal_sums(made.ballot.pk, 1, (6, 0, 0, 0, 0))
    first.update(sealed=one_too_many)
    assert "对不上" in refusal(urn_counting.form_result, ballot=found.ballot, by=made.tellers[0])
    first.update(sealed=one_too_many[:-1] + bytes([one_too_many[-1] ^ 1]))
    assert "读不出来" in refusal(urn_counting.form_result, ballot=found.ballot, by=made.tellers[0])
    sealing.sums_key_path(made.ballot.pk).unlink()
    assert "密钥不在" in refusal(urn_counting.form_result, ballot=found.ballot, by=made.tellers[0])


def test_the_only_vote_on_a_device_beside_the_papers_never_lies_open() -> None:
    found = voting("counted", members=6, channel="both", papers=5, votes=["12340" + "1"])
    kept = [bytes(line.sealed) for line in UrnLine.objects.order_by("subject__ordinal")]
    assert len(kept) == found.made.rows
    assert len({len(one) for one in kept}) == 1
    assert len(set(kept)) == len(kept)
    assert [line.counts for line in urn_counting.urn_lines(found.ballot)][:2] == [(1, 0, 0, 0), (0, 1, 0, 0)]
    assert found.ballot.pk in sealing.kept_keys()
    type_papers_of(found)
    sign_all(found.made)
    certifying.certify(ballot=found.ballot, by=found.made.secretary)
    assert CountReport.objects.get(ballot=found.ballot).parts == {}
    sealing.destroy_key(found.ballot.pk)  # as after the commit
    assert not sealing.sums_key_path(found.ballot.pk).exists()


def test_nobody_types_papers_where_there_are_none() -> None:
    found = voting("collected", members=5, votes=5)
    assert "没有纸质票" in refusal(entry.take_slot, ballot=found.ballot, by=found.made.tellers[0])
    said = refusal(heads.set_entry_mode, ballot=found.ballot, mode="totals", by=found.made.secretary)
    assert "不用录票" in said
    assert not entry.key_lost(found.ballot)
    assert not sealing.has_key(found.ballot.pk)
    with pytest.raises(HeadProblems):
        save_heads(found.made, codes_issued=None)


def test_certifying_destroys_codes_and_sums_of_the_urn_and_keeps_the_receipts() -> None:
    found = voting("counted", members=6, votes=6)
    receipts = found.urn.receipts
    sign_all(found.made)
    certifying.certify(ballot=found.ballot, by=found.made.secretary)
    assert found.urn.state == UrnState.DESTROYED
    assert found.urn.receipts == receipts
    assert not UrnCode.objects.exists()
    assert not UrnLine.objects.exists()
    assert not UrnSlot.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stage", ["printed", "open", "closed", "collected", "counted", "certified"])
def test_voiding_destroys_what_is_left_of_the_urn(stage: str) -> None:
    found = voting(stage, members=4, votes=0 if stage == "printed" else 3)
    setup.void_ballot(ballot=found.ballot, by=found.made.secretary, reason="重来")
    assert found.urn.state == UrnState.DESTROYED
    assert not UrnCode.objects.exists()
    assert not UrnSlot.objects.exists()
    assert sealing.codes_key(found.ballot.pk) is None
    with pytest.raises(casting.Closed):
        casting.check_code(found.urn, found.codes[0])


@pytest.mark.django_db(transaction=True)
def test_keys_left_by_a_crash_are_destroyed_later_and_those_in_use_stay() -> None:
    over, running = voting("certified", members=4, votes=2), voting("open", members=4)
    sealing.make_codes_key(over.ballot.pk)
    sealing.codes_key_path(uuid.uuid4()).with_suffix(".other").write_bytes(b"x")
    assert forget_leftovers() == 1
    assert sealing.codes_key(over.ballot.pk) is None
    assert sealing.codes_key(running.ballot.pk) is not None
    assert sealing.kept_keys() == [running.ballot.pk]


def test_the_report_holds_the_receipts_and_parts_only_when_all_are_large_enough() -> None:
    alone = voting("certified", members=6, votes=6)
    report = CountReport.objects.get(ballot=alone.ballot)
    assert report.receipts == sorted(alone.receipts)
    assert report.receipts_root == votes.receipts_root(alone.receipts)
    told = [[*line.counts, line.abstained, line.invalid] for line in alone.sums()]
    assert report.parts == {"device": dict(zip([str(n) for n in range(1, 7)], told, strict=True))}
    few_papers = voting("certified", members=9, channel="both", votes=6, papers=3)
    assert CountReport.objects.get(ballot=few_papers.ballot).parts == {}
    enough = voting("certified", members=11, channel="both", votes=5, papers=5)
    assert set(CountReport.objects.get(ballot=enough.ballot).parts) == {"typed", "device"}
    paper = evening("certified", members=5)
    assert CountReport.objects.get(ballot=paper.ballot).receipts == []


def test_few_votes_are_told_before_the_voting() -> None:
    assert casting.few_votes(voting("open", members=4).ballot)
    assert not casting.few_votes(voting("open", members=5).ballot)
    assert not casting.few_votes(voting("printed", members=4).ballot)


def test_turnout_is_told_as_numbers() -> None:
    found = voting("open", members=6, votes=4)
    assert casting.turnout(found.urn) == (4, 6)
    urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    assert casting.turnout(found.urn) == (4, 6)


@pytest.mark.parametrize("channel", ["device", "both"])
def test_a_certified_ballot_with_a_device_verifies_and_recounts(channel: str, tmp_path: Any) -> None:
    found = voting("certified", members=12, channel=channel, votes=5, papers=6)
    verdict = verify(found.ballot.pk)
    assert verdict.finding is None, verdict.finding
    file = tmp_path / "archive.json"
    file.write_text(json.dumps(archive_of(found.ballot)))
    done = subprocess.run(
        [sys.executable, Path(settings.BASE_DIR) / "scripts" / "recount.py", file],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_sums_of_few_papers_beside_the_urn_are_not_written_down_open() -> None:
    """Sums typed row by row are not sealed: of one paper they are that paper."""
    found = voting("counted", members=8, channel="both", papers=2, votes=5)
    made = found.made
    heads.set_entry_mode(ballot=found.ballot, mode="totals", by=made.secretary)
    line = {made.ballot.rated()[0].pk: Line((2, 0, 0, 0), 0, 0)}
    said = refusal(entry.save_totals, ballot=found.ballot, by=made.tellers[0], void=0, lines=line)
    assert "逐票录入" in said
    enough = voting("counted", members=12, channel="both", papers=5, votes=5)
    heads.set_entry_mode(ballot=enough.ballot, mode="totals", by=enough.made.secretary)
    row = {enough.made.ballot.rated()[0].pk: Line((5, 0, 0, 0), 0, 0)}
    assert entry.save_totals(ballot=enough.ballot, by=enough.made.tellers[0], void=0, lines=row)


def test_an_urn_with_fewer_receipts_than_slips_used_is_not_opened() -> None:
    found = voting("collected", votes=3)
    Urn.objects.update(receipts=found.urn.receipts[:-1])
    with pytest.raises(NotAllowed) as caught:
        count(found)
    assert caught.value.reason == urn_counting.TAMPERED
    assert found.urn.state == UrnState.CLOSED
