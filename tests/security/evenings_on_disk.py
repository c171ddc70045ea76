"""Evenings on a SQLite file of their own, for the attacker of the forensic tests.

Run as a program with DATABASE_URL and VAR_DIR set, the seeds as arguments; prints the truth as JSON. Of each
evening the files are copied just before certification too: a backup made while the votes were counted.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from evaluations.rules import Paper  # noqa: E402
from evaluations.services import matching, sealing, urns  # noqa: E402
from evaluations.services.certifying import certify  # noqa: E402
from rectification.services import satisfaction  # noqa: E402
from tests.factories.deciding import judge_all, scanned  # noqa: E402
from tests.factories.evaluations import bring_to, evening, sign_all  # noqa: E402
from tests.factories.scanning import scanned_evening  # noqa: E402
from tests.factories.survey_slips import collect as collect_slips  # noqa: E402
from tests.factories.survey_slips import count as count_slips  # noqa: E402
from tests.factories.survey_slips import (  # noqa: E402
    invented_answers,
    many_classes,
    marks_of,
    slips_of,
)
from tests.factories.voting import collect, count, finish, voting  # noqa: E402
from tests.migrated import from_a_copy  # noqa: E402
from tests.security.forensics import invented  # noqa: E402

VOTERS, ROWS = 9, 12


def copied(database: Path, name: str) -> str:
    """The folder with a copy of the files of the database as they are now."""
    backup = database.parent / name
    backup.mkdir()
    for file in database.parent.glob(database.name + "*"):
        shutil.copy(file, backup / file.name)
    return str(backup)


def on_paper(seed: int, database: Path) -> dict[str, Any]:
    """An evening on paper, the papers typed in the order the voters came."""
    papers = invented(seed, VOTERS, ROWS)
    made = bring_to(evening("setup", members=ROWS), "matched", votes=[Paper(marks) for marks in papers])
    sign_all(made)
    backup = copied(database, f"backup-{seed}")
    certify(ballot=made.ballot, by=made.secretary)
    return {"truth": papers, "ballot": made.ballot.pk.hex, "backup": backup}


def on_device(seed: int, database: Path) -> dict[str, Any]:
    """An evening with codes, the votes cast one after another; the keys as they were before they were destroyed."""
    truth = [marks.replace("x", "0") for marks in invented(seed, VOTERS, ROWS)]
    found = voting("open", members=ROWS)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA wal_autocheckpoint = 0")
    for number, marks in enumerate(truth):
        found.cast(number, marks)
    backup = copied(database, f"backup-{seed}")
    found.made.ballot = urns.close_voting(ballot=found.ballot, by=found.made.secretary)
    key = sealing.codes_key_path(found.made.ballot.pk).read_bytes()
    for step in (collect, count, finish):
        step(found)
    told = {"key": key.hex(), "halves": found.halves, "codes": found.codes, "receipts": found.receipts}
    return {**told, "truth": truth, "ballot": found.made.ballot.pk.hex, "backup": backup}


def on_slips(seed: int, database: Path) -> dict[str, Any]:
    """A survey with slips, filled in one after another; the keys as they were before they were destroyed."""
    answers = invented_answers(seed, VOTERS, ROWS)
    numbers = {ordinal: 1 for ordinal, _choice in answers}
    found = slips_of("begun", numbers=numbers, rules=many_classes(ROWS))
    for ordinal, choice in answers:
        found.answer(0, choice, ordinal=ordinal)
    backup = copied(database, f"backup-{seed}")
    name = found.made.round.pk
    key = sealing.codes_key_path(name).read_bytes()
    found.shut()
    collect_slips(found)
    count_slips(found, 0)
    satisfaction.close(
        survey_round=found.made.now(), version=found.made.now().version, by=found.made.secretary
    )
    truth = [marks_of(ordinal, choice, ROWS) for ordinal, choice in answers]
    codes = [code for dealt in found.codes.values() for code in dealt]
    told = {"key": key.hex(), "halves": found.halves, "codes": codes, "receipts": found.receipts}
    return {**told, "truth": truth, "ballot": name.hex, "backup": backup}


def on_scanner(seed: int, database: Path) -> dict[str, Any]:
    """An evening with scanned sheets, lying in the order the voters came; the first one so untidy that people
    decide all of it."""
    truth = invented(seed, VOTERS, ROWS)
    made = scanned_evening(members=ROWS, returned=VOTERS)
    read = ["?" * ROWS, *(marks.replace("x", "?") for marks in truth[1:])]
    judge_all(made, scanned(made, read, truth))
    matching.match(ballot=made.ballot, by=made.tellers[0])
    sign_all(made)
    backup = copied(database, f"backup-{seed}")
    certify(ballot=made.ballot, by=made.secretary)
    return {"truth": truth, "ballot": made.ballot.pk.hex, "backup": backup}


def main() -> None:
    """Hold three evenings a seed: papers typed, sheets scanned, votes on a device; and a survey with slips."""
    with from_a_copy():
        call_command("migrate", verbosity=0)
    database = Path(connection.settings_dict["NAME"])
    seeds = [int(seed) for seed in sys.argv[1:]]
    paper = [on_paper(seed, database) for seed in seeds]
    scans = [on_scanner(200 + seed, database) for seed in seeds]
    device = [on_device(100 + seed, database) for seed in seeds]
    slips = [on_slips(300 + seed, database) for seed in seeds]
    told = {"database": str(database), "paper": paper, "scans": scans, "device": device, "slips": slips}
    json.dump(told, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # as after a power cut: no tidy closing of the database


if __name__ == "__main__":
    main()
