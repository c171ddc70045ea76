"""Finds the header of a roster sheet: below title rows, in one or two rows, whatever the office calls its columns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from members.rules.cells import Cell, as_text

FIELD_LABELS: dict[str, str] = {
    "name": "姓名",
    "sex": "性别",
    "ethnicity": "民族",
    "birth_on": "出生日期",
    "education": "学历",
    "id_number": "公民身份证号码",
    "phone": "联系电话",
    "workplace": "工作单位及职务",
    "kind": "人员类别",
    "joined_on": "入党时间",
    "full_on": "转正时间",
    "branch": "所在党支部",
    "group": "所在党小组",
    "roster_number": "序号",
    "is_elderly": "年老体弱",
    "is_poor": "困难党员",
    "is_veteran": "退役军人",
    "is_leader": "党员领导干部",
    "is_floating": "流动党员",
    "floating_to": "流向",
    "is_lost": "失联",
    "note": "备注",
}

_SYNONYMS: dict[str, str] = {
    "name": "姓名 党员姓名 名字 党员名字 人员姓名 本人姓名",
    "sex": "性别 男女",
    "ethnicity": "民族 族别",
    "birth_on": "出生日期 出生年月 出生年月日 出生时间 生日 出生",
    "education": "学历 文化程度 最高学历 学历情况 文化水平",
    "id_number": "公民身份证号码 公民身份号码 公民身份证号 身份证号 身份证号码 身份证 身份号码 证件号码 居民身份证号码 居民身份证号 有效身份证号",
    "phone": "手机 手机号 手机号码 联系电话 联系方式 电话 电话号码 移动电话 本人电话 联系手机",
    "workplace": "工作单位及职务 工作单位 单位及职务 单位职务 现任职务 职务 工作岗位 从事工作 职业",
    "kind": "人员类别 党员类别 党员类型 党员性质 类别 人员类型 党员身份 正式或预备 政治面貌",
    "joined_on": "入党时间 加入党组织日期 入党日期 入党年月 加入党组织时间 加入中国共产党日期 加入中共组织日期 加入中国共产党时间 何时入党 入党",
    "full_on": "转正时间 转为正式党员日期 转正日期 转正年月 转为正式党员时间 成为正式党员日期 何时转正 转正",
    "branch": "所在党支部 党支部 党支部名称 所属党支部 支部名称 所在支部 所属支部 支部 组织关系所在党支部 所在党组织 所属党组织 党组织名称 组织关系所在支部",
    "group": "所在党小组 党小组 所属党小组 党小组名称 小组 所在小组 组别",
    "roster_number": "序号 编号 序 花名册序号 名册序号 NO",
    "is_elderly": "年老体弱 是否年老体弱 年老体弱党员",
    "is_poor": "困难党员 是否困难党员 生活困难党员 生活困难 困难 是否困难",
    "is_veteran": "退役军人 是否退役军人 退伍军人 是否退伍军人 退役军人党员",
    "is_leader": "党员领导干部 是否党员领导干部 领导干部 是否领导干部",
    "is_floating": "流动党员 是否流动党员 是否流动 流动",
    "floating_to": "流向 流入地 外出地点 外出流向 流动去向 流动地点 外出地",
    "is_lost": "失联 是否失联 失联党员 是否失联党员",
    "note": "备注 说明 备考",
}
_BY_LABEL = {label: field for field, labels in _SYNONYMS.items() for label in labels.split()}
_BRACKETS = re.compile(r"[（(\[【〔].*?[)）\]】〕]")
_SIGNS = re.compile(r"[\s:：*＊、,，.。_\-/／\\|?？!！]+")
_ROWS_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is and what each column means.

    rows are the 1-based sheet rows of the header, labels the text of each column, mapping field → column index (from 0).
    """

    rows: tuple[int, ...]
    labels: tuple[str, ...]
    mapping: Mapping[str, int]


class HeaderNotFound(ValueError):
    """The sheet has no row that looks like the header of a roster; the message says what to do."""


def field_of(label: str) -> str | None:
    """Returns the field a column label means, or None."""
    for text in (label, _BRACKETS.sub("", label)):
        bare = _SIGNS.sub("", text).upper()
        if bare in _BY_LABEL:
            return _BY_LABEL[bare]
    return None


def find_header(rows: Sequence[Sequence[Cell]]) -> Header:
    """Returns the header of a sheet; raises HeaderNotFound when no row among the first forty names a column 姓名."""
    best: Header | None = None
    texts = [[as_text(cell) for cell in row] for row in rows[: _ROWS_LOOKED_AT + 1]]
    for index in range(min(len(texts), _ROWS_LOOKED_AT)):
        one, two = _header_at(texts, index, 1), _header_at(texts, index, 2)
        header = two if one is None or (two is not None and len(two.mapping) >= len(one.mapping)) else one
        if header is not None and (best is None or _weight(header) > _weight(best)):
            best = header
    if best is None:
        raise HeaderNotFound(
            "没有找到表头：表中要有一行列名，其中至少有“姓名”一列和另外一列（如“身份证号”“入党时间”）"
        )
    return best


def _weight(header: Header) -> tuple[int, int]:
    return len(header.mapping), -len(header.rows)


def _header_at(texts: list[list[str]], index: int, height: int) -> Header | None:
    """The header that starts at this row with this many rows, or None when it is not one."""
    upper = texts[index]
    if height == 1:
        labels = upper
    else:
        if index + 1 >= len(texts) or not _is_second_row(upper, texts[index + 1]):
            return None
        labels = _joined(upper, texts[index + 1])
    mapping: dict[str, int] = {}
    for column, label in enumerate(labels):
        field = field_of(label)
        if field is not None and field not in mapping:
            mapping[field] = column
    if "name" not in mapping or len(mapping) < 2:
        return None
    return Header(tuple(range(index + 1, index + 1 + height)), tuple(labels), mapping)


def _is_second_row(upper: list[str], lower: list[str]) -> bool:
    """A second header row has labels only: some known ones, and nothing below a cell 姓名 but blank (merged) or a label."""
    names = [column for column, label in enumerate(upper) if field_of(label) == "name"]
    known = sum(field_of(label) is not None for label in lower)
    below = [lower[column] for column in names if column < len(lower)]
    digits = sum(any(character.isdecimal() for character in label) for label in lower)
    return known >= 1 and digits == 0 and all(not text or field_of(text) for text in below)


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """One label a column from two rows; an upper label merged over several columns is carried to the right."""
    labels: list[str] = []
    carried = ""
    for column in range(max(len(upper), len(lower))):
        above = upper[column] if column < len(upper) else ""
        below = lower[column] if column < len(lower) else ""
        carried = above or (carried if below else "")
        if not below or field_of(below):
            labels.append(below or above)
        else:
            together = carried + below
            labels.append(together if field_of(together) else _shortened(carried, below) or below)
    return labels


def _shortened(above: str, below: str) -> str:
    """入党情况 over 时间 reads 入党时间."""
    for length in range(len(above), 0, -1):
        if field_of(above[:length] + below):
            return above[:length] + below
    return ""
