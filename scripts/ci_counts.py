"""How many tests a run of pytest had: what it wrote down, read back."""

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Counts:
    """Tests of one or several pytest runs; `left_out` names how many another step had run already."""

    passed: int
    failed: int
    skipped: int
    left_out: int = 0

    def __str__(self) -> str:
        said = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return f"{said}, {self.left_out} only on SQLite" if self.left_out else said

    @classmethod
    def read(cls, report: Path, left_out: Path) -> "Counts":
        """From the report of a run, and the names its processes left out (each process the same ones)."""
        suites = ElementTree.parse(report).getroot().iter("testsuite")
        numbers = [
            {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
            for suite in suites
        ]
        bad = sum(n["failures"] + n["errors"] for n in numbers)
        skipped = sum(n["skipped"] for n in numbers)
        names = {
            name
            for file in left_out.parent.glob(f"{left_out.name}.*")
            for name in file.read_text(encoding="utf-8").splitlines()
        }
        return cls(max(0, sum(n["tests"] for n in numbers) - bad - skipped), bad, skipped, len(names))
