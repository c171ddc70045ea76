"""Invented people: names, ID numbers of a region that does not exist, phone numbers nobody has."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武"
    "乔贺赖龚文"
)
COMPOUND = ("欧阳", "司马", "上官", "诸葛")
MALE = "国建德志永明文海军伟强平林福成东华生春安宏庆立新光友正学义贵良世才昌荣金保"
FEMALE = "秀桂兰英玉珍梅芳丽霞红春燕淑琴凤莲云香翠敏静娟巧菊萍月美爱荷洁慧"
RARE = ("𠮷", "堃", "喆", "㛃", "燚")
ETHNICITIES = ("汉族",) * 30 + ("回族", "满族", "土家族", "苗族")
EDUCATION = ("初中", "高中", "中专", "大专", "大学", "研究生")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


@dataclass(frozen=True)
class Person:
    """An invented person."""

    name: str
    female: bool
    birth_on: datetime.date
    joined_on: datetime.date
    id_number: str
    phone: str
    ethnicity: str
    education: str


def person(chance: random.Random, number: int) -> Person:
    """The `number`-th invented person of a data set."""
    female = chance.random() < 0.34
    surname = chance.choice(COMPOUND) if chance.random() < 0.004 else chance.choice(SURNAMES)
    pool = FEMALE if female else MALE
    given = "".join(chance.choice(pool) for _ in range(1 if chance.random() < 0.15 else 2))
    if chance.random() < 0.004:
        given = given[:-1] + chance.choice(RARE)
    birth = datetime.date(chance.randint(1938, 2002), chance.randint(1, 12), chance.randint(1, 28))
    joined_year = min(birth.year + chance.randint(20, 40), 2024)
    joined = datetime.date(joined_year, chance.randint(1, 12), chance.randint(1, 28))
    order = (number * 2) % 1000 + (0 if female else 1)
    return Person(
        name=surname + given,
        female=female,
        birth_on=birth,
        joined_on=joined,
        id_number=id_number(birth, number // 500, order % 1000),
        phone=f"138{number % 10**8:08d}",
        ethnicity=chance.choice(ETHNICITIES),
        education=chance.choice(EDUCATION),
    )


def id_number(birth: datetime.date, block: int, order: int) -> str:
    """An 18-character number with a right check character in a region that does not exist."""
    region = f"99{block % 10_000:04d}"
    head = f"{region}{birth:%Y%m%d}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS, strict=True))
    return head + CHECK[total % 11]
