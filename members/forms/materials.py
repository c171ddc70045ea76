"""Forms of a material: the text (items, sections, answers), what is noted beside it, the tick before handing in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, cast

from django import forms
from django.utils import timezone

from branches.forms.plans import Overtaken
from members.forms.people import DayField
from members.models import Material, MaterialForm
from members.rules.cleaning import LONGEST_TEXT, TOO_LONG, clean_text
from members.rules.paper import ITEM_PARTS, Answer, Item, Paper, Section, new_id, section_id
from members.services.must_answer import Point

MOST_ITEMS = 60
LONGEST_HEAD = 200
ITEM_ID = re.compile(r"[0-9a-f]{32}")
ROWS = {"problem": 3, "example": 3, "cause": 2, "measure": 3}
HINTS = {
    "problem": "一条写一个问题，要具体，不说空话。",
    "example": "什么时候、什么事；不写别人的名字。",
    "measure": "准备怎么改，要办得到、看得见。",
}


class CleanField(forms.CharField):
    """Text as typed or pasted, made plain before anything else looks at it."""

    def __init__(self, *, rows: int = 0, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput
        super().__init__(required=False, widget=widget, strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """The plain text; what is beyond all measure is refused."""
        text = clean_text(str(value or ""))
        if len(text) > LONGEST_TEXT * 2:
            raise forms.ValidationError(TOO_LONG)
        return text


class HeadField(forms.ChoiceField):
    """A head (方面) of the notice; one that an older version of the rules named is taken as well."""

    def valid_value(self, value: str) -> bool:
        """Anything of the length of a head."""
        return len(value) <= LONGEST_HEAD


class ItemForm(forms.Form):
    """One problem with its measure; the prefix is the id of the item."""

    def __init__(self, data: Any = None, *, heads: Sequence[str], item: Item, number: int) -> None:
        super().__init__(data, prefix=item.id, label_suffix="")
        self.id, self.number = item.id, number
        self.remarks: Sequence[object] = ()
        known = [*heads, item.heading] if item.heading and item.heading not in heads else list(heads)
        if known:
            choices = [("", "请选择"), *((head, head) for head in known)]
            self.fields["heading"] = HeadField(
                label="属于哪个方面", choices=choices, required=False, initial=item.heading
            )
        for name, label in ITEM_PARTS.items():
            self.fields[name] = CleanField(
                label=label,
                rows=ROWS.get(name, 0),
                help_text=HINTS.get(name, ""),
                initial=getattr(item, name),
            )

    def item(self) -> Item:
        """What was typed."""
        typed = {name: str(self.cleaned_data.get(name, "")) for name in ("heading", *ITEM_PARTS)}
        return Item(id=self.id, **typed)


class PaperForm(Overtaken, forms.Form):
    """The whole text: a row of items or sections, and the answers to what must be answered."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        material: Material,
        paper: Paper,
        heads: Sequence[str],
        parts: Sequence[str],
        points: Iterable[Point],
    ) -> None:
        super().__init__(data, initial={"revision": material.revision}, label_suffix="")
        self.material, self.heads, self.points = material, tuple(heads), tuple(points)
        self.is_list = material.form == MaterialForm.LIST
        self.remarks: Mapping[str, Sequence[object]] = {}
        self.sections = _sections(paper, () if self.is_list else heads, parts, keep_body=not self.is_list)
        self.old_answers = [one for one in paper.answers if one.point not in {p.id for p in self.points}]
        for section in self.sections:
            self.fields[section.id] = CleanField(label=section.title, rows=8, initial=section.text)
        written = {one.point: one.text for one in paper.answers}
        for point in self.points:
            self.fields[f"answer-{point.id}"] = CleanField(
                label=point.text, rows=4, initial=written.get(point.id, "")
            )
        self.items = self._item_forms(data, paper)

    def _item_forms(self, data: Any, paper: Paper) -> list[ItemForm]:
        """A form for each item, in the order posted; one empty item where there is none."""
        items = list(paper.items)
        if data is not None:
            kept = {item.id: item for item in items}
            ids = [pk for pk in data.getlist("item") if pk in kept or ITEM_ID.fullmatch(pk)][:MOST_ITEMS]
            items = [kept.get(pk, Item(pk)) for pk in dict.fromkeys(ids)]
        elif self.is_list and not items:
            items = [Item(new_id())]
        return [
            ItemForm(data, heads=self.heads, item=item, number=number) for number, item in enumerate(items, 1)
        ]

    def blank_item(self) -> ItemForm:
        """What the page copies for another item."""
        return ItemForm(heads=self.heads, item=Item("0" * 32), number=0)

    def is_valid(self) -> bool:
        """Whether all parts of it are."""
        items = [item.is_valid() for item in self.items]
        valid = super().is_valid() and all(items)
        if not all(items) and not self.non_field_errors():
            self.add_error(None, TOO_LONG)
        return valid

    def paper(self) -> Paper:
        """What was typed, with answers to points that are asked no more kept as they were."""
        typed = self.cleaned_data
        sections = (Section(one.head, one.part, typed.get(one.id, "")) for one in self.sections)
        answers = [Answer(p.id, p.text, typed.get(f"answer-{p.id}", "")) for p in self.points]
        return Paper(
            tuple(one for one in sections if one.text),
            tuple(form.item() for form in self.items),
            tuple(one for one in (*answers, *self.old_answers) if one.text),
        )

    def attach(self, remarks: Mapping[str, Sequence[object]]) -> None:
        """Let what reviewers said stand beside the part it was said of; by the id of the block."""
        self.remarks = remarks
        for item in self.items:
            item.remarks = remarks.get(item.id, ())

    def section_fields(self) -> list[tuple[Section, forms.BoundField, Sequence[object]]]:
        """Sections with their fields and remarks."""
        return [(one, self[one.id], self.remarks.get(one.id, ())) for one in self.sections]

    def answer_fields(self) -> list[tuple[Point, forms.BoundField, Sequence[object]]]:
        """Points with their fields and remarks."""
        blocks = [(point, Answer(point.id, "", "").id) for point in self.points]
        return [(p, self[f"answer-{p.id}"], self.remarks.get(block, ())) for p, block in blocks]


def _sections(
    paper: Paper, heads: Sequence[str], parts: Sequence[str], *, keep_body: bool
) -> tuple[Section, ...]:
    """The sections the notice asks for, then what is written elsewhere; a body text where it names none."""
    written = {one.id: one for one in paper.sections}
    wanted = [(head, part) for head in heads or ("",) for part in parts or ("",)] if keep_body else []
    found = [written.pop(section_id(*pair), Section(*pair, "")) for pair in wanted]
    return (*found, *(one for one in written.values() if one.text))


class ReceiveForm(forms.Form):
    """The day a material was handed in on paper."""

    day = DayField(label="收到日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate()


class ShownForm(forms.Form):
    """The day and way materials were shown to the masses."""

    day = DayField(label="公示（承诺）日期")
    where = forms.CharField(
        label="在哪里、用什么方式", max_length=200, help_text="例如：村务公开栏，公示7天。"
    )


class StagesForm(forms.ModelForm[Material]):
    """Discussion, consultation and publicity of a material; only what the rules ask for."""

    discussed_on = DayField(label="集体讨论日期", required=False)
    consulted_on = DayField(label="征求意见日期", required=False)
    shown_on = DayField(label="公示（承诺）日期", required=False)

    class Meta:
        model = Material
        fields = (
            "drafted_by",
            "discussed_on",
            "consulted_on",
            "consulted_scope",
            "shown_on",
            "shown_where",
        )
        help_texts = {
            "drafted_by": "班子材料由书记主持起草。",
            "consulted_scope": "例如：村“两委”成员、党员代表、村民代表共12人。",
            "shown_where": "例如：村务公开栏，公示7天。",
        }

    def __init__(self, *args: Any, wanted: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(wanted):
            del self.fields[name]


class DocxForm(forms.Form):
    """A draft written in Word or WPS."""

    file = forms.FileField(
        label="Word 文档（.docx）",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text="只取文字，填进表里给您核对，不会直接提交。",
        error_messages={"required": "请先选择要上传的文档。", "empty": "文件是空的，请重新选择。"},
    )

    def chosen(self) -> BinaryIO:
        """The file."""
        return cast("BinaryIO", self.cleaned_data["file"])


class HandInForm(Overtaken, forms.Form):
    """The tick under the material that was looked through, and which revision that was."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    declared = forms.BooleanField(
        label="以上内容我已经看过，确认提交",
        error_messages={"required": "请先看一遍，确认以后打勾。"},
    )
