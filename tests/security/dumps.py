"""Backups as pg_dump makes them, for the attacker of the forensic tests."""

from __future__ import annotations

from django.db import connection


def dump() -> str:
    """All tables as COPY writes them, as pg_dump does."""
    texts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                texts.append(b"".join(bytes(block) for block in copy).decode())
    return "\n".join(texts)


def news(dumps: list[str]) -> list[list[str]]:
    """Of each backup the fields that stood in none before: what happened between it and the one before."""
    seen: set[str] = set(dumps[0].replace("\n", "\t").split("\t"))
    found = []
    for one in dumps[1:]:
        fields = list(dict.fromkeys(one.replace("\n", "\t").split("\t")))
        found.append([field for field in fields if field not in seen])
        seen.update(fields)
    return found
