"""Whoever gets every file after the count guesses no better than chance; a naive build gives (nearly) all away.

The attacker knows in which order the voters came; at worst the papers were typed in that very order.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from evaluations.models import TallyLine
from evaluations.rules import Paper
from evaluations.services import matching, sealing, urns
from evaluations.services.certifying import certify
from evaluations.urn import halves, votes
from tests.factories.deciding import judge_all, scanned
from tests.factories.evaluations import Evening, bring_to, evening, sign_all
from tests.factories.scanning import PICTURE, scanned_evening
from tests.factories.survey_slips import collect as collect_slips
from tests.factories.survey_slips import count as count_slips
from tests.factories.survey_slips import invented_answers, many_classes, marks_of, slips_of
from tests.factories.voting import collect, count, finish, voting
from tests.security import forensics
from tests.security.dumps import dump, news
from tests.security.evenings_on_disk import ROWS, VOTERS
from tests.security.forensics import Counts, attack, invented

SEEDS = (11, 12, 13)
CHANCE = 0.001  # the best guess of a source does better than this only once in a thousand times by luck
NEARLY_ALL = 0.9
TABLE = re.compile(r"[a-z_0-9]+")


def no_better_than_chance(sources: dict[str, list[str]], truth: list[str]) -> None:
    """The best guess from no source beats papers dealt out to the voters at random."""
    for report in attack(sources, truth):
        assert report.luck * len(sources) > CHANCE, report


# A naive build: ballots with random keys and without time, a counter for each cell, the code marked as used.

NAIVE = """
CREATE TABLE naive_ballot (id {key} PRIMARY KEY, marks TEXT);
CREATE TABLE naive_counter (line INTEGER, grade INTEGER, n INTEGER, PRIMARY KEY (line, grade));
CREATE TABLE naive_code (id INTEGER PRIMARY KEY, used INTEGER);
"""
CELLS = [(line, grade) for line in range(ROWS) for grade in range(5)]


def naive_statements(number: int, marks: str) -> list[tuple[str, tuple[Any, ...]]]:
    """One vote as a simple program stores it, in one transaction."""
    return [
        ("UPDATE naive_code SET used = 1 WHERE id = ?", (number,)),
        ("INSERT INTO naive_ballot VALUES (?, ?)", (str(uuid.uuid4()), marks)),
        *(
            ("UPDATE naive_counter SET n = n + 1 WHERE line = ? AND grade = ?", (line, int(mark)))
            for line, mark in enumerate(marks)
            if mark != "x"
        ),
    ]


def naive_counters(opened: sqlite3.Connection) -> Counts:
    """The counters of the naive build."""
    return {(line, grade): n for line, grade, n in opened.execute("SELECT line, grade, n FROM naive_counter")}


def our_counters(opened: sqlite3.Connection) -> Counts:
    """The counters of this product: the lines of the result."""
    rows = opened.execute(
        "SELECT s.ordinal - 1, l.counts, l.abstained FROM evaluations_tallyline l"
        " JOIN evaluations_ballotsubject s ON s.id = l.subject_id"
    )
    return {
        (line, grade): votes
        for line, counts, abstained in rows
        for grade, votes in enumerate([abstained, *json.loads(counts)])
    }


@pytest.fixture(scope="module")
def naive(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], bytes, bytes, bytes]:
    """Truth, database, journal, and the database after the ballots were deleted."""
    file = tmp_path_factory.mktemp("naive") / "db.sqlite3"
    truth = invented(SEEDS[0], VOTERS, ROWS)
    kept = sqlite3.connect(file, isolation_level=None)
    kept.execute("PRAGMA journal_mode = WAL")
    kept.execute("PRAGMA secure_delete = OFF")
    kept.executescript(NAIVE.format(key="TEXT"))
    kept.executemany("INSERT INTO naive_counter VALUES (?, ?, 0)", CELLS)
    kept.executemany("INSERT INTO naive_code VALUES (?, 0)", [(n,) for n in range(VOTERS)])
    kept.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for number, marks in enumerate(truth):
        kept.execute("BEGIN IMMEDIATE")
        for statement, values in naive_statements(number, marks):
            kept.execute(statement, values)
        kept.execute("COMMIT")
    before, wal = file.read_bytes(), Path(f"{file}-wal").read_bytes()
    kept.execute("DELETE FROM naive_ballot")
    kept.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    after = file.read_bytes()
    kept.close()
    return truth, before, wal, after


def test_the_attacks_work_on_a_naive_build(naive: tuple[list[str], bytes, bytes, bytes]) -> None:
    """The negative control: each single way gives (nearly) every vote of every voter away."""
    truth, database, wal, after = naive
    last = list(forensics.sqlite_images(database, wal))[-1]
    images = forensics.sqlite_images(database, wal)
    sources = {
        "order of rows under random keys": forensics.sqlite_rows(last, ROWS)["naive_ballot"],
        "counters in the journal": forensics.increments(
            forensics.sqlite_states(images, naive_counters), ROWS
        ),
        "deleted rows in free space": forensics.strings(after, ROWS),
    }
    for report in attack(sources, truth):
        assert report.share > NEARLY_ALL, report
        assert report.luck < CHANCE * 20, report


def test_the_attack_reads_answers_of_a_survey_that_lie_open() -> None:
    """The negative control for the signs of a survey: kept as rows in order, they give every respondent away."""
    truth = [marks_of(ordinal, choice, ROWS) for ordinal, choice in invented_answers(SEEDS[0], VOTERS, ROWS)]
    kept = sqlite3.connect(":memory:")
    kept.execute("CREATE TABLE naive_answer (id TEXT PRIMARY KEY, marks TEXT)")
    kept.executemany("INSERT INTO naive_answer VALUES (?, ?)", [(str(uuid.uuid4()), one) for one in truth])
    kept.commit()
    image = kept.serialize()
    kept.close()
    rows = forensics.sqlite_rows(image, ROWS)["naive_answer"]
    for report in attack({"rows": rows, "bytes": forensics.strings(image, ROWS)[::-1]}, truth):
        assert report.luck < CHANCE * 20, report
    assert rows == truth


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Evenings held by another process on a SQLite file, which then dies; with its log."""
    folder = tmp_path_factory.mktemp("evenings")
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.evenings_on_disk", *map(str, SEEDS[:2])],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "VAR_DIR": str(folder),
            "BALLOT_KEY_DIR": str(folder / "ballot-keys"),
            "LOG_LEVEL": "DEBUG",
        },
        capture_output=True,
        check=True,
    )
    (folder / "log").write_bytes(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def sources_on_disk(folder: Path) -> dict[str, list[str]]:
    """Everything the attacker tries on the files of one folder."""
    database = next(folder.glob("*.sqlite3")).read_bytes()
    journal = next(folder.glob("*.sqlite3-wal"), None)
    wal = journal.read_bytes() if journal else b""
    last = list(forensics.sqlite_images(database, wal))[-1]
    states = forensics.sqlite_states(forensics.sqlite_images(database, wal), our_counters)
    found = {f"rows of {table}": papers for table, papers in forensics.sqlite_rows(last, ROWS).items()}
    found["counters in the journal"] = forensics.increments(states, ROWS)
    found["what people decided"] = decided_sheets(last)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        found[f"bytes of {file.name}"] = forensics.strings(file.read_bytes(), ROWS)
    return found


def decided_sheets(image: bytes) -> list[str]:
    """Sheets put together from what people decided of single rows, as the chain of the count has it."""
    opened = forensics.sqlite_open(image)
    rows = opened.execute("SELECT ballot_id, payload FROM evaluations_countevent WHERE kind = 'decision'")
    seen: dict[str, dict[int, list[str]]] = {}
    for ballot, payload in rows.fetchall():
        said = json.loads(payload)
        seen.setdefault(ballot, {}).setdefault(said["row"], []).append(said.get("value", ""))
    opened.close()
    sheets = [["".join(kept) for kept in zip(*rows.values(), strict=False)] for rows in seen.values()]
    return [sheet for found in sheets for sheet in found if len(sheet) == ROWS]


def test_decisions_kept_one_by_one_would_give_an_untidy_sheet_away() -> None:
    """The negative control of `decided_sheets`: why decisions of few sheets are kept by number only."""
    kept, sheet = sqlite3.connect(":memory:"), invented(1, 1, ROWS)[0]
    kept.execute("CREATE TABLE evaluations_countevent (ballot_id, kind, payload)")
    said = [(json.dumps({"row": row, "value": mark}),) for row, mark in enumerate(sheet, 1)]
    kept.executemany("INSERT INTO evaluations_countevent VALUES ('b', 'decision', ?)", said)
    kept.commit()
    assert decided_sheets(kept.serialize()) == [sheet]
    kept.close()


def test_with_all_files_after_the_count_nobody_guesses_better_than_chance(held: dict[str, Any]) -> None:
    folder = Path(held["database"]).parent
    sources = sources_on_disk(folder)
    assert "rows of evaluations_tallyline" in sources
    assert "bytes of log" in sources
    assert not list((folder / "ballot-keys").glob("*"))
    for one in (*held["paper"], *held["scans"], *held["device"], *held["slips"]):
        no_better_than_chance(sources, one["truth"])


def test_a_backup_made_while_votes_were_counted_does_not_help_either(held: dict[str, Any]) -> None:
    """It holds the sealed papers in order; the key was in no backup and is destroyed."""
    for evening_held in held["paper"]:
        backup = Path(evening_held["backup"])
        last = list(
            forensics.sqlite_images(
                (backup / "db.sqlite3").read_bytes(), (backup / "db.sqlite3-wal").read_bytes()
            )
        )[-1]
        opened = forensics.sqlite_open(last)
        sealed = opened.execute(
            "SELECT slot, paper_no, sealed FROM evaluations_paperentry WHERE ballot_id = ?"
            " ORDER BY slot, paper_no",
            (evening_held["ballot"],),
        ).fetchall()
        opened.close()
        assert len(sealed) == 2 * VOTERS
        assert len({len(blob) for _, _, blob in sealed}) == 1  # the length tells nothing
        assert len({blob for _, _, blob in sealed}) == 2 * VOTERS  # nor do equal papers look equal
        no_better_than_chance(sources_on_disk(backup), evening_held["truth"])


def test_scanned_sheets_in_a_backup_are_sealed_to_the_last_strip(held: dict[str, Any]) -> None:
    columns = {
        "scanpage": ("sealed", "ink", "picture"),
        "strip": ("sealed", "picture"),
        "stripreading": ("sealed",),
    }
    for one in held["scans"]:
        backup = Path(one["backup"])
        database, wal = ((backup / name).read_bytes() for name in ("db.sqlite3", "db.sqlite3-wal"))
        opened = forensics.sqlite_open(list(forensics.sqlite_images(database, wal))[-1])
        for table, names in columns.items():
            for name in names:
                kept = opened.execute(
                    f"SELECT {name} FROM evaluations_{table} WHERE ballot_id = ? AND length({name}) > 0",
                    (one["ballot"],),
                ).fetchall()
                assert kept or name == "ink", (table, name)
                assert not [blob for (blob,) in kept if PICTURE in blob or forensics.strings(blob, ROWS)]
        lengths = opened.execute(
            "SELECT DISTINCT length(sealed) FROM evaluations_stripreading WHERE ballot_id = ?",
            (one["ballot"],),
        ).fetchall()
        assert len(lengths) == 1
        opened.close()
        no_better_than_chance(sources_on_disk(backup), one["truth"])
    folder = Path(held["database"]).parent
    assert not [path for path in folder.rglob("*") if path.is_file() and PICTURE in path.read_bytes()]
    assert not list((folder / "scans").glob("*/*"))


URNS = {  # where sealed votes lie: their table, that of the urn, and whose it is
    "device": ("evaluations_urnslot", "evaluations_urn", "ballot_id"),
    "slips": ("rectification_surveyslot", "rectification_surveyurn", "round_id"),
}


def sealed_votes(kind: str, backup: Path, ballot: str) -> list[bytes]:
    """The sealed votes of an urn in the order in which they first stand in the journal."""
    table, urns_table, owner = URNS[kind]
    database, wal = ((backup / name).read_bytes() for name in ("db.sqlite3", "db.sqlite3-wal"))
    seen: dict[bytes, None] = {}
    for image in forensics.sqlite_images(database, wal):
        opened = forensics.sqlite_open(image)
        rows = opened.execute(
            f"SELECT s.sealed FROM {table} s JOIN {urns_table} u ON u.id = s.urn_id"
            f" WHERE s.filled AND u.{owner} = ?",
            (ballot,),
        ).fetchall()
        opened.close()
        seen.update(dict.fromkeys(blob for (blob,) in rows))
    return list(seen)


@pytest.mark.parametrize("kind", URNS)
def test_the_urn_in_a_backup_is_closed_without_its_keys_and_they_are_gone(
    kind: str, held: dict[str, Any]
) -> None:
    """The journal tells in which order the sealed votes came, and nothing of what they say."""
    files = {p: p.read_bytes() for p in Path(held["database"]).parent.rglob("*") if p.is_file()}
    for one in held[kind]:
        backup, ballot = Path(one["backup"]), uuid.UUID(one["ballot"])
        sealed = sealed_votes(kind, backup, one["ballot"])
        assert len(sealed) == VOTERS
        assert {len(blob) for blob in sealed} == {votes.sealed_length(ROWS)}
        no_better_than_chance(sources_on_disk(backup), one["truth"])
        hidden = [bytes.fromhex(one["key"]), *(half.encode() for half in one["halves"])]
        hidden += [code.encode() for code in one["codes"]]
        for file, content in files.items():
            assert not [word for word in hidden if word in content], file
        keys = [halves.box_key(hidden[0], ballot.bytes, n, one["halves"][n - 1]) for n in halves.SEATS]
        opened = [votes.unpack(votes.unseal(keys[0], keys[1], blob), ROWS, 4) for blob in sealed]
        assert opened == one["truth"]  # the negative control: it is the keys that keep the secret
        other = halves.box_key(b"k" * 32, ballot.bytes, 1, one["halves"][0])
        with pytest.raises(votes.Unreadable):  # the halves alone, noted down by both, open nothing
            votes.unseal(other, keys[1], sealed[0])


@pytest.mark.parametrize("kind", URNS)
def test_receipts_stand_in_no_order(kind: str, held: dict[str, Any]) -> None:
    for one in held[kind]:
        database = Path(held["database"])
        opened = forensics.sqlite_open(database.read_bytes())
        (kept,) = opened.execute(
            f"SELECT receipts FROM {URNS[kind][1]} WHERE {URNS[kind][2]} = ?", (one["ballot"],)
        ).fetchone()
        opened.close()
        assert json.loads(kept) == sorted(one["receipts"]) != one["receipts"]


def test_luck_is_measured_honestly() -> None:
    truth = invented(3, VOTERS, ROWS)
    assert forensics.luck(truth, truth) < CHANCE
    assert forensics.luck(forensics.from_totals(truth), truth) == 1.0
    assert forensics.luck(invented(4, VOTERS, ROWS), truth) > CHANCE


# PostgreSQL


def relation_bytes(table: str) -> bytes:
    """The pages of one table as they lie on the disk."""
    assert TABLE.fullmatch(table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s))", [table])
        row = cursor.fetchone()
    return bytes(row[0])


def log_bytes(since: str) -> bytes:
    """The write-ahead log from this position to where it stands now, records only.

    A segment's file also holds what was written before, and behind the last record what is left of the segment
    it was made from: neither belongs to the evening.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_walfile_name(%(since)s), pg_walfile_name(now), (pg_walfile_name_offset(%(since)s)).file_offset,"
            " now - %(since)s::pg_lsn FROM pg_current_wal_lsn() AS now",
            {"since": since},
        )
        first, last, start, length = cursor.fetchone()
        cursor.execute(
            "SELECT name, pg_read_binary_file('pg_wal/' || name) FROM pg_ls_waldir()"
            " WHERE name BETWEEN %s AND %s ORDER BY name",
            [first, last],
        )
        names, segments = zip(*((name, bytes(data)) for name, data in cursor.fetchall()), strict=True)
    assert (names[0], names[-1]) == (first, last)  # nothing of it is gone
    return forensics.log_records(segments, start, start + int(length))


@pytest.fixture
def since(transactional_db: None) -> Iterator[str]:
    """Where the write-ahead log stands as the test begins; the server keeps all of it from here on.

    Left to itself it makes the next segment from one that lies before the latest checkpoint: a test whose log runs
    over the end of a segment would look for votes where they are no longer. So a slot holds it, as long as the
    connection lives. Skipped where the account may not look at files (then nobody else may).
    """
    slot = f"attacks_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("only a superuser of PostgreSQL can read its files; this account is none")
        cursor.execute("SELECT pg_create_physical_replication_slot(%s, true, true)", [slot])
        cursor.execute("SELECT pg_current_wal_lsn()")
        position = str(cursor.fetchone()[0])
    yield position
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_drop_replication_slot(%s)", [slot])


def checkpoint() -> None:
    """Write all pages to the disk."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def sources_on_postgresql(tables: list[str], since: str) -> dict[str, list[str]]:
    """Everything the attacker tries: live rows by xmin and by place, dead rows on the pages, the log."""
    checkpoint()
    found: dict[str, list[str]] = {}
    for table in tables:
        with connection.cursor() as cursor:
            for column in ("xmin::text::bigint", "ctid"):
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY {column}')
                rows = cursor.fetchall()
                found[f"{table} by {column}"] = [p for row in rows for p in forensics.papers_in(row, ROWS)]
        versions = forensics.heap_versions(relation_bytes(table))
        found[f"pages of {table}"] = [p for v in versions for p in forensics.strings(v.data, ROWS)]
    found["write-ahead log"] = forensics.strings(log_bytes(since), ROWS)
    return found


def naive_cell(data: bytes) -> tuple[tuple[int, int], int]:
    """Line, grade and number of one version of a counter: three integers of four bytes."""
    line, grade, votes = (int.from_bytes(data[at : at + 4], "little", signed=True) for at in (0, 4, 8))
    return (line, grade), votes


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_attacks_work_on_a_naive_build_on_postgresql(since: str) -> None:
    truth = invented(SEEDS[0], VOTERS, ROWS)
    with connection.cursor() as cursor:
        cursor.execute(NAIVE.format(key="UUID"))
        try:
            cursor.executemany("INSERT INTO naive_counter VALUES (%s, %s, 0)", CELLS)
            cursor.executemany("INSERT INTO naive_code VALUES (%s, 0)", [(n,) for n in range(VOTERS)])
            for number, marks in enumerate(truth):
                cursor.execute("BEGIN")
                for statement, values in naive_statements(number, marks):
                    cursor.execute(statement.replace("?", "%s"), values)
                cursor.execute("COMMIT")
                if number == VOTERS // 2:
                    cursor.execute("SELECT pg_switch_wal()")  # an evening may run over the end of a segment
            cursor.execute(
                "SELECT marks FROM naive_code c JOIN naive_ballot b ON b.xmin = c.xmin ORDER BY c.id"
            )
            joined = [row[0] for row in cursor.fetchall()]
            found = sources_on_postgresql(["naive_ballot"], since)
            cells = forensics.heap_versions(relation_bytes("naive_counter"))
            cursor.execute("DELETE FROM naive_ballot")
            checkpoint()
            dead = forensics.heap_versions(relation_bytes("naive_ballot"))
        finally:
            cursor.execute("DROP TABLE naive_ballot, naive_counter, naive_code")
    sources = {
        **found,
        "code and ballot of one transaction": joined,
        "dead versions of counters": forensics.increments(forensics.heap_states(cells, naive_cell), ROWS),
        "deleted ballots on the pages": [p for v in dead for p in forensics.strings(v.data, ROWS)],
    }
    for report in attack(sources, truth):
        assert report.share > NEARLY_ALL, report


def product_tables() -> list[str]:
    """The tables in which anything of an evening could lie."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
    apps = ("evaluations_", "branches_", "django_", "meetings_", "rectification_")
    return [name for name in tables if name.startswith(apps)]


def vouched(made: Evening) -> None:
    """The result is signed and certified."""
    sign_all(made)
    certify(ballot=made.ballot, by=made.secretary)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_with_the_disk_of_postgresql_nobody_guesses_better_than_chance(since: str) -> None:
    truth = invented(SEEDS[1], VOTERS, ROWS)
    made = bring_to(evening("setup", members=ROWS), "matched", votes=[Paper(marks) for marks in truth])
    vouched(made)
    no_better_than_chance(sources_on_postgresql(product_tables(), since), truth)
    dead = forensics.heap_versions(relation_bytes("evaluations_paperentry"))
    assert len(dead) >= 2 * VOTERS  # they lie there still, sealed: the attacker did see them
    written = forensics.heap_versions(relation_bytes(TallyLine._meta.db_table))
    assert len({version.xmin for version in written}) == 1  # no counter ever went up vote by vote


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_with_the_disk_of_postgresql_nobody_reads_a_scanned_sheet(since: str) -> None:
    truth = invented(SEEDS[2], VOTERS, ROWS)
    made = scanned_evening(members=ROWS, returned=VOTERS)
    read = ["?" * ROWS, *(marks.replace("x", "?") for marks in truth[1:])]
    judge_all(made, scanned(made, read, truth))
    matching.match(ballot=made.ballot, by=made.tellers[0])
    vouched(made)
    no_better_than_chance(sources_on_postgresql(product_tables(), since), truth)
    assert len(forensics.heap_versions(relation_bytes("evaluations_stripreading"))) >= 2 * ROWS
    assert PICTURE not in log_bytes(since)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_with_the_disk_of_postgresql_nobody_guesses_who_voted_what_on_a_device(since: str) -> None:
    truth = [marks.replace("x", "0") for marks in invented(SEEDS[2], VOTERS, ROWS)]
    found = voting("open", members=ROWS)
    for number, marks in enumerate(truth):
        found.cast(number, marks)
    with connection.cursor() as cursor:
        for table in ("evaluations_urncode", "evaluations_urnslot"):
            cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}")
            assert cursor.fetchone() == (1,)  # every row was written by the last transaction
        cursor.execute("SELECT count(*) FROM evaluations_urnslot s JOIN evaluations_urncode c ON c.id = s.id")
        assert cursor.fetchone() == (0,)
    found.made.ballot = urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    for step in (collect, count, finish):
        step(found)
    no_better_than_chance(sources_on_postgresql(product_tables(), since), truth)
    dead = forensics.heap_versions(relation_bytes("evaluations_urnslot"))
    assert len(dead) > VOTERS  # old places lie there still: sealed
    log = log_bytes(since)
    assert not [word for word in (*found.codes, *found.halves) if word.encode() in log]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_with_the_disk_of_postgresql_nobody_guesses_who_filled_in_what_with_a_slip(since: str) -> None:
    answers = invented_answers(SEEDS[2], VOTERS, ROWS)
    truth = [marks_of(ordinal, choice, ROWS) for ordinal, choice in answers]
    numbers = {ordinal: 1 for ordinal, _choice in answers}
    found = slips_of("begun", numbers=numbers, rules=many_classes(ROWS))
    for ordinal, choice in answers:
        found.answer(0, choice, ordinal=ordinal)
    with connection.cursor() as cursor:
        for table in ("rectification_surveycode", "rectification_surveyslot"):
            cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}")
            assert cursor.fetchone() == (1,)  # every row was written by the last transaction
    found.shut()
    collect_slips(found)
    count_slips(found, 0)
    no_better_than_chance(sources_on_postgresql(product_tables(), since), truth)
    dead = forensics.heap_versions(relation_bytes("rectification_surveyslot"))
    assert len(dead) > VOTERS  # old places lie there still: sealed
    log = log_bytes(since)
    codes = [code for dealt in found.codes.values() for code in dealt]
    assert not [word for word in (*codes, *found.halves) if word.encode() in log]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_backup_after_every_single_vote_gives_a_naive_build_away() -> None:
    """The negative control of the next test."""
    truth = invented(SEEDS[0], VOTERS, ROWS)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_ballot (id uuid PRIMARY KEY, marks text)")
        try:
            dumps = [dump()]
            for marks in truth:
                cursor.execute("INSERT INTO naive_ballot VALUES (gen_random_uuid(), %s)", [marks])
                dumps.append(dump())
        finally:
            cursor.execute("DROP TABLE naive_ballot")
    (report,) = attack({"backups": votes_in(news(dumps))}, truth)
    assert report.share > NEARLY_ALL, report


def votes_in(fields: list[list[str]]) -> list[str]:
    """The papers among these fields, in their order."""
    return [paper for some in fields for field in some for paper in forensics.strings(field.encode(), ROWS)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_backup_after_every_single_vote_does_not_help() -> None:
    """They tell which sealed vote came when; what it says only the keys tell, which are in no backup and then gone."""
    truth = [marks.replace("x", "0") for marks in invented(SEEDS[1], VOTERS, ROWS)]
    found = voting("open", members=ROWS)
    dumps = [dump()]
    for number, marks in enumerate(truth):
        found.cast(number, marks)
        dumps.append(dump())
    pk = found.made.ballot.pk
    key = sealing.codes_key_path(pk).read_bytes()
    blob = re.compile(rf"[\\]+x([0-9a-f]{{{2 * votes.sealed_length(ROWS)}}})")
    came = [[one[1] for one in map(blob.fullmatch, some) if one] for some in news(dumps)]
    assert [len(some) for some in came] == [1] * VOTERS
    sealed = [bytes.fromhex(some[0]) for some in came]
    boxes = [halves.box_key(key, pk.bytes, n, found.halves[n - 1]) for n in halves.SEATS]
    assert [votes.unpack(votes.unseal(boxes[0], boxes[1], one), ROWS, 4) for one in sealed] == truth
    everything = "".join(dumps)
    hidden = [*found.codes, *found.halves, found.address, key.hex()]
    assert not [word for word in hidden if word in everything]
    sources = {f"backup {n}": forensics.strings(one.encode(), ROWS) for n, one in enumerate(dumps)}
    sources["what is new in each"] = votes_in(news(dumps))
    no_better_than_chance(sources, truth)
    found.made.ballot = urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    for step in (collect, count, finish):
        step(found)
    after = dump()
    assert not [one for one in sealed if one.hex() in after]
    assert sealing.codes_key(pk) is None
    no_better_than_chance({"backup after it": forensics.strings(after.encode(), ROWS)}, truth)
