"""The small programs behind `make`: ports, coverage gates, what a step reports."""

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from scripts import ci, ci_steps, coverage_gate, free_port, manual
from scripts.ci_counts import Counts

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def busy_port() -> Iterator[int]:
    """A port that another program listens on until the test ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        yield port


def test_a_port_asked_for_and_busy_is_refused_with_advice(busy_port: int) -> None:
    with pytest.raises(SystemExit, match=f"端口 {busy_port} 不能使用"):
        free_port.choose(str(busy_port))


@pytest.mark.parametrize("asked", ["0", "65536", "-1", "abc", "80 80"])
def test_what_is_no_port_is_refused_with_an_example(asked: str) -> None:
    with pytest.raises(SystemExit, match="make demo PORT=8080"):
        free_port.choose(asked)


def test_the_next_free_port_is_taken_when_the_usual_one_is_busy(
    busy_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(free_port, "DEFAULT", busy_port)
    assert free_port.choose("") > busy_port
    assert f"端口 {busy_port} 已被占用" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "complete"),
    [
        ("branches/workflow/base.py", True),
        ("branches/services/audit.py", True),
        ("evaluations/paper/form.py", True),
        ("members/models/member.py", False),
        ("branches/forms/rules.py", False),
        ("manage.py", False),
    ],
)
def test_files_where_rules_live_need_every_branch(name: str, complete: bool) -> None:
    assert coverage_gate.is_complete_file(name) is complete


def test_a_step_that_could_not_run_is_never_ok() -> None:
    def closed(_stack: ExitStack) -> None:
        raise ci_steps.NotRun("closed network")

    def broken(_stack: ExitStack) -> None:
        raise ValueError("boom")

    with ExitStack() as stack:
        assert ci.run_step("audit", closed, stack).outcome == "NOT RUN"
        assert ci.run_step("audit", broken, stack).outcome == "failed"
        assert ci.run_step("audit", lambda _: None, stack).outcome == "ok"


def test_every_step_stands_in_one_row_once() -> None:
    assert sorted(name for row in ci_steps.ROWS for side in row for name in side) == sorted(ci_steps.STEPS)


@pytest.mark.parametrize("mark", ["browser", "worker"])
def test_marked_tests_live_where_continuous_integration_looks_for_them(mark: str) -> None:
    marked = {
        path.parent.name for path in ROOT.glob("tests/**/*.py") if "pytest.mark." + mark in path.read_text()
    }
    assert marked == {mark}


def test_steps_side_by_side_each_report_and_keep_their_own_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(ci_steps, "OUT", tmp_path)
    meet = tmp_path / "left", tmp_path / "right"
    say = "touch {0}; until [ -e {1} ]; do sleep 0.05; done; echo I am $(basename $VAR_DIR)"
    monkeypatch.setattr(
        ci_steps,
        "STEPS",
        {
            "left": lambda _: ci_steps.run("sh", "-c", say.format(*meet)),
            "right": lambda _: ci_steps.run("sh", "-c", say.format(*reversed(meet)) + "; exit 3"),
            "after": lambda _: ci_steps.run("sh", "-c", "exit 0"),
            "unasked": lambda _: ci_steps.run("sh", "-c", "exit 0"),
        },
    )
    with ExitStack() as stack:
        lines = ci.run_row((("left", "after", "unasked"), ("right",)), ["left", "right", "after"], stack)
    assert [(line.name, line.outcome) for line in lines] == [
        ("left", "ok"),
        ("after", "ok"),
        ("right", "failed"),
    ]
    said = capsys.readouterr().out
    assert "I am left\n\n^^^ left" in said
    assert "I am right\n\n^^^ right" in said


def test_processes_of_the_demo_are_replaced_not_wrapped_by_a_shell() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    assert [line.split(": exec ")[0] for line in lines] == ["web", "worker", "beat"]


def test_shell_scripts_are_well_formed() -> None:
    for script in ("scripts/setup", "scripts/apt", "scripts/demo", "scripts/lock", ".ci/run"):
        subprocess.run(["bash", "-n", ROOT / script], check=True)


def test_the_manual_shows_every_picture_that_is_renewed_and_no_other() -> None:
    pages = "".join(page.read_text() for page in manual.IMAGES.parent.glob("*.md"))
    shown = set(re.findall(r"\(img/([\w-]+)\.png\)", pages))
    kept = {file.stem for file in manual.IMAGES.iterdir()}
    assert shown == kept == set(manual.PICTURES)
    assert sum(file.stat().st_size for file in manual.IMAGES.iterdir()) < 6_400_000


def test_the_table_tells_how_many_tests_one_database_left_to_the_other(tmp_path: Path) -> None:
    report = tmp_path / "some.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>')
    (tmp_path / "some-left-out.gw0").write_text("a\nb\n")
    (tmp_path / "some-left-out.gw1").write_text("b\na\n")
    counts = Counts.read(report, tmp_path / "some-left-out")
    assert str(counts) == "5 passed, 2 failed, 2 skipped, 2 only on SQLite"
    assert str(Counts.read(report, tmp_path / "other")) == "5 passed, 2 failed, 2 skipped"
