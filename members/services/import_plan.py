"""What an uploaded roster would do to the roll: each row is new, changed, unchanged or wrong, with its reasons."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils import timezone

from branches.models import Organization
from config.lib.sealed import blind_index, blind_indexes
from members.models import ImportBatch, Member, MemberKind, Standing
from members.rules.cells import Cell
from members.rules.roster_file import ParsedRow, Remark, Value, parse_rows
from members.services.people import ELSEWHERE
from members.services.places import Places

CHUNK = 1000
NEW, CHANGED, UNCHANGED, WRONG = "n", "c", "u", "w"
SEALED = ("id_number", "phone")
_NOT_COLUMNS = frozenset({"branch", "group", *SEALED})
TO_BRANCH = "organization_id"
TO_GROUP = "group_id"


@dataclass(slots=True)
class PlanRow:
    """One row of the file with its verdict: the member it is, what changes from what, and the remarks to show."""

    row_number: int
    name: str
    action: str = NEW
    member: str = ""
    version: int = 0
    values: dict[str, Value] = field(default_factory=dict)
    before: dict[str, Value | None] = field(default_factory=dict)
    problems: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def wrong(self, code: str, text: str) -> None:
        """Mark the row as one that cannot be taken."""
        self.action = WRONG
        self.problems.append(Remark("name", code, text))

    def to_line(self) -> str:
        """Returns the row as a line: the letter of its action, then JSON."""
        body = [
            self.row_number, self.name, self.member, self.version, self.values, self.before,
            [(r.field, r.code, r.text) for r in self.problems], [(r.field, r.code, r.text) for r in self.warnings],
        ]  # fmt: skip
        return self.action + json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_dump)


def _dump(value: object) -> dict[str, str]:
    if isinstance(value, datetime.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"d": value.isoformat()}
    return {"s": str(value)}


def _load(packed: dict[str, Any]) -> Any:
    if len(packed) == 1:
        if "d" in packed:
            return datetime.date.fromisoformat(packed["d"])
        if "t" in packed:
            return datetime.datetime.fromisoformat(packed["t"])
        if "s" in packed:
            return packed["s"]
    return packed


def row_of(line: str) -> PlanRow:
    """Returns the PlanRow that to_line wrote."""
    number, name, member, version, values, before, problems, warnings = json.loads(
        line[1:], object_hook=_load
    )
    return PlanRow(
        number, name, line[0], member, version, values, before,
        [Remark(*remark) for remark in problems], [Remark(*remark) for remark in warnings],
    )  # fmt: skip


def cells_to_line(row: Iterable[Cell]) -> str:
    """Returns the cells of an uploaded row as a line of JSON."""
    return json.dumps(list(row), ensure_ascii=False, separators=(",", ":"), default=_dump)


def cells_of(line: str) -> list[Cell]:
    """Returns the cells that cells_to_line wrote."""
    cells: list[Cell] = json.loads(line, object_hook=_load)
    return cells


def plan_rows(batch: ImportBatch) -> Iterator[PlanRow]:
    """Yields the verdict on each person of the upload, against the roll as it is now; reads a thousand rows at a time.

    A member is found by ID number, else by name with birth or joining date within the branch. Somebody on the roll of another
    organisation is never touched and never named.
    """
    parsed = parse_rows(
        (cells_of(line) for line in batch.take("rows")),
        mapping=batch.mapping,
        first_row=batch.header_row + 1,
        today=timezone.localdate(),
    )
    matcher = _Matcher(Places(batch.organization))
    while chunk := list(islice(parsed, CHUNK)):
        yield from matcher.judge(chunk)


class _Matcher:
    """Judges the rows of one upload, chunk by chunk, with two queries for each."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.taken: dict[str, int] = {}

    def judge(self, chunk: list[ParsedRow]) -> list[PlanRow]:
        rows = [self._placed(parsed) for parsed in chunk]
        numbers = {str(row.values["id_number"]): row for row in rows if "id_number" in row.values}
        indexes = {index: number for number in numbers for index in blind_indexes(number)}
        known: dict[str, list[Member]] = {}
        for member in Member.objects.filter(id_number_index__in=indexes):
            known.setdefault(indexes[member.id_number_index], []).append(member)
        namesakes: dict[tuple[int, str], list[Member]] = {}
        placed = {int(str(row.values[TO_BRANCH])) for row in rows if TO_BRANCH in row.values}
        same_names = Member.objects.active().filter(
            organization__in=placed, name__in={row.name for row in rows}
        )
        for member in same_names.order_by("id"):
            namesakes.setdefault((member.organization_id, member.name), []).append(member)
        for row in rows:
            if row.action != WRONG:
                self._decide(row, known.get(str(row.values.get("id_number", "")), []), namesakes)
        return rows

    def _placed(self, parsed: ParsedRow) -> PlanRow:
        """The row with its branch and group found; wrong when it was wrong already or belongs nowhere here."""
        row = PlanRow(parsed.row_number, str(parsed.values.get("name", "")), values=dict(parsed.values))
        row.problems, row.warnings = list(parsed.problems), list(parsed.warnings)
        branch, reason = self.places.branch(str(row.values.pop("branch", "")))
        group = str(row.values.pop("group", ""))
        if branch is None:
            row.wrong("branch", reason)
        else:
            row.values[TO_BRANCH] = branch.pk
            self._put_group(row, branch, group)
        if row.problems:
            row.action = WRONG
        return row

    def _put_group(self, row: PlanRow, branch: Organization, written: str) -> None:
        if written:
            group = self.places.group(branch, written)
            if group is None:
                row.warnings.append(
                    Remark("group", "group_unknown", f"没有找到党小组“{written}”，没有填党小组")
                )
            else:
                row.values[TO_GROUP] = group

    def _decide(
        self, row: PlanRow, known: list[Member], namesakes: dict[tuple[int, str], list[Member]]
    ) -> None:
        branch = int(str(row.values[TO_BRANCH]))
        member = next((m for m in known if m.standing == Standing.ACTIVE), None)
        if member is not None and member.organization_id != branch:
            row.wrong("elsewhere", ELSEWHERE)
            return
        if member is None and any(m.organization_id == branch for m in known):
            row.wrong("left", "这名党员在本支部已不在册，如已转回请先在党员信息中恢复在册")
            return
        if member is None:
            member = self._namesake(row, namesakes.get((branch, row.name), []))
        if row.action == WRONG:
            return
        if member is None:
            if "kind" not in row.values:
                row.warnings.append(Remark("kind", "kind_assumed", "没有写人员类别，按正式党员登记"))
                row.values["kind"] = MemberKind.FULL.value
            return
        first = self.taken.setdefault(str(member.pk), row.row_number)
        if first != row.row_number:
            row.wrong("twice", f"与第{first}行是同一名党员")
            return
        self._compare(row, member)

    def _namesake(self, row: PlanRow, same: list[Member]) -> Member | None:
        """The member of this name in the branch the row means when no ID number decides; wrong when it cannot be told."""
        if "id_number" in row.values:
            twins = [m for m in same if m.id_number_index and m.birth_on == row.values.get("birth_on")]
            if twins:
                row.wrong(
                    "twin", "本支部已有同名、同出生日期的党员，身份证号不同；如是同一人请先更正党员信息"
                )
                return None
            same = [m for m in same if not m.id_number_index]
        fitting = [m for m in same if _agrees(row, m)]
        if len(fitting) > 1:
            row.wrong("namesakes", "本支部有几名同名党员，请填写身份证号以便区分")
            return None
        if not fitting and same:
            row.warnings.append(
                Remark("name", "namesake", "本支部已有同名党员，日期不同，按另一人新增，请核对")
            )
        return fitting[0] if fitting else None

    def _compare(self, row: PlanRow, member: Member) -> None:
        """Keep only what differs; an empty cell never erases anything, the numbering of a list never renumbers the roll."""
        row.member, row.version = str(member.pk), member.version
        if member.roster_number is not None:
            row.values.pop("roster_number", None)
        changed = {
            name: value
            for name, value in row.values.items()
            if name != TO_BRANCH and _differs(member, name, value)
        }
        row.before = {name: None if name in SEALED else getattr(member, name) for name in changed}
        row.values = changed
        row.action = CHANGED if changed else UNCHANGED


def _agrees(row: PlanRow, member: Member) -> bool:
    """No date of the row contradicts the member's."""
    for name in ("birth_on", "joined_on"):
        told, kept = row.values.get(name), getattr(member, name)
        if told is not None and kept is not None and told != kept:
            return False
    return True


def _differs(member: Member, name: str, value: Value) -> bool:
    if name in SEALED:
        return blind_index(str(value)) != str(getattr(member, f"{name}_index"))
    return bool(getattr(member, name) != value)
