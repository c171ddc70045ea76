"""Forms of the notice of results; each says in `kept()` what its service takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from evaluations.forms.feedback import day_field, line_field, text_field
from evaluations.models import NoticeNames, NoticeObjection, ResultNotice
from evaluations.models.result_notice import LONGEST_OBJECTION, LONGEST_WORDING
from evaluations.services.result_notices import KEPT, LONGEST_REASON
from evaluations.workflow.notice_rows import may_show_votes, people_of


class ReadForm(forms.Form):
    """A step without words; it knows what the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, about: ResultNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        self.fields["version"].initial = about.version

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class DraftForm(ReadForm):
    """What the notice says, where and when it hangs, and who stands in it."""

    wording = text_field("公示正文", longest=LONGEST_WORDING)
    scope = line_field("公示范围", "在哪些人里公示。", longest=80)
    place = line_field("公示地点", "例如：村务公开栏。批准以前填写。", longest=100, required=False)
    from_on = day_field("公示开始")
    to_on = day_field("公示结束")
    contact = line_field("意见反映方式", longest=200)
    names = forms.ChoiceField(
        label="姓名怎样写",
        choices=NoticeNames.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择姓名怎样写。"},
    )
    show_votes = forms.BooleanField(
        label="公布每人的票数", required=False, help_text="不勾选，只写“已参加民主评议”。"
    )
    left_out = forms.MultipleChoiceField(
        label="不列入名单的党员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="打勾的不公示。最低一等的、正在办理组织处置的，已经先打上勾。",
        error_messages={"invalid_choice": "请从给出的党员里选。"},
    )

    def __init__(self, *args: Any, about: ResultNotice, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        for name in KEPT:
            self.fields[name].initial = getattr(about, name)
        least = about.sheet.rules().notice_board_days
        self.fields["to_on"].help_text = f"不少于 {least} 天，首尾两天都算。"
        self.fields["left_out"].choices = [(str(row.pk), row.name) for row in people_of(about)]  # type: ignore[attr-defined]
        if not may_show_votes(about):
            del self.fields["show_votes"]

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return {"show_votes": False, **self.cleaned_data}


class WithdrawForm(ReadForm):
    """Why it is withdrawn."""

    note = line_field("撤回的原因", longest=LONGEST_REASON)


class ObjectForm(ReadForm):
    """What was objected; nobody's name."""

    on = day_field("反映日期")
    text = text_field("反映的意见", "只写意见，不写是谁反映的。", longest=LONGEST_OBJECTION)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return {key: self.cleaned_data[key] for key in ("on", "text")}


class NoticeAnswerForm(ReadForm):
    """The answer to one objection."""

    objection = forms.ModelChoiceField(
        label="哪一条意见",
        queryset=NoticeObjection.objects.none(),
        empty_label=None,
        error_messages={
            "required": "请选择一条意见。",
            "invalid_choice": "这条意见已经答复过，请看现在的情况。",
        },
    )
    answer = text_field("答复", "说明核实的情况和处理结果。", longest=LONGEST_OBJECTION)

    def __init__(self, *args: Any, about: ResultNotice, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        waiting = self.fields["objection"]
        waiting.queryset = about.objections.filter(answer="")  # type: ignore[attr-defined]
        waiting.label_from_instance = lambda one: one.text[:40]  # type: ignore[attr-defined]

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return {key: self.cleaned_data[key] for key in ("objection", "answer")}
