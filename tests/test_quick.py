"""Counting of lines pauses in code of others, and goes on in ours at the very next line."""

import importlib
import subprocess
import sys
from pathlib import Path

from tests.quick import FACTORIES, OTHERS, uncounted

OURS = """
from tests.quick import uncounted

def theirs(fails):
    if fails:
        raise ValueError
    return 1

def ours(fails):
    before = 1
    try:
        uncounted(theirs)(fails)
    except ValueError:
        before = 2
    return before
"""
COUNT = """
from coverage import Coverage
counted = Coverage(data_file=None, config_file=False, branch=True, include=["*/ours.py"])
counted.start()
import ours
seen = [ours.ours(False), ours.ours(True)]
counted.stop()
print(seen, *sorted(counted.get_data().lines(ours.__file__)))
"""


def test_lines_of_others_are_not_counted_and_the_next_of_ours_is_also_after_an_error(tmp_path: Path) -> None:
    (tmp_path / "ours.py").write_text(OURS.lstrip())
    done = subprocess.run(
        [sys.executable, "-c", COUNT],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parent.parent}"},
    )
    # Lines 4 to 6 are the body of `theirs`.
    assert done.stdout.split() == ["[1,", "2]", "1", "3", "8", "9", "10", "11", "12", "13", "14"]


def test_without_a_count_the_function_is_what_it_was() -> None:
    traced = sys.gettrace()
    assert uncounted(max)(3, 5) == 5
    assert sys.gettrace() is traced
    assert all(name for _, _, name in OTHERS)


def test_what_tests_start_from_is_not_counted() -> None:
    for module, names in FACTORIES.items():
        place = importlib.import_module(f"tests.factories.{module}")
        assert [name for name in names if not hasattr(getattr(place, name), "__wrapped__")] == []
