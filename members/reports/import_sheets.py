"""Workbooks around an import: the template to fill in, and the upload with the reasons beside its wrong rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from config.lib.xlsx import LARGE, Column, Workbook
from members.models import ImportBatch, MemberKind, Sex
from members.rules.cells import as_text
from members.rules.roster_file import EXAMPLE_MARK
from members.services.import_plan import WRONG, cells_of, row_of

Told = Callable[[int], None]
WRONG_ROWS = "名册核对结果.xlsx"
VERSION = "1"
PREPARED_ROWS = 2_000
YES_NO = ("是", "否")
EDUCATION = ("研究生", "大学本科", "大学专科", "中专", "高中", "技工学校", "初中", "小学")
# heading, width, kind of check, example
FIELDS: tuple[tuple[str, int, str, str], ...] = (
    ("序号", 8, "", EXAMPLE_MARK),
    ("姓名", 12, "name", "张三"),
    ("公民身份证号码", 22, "id", "11010519491231002X"),
    ("性别", 8, "性别", "女"),
    ("民族", 10, "", "汉族"),
    ("出生日期", 14, "date", "1949-12-31"),
    ("学历", 12, "学历", "高中"),
    ("联系电话", 16, "text", "13800000000"),
    ("人员类别", 12, "人员类别", "正式党员"),
    ("入党日期", 14, "date", "1985-07-01"),
    ("转正日期", 14, "date", "1986-07-01"),
    ("所在党支部", 24, "text", "（导入到上级党组织时填写）"),
    ("所在党小组", 16, "text", "第一党小组"),
    ("工作单位及职务", 24, "text", "某村村民"),
    ("困难党员", 10, "是否", "否"),
    ("流动党员", 10, "是否", "否"),
    ("备注", 24, "text", ""),
)
LISTS: dict[str, tuple[str, ...]] = {
    "性别": tuple(Sex.labels),
    "学历": EDUCATION,
    "人员类别": tuple(MemberKind.labels),
    "是否": YES_NO,
}
NOTES = (
    "在“数据”表里填写，一名党员一行；灰色的示例行不会导入，可以删去。",
    "已有名册的不用改用本模板：直接上传原来的表，系统会自动认列。",
    "只有“姓名”必填；填写身份证号可以避免同名混淆，并自动得出出生日期和性别。",
    "身份证号、电话两列已设为文本，请不要改成数字，否则末尾数字会丢失。",
    "日期写成 1985-07-01；只知道年月的写 1985.07，按当月第一天登记。",
    "空着的格子不会清除已有的内容；导入从不删除党员。",
    "上传后先核对：新增、变化、有问题的行都列出来，确认后才导入，导入后可以撤销。",
)


def import_template() -> bytes:
    """Returns the template: 填写说明, 数据 with checked columns and an example row, and the hidden 字典 of the lists."""
    workbook = Workbook("党员名册导入模板")
    notes = workbook.sheet("填写说明", (Column("说明", 90, "name"),), landscape=False)
    notes.title("党员名册导入模板填写说明")
    for number, text in enumerate(NOTES, start=1):
        notes.row((f"{number}. {text}",))
    notes.finish()
    data = workbook.book.add_worksheet("数据")
    lists = _write_lists(workbook)
    head = workbook.format(
        font_name="黑体", font_size=11, border=1, bg_color="#D9D9D9", align="center", text_wrap=True
    )
    grey = workbook.format(
        font_name="仿宋", font_size=11, border=1, num_format="@", font_color="#808080", bg_color="#F2F2F2"
    )
    for index, (heading, width, check, example) in enumerate(FIELDS):
        body = workbook.format(
            font_name="仿宋", font_size=11, border=1, num_format="yyyy-mm-dd" if check == "date" else "@"
        )
        data.set_column(index, index, width, body)
        data.write_string(0, index, heading, head)
        data.write_string(1, index, example, grey)
        rule = _check(check, lists)
        if rule:
            data.data_validation(2, index, PREPARED_ROWS + 1, index, rule)
    data.freeze_panes(1, 2)
    data.activate()
    return workbook.to_bytes()


def _write_lists(workbook: Workbook) -> dict[str, str]:
    """Write the hidden sheet of the lists; returns the range of each by its name."""
    sheet = workbook.book.add_worksheet("字典")
    sheet.hide()
    ranges = {}
    for column, (name, values) in enumerate(LISTS.items()):
        sheet.write_string(0, column, name)
        for row, value in enumerate(values, start=1):
            sheet.write_string(row, column, value)
        letter = chr(ord("A") + column)
        ranges[name] = f"=字典!${letter}$2:${letter}${len(values) + 1}"
    sheet.write_string(0, len(LISTS), "模板版本")
    sheet.write_string(1, len(LISTS), VERSION)
    return ranges


def _check(kind: str, lists: dict[str, str]) -> dict[str, Any] | None:
    """The data validation of a column, with a Chinese text for what does not fit."""
    if kind in lists:
        return {
            "validate": "list", "source": lists[kind],
            "error_title": "请从列表中选择", "error_message": "请点右边的箭头，从列表中选一项。",
        }  # fmt: skip
    if kind == "id":
        return {
            "validate": "length", "criteria": "==", "value": 18,
            "error_title": "身份证号应为18位", "error_message": "请填写18位身份证号，最后一位可以是X。",
        }  # fmt: skip
    if kind == "name":
        return {
            "validate": "length", "criteria": "between", "minimum": 1, "maximum": 40,
            "error_title": "姓名太长", "error_message": "姓名最多40个字。",
        }  # fmt: skip
    return None


def wrong_rows_sheet(batch: ImportBatch, told: Told = lambda done: None) -> bytes:
    """Returns the upload as it was, every cell a text, wrong rows red with the reasons in a last column 错误原因.

    `told` hears after each thousand how many rows are written.
    """
    reasons = {
        row.row_number: "；".join(remark.text for remark in row.problems)
        for row in (row_of(line) for line in batch.take("plan") if line[0] == WRONG)
    }
    labels = [label or f"第{number}列" for number, label in enumerate(batch.labels, start=1)]
    columns = [Column(label, 16, "text") for label in labels] + [Column("错误原因", 50, "name")]
    workbook = Workbook("名册核对结果", large=batch.row_count > LARGE)
    sheet = workbook.sheet("数据", columns)
    sheet.header()
    for done, line in enumerate(batch.take("rows"), start=1):
        number = done + batch.header_row
        texts = [as_text(cell) for cell in cells_of(line)][: len(labels)]
        texts += [""] * (len(labels) - len(texts))
        reason = reasons.get(number, "")
        sheet.row([*texts, reason], "red" if reason else "body")
        if done % 1000 == 0:
            told(done)
    sheet.finish()
    return workbook.to_bytes()
