"""Invented organisations: one township in full, or many of one pattern for a county or a city."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from branches.models import Category, Kind, Organization

PLACES = [
    "新河",
    "白沙",
    "柳湾",
    "石桥",
    "大坪",
    "双溪",
    "青山",
    "枫林",
    "竹园",
    "上坝",
    "高岭",
    "龙潭",
    "东风",
    "红星",
    "杨柳",
    "桃源",
    "金鸡",
    "清泉",
    "黄土",
    "万家",
]


@dataclass
class Plan:
    """One organisation to be made, with what stands below it and how many members it has."""

    code: str
    name: str
    short: str
    kind: str
    category: str = Category.OFFICE
    members: int = 0
    groups: int = 0
    committee: bool = False
    line: str = ""
    flags: tuple[str, ...] = ()
    children: list[Plan] = field(default_factory=list)


def branch(code: str, short: str, category: str, members: int, **more: object) -> Plan:
    """A Party branch."""
    name = f"{short}党支部"
    return Plan(code, name, name, Kind.BRANCH, category, members, **more)  # type: ignore[arg-type]


def township(chance: random.Random, code: str = "QS", name: str = "青石镇") -> Plan:
    """The demo township: 42 branches of every category, with the edge cases that really occur."""
    office = Category.OFFICE
    plan = Plan(code, f"中共{name}委员会", f"{name}党委", Kind.COMMITTEE, office)
    add = plan.children.append
    for number, (short, size) in enumerate(
        [("镇机关", 26), ("财政所", 9), ("派出所", 14), ("司法所", 5), ("农业服务中心", 17)], start=1
    ):
        add(branch(f"{code}J{number:02d}", short, office, size, committee=size > 6))
    school = Plan(f"{code}X", "镇中心学校党总支", "中心学校党总支", Kind.GENERAL_BRANCH, Category.SCHOOL)
    school.line = "PZJY"
    for number, short in enumerate(("中心小学", "初级中学"), start=1):
        school.children.append(
            branch(f"{code}X{number:02d}", short, Category.SCHOOL, 21 + number, committee=True, line="PZJY")
        )
    add(school)
    add(branch(f"{code}Y01", "镇卫生院", Category.HOSPITAL, 23, committee=True, line="PZWJ"))
    add(branch(f"{code}Y02", "康复医院", Category.HOSPITAL, 7, committee=True, line="PZWJ"))
    for number, place in enumerate(PLACES, start=1):
        size = {1: 34, 2: 80, 3: 30, 4: 7}.get(number, chance.randint(14, 38))
        flags = ("is_weak",) if number == 9 else ()
        groups = 4 if size >= 60 else 0
        code_ = f"{code}C{number:02d}"
        add(branch(code_, f"{place}村", Category.VILLAGE, size, committee=True, groups=groups, flags=flags))
    for number, place in enumerate(("河东", "河西", "新苑"), start=1):
        add(branch(f"{code}S{number:02d}", f"{place}社区", Category.COMMUNITY, 31, committee=True))
    mill = Plan(f"{code}H", "宏达纺织公司党委", "宏达纺织党委", Kind.COMMITTEE, Category.PRIVATE)
    for number, (short, size) in enumerate([("一车间", 12), ("二车间", 11), ("行管", 9)], start=1):
        mill.children.append(branch(f"{code}H{number:02d}", f"宏达{short}", Category.PRIVATE, size))
    add(mill)
    for number, (short, size) in enumerate([("青石酒业", 1), ("顺达物流", 3), ("绿野农业", 6)], start=1):
        flags = ("is_joint",) if number == 3 else ()
        add(branch(f"{code}F{number:02d}", short, Category.PRIVATE, size, flags=flags))
    add(branch(f"{code}Z01", "社会工作服务中心", Category.SOCIAL, 4))
    add(branch(f"{code}G01", "供水公司", Category.STATE_OWNED, 15, committee=True))
    add(branch(f"{code}L01", "镇机关离退休", Category.RETIRED, 28, committee=True))
    add(branch(f"{code}D01", "驻外流动党员", Category.FLOATING, 0))
    return plan


def county(chance: random.Random) -> Plan:
    """平泽县 with the demo township and the two offices whose line the schools and hospitals follow."""
    plan = Plan("PZ", "中共平泽县委员会", "平泽县委", Kind.COMMITTEE)
    plan.children.append(township(chance))
    education = Plan("PZJY", "中共平泽县教育局委员会", "县教育局党委", Kind.COMMITTEE, Category.SCHOOL)
    health = Plan("PZWJ", "中共平泽县卫生健康局委员会", "县卫健局党委", Kind.COMMITTEE, Category.HOSPITAL)
    plan.children += [education, health]
    return plan


def pattern(counties: int, townships: int, branches: int, members: int) -> Plan:
    """A regular tree for measuring: counties × townships × branches × members."""
    top = Plan("TOP", "中共平泽市委员会", "平泽市委", Kind.COMMITTEE)
    fields = [category.value for category in Category]
    for c in range(1, counties + 1):
        one = Plan(f"K{c:02d}", f"中共第{c}县委员会", f"第{c}县委", Kind.COMMITTEE)
        top.children.append(one)
        for t in range(1, townships + 1):
            code = f"K{c:02d}T{t:02d}"
            town = Plan(code, f"中共第{c}县第{t}镇委员会", f"第{t}镇党委", Kind.COMMITTEE)
            one.children.append(town)
            for b in range(1, branches + 1):
                field_ = "village" if b % 2 else fields[b % len(fields)]
                step = (b + 1) // 2 % 9
                size = members + step if b % 2 else members - step
                name = f"第{c}县第{t}镇第{b}"
                town.children.append(branch(f"{code}B{b:03d}", name, field_, size, committee=True))
    return top if counties > 1 else top.children[0]


def flat(plan: Plan) -> Iterator[Plan]:
    """The plan and everything below it, parents first."""
    yield plan
    for child in plan.children:
        yield from flat(child)


def build(plan: Plan) -> dict[str, Organization]:
    """Write the tree with its paths in bulk; returns the organisations by code."""
    rows: dict[str, Organization] = {}
    taken = Organization.objects.filter(depth=1).count()

    def place(item: Plan, parent: str, depth: int, number: int) -> None:
        path = Organization._get_path(parent, depth, number)
        groups = [
            Plan(f"{item.code}-{g}", f"{item.short}第{g}党小组", f"第{g}党小组", Kind.GROUP, item.category)
            for g in range(1, item.groups + 1)
        ]
        below = item.children + groups
        rows[item.code] = Organization(
            path=path,
            depth=depth,
            numchild=len(below),
            code=item.code,
            name=item.name,
            short_name=item.short,
            kind=item.kind,
            category=item.category,
            help_phone="0555-555 0132" if item.kind == Kind.COMMITTEE else "",
            **dict.fromkeys(item.flags, True),
        )
        for step, child in enumerate(below, start=1):
            place(child, path, depth + 1, step)

    place(plan, "", 1, taken + 1)
    Organization.objects.bulk_create(rows.values(), batch_size=1000)
    lines = [item for item in flat(plan) if item.line and item.line in rows]
    for item in lines:
        rows[item.code].line_superior = rows[item.line]
    Organization.objects.bulk_update([rows[item.code] for item in lines], ["line_superior"])
    return rows
