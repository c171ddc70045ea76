"""Forms of members, uploads, columns and exemptions."""

from __future__ import annotations

import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone

from branches.models import Kind, Organization, User, reach
from branches.permissions import CLERK_ROLES, OFFICE_ROLES
from members.models import ExemptReason, ImportBatch, Member, Standing
from members.rules.dates import read_date
from members.rules.id_numbers import read_id_number
from members.rules.names import clean_name, read_phone
from members.rules.roster_header import FIELD_LABELS

SECTIONS = (
    ("基本信息", ("name", "organization", "group", "sex", "ethnicity", "birth_on", "education", "workplace")),
    ("证件和电话", ("id_number", "phone")),
    ("党内信息", ("kind", "joined_on", "full_on", "suspended_until", "roster_number")),
    (
        "情形",
        (
            "is_leader", "is_elderly", "is_unwell", "is_poor", "is_veteran", "is_village_official",
            "is_floating", "floating_to", "is_lost", "is_disciplined", "note",
        ),
    ),
)  # fmt: skip


class DayField(forms.DateField):
    """A date in any of the forms offices write; the browser shows its own picker."""

    def __init__(self, **kwargs: Any) -> None:
        picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=picker, **kwargs)

    def to_python(self, value: Any) -> datetime.date | None:
        """The day, or a Chinese reason."""
        found = read_date(value)
        if found.problem:
            raise forms.ValidationError(found.problem)
        return found.day


class MemberForm(forms.ModelForm[Member]):
    """A member's data; numbers already registered are not shown, and stay when left empty."""

    id_number = forms.CharField(label="公民身份证号码", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    birth_on = DayField(label="出生日期", required=False)
    joined_on = DayField(label="入党日期", required=False)
    full_on = DayField(label="转正日期", required=False)
    suspended_until = DayField(label="留党察看至", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Member
        fields = (
            "name", "sex", "ethnicity", "birth_on", "education", "id_number", "phone", "workplace",
            "organization", "group", "kind", "joined_on", "full_on", "roster_number",
            "is_leader", "is_elderly", "is_unwell", "is_poor", "is_veteran", "is_village_official",
            "is_floating", "floating_to", "is_lost", "is_disciplined", "suspended_until", "note",
        )  # fmt: skip
        help_texts = {
            "group": "没有分党小组的不用选。",
            "roster_number": "按“花名册顺序”排列时用。",
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization = cast("forms.ModelChoiceField[Organization]", self.fields["organization"])
        group = cast("forms.ModelChoiceField[Organization]", self.fields["group"])
        within = Organization.objects.visible_to(user)
        group.empty_label = "不分党小组"
        if self.instance._state.adding:
            organization.queryset = within.branches()
            organization.empty_label = "请选择党支部"
            group.queryset = within.filter(kind=Kind.GROUP)
        else:
            del self.fields["organization"]
            group.queryset = within.in_subtree(self.instance.organization).filter(kind=Kind.GROUP)
            self.fields["version"].initial = self.instance.version
            for name, shown in (
                ("id_number", self.instance.masked_id_number),
                ("phone", self.instance.masked_phone),
            ):
                if shown:
                    self.fields[name].help_text = f"已登记 {shown}，不改就留空。"
        if not group.queryset.exists():
            del self.fields["group"]

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in the groups the page shows them in."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in SECTIONS]

    def clean_name(self) -> str:
        """The name without blanks inside."""
        name, _mark = clean_name(self.cleaned_data["name"])
        if not any(character.isalpha() for character in name):
            raise forms.ValidationError("请填写姓名。")
        return name

    def clean_id_number(self) -> str:
        """The number checked by GB 11643."""
        found = read_id_number(self.cleaned_data["id_number"])
        if found.problem:
            raise forms.ValidationError(found.problem)
        return found.number

    def clean_phone(self) -> str:
        """Digits only."""
        number, warning = read_phone(self.cleaned_data["phone"])
        if warning:
            raise forms.ValidationError("请填写一个手机号或带区号的座机号码。")
        return number

    def clean(self) -> dict[str, Any]:
        """Dates fit each other; birth and sex follow from the ID number when they were left empty."""
        cleaned = super().clean() or {}
        self._follow_id_number(cleaned)
        today = timezone.localdate()
        for name in ("birth_on", "joined_on", "full_on"):
            day = cleaned.get(name)
            if day is not None and day > today:
                self.add_error(name, "不能晚于今天。")
        joined, full = cleaned.get("joined_on"), cleaned.get("full_on")
        if joined and full and full < joined:
            self.add_error("full_on", f"转正日期不能早于入党日期（{joined:%Y-%m-%d}）。")
        group, branch = (
            cleaned.get("group"),
            cleaned.get("organization") or getattr(self.instance, "organization", None),
        )
        if group and branch and not group.path.startswith(branch.path):
            self.add_error("group", "这个党小组不属于所选的党支部。")
        return cleaned

    def _follow_id_number(self, cleaned: dict[str, Any]) -> None:
        found = read_id_number(cleaned.get("id_number"))
        if found.birth_on is None:
            return
        cleaned["birth_on"] = cleaned.get("birth_on") or found.birth_on
        cleaned["sex"] = cleaned.get("sex") or found.sex
        if cleaned["birth_on"] != found.birth_on:
            self.add_error("birth_on", f"与身份证号中的{found.birth_on:%Y-%m-%d}不一致，请核对。")
        if cleaned["sex"] != found.sex:
            self.add_error("sex", "与身份证号不一致，请核对。")

    def values(self) -> dict[str, Any]:
        """What is to be written: numbers left empty are not touched."""
        written = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("version", "organization")
        }
        for name in ("id_number", "phone"):
            if not written[name]:
                del written[name]
        return written


class StandingForm(forms.Form):
    """Whether a member is on the roll."""

    standing = forms.ChoiceField(label="在册情况", choices=Standing.choices)
    note = forms.CharField(label="说明", max_length=200, required=False)


class UploadForm(forms.Form):
    """A roster file and where it belongs."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label="导入到",
        help_text="导入到上级党组织时，表中要有“所在党支部”一列。",
    )
    file = forms.FileField(
        label="名册文件",
        help_text="Excel（.xlsx、.xls）或文本（.csv），不用改成固定格式；先核对，确认后才导入。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.xls,.csv,.ods"
        field = cast("forms.ModelChoiceField[Organization]", self.fields["organization"])
        posts = user.posts()
        own = [post.organization_id for post in posts if post.role in (*CLERK_ROLES, *OFFICE_ROLES)]
        offices = any(post.role in OFFICE_ROLES for post in posts)
        below = (
            Organization.objects.filter(reach(user, "path"))
            if offices
            else Organization.objects.filter(pk__in=own)
        )
        field.queryset = below.exclude(kind=Kind.GROUP)
        field.empty_label = "请选择党组织"
        if len(own) == 1:
            field.initial = own[0]


class ColumnsForm(forms.Form):
    """Which column of the upload holds what."""

    def __init__(self, data: Any = None, *, batch: ImportBatch) -> None:
        super().__init__(data)
        columns = [("", "（没有这一列）")]
        columns += [
            (str(number), f"{_letter(number)}列　{label or '（无列名）'}")
            for number, label in enumerate(batch.labels)
        ]
        for name, label in FIELD_LABELS.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=columns,
                required=name == "name",
                initial=str(batch.mapping.get(name, "")),
            )

    def mapping(self) -> dict[str, int]:
        """Field → column, for what was chosen."""
        return {name: int(column) for name, column in self.cleaned_data.items() if column}


def _letter(number: int) -> str:
    """The letter Excel gives a column: 0 → A, 26 → AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class ExemptForm(forms.Form):
    """Why a member is not counted in 应到."""

    reason = forms.ChoiceField(label="属于哪种情形", choices=ExemptReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="说明",
        max_length=200,
        required=False,
        help_text="印在测评汇总表的备注里，例如“已报上级党组织同意、党员大会通过”。",
    )
    rated = forms.BooleanField(
        label="仍列为测评对象", required=False, initial=True, help_text="不选，就不印在测评表上（免评）。"
    )
    why = forms.CharField(label="变更原因", max_length=200, required=False)

    def __init__(self, *args: Any, frozen: bool, allowed: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["reason"]).choices = ExemptReason.allowed_by(allowed)
        if frozen:
            self.fields["why"].required = True
            self.fields["why"].help_text = "花名册已核定，变更须写明原因，并留下记录。"
        else:
            del self.fields["why"]
