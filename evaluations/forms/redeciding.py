"""The form of a decision made anew after an objection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from evaluations.forms.feedback import day_field, line_field, text_field
from evaluations.models import Assessment
from evaluations.models.assessment import LONGEST_OPINION
from evaluations.services.assessing import LONGEST_HEARER
from evaluations.services.redeciding import LONGEST_REASON, Decided, Heard, kinds_of
from meetings.models import Meeting

HEARD = ("held_on", "heard_by", "statement")


class RedecideForm(forms.Form):
    """Which meeting decided what, and why; the cap and the hearing only where they matter."""

    meeting = forms.ModelChoiceField(
        label="重新评定的会议",
        queryset=Meeting.objects.none(),
        help_text="本人提出异议以后召开的支委会或者党员大会。",
        error_messages={"required": "请选择作出决定的会议。"},
    )
    decided_on = day_field("重新评定的日期")
    opinion = text_field("评定意见", longest=LONGEST_OPINION)
    grade = forms.ChoiceField(
        label="等次",
        choices=(),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择会议评定的等次。"},
    )
    reason = line_field("重新评定的理由", "核实了什么，为什么改。", longest=LONGEST_REASON)
    cap_reason = line_field(
        "超过优秀比例的理由", "改后没有超过比例的不用填。", longest=LONGEST_REASON, required=False
    )
    consent = line_field(
        "超过优秀比例的，上级意见", "写明哪级党组织、哪天同意。", longest=LONGEST_REASON, required=False
    )
    held_on = day_field("听取申辩的日期", "改为最低一等的，要先同本人见面、听取申辩。", required=False)
    heard_by = line_field("谈话人", longest=LONGEST_HEARER, required=False)
    statement = text_field("本人申辩", longest=LONGEST_OPINION, required=False)

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheet = assessment.sheet
        held = Meeting.objects.held().filter(organization=sheet.organization, campaign=sheet.campaign)
        self.fields["meeting"].queryset = held.filter(kind__in=kinds_of(sheet))  # type: ignore[attr-defined]
        self.fields["decided_on"].initial = timezone.localdate
        self.fields["opinion"].initial = assessment.opinion
        if assessment.graded and sheet.scale:
            self.fields["grade"].choices = list(sheet.labels.items())  # type: ignore[attr-defined]
        else:
            for name in ("grade", "cap_reason", "consent", *HEARD):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A hearing is written down whole or not at all."""
        cleaned = super().clean() or {}
        given = [name for name in HEARD if cleaned.get(name)]
        for name in HEARD if given else ():
            if name in self.fields and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, f"请填写{self.fields[name].label}。")
        return cleaned

    def decided(self) -> Decided:
        """What the service takes."""
        data = self.cleaned_data
        heard = Heard(*(data[name] for name in HEARD)) if data.get("held_on") else None
        keys = ("meeting", "decided_on", "opinion", "reason")
        more = {key: data.get(key, "") for key in ("grade", "cap_reason", "consent")}
        return Decided(**{key: data[key] for key in keys}, **more, heard=heard)
