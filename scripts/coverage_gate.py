"""The coverage gates over combined data: every branch where the rules live, most of it everywhere."""

import json
from pathlib import Path

from coverage import Coverage

WHOLE = 95.0  # per cent, of everything
COMPLETE = (
    "rules",
    "permissions",
    "workflow",
    "services",
    "paper",
    "urn",
)  # files and folders with every branch run


def is_complete_file(name: str) -> bool:
    """Whether this file belongs to those that must be covered wholly."""
    parts = Path(name).parts
    return len(parts) > 1 and parts[1].removesuffix(".py") in COMPLETE


def problems(data: list[Path], folder: Path) -> list[str]:
    """One line for each gate that does not hold, from the data files of all runs."""
    coverage = Coverage(data_file=str(folder / "coverage-combined"))
    coverage.combine([str(path) for path in data], keep=True)
    coverage.save()
    report = folder / "coverage.json"
    percent = coverage.json_report(outfile=str(report))
    found = [f"{percent:.1f} % of all is run by the tests, {WHOLE:.0f} % must be"] if percent < WHOLE else []
    for name, file in sorted(json.loads(report.read_text())["files"].items()):
        if is_complete_file(name) and (file["missing_lines"] or file["missing_branches"]):
            lines = ", ".join(map(str, file["missing_lines"]))
            branches = ", ".join(f"{start}->{end}" for start, end in file["missing_branches"])
            found.append(
                f"{name}: every branch must be run; lines {lines or '-'}; branches {branches or '-'}"
            )
    print(f"coverage {percent:.1f} % (lines in {report})")
    if found:
        coverage.html_report(directory=str(folder / "htmlcov"))
        print(f"shown in {folder}/htmlcov")
    return found
