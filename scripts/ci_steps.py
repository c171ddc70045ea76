"""The steps of `.ci/run`: each runs programs and raises Failed, or NotRun with the reason."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from pathlib import Path
from typing import IO

from scripts import coverage_gate
from scripts.ci_counts import Counts
from scripts.servers import NoServer, postgres_url, redis_url

OUT = Path("var/ci").resolve()
PLACES = OUT / "places"
BIN = Path(sys.executable).parent
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "a-long-and-unguessable-value-for-the-check-only-0123456789-abcdefghij",
    "FIELD_KEYS": "only-for-the-check",
    "ALLOWED_HOSTS": "dangjian.example.gov.cn",
    "DATABASE_URL": "postgresql://check@127.0.0.1/check",
    "CELERY_BROKER_URL": "redis://127.0.0.1/0",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


class Failed(Exception):
    """A program of the step said no."""


class NotRun(Exception):
    """The step could not be run here; the text says why."""


COUNTS: list[Counts] = []
# Two at a time, a file of tests by one of them, the largest files first: what a module makes once is made once.
TWO = ("-n", "2", "--dist", "loadfile")
STEP: ContextVar[str] = ContextVar("step", default="other")
# Where the programs of a step write: the terminal, or a file while other steps run at the same time.
OUTPUT: ContextVar[IO[bytes] | None] = ContextVar("output", default=None)


def total() -> Counts:
    """All tests of all runs together."""
    return Counts(
        *(sum(getattr(run, name) for run in COUNTS) for name in ("passed", "failed", "skipped", "left_out"))
    )


def prepare() -> None:
    """An empty var/ci and an environment that no `.env` and no earlier demo reaches into.

    Compiled code is kept, whatever the machine says: pytest would rewrite the assertions of all tests in each process.
    """
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True, mode=0o700)
    os.environ.update(ENV_FILE=os.devnull, PYTHONUNBUFFERED="1", HYPOTHESIS_PROFILE="ci")
    os.environ["MIGRATED"] = str(OUT / "migrated")  # new, so the migrations run on each kind of database
    os.environ.pop("VAR_DIR", None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def run(*command: str | Path, **extra: str) -> None:
    """Run a program from the root with extra environment values; raises Failed with its exit code.

    Each step has its own VAR_DIR, so that steps that run at the same time carry none of each other's messages.
    """
    var = OUT / "var" / STEP.get()
    var.mkdir(parents=True, exist_ok=True)
    output = OUTPUT.get()
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "VAR_DIR": str(var), **extra},
        stdout=output,
        stderr=output and subprocess.STDOUT,
    )
    if done.returncode:
        shown = " ".join(str(part) for part in command if part != sys.executable)
        raise Failed(f"ended with {done.returncode}: {shown}")


def manage(*command: str, **extra: str) -> None:
    """Run a management command with every warning an error."""
    run(
        sys.executable,
        "-W",
        "error",
        "manage.py",
        *command,
        **{"DJANGO_SETTINGS_MODULE": "config.settings", **extra},
    )


def pytest(name: str, *options: str, coverage: bool = False, **extra: str) -> Counts:
    """Run the suite once under a name; a run without a single test counts as failed."""
    report = OUT / f"{name}.xml"
    if coverage:
        extra["COVERAGE_FILE"] = str(OUT / f".coverage.{name}")
        options = (*options, "--cov", "--cov-report=")
    counts = Counts(0, 0, 0)
    try:
        extra["LEFT_OUT"] = str(OUT / f"{name}-left-out")
        run(sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *options, **extra)
    finally:
        if report.exists():
            counts = Counts.read(report, OUT / f"{name}-left-out")
            COUNTS.append(counts)
    if not counts.passed:
        raise Failed("no test ran")
    return counts


def system_program(package: str, *names: str) -> str:
    """Path of a Debian program, installed first when that needs no password; raises NotRun."""
    for _ in range(2):
        for name in names:
            if found := shutil.which(name):
                return found
        if subprocess.run(["scripts/apt", package]).returncode:
            break
    raise NotRun(f"the Debian package {package} is missing and could not be installed")


def sqlite(_stack: ExitStack) -> Counts:
    """The suite on the embedded database."""
    return pytest(
        "sqlite",
        *TWO,
        "-m",
        "not browser and not worker",
        coverage=True,
        DATABASE_URL=f"sqlite:///{OUT}/suite.sqlite3",
        PLACES=str(PLACES),
    )


def postgresql(stack: ExitStack) -> Counts:
    """The suite on PostgreSQL: this one is never left out.

    Of the table of addresses and roles three roles are asked here: all of it was, by the embedded database's run; so
    were the tests that ask no database. Of the tests of what Python decides those are left out that ask it nothing new: without
    the notes of the embedded database's run none (tests/places.py). Lines were counted there.
    """
    return pytest(
        "postgres-most",
        *TWO,
        "-m",
        "not browser and not worker and not postgres",
        DATABASE_URL=postgres_url(stack, OUT),
        CELLS="secretary township county",
        NEEDS_DATABASE="1",
        PLACES=str(PLACES),
    )


def postgresql_own(stack: ExitStack) -> Counts:
    """Races, locks and forensics, which only PostgreSQL has: their lines are counted too.

    One after another, and nothing else on the server: what looks for votes in its write-ahead log must be alone.
    """
    return pytest("postgres", "-m", "postgres", coverage=True, DATABASE_URL=postgres_url(stack, OUT))


def worker_embedded(_stack: ExitStack) -> Counts:
    """A real worker on the embedded broker and database."""
    return pytest(
        "worker-embedded",
        "tests/worker",
        "-m",
        "worker",
        DATABASE_URL=f"sqlite:///{OUT}/worker.sqlite3",
        CELERY_BROKER_URL="filesystem://",
    )


def worker_redis(stack: ExitStack) -> Counts:
    """A real worker as in production: PostgreSQL and Redis."""
    try:
        broker = redis_url(stack, OUT)
    except NoServer:
        system_program("redis-server", "redis-server")
        broker = redis_url(stack, OUT)
    return pytest(
        "worker-redis",
        "tests/worker",
        "-m",
        "worker",
        DATABASE_URL=postgres_url(stack, OUT),
        CELERY_BROKER_URL=broker,
    )


def browser(_stack: ExitStack) -> Counts:
    """The main job in Debian's Chromium."""
    chromium = system_program("chromium", "chromium", "chromium-browser")
    return pytest(
        "browser",
        "tests/browser",
        *("-n", "2", "--dist", "loadgroup"),
        "-m",
        "browser",
        DATABASE_URL=f"sqlite:///{OUT}/browser.sqlite3",
        CHROMIUM=chromium,
    )


def gate(_stack: ExitStack) -> None:
    """Coverage of both databases together against the gates."""
    data = sorted(OUT.glob(".coverage.*"))
    if len(data) < 2:
        raise NotRun("needs the data of the steps sqlite and postgresql-own")
    if problems := coverage_gate.problems(data, OUT):
        print("\n".join(problems))
        raise Failed(f"{len(problems)} coverage gates do not hold")


def vulnerabilities(_stack: ExitStack) -> None:
    """Known vulnerabilities of the lock; a closed network leaves this not run."""
    report = OUT / "pip-audit.json"
    command: list[str | Path] = [
        BIN / "pip-audit",
        "--strict",
        "--require-hashes",
        "--disable-pip",
        "--timeout",
        "10",
        "--progress-spinner",
        "off",
    ]
    try:
        done = subprocess.run(
            [*command, "-r", "requirements.lock", "-f", "json", "-o", report],
            capture_output=True,
            text=True,
            timeout=180,
        )
    except subprocess.TimeoutExpired:
        raise NotRun("the vulnerability service does not answer") from None
    if not report.exists() or not report.stat().st_size:
        print(done.stderr[-2000:])
        raise NotRun("no full answer from the vulnerability service (closed network?)")
    found = [package for package in json.loads(report.read_text())["dependencies"] if package.get("vulns")]
    for package in found:
        print(package["name"], package["version"], *(vuln["id"] for vuln in package["vulns"]))
    if done.returncode:
        raise Failed(f"{len(found)} packages with known vulnerabilities")


STEPS: dict[str, Callable[[ExitStack], object]] = {
    "format": lambda _: run(BIN / "ruff", "format", "--check", "."),
    "ruff": lambda _: run(BIN / "ruff", "check", "."),
    "templates": lambda _: run(sys.executable, "-m", "scripts.template_lint"),
    "imports": lambda _: run(BIN / "lint-imports"),
    "types": lambda _: run(sys.executable, "-m", "mypy", "--cache-dir", OUT / "mypy"),
    "check-deploy": lambda _: manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION),
    "migrations": lambda _: manage("makemigrations", "--check", "--dry-run"),
    "docs": lambda _: manage("build_docs", "--check"),
    "sqlite": sqlite,
    "postgresql": postgresql,
    "postgresql-own": postgresql_own,
    "coverage": gate,
    "worker-embedded": worker_embedded,
    "worker-redis": worker_redis,
    "browser": browser,
    "vulnerabilities": vulnerabilities,
}
# One row after another; what stands side by side in a row runs at the same time. Two processors: each side of the first
# row has a worker's tests, which mostly wait. The suites fill both. The browser is on the embedded database, so the
# tests of the server's log are alone with the server.
ROWS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("format", "ruff", "templates", "imports", "check-deploy", "migrations", "docs", "worker-embedded"),
        ("types", "worker-redis", "vulnerabilities"),
    ),
    (("sqlite",),),
    (("postgresql",),),
    (("postgresql-own", "coverage"), ("browser",)),
)
