"""The accuracy table in Markdown, from the records of a run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from bench.paper.damage import CLASSES, OFFICE, ORDINARY
from bench.paper.voters import NORMAL_PENS
from evaluations.paper import reading

Record = dict[str, Any]


def percent(part: float, whole: float) -> str:
    """`3.2 %`, or a dash when there is nothing to divide by."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


class Sums:
    """Sums over some pages."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = list(records)
        self.pages = len(self.records)
        self.rejected = sum(record["fate"] == reading.REJECTED for record in self.records)
        blank = [record for record in self.records if record["fate"] == reading.BLANK]
        self.blank = len(blank)
        self.lost = sum(bool(record["marks"]) for record in blank)
        self.read = [record for record in self.records if record["fate"] == reading.READ]
        self.right: int = sum(record["right"] for record in self.read)
        self.doubtful: int = sum(sum(record["doubts"].values()) for record in self.read)
        wrong = [(record, one) for record in self.read for one in record["wrong"]]
        self.wrong = [(record, one) for record, one in wrong if not one["human"]]
        self.human = [seen for record in self.read for seen in record["human"].values()]

    @property
    def certain(self) -> int:
        """Clean rows the reader was certain of."""
        return self.right + len(self.wrong)

    @property
    def clean(self) -> int:
        """Rows with one correct answer, on pages that were read."""
        return self.certain + self.doubtful

    def human_sum(self, position: int) -> int:
        """Rows only a person should decide: 0 all, 1 taken as certain, 2 of these otherwise than a person would."""
        return sum(int(seen[position]) for seen in self.human)

    def cells(self) -> list[str]:
        """One line of the table."""
        speed = sum(record["seconds"] for record in self.records)
        human, certain, wrong = (self.human_sum(position) for position in range(3))
        return [
            str(self.pages),
            str(self.rejected),
            f"{self.blank - self.lost} / {self.lost}",
            str(self.right),
            f"{self.doubtful} ({percent(self.doubtful, self.clean)})",
            f"**{len(self.wrong)}**",
            f"{certain} / {human}" + (f" ({wrong} wrong)" if wrong else ""),
            f"{self.pages / speed:.1f}" if speed else "–",
        ]


def lines(title: list[str], rows: Iterable[list[str]]) -> list[str]:
    """A Markdown table."""
    return [
        "| " + " | ".join(title) + " |",
        "|" + "---|" * len(title),
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
    ]


HEADS = [
    "pages",
    "rejected",
    "blank: right / marked",
    "clean rows right",
    "doubtful",
    "false accepts",
    "human rows taken as certain",
    "pages/s",
]


def _grouped(records: list[Record], key: Callable[[Record], str]) -> dict[str, Sums]:
    """Sums by the value of a key, most pages first."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[key(record)].append(record)
    return {name: Sums(group) for name, group in sorted(groups.items(), key=lambda item: -len(item[1]))}


def _targets(records: list[Record]) -> list[str]:
    """The figures that the issue sets limits for."""
    office = Sums(r for r in records if r["class"] in OFFICE and r["pen"] in NORMAL_PENS)
    photo = Sums(r for r in records if r["class"] in ORDINARY)
    photo_normal = Sums(r for r in records if r["class"] in ORDINARY and r["pen"] in NORMAL_PENS)
    whole = Sums(records)
    bound = 3 / whole.certain if whole.certain else 1
    return [
        f"- certain clean rows {whole.certain:,}, false accepts {len(whole.wrong)}"
        + (f" (95 % bound by the rule of three: {100 * bound:.4f} %)" if not whole.wrong else ""),
        f"- office scans 150–300 dpi, normal pens: doubtful {percent(office.doubtful, office.clean)} of {office.clean:,} rows (asked for ≤ 3 %)",
        f"- ordinary phone photos, all pens: doubtful {percent(photo.doubtful, photo.clean)} of {photo.clean:,} rows (asked for ≤ 12 %); normal pens {percent(photo_normal.doubtful, photo_normal.clean)}",
        f"- rows only a person should decide: {whole.human_sum(0):,}, taken as certain {whole.human_sum(1)}, of these otherwise than a person would {whole.human_sum(2)}",
        f"- largest memory of a process that makes and reads sheets: {max((r['rss'] for r in records), default=0)} MB",
        "",
    ]


def markdown(records: list[Record]) -> str:
    """All tables of a run."""
    order = {name: index for index, name in enumerate(CLASSES)}
    by_class = _grouped(records, lambda record: str(record["class"]))
    rows = [
        [name, *by_class[name].cells()] for name in sorted(by_class, key=lambda name: order.get(name, 99))
    ]
    rows.append(["**all**", *Sums(records).cells()])
    out = [*_targets(records), *lines(["class", *HEADS], rows)]
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for record in records:
        for kind, seen in record["human"].items():
            kinds[kind] = [a + b for a, b in zip(kinds[kind], seen, strict=True)]
    out += lines(
        ["rows for a person", "rows", "taken as certain", "of these wrong"],
        ([kind, *map(str, seen)] for kind, seen in sorted(kinds.items())),
    )
    plain: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for record in records:
        for kind, seen in record.get("kinds", {}).items():
            plain[kind] = [a + b for a, b in zip(plain[kind], seen, strict=True)]
    out += lines(
        ["clean rows", "rows", "doubtful"],
        (
            [kind, str(rows), f"{doubtful} ({percent(doubtful, rows)})"]
            for kind, (rows, doubtful) in sorted(plain.items(), key=lambda item: -item[1][0])
        ),
    )
    for title, key in (("pen", "pen"), ("style", "style"), ("size of marks", "size"), ("sheet", "sheet")):
        groups = _grouped(records, lambda record, key=key: str(record[key]))  # type: ignore[misc]
        out += lines([title, *HEADS], ([name, *sums.cells()] for name, sums in groups.items()))
    doubts: Counter[str] = Counter()
    fates: Counter[str] = Counter()
    warned: Counter[str] = Counter()
    for record in records:
        doubts.update(record["doubts"])
        warned.update(record["warnings"])
        if record["fate"] == reading.REJECTED:
            fates[f"{record['reason']} ({record['class']})"] += 1
    for title, counter in (("reason of doubt", doubts), ("reason of rejection", fates), ("warning", warned)):
        out += lines([title, "count"], ([name, str(count)] for name, count in counter.most_common()))
    wrong = Sums(records).wrong
    out += lines(
        ["false accept", "sheet", "pen", "style", "row", "written", "read", "kind"],
        (
            [
                r["class"],
                f"{r['seed']}.{r['number']}",
                r["pen"],
                r["style"],
                str(one["row"]),
                one["mark"],
                one["read"],
                one.get("kind", ""),
            ]
            for r, one in wrong
        ),
    )
    return "\n".join(out)
