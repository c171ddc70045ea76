"""Forms of the assessment: one member's row, a hearing, what the meeting decided, the superior's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from evaluations.forms.feedback import day_field, line_field, text_field
from evaluations.models import Assessment, AssessmentSheet
from evaluations.models.assessment import LONGEST_EVIDENCE, LONGEST_OPINION
from evaluations.rules.assessing import TYPED_EVIDENCE
from evaluations.services.assessing import LONGEST_HEARER
from evaluations.services.assessing_decisions import LONGEST_REASON
from evaluations.workflow.assessments import NO_ASSESSMENT
from meetings.models import Meeting


class Versioned(forms.Form):
    """A form that knows which version of the row it was shown with."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)

    def take_version(self, version: int) -> None:
        """Keep what was typed, and let the next save go on from `version`."""
        self.data = {**dict(self.data.items()), "version": str(version)}


class LaterText(forms.CharField):
    """Sentences that are asked for, but may still be open when the form is saved."""

    def validate(self, value: Any) -> None:
        """An empty box is no error."""


class LaterChoice(forms.ChoiceField):
    """A choice that is asked for, but may still be open when the form is saved; nothing is chosen beforehand."""

    def validate(self, value: Any) -> None:
        """Nothing chosen is no error."""
        if value:
            super().validate(value)


class RowForm(Versioned):
    """Evidence, opinion and grade of one member; nothing is chosen beforehand, and all may be left open for now."""

    def __init__(self, data: Any = None, *, row: Assessment) -> None:
        rules = row.sheet.rules()
        self.evidence = [key for key in TYPED_EVIDENCE if key in rules.assessment_evidence]
        super().__init__(
            data,
            initial={
                "version": row.version,
                "opinion": row.opinion,
                "grade": row.grade,
                **{f"evidence_{key}": row.evidence.get(key, "") for key in self.evidence},
            },
        )
        for key in self.evidence:
            self.fields[f"evidence_{key}"] = text_field(
                TYPED_EVIDENCE[key], longest=LONGEST_EVIDENCE, required=False
            )
            self.fields[f"evidence_{key}"].widget.attrs["rows"] = 2
        self.fields["opinion"] = LaterText(
            label="评定意见",
            help_text="肯定什么、不足在哪里、希望怎样做。反馈时给本人看。",
            max_length=LONGEST_OPINION,
            widget=forms.Textarea(attrs={"rows": 4}),
            required=row.graded and rules.assessment_by != NO_ASSESSMENT,
        )
        if row.graded and row.sheet.scale:
            self.fields["grade"] = LaterChoice(
                label="评定等次",
                choices=[(grade["key"], grade["label"]) for grade in row.sheet.scale],
                widget=forms.RadioSelect,
                help_text="由支部综合平时表现研究提出；票数只作参考。",
            )

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        evidence = {key: said[f"evidence_{key}"] for key in self.evidence}
        return {
            "version": said["version"],
            "opinion": said["opinion"],
            "grade": said.get("grade", ""),
            "evidence": evidence,
        }


class HearingForm(forms.Form):
    """The member was met and heard."""

    held_on = day_field("谈话日期")
    heard_by = line_field("谈话人", "谁同本人见面谈的，写姓名；几个人的，都写。", longest=LONGEST_HEARER)
    statement = text_field("本人申辩", "照本人的意思记。没有意见的，写“没有意见”。", longest=LONGEST_OPINION)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].initial = timezone.localdate


class DecideForm(Versioned):
    """Which meeting decided and when, and why the cap is exceeded; without a meeting where none is asked for."""

    def __init__(
        self, data: Any = None, *, sheet: AssessmentSheet, meetings: Sequence[Meeting], over: bool
    ) -> None:
        self.held = {str(meeting.pk): meeting for meeting in meetings}
        self.needs_meeting = sheet.rules().assessment_by != NO_ASSESSMENT
        last = meetings[0] if meetings else None
        super().__init__(
            data,
            initial={
                "version": sheet.version,
                "meeting": str(sheet.meeting_id) if sheet.meeting_id else None,
                "decided_on": sheet.decided_on or (last.day if last else timezone.localdate()),
                "cap_reason": sheet.cap_reason,
            },
        )
        if self.needs_meeting:
            self.fields["meeting"] = forms.ChoiceField(
                label="作出评定的会议",
                choices=[(key, _meeting_words(meeting)) for key, meeting in self.held.items()],
                widget=forms.RadioSelect,
                error_messages={"required": "请选择作出评定的会议。"},
            )
        self.fields["decided_on"] = day_field("评定日期")
        if over:
            self.fields["cap_reason"] = text_field(
                "超过优秀比例的理由",
                "“一般不超过”，确需超过的，写明理由。",
                longest=LONGEST_REASON,
            )

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        said = self.cleaned_data
        return {
            "version": said["version"],
            "meeting": self.held.get(said.get("meeting", "")),
            "decided_on": said["decided_on"],
            "cap_reason": said.get("cap_reason", ""),
        }


def _meeting_words(meeting: Meeting) -> str:
    """A meeting as it is chosen: day, kind and place."""
    day = meeting.day
    return f"{day.year}年{day.month}月{day.day}日　{meeting.get_kind_display()}　{meeting.place}"


class ConfirmForm(Versioned):
    """The superior's word with a confirmation; may be left out."""

    note = text_field("上级意见", "例如：同意。支部能看到。", longest=LONGEST_REASON, required=False)


class ReturnForm(Versioned):
    """Why the superior returns the sheet."""

    note = text_field("退回的原因", "写明请支部重新研究什么。", longest=LONGEST_REASON)
