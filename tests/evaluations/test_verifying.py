"""Any byte of an archived result that is changed is found, and the place is named."""

from __future__ import annotations

import io
import random
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models

from branches.models import AuditEvent
from evaluations.models import (
    Ballot,
    BallotSubject,
    BranchResult,
    CountEvent,
    CountReport,
    Signature,
    TallyLine,
)
from evaluations.rules.verifying import first_change, wrong_decisions, wrong_sums
from evaluations.services import verifying
from evaluations.services.result_seal import seal_result
from evaluations.services.results import build_result
from evaluations.services.setup import void_ballot
from evaluations.services.verifying import verify, verify_record
from members.models import RosterEntry
from tests.factories.archives import change, full_archive, undone, unguarded
from tests.factories.evaluations import Evening, evening

pytestmark = pytest.mark.django_db
# A number the database gives a row; nothing refers to it and nothing depends on it.
EXEMPT = {CountEvent: {"id"}, CountReport: {"id"}, BranchResult: {"id"}, AuditEvent: {"id"}}
# Columns that say where a row belongs: the row is missed (or too many) rather than the column named.
PLACES = {"id", "ballot_id", "subject_id", "ordinal"}
ARCHIVE: tuple[type[models.Model], ...] = (
    Ballot,
    BallotSubject,
    TallyLine,
    Signature,
    CountReport,
    CountEvent,
    BranchResult,
    AuditEvent,
)


def tamperable(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """All columns of a table but the exempt ones."""
    return [field for field in model._meta.concrete_fields if field.attname not in EXEMPT.get(model, ())]


def rows_of(made: Evening, model: type[models.Model]) -> list[models.Model]:
    """The rows of one ballot in one table."""
    if model is Ballot:
        return [made.ballot]
    if model is AuditEvent:
        return list(AuditEvent.objects.filter(about_id=str(made.ballot.pk)).order_by("sequence"))
    return list(model._base_manager.filter(ballot=made.ballot).order_by("pk"))


def told_about(made: Evening) -> str:
    """What verifying says first: the record as a whole, then the ballot."""
    return verify_record() or verify(made.ballot.pk).text


def test_every_table_that_belongs_to_a_result_is_tampered_with() -> None:
    """A new table that points at a ballot must be archived, die with the count, or only rest on the result."""
    dies = {
        "EntrySlot", "PaperEntry", "TotalsEntry", "ScanBatch", "ScanPage", "ScanDouble", "Strip",
        "StripReading", "Urn", "UrnCode", "UrnSlot", "UrnLine",
    }  # fmt: skip
    rests = {"AssessmentSheet"}  # what people decide with the result before them is no part of it
    pointing = {relation.related_model.__name__ for relation in Ballot._meta.related_objects}  # type: ignore[union-attr]
    kept = {model.__name__ for model in ARCHIVE} - {"Ballot", "AuditEvent"}
    assert pointing - dies - rests == kept
    assert set(verifying.MODELS.values()) == set(ARCHIVE)
    for model, columns in EXEMPT.items():
        assert columns <= {field.attname for field in model._meta.concrete_fields}


@pytest.mark.parametrize("model", ARCHIVE, ids=lambda model: model.__name__)
def test_any_field_that_is_changed_is_named(model: type[models.Model]) -> None:
    made = full_archive(members=3)
    assert told_about(made) == ""
    rows = rows_of(made, model)
    wanted, named = {field.attname for field in tamperable(model)}, set()
    with unguarded():
        for row in rows[:1] + rows[1:][-1:]:  # the first and the last
            for field in tamperable(model):
                with undone():
                    change(row, field)
                    told = told_about(made)
                what = f"{model.__name__}.{field.attname}: {told!r}"
                assert f"（{model._meta.db_table}）" in told, what
                if model in (CountEvent, AuditEvent):
                    number = row.sequence  # type: ignore[attr-defined]
                    assert f"第 {number} 项" in told or field.attname in PLACES | {"sequence"}, what
                elif field.attname not in PLACES:
                    assert f"（{field.attname}）" in told, what
                named.add(field.attname)
    assert named == wanted
    assert told_about(made) == ""


@pytest.mark.parametrize("model", ARCHIVE, ids=lambda model: model.__name__)
def test_any_byte_of_any_row_that_is_changed_is_found(model: type[models.Model]) -> None:
    """Places drawn at random: any row, any column, any character of a text, any value or name in JSON."""
    made = full_archive(members=3)
    rows, fields, touched = rows_of(made, model), tamperable(model), set()
    with unguarded():
        for seed in range(40):
            chance = random.Random(f"{model.__name__}{seed}")
            row, field = chance.choice(rows), chance.choice(fields)
            with undone():
                change(row, field, chance)
                told = told_about(made)
            assert f"（{model._meta.db_table}）" in told, f"{row.pk}.{field.attname}: {told!r}"
            touched.add((row.pk, field.attname))
    assert len(touched) > min(15, len(rows) * len(fields) // 2)
    assert told_about(made) == ""


@pytest.mark.parametrize("model", ARCHIVE[1:], ids=lambda model: model.__name__)
def test_any_row_that_is_taken_away_is_missed(model: type[models.Model]) -> None:
    made = full_archive(members=3)
    with unguarded():
        for row in rows_of(made, model):
            with undone(), connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk])
                told = told_about(made)
            assert f"（{model._meta.db_table}）" in told, row


def test_a_row_that_is_added_is_noticed() -> None:
    made = full_archive(members=3)
    with unguarded():
        Signature.objects.create(ballot=made.ballot, duty="teller", name="赵文")
        assert "是后来加进去的" in told_about(made)
    with unguarded():
        CountEvent.objects.create(ballot=made.ballot, sequence=999, kind="x", previous_hash="", hash="")
        assert "计票记录" in told_about(made)


def test_a_whole_new_chain_does_not_fit_the_report_or_the_record() -> None:
    """Somebody with full power over the database writes result, seal and chain anew."""
    made = full_archive(members=3)
    other = full_archive(members=3)
    with unguarded():
        CountReport.objects.filter(ballot=made.ballot).delete()
        CountEvent.objects.filter(ballot=made.ballot).delete()
        TallyLine.objects.filter(ballot=made.ballot).update(abstained=models.F("abstained") + 1)
        Ballot.objects.filter(pk=made.ballot.pk).update(status="matched")
        seal_result(made.ballot)
        Ballot.objects.filter(pk=made.ballot.pk).update(status="certified")
        assert "末项不是核定时的那一项" in told_about(made)
    with unguarded():
        head = CountReport.objects.get(ballot=other.ballot).chain_head
        CountReport.objects.filter(ballot=made.ballot).update(chain_head=head)
        assert "（chain_head）" in told_about(made)


def test_a_field_whose_short_fingerprint_agrees_is_still_caught_by_the_whole() -> None:
    made = full_archive(members=3)
    with unguarded():
        event = CountEvent.objects.filter(ballot=made.ballot).latest("sequence")
        seal = {**event.payload, "whole": "0" * 64}
        tables = verifying.archive_of(made.ballot)["tables"]
        finding = first_change(tables, seal)
    assert finding is not None
    assert verifying.place_text(finding) == "整份结果的指纹和核定时不一样。"


def test_a_table_that_can_no_longer_be_read_is_named() -> None:
    made = full_archive(members=3)
    gone = uuid.UUID(int=made.ballot.pk.int ^ 1)
    assert "测评本身没有了" in verify(gone).text
    if connection.vendor == "sqlite":
        with unguarded(), connection.cursor() as cursor:
            cursor.execute("UPDATE evaluations_ballot SET certified_on = '2026-99-99'")
            assert "（evaluations_ballot）：有内容读不出来" in told_about(made)


def test_what_does_not_add_up_is_said_even_without_a_seal() -> None:
    """A result from before the reports: its sums are still recomputed."""
    made = evening("certified", members=3)
    with unguarded():
        CountReport.objects.all().delete()
        CountEvent.objects.all().delete()
        for event in AuditEvent.objects.filter(action="certify"):
            AuditEvent.objects.filter(pk=event.pk).update(detail={"from": "matched", "to": "certified"})
        verdict = verify(made.ballot.pk)
        assert (verdict.text, verdict.notes, verdict.head) == ("", (verifying.NO_REPORT,), "")
        Ballot.objects.filter(pk=made.ballot.pk).update(unused=0)
        assert "不成立：印制" in verify(made.ballot.pk).text
        Ballot.objects.filter(pk=made.ballot.pk).update(unused=2)
        line = TallyLine.objects.filter(ballot=made.ballot).order_by("subject__ordinal")[0]
        TallyLine.objects.filter(pk=line.pk).update(invalid=line.invalid + 1)
        assert "各栏合计" in verify(made.ballot.pk).text
        TallyLine.objects.filter(pk=line.pk).update(invalid=line.invalid, counts=[*line.counts, 0])
        assert "栏数和等次" in verify(made.ballot.pk).text
        TallyLine.objects.filter(pk=line.pk).delete()
        assert "不一一对应" in verify(made.ballot.pk).text
    CountReport.objects.get(ballot=made.ballot)


def test_a_record_without_the_certification_is_noticed() -> None:
    made = full_archive(members=3)
    with unguarded():
        AuditEvent.objects.filter(action="certify").delete()
        assert "没有这次核定" in verify(made.ballot.pk).text
        CountReport.objects.all().delete()
        assert "和操作记录里最后一步不一样" in verify(made.ballot.pk).text


def test_a_voided_result_still_verifies_and_is_in_no_roll_up() -> None:
    made = full_archive(members=3)
    void_ballot(ballot=made.ballot, by=made.secretary, reason="票箱没有当场清点")
    assert told_about(made) == ""
    with unguarded():
        Ballot.objects.filter(pk=made.ballot.pk).update(void_reason="票箱没有当场请点")
        assert "的「作废原因」（void_reason）：和作废时写的不一样" in told_about(made)
    with unguarded():
        build_result(made.reload())
        assert "不应当还在汇总里" in told_about(made)


def test_a_roster_amended_later_changes_nothing_and_sums_made_again_fit_too() -> None:
    made = full_archive(members=3)
    entry = RosterEntry.objects.filter(roster__organization=made.organization)[0]
    entry.kind = "probationary"
    entry.save()
    assert told_about(made) == ""
    build_result(made.ballot)
    assert told_about(made) == ""


def test_a_ballot_that_is_not_certified_has_nothing_to_verify_but_its_chain() -> None:
    made = evening("matched", members=3)
    assert verify(made.ballot.pk).notes == (verifying.NOT_CERTIFIED,)
    assert verifying.NOT_CERTIFIED in run(str(made.ballot.pk))
    assert verify(made.ballot.pk).text == ""
    assert seal_result(evening("collected", members=3).ballot) == ""


def run(*arguments: str) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("verify_ballot", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_verifies_one_a_branch_or_all(tmp_path: Path) -> None:
    made = full_archive(members=3)
    head = CountReport.objects.get(ballot=made.ballot).chain_head
    named = ("--campaign", made.campaign.slug, "--organization", made.organization.code)
    for arguments in ((str(made.ballot.pk),), named, ("--all",)):
        told = run(*arguments)
        assert "共 1 轮，全部相符" in told
        assert head[:16] in told
    file = tmp_path / "archive.json"
    assert f"已写入 {file}" in run("--all", "--export", str(file))
    assert file.stat().st_mode & 0o077 == 0
    evening("certified", members=3)
    assert "共 2 轮" in run("--all")
    with pytest.raises(CommandError, match="选中了 2 轮"):
        run("--all", "--export", str(file))
    with pytest.raises(CommandError, match="文件写不进去"):
        run(str(made.ballot.pk), "--export", "/proc/none/archive.json")


def test_the_command_ends_with_1_when_anything_does_not_fit() -> None:
    made = full_archive(members=3)
    with unguarded():
        TallyLine.objects.filter(ballot=made.ballot).update(invalid=7)
        with pytest.raises(CommandError, match="有 1 处不符") as told:
            run("--all")
        assert told.value.returncode == 1
    with unguarded():
        AuditEvent.objects.filter(action="issue").delete()
        with pytest.raises(CommandError, match="有 1 处不符"):
            run("--all")
    with unguarded():
        AuditEvent.objects.filter(action="certify").update(about_id="nobody")
        with pytest.raises(CommandError, match="有 2 处不符"):
            run("--all")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [((), "请写明测评编号"), ((str(uuid.UUID(int=1)),), "没有这样的测评")],
    ids=["nothing", "unknown"],
)
def test_the_command_says_what_it_needs(arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        run(*arguments)


REPORTS: list[tuple[dict[str, Any], str]] = [
    ({"image_hashes": ["ab" * 32]}, "图像指纹 1 个，计入的页 3 页"),
    ({"receipts": ["ab" * 5]}, "电子票回执 1 个，已投电子票 0 张"),
    ({"control_differences": 2}, "抽查不一致的行多于抽查的行"),
    ({"merkle_root": "00" * 32}, "（merkle_root）：总指纹和各项的指纹不符"),
    ({"image_hashes": ["no", "hash", "xy"]}, "（merkle_root）：总指纹和各项的指纹不符"),
    ({"receipts_root": "00" * 32}, "（receipts_root）：总指纹和各项的指纹不符"),
    ({"parts": {"machine": {"1": [9, 9, 9, 9, 9, 9]}, "decided": {}}}, "多于结果"),
    ({"parts": {"machine": {"1": [0, 0, 0, 0, 0, 0]}}}, "分项合计 [0, 0, 0, 0, 0, 0]，结果是"),
]


@pytest.mark.parametrize(("change", "told"), REPORTS, ids=range(len(REPORTS)))
def test_a_report_that_contradicts_itself_is_named_even_when_it_was_sealed_so(
    change: dict[str, Any], told: str
) -> None:
    """A mistake of the program that certified, not a later change."""
    archive = verifying.archive_of(full_archive(members=3).ballot)["tables"]
    report = {**archive["report"][""], **change}
    rows = (archive["ballot"][""], archive["subjects"], archive["lines"])
    assert not list(wrong_sums(*rows, archive["report"][""]))
    assert told in verifying.place_text(next(wrong_sums(*rows, report)))


@pytest.mark.parametrize("withheld", [{}, {"machine": {}, "decided": {}}], ids=["none", "kept back"])
def test_parts_kept_back_prove_nothing_and_contradict_nothing(withheld: dict[str, Any]) -> None:
    archive = verifying.archive_of(full_archive(members=3).ballot)["tables"]
    report = {**archive["report"][""], "parts": withheld}
    assert not list(wrong_sums(archive["ballot"][""], archive["subjects"], archive["lines"], report))


def test_decisions_of_single_rows_give_what_the_report_says_was_decided() -> None:
    archive = verifying.archive_of(full_archive(members=3).ballot)
    ballot, report = archive["tables"]["ballot"][""], archive["tables"]["report"][""]
    events = archive["events"]
    assert not list(wrong_decisions(events, ballot, report))
    last = max(n for n, event in enumerate(events) if event["kind"] == "decision")
    fewer = events[:last] + events[last + 1 :]
    assert "计票记录里人工判读" in verifying.place_text(next(wrong_decisions(fewer, ballot, report)))
    said = events[last]["payload"]
    other = {**said, "value": "x" if said["value"] != "x" else "0"}
    changed = [*events[:last], {**events[last], "payload": other}, *events[last + 1 :]]
    assert "计票记录里判读" in verifying.place_text(next(wrong_decisions(changed, ballot, report)))
    count = report["rows_decided"] + report["controls"]
    by_number = [{"kind": "decision", "payload": {"row": 1, "decided": count}}]
    assert not list(wrong_decisions(by_number, ballot, report))
    assert not list(wrong_decisions(events, ballot, {**report, "parts": {}}))
