"""Reads the written expectations: tests/cells/<app>.txt.

    branches:organization GET POST
      ->                   own sibling
      anonymous            302 302
      secretary organizer  200 404
      *                    404 404

An address with its methods; the relations; then roles and the status for each relation. `*` stands
for every role not named.
"""

from __future__ import annotations

from pathlib import Path

from tests.cells.world import ROLES

FOLDER = Path(__file__).parent
Cells = dict[str, dict[str, int]]  # role → relation → status
Table = dict[tuple[str, str], Cells]  # (address, method) → cells


def read_table(text: str) -> Table:
    """The expectations of one file; ValueError names the line that cannot be read."""
    table: Table = {}
    cells: Cells = {}
    relations: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if not line.startswith(" "):
            cells = {}
            for method in words[1:]:
                table[words[0], method] = cells
        elif words[0] == "->":
            relations = words[1:]
        else:
            roles, statuses = words[: -len(relations)], words[-len(relations) :]
            named = [r for r in ROLES if r not in cells] if roles == ["*"] else roles
            if not set(named) <= set(ROLES) or not all(s.isdigit() for s in statuses):
                raise ValueError(f"line {number}: {line.strip()}")
            for role in named:
                cells[role] = dict(zip(relations, map(int, statuses), strict=True))
    return table


def whole_table() -> Table:
    """The expectations of all apps."""
    table: Table = {}
    for file in sorted(FOLDER.glob("*.txt")):
        table |= read_table(file.read_text(encoding="utf-8"))
    return table
