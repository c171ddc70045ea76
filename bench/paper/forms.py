"""The forms of the corpus: what a township really prints, with invented names."""

from __future__ import annotations

import functools
import io
import random
from dataclasses import dataclass

import pypdfium2

from bench.paper.optics import DPI, Grey, grey
from evaluations.paper.form import draw_form
from evaluations.paper.shapes import BallotForm, FormRow
from evaluations.paper.template import FormTemplate, SheetTemplate, template_of

FOUR = ("优秀", "合格", "基本合格", "不合格")
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑罗梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英兰玉萍红玲芬燕彬凤洁梅琳云鹏飞鑫波斌宇浩凯健俊帆"
NOTES = (
    "请在相应的等次栏内划“√”，每人只选一项，多选无效。",
    "每一行都要划，包括本人。",
    "不署名，不作其他记号。",
)


@dataclass(frozen=True, slots=True)
class Printed:
    """One side of a form as it leaves the printer: 300 dpi, grey."""

    form: FormTemplate
    sheet: SheetTemplate
    blank: Grey


def names(count: int, seed: int = 5) -> list[str]:
    """Invented names of two or three characters, all different."""
    chance = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        given = "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2))))
        found[chance.choice(FAMILY) + given] = None
    return list(found)


def form(
    count: int,
    columns: tuple[str, ...] = FOUR,
    *,
    remarks: bool = False,
    large: bool = False,
    apart: int = 0,
    ballot: str = "corpus",
) -> BallotForm:
    """A form with that many names, of which the last `apart` are not rated."""
    rows = tuple(
        FormRow(
            number,
            name,
            graded=number <= count - apart,
            note="" if number <= count - apart else "预备党员，不参加评定",
        )
        for number, name in enumerate(names(count), 1)
    )
    return BallotForm(
        "民主评议党员测评表", "平泽县新义镇新义村党支部", "2026年12月20日", columns, rows, NOTES,
        with_remarks=remarks, ballot=ballot, large=large,
    )  # fmt: skip


# Name, share among the pages of the corpus, form.
CORPUS: dict[str, tuple[float, BallotForm]] = {
    "40 names": (0.50, form(40)),
    "30 names": (0.14, form(30, ballot="corpus-30")),
    "60 names, two sides": (0.10, form(60, apart=4, ballot="corpus-60")),
    "18 names, remarks": (0.10, form(18, remarks=True, ballot="corpus-18")),
    "three grades": (0.08, form(36, ("好", "一般", "差"), ballot="corpus-3")),
    "large type": (0.08, form(26, large=True, ballot="corpus-large")),
}


@functools.lru_cache(maxsize=24)
def printed(made: BallotForm) -> tuple[Printed, ...]:
    """The sides of a form that carry rows to tick."""
    template = template_of(made)
    document = pypdfium2.PdfDocument(io.BytesIO(draw_form(made)))
    sides = []
    for sheet in template.sheets:
        picture = document[sheet.page - 1].render(scale=DPI / 72, grayscale=True).to_numpy()
        sides.append(Printed(template, sheet, grey(picture.reshape(picture.shape[:2]))))
    document.close()
    return tuple(sides)
