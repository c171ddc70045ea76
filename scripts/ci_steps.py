"""The steps of `.ci/run`: each runs programs and raises Failed, or NotRun with the reason."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from scripts import coverage_gate
from scripts.servers import NoServer, postgres_url, redis_url

OUT = Path("var/ci").resolve()
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


@dataclass(frozen=True)
class Counts:
    """Tests of one or several pytest runs."""

    passed: int
    failed: int
    skipped: int

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


COUNTS: list[Counts] = []


def total() -> Counts:
    """All tests of all runs together."""
    return Counts(*(sum(getattr(run, name) for run in COUNTS) for name in ("passed", "failed", "skipped")))


def prepare() -> None:
    """An empty var/ci and an environment that no `.env` and no earlier demo reaches into."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True, mode=0o700)
    os.environ.update(ENV_FILE=os.devnull, PYTHONUNBUFFERED="1", HYPOTHESIS_PROFILE="ci")
    os.environ.pop("VAR_DIR", None)


def run(*command: str | Path, **extra: str) -> None:
    """Run a program from the root with extra environment values; raises Failed with its exit code."""
    var = OUT / "var"
    var.mkdir(exist_ok=True)
    done = subprocess.run([str(part) for part in command], env={**os.environ, "VAR_DIR": str(var), **extra})
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
    try:
        run(sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *options, **extra)
    finally:
        if report.exists():
            suites = ElementTree.parse(report).getroot().iter("testsuite")
            numbers = [
                {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
                for suite in suites
            ]
            bad = sum(n["failures"] + n["errors"] for n in numbers)
            skipped = sum(n["skipped"] for n in numbers)
            COUNTS.append(Counts(max(0, sum(n["tests"] for n in numbers) - bad - skipped), bad, skipped))
    if not COUNTS[-1].passed:
        raise Failed("no test ran")
    return COUNTS[-1]


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
        "-n",
        "2",
        "-m",
        "not browser and not worker",
        coverage=True,
        DATABASE_URL=f"sqlite:///{OUT}/suite.sqlite3",
    )


def postgresql(stack: ExitStack) -> Counts:
    """The suite on PostgreSQL: this one is never left out.

    What only PostgreSQL runs is counted for the coverage; all else was counted on the embedded database. Of the
    table of addresses and roles three roles are asked here: all of it was, by the embedded database's run; so were
    the tests that ask no database.
    """
    url = postgres_url(stack, OUT)
    most = pytest(
        "postgres-most",
        "-n",
        "2",
        "-m",
        "not browser and not worker and not postgres",
        DATABASE_URL=url,
        CELLS="secretary township county",
        NEEDS_DATABASE="1",
    )
    # One after another: what looks for votes in the server's write-ahead log must be alone with the server.
    own = pytest("postgres", "-m", "postgres", coverage=True, DATABASE_URL=url)
    return Counts(most.passed + own.passed, most.failed + own.failed, most.skipped + own.skipped)


def worker_embedded(_stack: ExitStack) -> Counts:
    """A real worker on the embedded broker and database."""
    return pytest(
        "worker-embedded",
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
        "worker-redis", "-m", "worker", DATABASE_URL=postgres_url(stack, OUT), CELERY_BROKER_URL=broker
    )


def browser(_stack: ExitStack) -> Counts:
    """The main job in Debian's Chromium."""
    chromium = system_program("chromium", "chromium", "chromium-browser")
    return pytest(
        "browser",
        "-n",
        "2",
        "-m",
        "browser",
        DATABASE_URL=f"sqlite:///{OUT}/browser.sqlite3",
        CHROMIUM=chromium,
    )


def gate(_stack: ExitStack) -> None:
    """Coverage of both databases together against the gates."""
    data = sorted(OUT.glob(".coverage.*"))
    if len(data) < 2:
        raise NotRun("needs the data of the steps sqlite and postgresql")
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
    "coverage": gate,
    "worker-embedded": worker_embedded,
    "worker-redis": worker_redis,
    "browser": browser,
    "vulnerabilities": vulnerabilities,
}
