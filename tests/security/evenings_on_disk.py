"""Evenings on a SQLite file of their own, for the attacker of the forensic tests.

Run as a program with DATABASE_URL and VAR_DIR set, the seeds as arguments; prints the truth as JSON. Of each
evening the files are copied just before certification too: a backup made while the votes were counted.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from evaluations.rules import Paper  # noqa: E402
from evaluations.services.certifying import certify  # noqa: E402
from tests.factories.evaluations import bring_to, evening, sign_all  # noqa: E402
from tests.security.forensics import invented  # noqa: E402

VOTERS, ROWS = 9, 12


def main() -> None:
    """Hold one evening a seed, the papers typed in the order the voters came."""
    call_command("migrate", verbosity=0)
    database = Path(connection.settings_dict["NAME"])
    held = []
    for seed in map(int, sys.argv[1:]):
        papers = invented(seed, VOTERS, ROWS)
        made = bring_to(evening("setup", members=ROWS), "matched", votes=[Paper(marks) for marks in papers])
        sign_all(made)
        backup = database.parent / f"backup-{seed}"
        backup.mkdir()
        for file in database.parent.glob(database.name + "*"):
            shutil.copy(file, backup / file.name)
        certify(ballot=made.ballot, by=made.secretary)
        held.append({"truth": papers, "ballot": made.ballot.pk.hex, "backup": str(backup)})
    json.dump({"database": str(database), "evenings": held}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # as after a power cut: no tidy closing of the database


if __name__ == "__main__":
    main()
