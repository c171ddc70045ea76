"""公民身份号码 by GB 11643: shape, check digit, birth date and sex; and what Excel does to them."""

import datetime
import re
from dataclasses import dataclass

from members.rules.cells import NO_VALUE, Cell, as_text

LOST_DIGITS = "身份证号被Excel改成科学计数，末尾数字已丢失，请把该列设为文本后重新填写"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_SCIENTIFIC = re.compile(r"^\d(\.\d*)?[eE]\+?\d{1,3}$")


@dataclass(frozen=True, slots=True)
class FoundIdNumber:
    """An 18-digit ID number with what it says of its owner, or the reason why there is none."""

    number: str = ""
    birth_on: datetime.date | None = None
    sex: str = ""
    problem: str = ""
    warning: str = ""


def check_digit(first_17: str) -> str:
    """Returns the eighteenth character for seventeen digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK[total % 11]


def read_id_number(cell: Cell) -> FoundIdNumber:
    """Returns the ID number a cell holds, upper-cased and without gaps, or the Chinese reason why it cannot be taken.

    Fifteen digits become eighteen with a warning. The reason never repeats the number. Never raises.
    """
    text = re.sub(r"[\s'’‘`\"“”]", "", as_text(cell)).upper().replace("×", "X").replace("＊", "*")
    if text in NO_VALUE:
        return FoundIdNumber()
    if (isinstance(cell, float | int) and len(text) > 15) or _SCIENTIFIC.match(text):
        return FoundIdNumber(problem=LOST_DIGITS)
    if "*" in text:
        return FoundIdNumber(problem="身份证号中有星号，是脱敏后的号码，请填写完整号码或删去")
    if re.fullmatch(r"\d{15}", text, re.ASCII):
        return _read_15(text)
    if len(text) != 18:
        return FoundIdNumber(problem=f"身份证号应为18位，现在是{len(text)}位，请核对")
    if not re.fullmatch(r"\d{17}[\dX]", text, re.ASCII):
        return FoundIdNumber(problem="身份证号只能是数字，最后一位可以是X，请核对")
    return _read_18(text)


def _read_15(text: str) -> FoundIdNumber:
    first_17 = text[:6] + "19" + text[6:]
    found = _read_18(first_17 + check_digit(first_17))
    if found.problem:
        return found
    return FoundIdNumber(
        found.number, found.birth_on, found.sex, warning="15位旧身份证号，已按规定换算为18位，请核对"
    )


def _read_18(text: str) -> FoundIdNumber:
    try:
        birth_on = datetime.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return FoundIdNumber(problem="身份证号中的出生日期不存在，请核对")
    if check_digit(text[:17]) != text[17]:
        return FoundIdNumber(
            problem=LOST_DIGITS if text.endswith("000") else "身份证号最后一位校验码不对，请核对是否抄错"
        )
    return FoundIdNumber(text, birth_on, "male" if int(text[16]) % 2 else "female")


def mask_id_number(number: str) -> str:
    """Returns an ID number as screens show it: first four, ten stars, last four."""
    return f"{number[:4]}{'*' * 10}{number[-4:]}" if len(number) == 18 else "*" * len(number)


def mask_phone(number: str) -> str:
    """Returns a phone number as screens show it: 138****5678, a shorter one with its last two digits only."""
    return (
        f"{number[:3]}****{number[-4:]}"
        if len(number) == 11
        else f"{'*' * max(len(number) - 2, 0)}{number[-2:]}"
    )


def mask_numbers(text: str) -> str:
    """Returns any text with what looks like an ID number or a phone number masked."""
    masked = re.sub(r"\d{17}[\dXx]", lambda found: mask_id_number(found[0]), text, flags=re.ASCII)
    return re.sub(
        r"(?<![\d*])\d{11,15}(?!\d)",
        lambda found: f"{found[0][:3]}****{found[0][-4:]}",
        masked,
        flags=re.ASCII,
    )
