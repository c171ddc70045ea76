"""Forms of a plan, of its check before handing in, of its review, and of the 沟通记录."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from branches.forms.fields import date_input
from branches.models import Consultation, Plan
from branches.rules import Rules
from branches.workflow.plans import PLAN_FIELDS


def _lines(rows: int) -> forms.Textarea:
    """An input of several lines."""
    return forms.Textarea(attrs={"rows": rows})


class Overtaken:
    """A bound form that goes on from something newer, keeping all else that was typed."""

    data: Any

    def go_on_from(self, **hidden: int) -> None:
        """Let the next post carry these hidden numbers."""
        self.data = self.data.copy()
        for name, number in hidden.items():
            self.data[name] = str(number)


class PlanForm(Overtaken, forms.ModelForm[Plan]):
    """The text of a plan; a draft may leave out what the rules want, handing in may not."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Plan
        fields = PLAN_FIELDS
        widgets = {
            "time": _lines(2),
            "form": _lines(3),
            "attendees": _lines(3),
            "requirements": _lines(9),
        }
        help_texts = {
            "time": "例如：8月12日前谈心，8月16日晚开支委会，8月20日晚开党员大会。",
            "form": "例如：先开支委会，再开党员大会；分几个党小组自评互评，在大会上测评。",
            "attendees": "例如：全体党员，邀请入党积极分子、村民代表列席，请联系本支部的领导到会指导。",
            "requirements": "写本支部自己的打算：谁负责、哪天办、怎么联系外出和年老的党员。不用抄通知。",
        }

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        self.wanted = rules.plan_fields
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = self.instance.revision
        if not self.wanted:
            self.fields["form"].help_text += "“方式”和“相关要求”至少写一项。"
        self._ask()

    def _ask(self) -> None:
        """Show what the rules want as required."""
        for name in PLAN_FIELDS:
            self.fields[name].required = name in self.wanted

    def full_clean(self) -> None:
        """Take an unfinished plan too: nothing typed is refused."""
        for name in PLAN_FIELDS:
            self.fields[name].required = False
        super().full_clean()
        self._ask()

    def answers(self) -> dict[str, Any]:
        """What was typed, by field, with one kind of line end; and the revision the page was filled from."""
        texts = {name: self.cleaned_data[name].replace("\r\n", "\n") for name in PLAN_FIELDS}
        return {"revision": self.cleaned_data["revision"], **texts}


class CheckForm(Overtaken, forms.Form):
    """The tick under the plan that was looked through, and which revision that was."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    declared = forms.BooleanField(
        label="以上内容经支委会（党员）研究，符合本支部实际",
        error_messages={"required": "请先看一遍，确认符合本支部实际后打勾。"},
    )


class ReviewForm(Overtaken, forms.Form):
    """What the office says of the version it has read."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label="审核意见",
        required=False,
        widget=_lines(5),
        help_text="退回时必须写：哪一项、怎么改。支部会看到全文。",
    )


class ConsultationForm(forms.ModelForm[Consultation]):
    """Five short answers about a word with the superior."""

    class Meta:
        model = Consultation
        fields = ("held_on", "with_whom", "agreed_on", "agreed_form", "invited")
        widgets = {"held_on": date_input(), "agreed_on": date_input()}
        help_texts = {
            "held_on": "打电话、当面说都可以，只记日期。",
            "with_whom": "例如：镇党委副书记。",
            "agreed_form": "例如：开党员大会，大会上测评。",
            "invited": "例如：请联系本村的镇党委委员到会指导。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].initial = timezone.localdate()
