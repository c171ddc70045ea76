"""Names, phones and the small word lists of a roster file."""

import re

from members.rules.cells import NO_VALUE, Cell, as_text

LONGEST_NAME = 40
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･．.。●∘", "·"))
_BETWEEN_HANZI = re.compile(r"(?<=[^\x00-\xff]) +(?=[^\x00-\xff])")
_KIND_MARK = re.compile(r"[（(\[【]\s*(预备党员|预备|预|正式党员|正式)\s*[)）\]】]$")
_AROUND_DOT = re.compile(r"\s*·\s*")

_FULL = frozenset({"正式党员", "正式", "中共党员", "党员", "中共正式党员", "1"})
_PROBATIONARY = frozenset({"预备党员", "预备", "中共预备党员", "2"})
_NOT_MEMBER = ("积极分子", "发展对象", "申请人", "群众", "团员")


def clean_name(cell: Cell) -> tuple[str, str]:
    """Returns (name, kind mark): blanks inside a Chinese name removed, the dot of minority names unified; mark is "" or a kind.

    王　芳 → 王芳, 买买提•艾力 → 买买提·艾力, 王芳（预备） → (王芳, probationary).
    """
    text = as_text(cell)
    mark = ""
    found = _KIND_MARK.search(text)
    if found:
        mark = "probationary" if found[1].startswith("预") else "full"
        text = text[: found.start()].strip()
    if any(character >= "\u3400" for character in text):
        text = _AROUND_DOT.sub("·", text.translate(_DOTS)).strip("·") or text
        text = _BETWEEN_HANZI.sub("", text)
    return text, mark


def read_kind(cell: Cell) -> tuple[str, str]:
    """Returns (kind, problem): "full", "probationary" or "" for an empty cell."""
    text = as_text(cell).replace(" ", "")
    if text in NO_VALUE:
        return "", ""
    if text in _FULL:
        return "full", ""
    if text in _PROBATIONARY:
        return "probationary", ""
    if any(word in text for word in _NOT_MEMBER):
        return "", f"人员类别是“{text}”，不是党员，不能进党员名册"
    return "", f"人员类别“{text[:20]}”不认识，请写正式党员或预备党员"


def read_sex(cell: Cell) -> tuple[str, str]:
    """Returns (sex, problem): "male", "female" or ""."""
    text = as_text(cell).replace(" ", "").rstrip("性")
    if text in NO_VALUE:
        return "", ""
    if text in {"男", "女"}:
        return ("male" if text == "男" else "female"), ""
    return "", f"性别“{text[:20]}”不认识，请写男或女"


def read_flag(cell: Cell) -> bool | None:
    """Returns what a yes/no cell says, or None when it says nothing; any other text (a place, a name of a difficulty) means yes."""
    text = as_text(cell)
    if text in NO_VALUE - {"无"}:
        return None
    return text not in {"否", "无", "不是", "0", "×", "x", "X", "N", "n", "非"}


def read_phone(cell: Cell) -> tuple[str, str]:
    """Returns (digits, warning); of several numbers the first, and none when it does not look like a phone number."""
    text = as_text(cell)
    if text in NO_VALUE:
        return "", ""
    first, *more = [part for part in re.split(r"[、,，;；/|\n]|\s{1,}(?=1\d{10})", text) if part.strip()] or [
        ""
    ]
    digits = re.sub(r"[\s\-—()（）]", "", first).removeprefix("+86")
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    if not re.fullmatch(r"\d{7,12}", digits, re.ASCII):
        return "", "联系电话不像电话号码，没有导入"
    return digits, "写了几个联系电话，只取第一个" if more else ""
