"""Forms of the dues ledger: marking months, what a member pays, the table of rates, an upload."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from members.forms.people import DayField
from members.models import Member
from members.rules.dues import (
    MOST,
    CannotWorkOut,
    Rate,
    due_from,
    labels_of,
    month_of,
    needs_income,
    to_cents,
)

MONTH = re.compile(r"^(\d{4})-(\d{2})$", re.ASCII)
CELL = re.compile(r"^([0-9a-f]{32}):(\d{4})-(\d{2})$", re.ASCII)
MOST_LINES = 60
_HUNDRED = Decimal(100)


def month_from(typed: str) -> datetime.date | None:
    """The first day of a month written 2026-03; None for anything else."""
    match = MONTH.match(typed)
    return _first_day(match[1], match[2]) if match else None


def cell_from(typed: str) -> tuple[UUID, datetime.date] | None:
    """Whose month a ticked box means; None for anything that is no box of ours."""
    match = CELL.match(typed)
    month = _first_day(match[2], match[3]) if match else None
    return (UUID(hex=match[1]), month) if match and month else None


def _first_day(year: str, month: str) -> datetime.date | None:
    return datetime.date(int(year), int(month), 1) if 1 <= int(month) <= 12 and int(year) > 0 else None


def _yuan(label: str, **more: Any) -> forms.DecimalField:
    """An amount in yuan."""
    return forms.DecimalField(
        label=label,
        max_value=MOST,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "请填数字，例如 5 或 0.2。"},
        **more,
    )


class MonthField(forms.DateField):
    """A month, by the browser's own picker where it has one; typed 2026-03."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"), **kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        """The first day of the month, or a Chinese reason."""
        if not value:
            return None
        found = month_of(value) if isinstance(value, datetime.date) else month_from(str(value).strip())
        if found is None:
            raise forms.ValidationError("请写成 2026-03 这样的形式。")
        return found


class DuesForm(forms.Form):
    """How the ticked months were settled; everything may stay as it is."""

    paid_on = DayField(label="交纳日期", required=False, help_text="不改就是今天。")
    amount = _yuan("每月金额（元）", min_value=Decimal("0.01"), help_text="不填就按每个人核定的数。")
    note = forms.CharField(
        label="说明",
        max_length=100,
        required=False,
        help_text="由别人代交、补交的写一句；登记免交必须写原因和批准的党组织。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = timezone.localdate()

    def clean_paid_on(self) -> datetime.date:
        """Today where nothing was typed."""
        return self.cleaned_data["paid_on"] or timezone.localdate()


class TermsForm(forms.Form):
    """Who pays how much a month: worked out from the table, or typed. The income is used and forgotten."""

    members = forms.ModelMultipleChoiceField(
        Member.objects.none(),
        label="党员",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一名党员。"},
    )
    label = forms.ChoiceField(label="人员类别")
    income = _yuan(
        "月收入（元）",
        min_value=Decimal(0),
        help_text="在职的填税后固定工资，离退休的填养老金。只用来计算，不保存。没有收入要求的类别不用填。",
    )
    monthly = _yuan(
        "每月应交（元）",
        min_value=Decimal("0.01"),
        help_text="不填就按标准算出来；自愿多交或者批准少交的，直接写数。",
    )
    since = MonthField(label="从哪月起", help_text="从这个月起按月登记。")

    def __init__(self, *args: Any, members: Any, rates: tuple[Rate, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rates = rates
        self.fields["members"].queryset = members  # type: ignore[attr-defined]
        self.fields["label"].choices = [("", "请选择"), *((x, x) for x in labels_of(rates))]  # type: ignore[attr-defined]
        self.fields["since"].initial = timezone.localdate().replace(month=1, day=1)

    def clean(self) -> dict[str, Any]:
        """Work the amount out where none was typed; a range is left to be chosen from."""
        cleaned = super().clean() or {}
        label, chosen = cleaned.get("label", ""), cleaned.get("members") or ()
        if self.errors or cleaned.get("monthly") is not None:
            return cleaned
        if len(chosen) > 1 and needs_income(self.rates, label):
            self.add_error("members", "这一类按收入计算，每个人不一样，请一次只选一名。")
            return cleaned
        try:
            due = due_from(self.rates, label, cleaned.get("income"))
        except CannotWorkOut as refusal:
            self.add_error("income", str(refusal))
            return cleaned
        if due.is_range:
            self.add_error("monthly", f"这一类每月 {due.low} 元到 {due.high} 元，请填一个数。")
        elif not due.low:
            self.add_error("monthly", "算出来是 0 元，请核对收入；经批准免交的，在台账里登记免交。")
        cleaned["monthly"] = due.low
        return cleaned


class RateForm(forms.Form):
    """One line of a table of rates; an empty line is left out."""

    label = forms.CharField(label="人员类别", max_length=40, required=False)
    over = _yuan("月收入超过（元）", min_value=Decimal(0))
    percent = forms.DecimalField(
        label="按收入的百分之几",
        min_value=0,
        max_value=100,
        decimal_places=3,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "请填数字，例如 0.5。"},
    )
    lowest = _yuan("最低（元）", min_value=Decimal(0))
    highest = _yuan("最高（元）", min_value=Decimal(0))

    def clean(self) -> dict[str, Any]:
        """A line needs a class, and a share or an amount."""
        cleaned = super().clean() or {}
        told = [name for name in ("over", "percent", "lowest", "highest") if cleaned.get(name) is not None]
        if not self.errors and told and not cleaned.get("label"):
            self.add_error("label", "请写人员类别，整行不要的请全部清空。")
        if not self.errors and cleaned.get("label"):
            low, high = cleaned.get("lowest"), cleaned.get("highest")
            if cleaned.get("percent") is None and low is None:
                self.add_error("lowest", "请填百分之几，或者填最低几元（只填最低就是固定数）。")
            elif low is not None and high is not None and high < low:
                self.add_error("highest", "最高不能小于最低。")
        return cleaned

    def rate(self) -> Rate | None:
        """The line; None for an empty one."""
        typed = self.cleaned_data
        if not typed.get("label"):
            return None
        percent = typed["percent"]
        return Rate(
            label=typed["label"],
            over=typed["over"] or Decimal(0),
            share=None if percent is None else percent / _HUNDRED,
            lowest=typed["lowest"],
            highest=typed["highest"],
        )


RateFormSet = forms.formset_factory(
    RateForm, extra=3, max_num=MOST_LINES, validate_max=True, absolute_max=MOST_LINES
)


def rate_lines(rates: tuple[Rate, ...]) -> list[dict[str, object]]:
    """A table of rates as the form shows it."""
    return [
        {
            "label": rate.label,
            "over": to_cents(rate.over) if rate.over else None,
            "percent": None if rate.share is None else f"{(rate.share * _HUNDRED).normalize():f}",
            "lowest": rate.lowest,
            "highest": rate.highest,
        }
        for rate in rates
    ]


class DuesUploadForm(forms.Form):
    """A sheet of dues, and the year of months written without one."""

    year = forms.TypedChoiceField(label="年份", coerce=int, help_text="表里只写“3月”没有写年份的，按这一年。")
    file = forms.FileField(
        label="表格文件", help_text="Excel（.xlsx、.xls）或文本（.csv），先核对，确认后才登记。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_year = timezone.localdate().year
        years = [(year, f"{year}年") for year in range(this_year + 1, this_year - 6, -1)]
        self.fields["year"].choices = years  # type: ignore[attr-defined]
        self.fields["year"].initial = this_year
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.xls,.csv,.ods"
