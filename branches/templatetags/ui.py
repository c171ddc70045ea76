"""What templates need to show things the same way everywhere: icons, dates, figures, messages of forms."""

from __future__ import annotations

import datetime
import functools
import math
import re
import uuid
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ICONS: Path = Path(settings.BASE_DIR) / "static" / "vendor" / "icons"
WEEKDAYS = "一二三四五六日"
SIZES = {"standard": "标准", "large": "大字", "huge": "特大"}
NOTHING = "—"


@functools.cache
def _drawing(name: str) -> str:
    """The SVG of an icon, made to follow the size of the text and to be silent for screen readers."""
    text = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    head = '<svg class="icon" aria-hidden="true" focusable="false" width="16" height="16" fill="currentColor" viewBox'
    return head + text.partition("viewBox")[2].strip()


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing `name` of static/vendor/icons, inline; an unknown name is an error."""
    return mark_safe(_drawing(name))  # noqa: S308  our own files


@register.simple_tag
def submission() -> SafeString:
    """The hidden field by which a form posted twice is recognised."""
    return format_html('<input type="hidden" name="submission" value="{}">', uuid.uuid4())


@register.simple_tag(takes_context=True)
def text_size(context: Context) -> str:
    """The size of text this person chose: of the account, else of the browser, else standard."""
    request = context.get("request")
    if request is None:
        return "standard"
    chosen = getattr(getattr(request, "user", None), "text_size", "") or request.COOKIES.get("text-size", "")
    return chosen if chosen in SIZES else "standard"


@register.simple_tag
def text_sizes() -> list[tuple[str, str]]:
    """Value and word of every size of text."""
    return list(SIZES.items())


@register.simple_tag
def upload_limit() -> str:
    """The largest file accepted, in words."""
    return f"{settings.UPLOAD_MAX_BYTES / (1 << 20):g} MB"


@register.simple_tag
def help_phone() -> str:
    """The phone number people may ask at; may be empty."""
    return str(settings.HELP_PHONE)


def _day(value: object) -> datetime.date | None:
    """The day of a date or of a moment as seen in Shanghai; None for anything else."""
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).date()
    return value if isinstance(value, datetime.date) else None


@register.filter
def on_day(value: object) -> str:
    """「12月10日（周四）」, with the year when it is not this one."""
    day = _day(value)
    if day is None:
        return NOTHING
    year = "" if day.year == timezone.localdate().year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


@register.filter
def remaining(value: object) -> str:
    """「还剩 3 天」, 「今天到期」 or 「已逾期 2 天」."""
    day = _day(value)
    if day is None:
        return ""
    days = (day - timezone.localdate()).days
    if days == 0:
        return "今天到期"
    return f"还剩 {days} 天" if days > 0 else f"已逾期 {-days} 天"


@register.filter
def percent(value: Fraction | Decimal | float | None) -> str:
    """A share as percentage with two decimals, halves rounded up as on the paper forms; — for none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NOTHING
    exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    scaled = Decimal(exact.numerator * 100) / Decimal(exact.denominator)
    return f"{scaled.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


@register.filter
def thousands(value: int | None) -> str:
    """A count with commas; — for none."""
    return NOTHING if value is None else f"{value:,}"


@register.filter
def is_optional(field: forms.BoundField) -> bool:
    """Whether the label should say （选填）: not required, not a tick box, not said already."""
    said = "选填" in str(field.label)
    return not field.field.required and not said and not isinstance(field.field, forms.BooleanField)


@register.filter
def is_tick(field: forms.BoundField) -> bool:
    """Whether the field is one tick box with its label beside it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


def _name(field: forms.BoundField) -> str:
    """The label without what is in brackets."""
    return re.sub("（[^）]*）", "", str(field.label))


def _advice(field: forms.BoundField, error: ValidationError) -> str:
    """What to do about an error whose text is the framework's own, e.g. 「请填写姓名」; else its text."""
    text = " ".join(error.messages)
    own = field.field.error_messages.get(error.code or "")
    standard: dict[str, Any] = {}
    for kind in reversed(type(field.field).__mro__):
        standard.update(getattr(kind, "default_error_messages", {}))
    if own is None or str(own) != str(standard.get(error.code or "")):
        return text
    label = _name(field)
    picks = isinstance(field.field, forms.ChoiceField | forms.ModelChoiceField)
    sends = isinstance(field.field, forms.FileField)
    words = {
        "required": f"请{'选择' if picks or sends else '填写'}{label}",
        "invalid_choice": f"{label}不在可选的范围内，请重新选择",
    }
    if isinstance(field.field, forms.DateField | forms.DateTimeField):
        words["invalid"] = f"{label}请填写日期，例如 {timezone.localdate():%Y-%m-%d}"
    elif isinstance(field.field, forms.IntegerField):
        words["invalid"] = f"{label}请填写整数，例如 12"
    return words.get(error.code or "", text)


@register.filter
def advice(field: forms.BoundField) -> list[str]:
    """The errors of a field as sentences that say what to do; the summary and the field show the same."""
    return [_advice(field, error) for error in field.errors.as_data()]


@register.filter
def advice_by_name(field: forms.BoundField) -> list[str]:
    """The same sentences for the summary: the label stands before those that do not name the field."""
    name = _name(field)
    return [text if name in text else f"{name}：{text}" for text in advice(field)]


@register.filter
def count_errors(form: forms.BaseForm) -> int:
    """How many places of a form need a change."""
    return sum(len(errors) for errors in form.errors.values())
