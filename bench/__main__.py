"""`make bench`: county and city on PostgreSQL, a township on SQLite, as one table with the machine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("DATABASE_URL", "postgres://root@127.0.0.1:5432/postgres")
DATABASE = "zzsh_bench"
LIMITS = {
    "seed --size county": 180,
    "county page: home (board)": 300,
    "county board: organisations × steps": 300,
    "county board: everything": 300,
    "county board: sums of each level": 300,
    "county board: who is missing what": 300,
    "county board: one township": 300,
    "county page: roll-up": 300,
    "county roll-up: .xlsx": 3,
    "county tally": 10,
    "county roster import: 60,000 rows": 60,
    "county roster import: memory": 300,
}


def machine() -> str:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}, {platform.system()}"


def run(environment: dict[str, str], *arguments: str) -> str:
    """Run Python with the environment; its output, or the end of the bench."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def fresh_postgresql() -> str:
    """An empty database of the bench's own; returns its URL."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{DATABASE}"))


def figures(environment: dict[str, str], size: str, names: list[str]) -> list[dict[str, Any]]:
    """Migrate, then measure each in a process of its own."""
    run(environment, "manage.py", "migrate", "-v0")
    run(environment, "manage.py", "collectstatic", "-v0", "--noinput")
    rows: list[dict[str, Any]] = []
    for name in names:
        print(f"… {size} {name}", file=sys.stderr, flush=True)
        rows += json.loads(run(environment, "-m", "bench.measure", name, size).splitlines()[-1])
    return rows


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        base = {**os.environ, "ENV_FILE": os.devnull, "LOG_LEVEL": "ERROR", "VAR_DIR": folder}
        postgresql = {**base, "DATABASE_URL": fresh_postgresql()}
        rows = figures(
            postgresql, "county", ["seed", "pages", "board", "tables", "tally", "roster_file", "roster"]
        )
        rows += figures({**base, "DATABASE_URL": fresh_postgresql()}, "city", ["seed", "board"])
        sqlite = {**base, "VAR_DIR": f"{folder}/sqlite"}
        sqlite.pop("DATABASE_URL", None)
        rows += figures(sqlite, "township", ["seed", "pages", "board", "tables", "tally"])
    print(f"\n{machine()}\nPostgreSQL: county (3,000 branches), city (10,000); SQLite: township (42)\n")
    print(f"{'figure':<42} {'value':>10}      {'asked for':>10}  more")
    for row in rows:
        township = 100 if row["what"].startswith("township page") else None
        limit = LIMITS.get(row["what"], township)
        asked = f"≤ {limit} {row['unit']}" if limit else ""
        print(f"{row['what']:<42} {row['value']:>10.2f} {row['unit']:<4} {asked:>10}  {row.get('more', '')}")


if __name__ == "__main__":
    main()
