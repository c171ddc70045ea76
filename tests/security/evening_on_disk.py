"""One evening on a SQLite file of its own: what a thief of the files finds before and after certification.

Run as a program with DATABASE_URL, VAR_DIR and BALLOT_KEY_DIR set; prints what it did as JSON.
"""

import json
import os
import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from evaluations.models import PaperEntry  # noqa: E402
from evaluations.rules import Paper  # noqa: E402
from evaluations.services import sealing  # noqa: E402
from evaluations.services.certifying import certify  # noqa: E402
from tests.factories.evaluations import bring_to, evening, sign_all  # noqa: E402
from tests.migrated import from_a_copy  # noqa: E402

MARKS = ("1x0423104x21", "0413x2210x34", "44x01230x112", "2x1104x23x04")


def main() -> None:
    """Hold the evening, copying the files of the database just before certification."""
    with from_a_copy():
        call_command("migrate", verbosity=0)
    made = bring_to(evening("setup", members=12), "matched", votes=[Paper(m) for m in MARKS])
    sign_all(made)
    database = Path(connection.settings_dict["NAME"])
    stolen = b"".join(file.read_bytes() for file in sorted(database.parent.glob(database.name + "*")))
    sealed = [
        (row.slot, row.paper_no, bytes(row.sealed).hex())
        for row in PaperEntry.objects.filter(ballot=made.ballot)
    ]
    key = sealing.key_path(made.ballot.pk).read_bytes()
    certify(ballot=made.ballot, by=made.secretary)
    json.dump(
        {
            "ballot": str(made.ballot.pk),
            "database": str(database),
            "sealed": sealed,
            "key": key.hex(),
            "stolen_has_marks": [mark for mark in MARKS if mark.encode() in stolen],
            "stolen_has_sealed": sum(bytes.fromhex(blob) in stolen for _, _, blob in sealed),
            "marks": MARKS,
        },
        sys.stdout,
    )
    sys.stdout.flush()
    os._exit(0)  # as after a power cut: no tidy closing of the database


if __name__ == "__main__":
    main()
