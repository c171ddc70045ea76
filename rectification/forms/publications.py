"""Forms of what is put up in public; each says in `kept()` what its service takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from evaluations.forms.feedback import day_field, line_field, text_field
from members.models import Material
from rectification.models import (
    LONGEST_OBJECTION,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Publication,
    PublicationKind,
    PublicationNames,
    PublicationObjection,
)
from rectification.services.publication_sources import FROM_MATERIALS, heading_of
from rectification.services.publications import KEPT, LONGEST_REASON
from rectification.workflow.publications import COUNTED


class BeginForm(forms.Form):
    """What is to be put up, and from which materials."""

    kind = forms.ChoiceField(
        label="公示什么",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择公示什么。", "invalid_choice": "请从给出的几种里选。"},
    )
    materials = forms.ModelMultipleChoiceField(
        label="从哪些材料起草",
        queryset=Material.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="已办结的材料，打勾就把正文带过来；别人的姓名等先隐去。不选，就自己写、自己粘贴。",
        error_messages={"invalid_choice": "请从给出的材料里选。", "invalid_pk_value": "请从给出的材料里选。"},
    )

    def __init__(
        self, *args: Any, kinds: tuple[PublicationKind, ...], materials: list[Material], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0].value
        if materials and set(kinds) & set(FROM_MATERIALS):
            here = Material.objects.filter(pk__in=[one.pk for one in materials])
            chosen = self.fields["materials"]
            chosen.queryset = here.select_related("organization", "member", "appointment")  # type: ignore[attr-defined]
            chosen.label_from_instance = heading_of  # type: ignore[attr-defined]
        else:
            del self.fields["materials"]

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return {"kind": self.cleaned_data["kind"], "materials": self.cleaned_data.get("materials", ())}


class ReadForm(forms.Form):
    """A step without words; it knows what the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, about: Publication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        self.fields["version"].initial = about.version

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class DraftForm(ReadForm):
    """What it says, where and when it hangs, and how names stand in it."""

    title = line_field("标题", longest=LONGEST_TITLE)
    text = text_field("公示正文", "一行一段。批准以前填写。", longest=LONGEST_TEXT, required=False)
    names = forms.ChoiceField(
        label="姓名怎样写",
        choices=PublicationNames.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择姓名怎样写。"},
    )
    kept_words = line_field(
        "照写的词",
        "系统误当作姓名的词、书记本人的姓名等，用顿号隔开。只对张贴的纸有用，网上不写任何人的姓名。",
        longest=200,
        required=False,
    )
    scope = line_field("公示范围", "在哪些人里公示。", longest=80)
    place = line_field("公示地点", "例如：村务公开栏。批准以前填写。", longest=100, required=False)
    from_on = day_field("公示开始")
    to_on = day_field("公示结束")
    contact = line_field("意见反映方式", "写职务和办公电话，不写个人手机。", longest=200)

    def __init__(self, *args: Any, about: Publication, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        self.fields["text"].widget.attrs["rows"] = 12
        for name in KEPT:
            self.fields[name].initial = getattr(about, name)
        if about.kind in COUNTED:
            least = about.campaign.rules_for(about.organization).notice_board_days
            self.fields["to_on"].help_text = f"不少于 {least} 天，首尾两天都算。"


class WithdrawForm(ReadForm):
    """Why it is withdrawn."""

    note = line_field("撤回的原因", longest=LONGEST_REASON)


class FileForm(ReadForm):
    """When it was filed with the superior."""

    on = day_field("报备日期")

    def __init__(self, *args: Any, about: Publication, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        self.fields["on"].initial = about.filed_on or timezone.localdate


class ObjectForm(ReadForm):
    """What was said; nobody's name."""

    on = day_field("反映日期")
    text = text_field("反映的意见", "只写意见，不写是谁反映的。", longest=LONGEST_OBJECTION)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return {key: self.cleaned_data[key] for key in ("on", "text")}


class ObjectionAnswerForm(ReadForm):
    """The answer to one objection, and whether it goes onto the list to rectify."""

    objection = forms.ModelChoiceField(
        label="哪一条意见",
        queryset=PublicationObjection.objects.none(),
        empty_label=None,
        error_messages={
            "required": "请选择一条意见。",
            "invalid_choice": "这条意见已经答复过，请看现在的情况。",
        },
    )
    answer = text_field("答复", "说明核实的情况和处理结果。", longest=LONGEST_OBJECTION)
    to_rectify = forms.BooleanField(label="列入整改", required=False, help_text="情况属实、需要整改的打勾。")

    def __init__(self, *args: Any, about: Publication, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        waiting = self.fields["objection"]
        waiting.queryset = about.objections.filter(answer="")  # type: ignore[attr-defined]
        waiting.label_from_instance = lambda one: one.text[:40]  # type: ignore[attr-defined]

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return {key: self.cleaned_data[key] for key in ("objection", "answer", "to_rectify")}
