"""监票人, 计票人 and 支部书记 vouch; then the result is frozen and what was typed is gone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.models import AuditEvent, Role
from branches.workflow import NotAllowed
from evaluations.models import (
    Ballot,
    BallotStatus,
    BranchResult,
    EntryMode,
    EntrySlot,
    PaperEntry,
    Signature,
    TallyLine,
    TotalsEntry,
)
from evaluations.rules import tally
from evaluations.services import certifying, destruction, sealing
from evaluations.services.certifying import certify, note_paper_signatures, sign
from evaluations.tasks import forget_left_keys
from meetings.models import Duty
from tests.factories.branches import account_with
from tests.factories.evaluations import evening, sign_all

pytestmark = pytest.mark.django_db


def test_each_signs_in_the_own_capacity_only() -> None:
    made = evening("matched")
    assert made.scrutineer is not None
    own = {"scrutineer": made.scrutineer, "teller": made.tellers[1], "secretary": made.secretary}
    for duty, person in own.items():
        for other in own:
            if other != duty:
                with pytest.raises(NotAllowed, match="只能以自己在本次测评中的身份确认"):
                    sign(ballot=made.ballot, duty=other, by=person)
        assert sign(ballot=made.ballot, duty=duty, by=person).name == person.full_name
    with pytest.raises(NotAllowed, match="只能以自己"):
        sign(ballot=made.ballot, duty="nonsense", by=made.secretary)
    assert str(Signature.objects.get(duty="teller")) == f"计票人{made.tellers[1].full_name}"


def test_a_second_press_signs_once() -> None:
    made = evening("matched")
    for _ in range(2):
        sign(ballot=made.ballot, duty="teller", by=made.tellers[0])
    assert Signature.objects.count() == 1
    assert AuditEvent.objects.filter(action="sign").count() == 1


def test_a_signature_on_paper_is_noted_by_the_clerk_for_those_who_were_named() -> None:
    made = evening("matched")
    sign(ballot=made.ballot, duty="teller", by=made.tellers[0])
    noted = note_paper_signatures(ballot=made.ballot, duty="teller", by=made.secretary)
    assert sorted((s.name, s.on_paper) for s in noted) == sorted(
        [(made.tellers[0].full_name, False), (made.tellers[1].full_name, True)]
    )
    assert Signature.objects.count() == 2
    with pytest.raises(NotAllowed, match="支部书记请在这里直接确认"):
        note_paper_signatures(ballot=made.ballot, duty="secretary", by=made.secretary)
    with pytest.raises(NotAllowed, match="测评由本支部书记"):
        note_paper_signatures(ballot=made.ballot, duty="scrutineer", by=made.tellers[0])
    Duty.objects.filter(meeting=made.meeting, kind="scrutineer").delete()
    with pytest.raises(NotAllowed, match="会议没有确定监票人"):
        note_paper_signatures(ballot=made.ballot, duty="scrutineer", by=made.secretary)


@pytest.mark.parametrize("stage", ["setup", "issued", "collected", "certified", "void"])
def test_nothing_is_signed_before_the_result_is_formed_or_after_it_is_frozen(stage: str) -> None:
    made = evening(stage)
    with pytest.raises(NotAllowed, match="不能签字确认"):
        sign(ballot=made.ballot, duty="secretary", by=made.secretary)
    with pytest.raises(NotAllowed, match="不能签字确认"):
        note_paper_signatures(ballot=made.ballot, duty="teller", by=made.secretary)


def test_certifying_names_who_is_still_missing() -> None:
    made = evening("matched")
    missing = ["监票人", "计票人", "支部书记"]
    people = (made.scrutineer, made.tellers[0], made.secretary)
    for duty, person in zip(("scrutineer", "teller", "secretary"), people, strict=True):
        with pytest.raises(NotAllowed, match=f"还缺{'、'.join(missing)}的确认"):
            certify(ballot=made.ballot, by=made.secretary)
        assert person is not None
        sign(ballot=made.ballot, duty=duty, by=person)
        missing.pop(0)
    assert certify(ballot=made.ballot, by=made.secretary).status == BallotStatus.CERTIFIED


def test_only_the_secretary_or_deputy_certifies() -> None:
    made = evening("matched")
    sign_all(made)
    office = account_with(Role.OFFICE, made.campaign.issuer)
    organizer = account_with(Role.ORGANIZER, made.organization)
    for person in (*made.tellers, made.scrutineer, organizer, office):
        assert person is not None
        with pytest.raises(NotAllowed, match="核定由支部书记"):
            certify(ballot=made.ballot, by=person)
    assert made.reload().certified_on is None
    deputy = account_with(Role.DEPUTY, made.organization)
    assert certify(ballot=made.ballot, by=deputy).certified_on is not None


@pytest.mark.parametrize("stage", ["setup", "issued", "collected", "certified", "void"])
def test_only_a_formed_result_is_certified_and_only_once(stage: str) -> None:
    made = evening(stage)
    with pytest.raises(NotAllowed, match="不能再核定结果"):
        certify(ballot=made.ballot, by=made.secretary)


@pytest.mark.parametrize("mode", EntryMode.values)
def test_certifying_keeps_the_sums_and_destroys_what_was_typed(
    mode: str, django_capture_on_commit_callbacks: object
) -> None:
    made = evening("matched", entry_mode=mode, members=8)
    sign_all(made)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        certify(ballot=made.ballot, by=made.secretary)
    for typed in (PaperEntry, TotalsEntry, EntrySlot):
        assert not typed.objects.exists()
    assert not sealing.key_path(made.ballot.pk).exists()
    lines, void = tally(made.votes, 8, 4)
    assert [line.line for line in TallyLine.objects.order_by("subject__ordinal")] == lines
    result = BranchResult.objects.get(ballot=made.ballot)
    assert tuple(result.counts) == tuple(
        sum(column) for column in zip(*(line.counts for line in lines), strict=True)
    )
    assert (result.abstained, result.invalid) == (
        sum(line.abstained for line in lines),
        sum(line.invalid for line in lines),
    )
    assert (result.rated, result.members_full, result.members_probationary) == (8, 8, 0)
    assert made.reload().void_papers == void
    assert str(result) == str(made.ballot)


def test_a_failing_certification_destroys_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = evening("matched")
    sign_all(made)

    def broken(ballot: Ballot) -> None:
        raise RuntimeError

    monkeypatch.setattr(certifying, "build_result", broken)
    with pytest.raises(RuntimeError):
        certify(ballot=made.ballot, by=made.secretary)
    assert made.reload().status == BallotStatus.MATCHED
    assert made.ballot.certified_on is None
    assert PaperEntry.objects.filter(ballot=made.ballot).count() == 10
    assert sealing.key_path(made.ballot.pk).exists()


def test_keys_left_by_a_crash_are_swept_and_those_still_needed_are_kept() -> None:
    counting, done, voided = evening("collected"), evening("matched"), evening("collected")
    sign_all(done)
    certify(ballot=done.ballot, by=done.secretary)  # without the commit hook: the crash
    keys = {made.ballot.pk for made in (counting, done, voided)}
    stray = sealing.key_path(counting.ballot.pk).parent / "notes.txt"
    stray.write_text("not a key")
    assert keys <= set(sealing.kept_keys())
    destruction.destroy_papers(voided.ballot)  # nothing is committed, the ballot is still counted
    forget_left_keys()
    left = set(sealing.kept_keys()) & keys
    assert left == {counting.ballot.pk, voided.ballot.pk}
    stray.unlink()


def test_without_a_folder_of_keys_there_is_nothing_to_sweep(settings: object, tmp_path: object) -> None:
    settings.BALLOT_KEY_DIR = f"{tmp_path}/none"  # type: ignore[attr-defined]
    assert sealing.kept_keys() == []
    assert destruction.forget_leftovers() == 0


def test_a_key_is_made_once_whole_and_destroyed_at_most_once() -> None:
    made = evening("setup")
    pk = made.ballot.pk
    sealing.make_key(pk)
    key = sealing.key_path(pk).read_bytes()
    assert len(key) == sealing.KEY_BYTES
    assert sealing.key_path(pk).stat().st_mode & 0o777 == 0o600
    assert sealing.key_path(pk).parent.stat().st_mode & 0o077 == 0
    sealing.make_key(pk)
    assert sealing.key_path(pk).read_bytes() == key
    sealing.destroy_key(pk)
    sealing.destroy_key(pk)
    assert not sealing.has_key(pk)


def test_every_step_is_in_the_record_with_states_only() -> None:
    made = evening("void")
    events = AuditEvent.objects.filter(about_id=str(made.ballot.pk)).order_by("sequence")
    steps = [(e.action, e.detail.get("from"), e.detail.get("to")) for e in events if "to" in e.detail]
    assert steps == [
        ("issue", "setup", "issued"),
        ("collect", "issued", "collected"),
        ("match", "collected", "matched"),
        ("certify", "matched", "certified"),
        ("void", "certified", "void"),
    ]


@pytest.mark.django_db(transaction=True)
def test_once_committed_the_key_is_gone_and_the_journal_is_told_to_forget() -> None:
    made = evening("matched", members=3)
    sign_all(made)
    with CaptureQueriesContext(connection) as queries:
        certify(ballot=made.ballot, by=made.secretary)
    assert not sealing.has_key(made.ballot.pk)
    last = queries[-1]["sql"]
    assert ("wal_checkpoint(TRUNCATE)" in last) == (connection.vendor == "sqlite")


def test_things_are_called_by_their_names() -> None:
    made = evening("matched", members=3)
    assert made.ballot.option_keys == ["excellent", "qualified", "basic", "unqualified"]
    assert [str(slot) for slot in EntrySlot.objects.order_by("number")] == ["甲", "乙"]
    assert str(made.ballot.lines.order_by("subject__ordinal").first()) == made.ballot.rated()[0].name
