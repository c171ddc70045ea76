"""Forms of help plans and disposal cases; each says in `kept()` what its service takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from evaluations.forms.ballots import count_field
from evaluations.forms.feedback import day_field, line_field, text_field
from evaluations.models import DisposalCase, DisposalKind, HelpPlan
from evaluations.rules.assessing import Resolution
from evaluations.services.disposals import LONGEST_HEARER, LONGEST_NOTE, Vote, latest_due
from evaluations.services.follow_up import LONGEST_HELPER
from meetings.models import Meeting, MeetingKind
from members.models import Member

VOTES = ("in_favour", "against", "abstained")
CHOOSE = {"required": "请选择一项。", "invalid_choice": "请从给出的选项里选一个。"}


class VersionForm(forms.Form):
    """A step without words; it knows what the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, about: HelpPlan | DisposalCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        self.fields["version"].initial = about.version

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class PlanForm(VersionForm):
    """Measures, helper and the day to look again."""

    measures = text_field("帮扶措施", "具体做什么、谁来做、到什么时候。本人能看到。")
    helper = line_field("帮扶人", longest=LONGEST_HELPER)
    review_on = day_field("回访日期", "到这一天以前会提醒。")

    def __init__(self, *args: Any, about: HelpPlan, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        self.fields["measures"].initial, self.fields["helper"].initial = about.measures, about.helper


class ReviewForm(VersionForm):
    """How it went."""

    reviewed_on = day_field("实际回访日期")
    outcome = text_field("回访情况", "有哪些改进，还差什么。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewed_on"].initial = timezone.localdate


class NothingForm(forms.Form):
    """A step that asks nothing."""

    def __init__(self, *args: Any, about: HelpPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def kept(self) -> dict[str, Any]:
        """Nothing."""
        return {}


class KindForm(NothingForm):
    """Which disposal, and why: facts, not adjectives."""

    kind = forms.ChoiceField(
        label="怎样处置", choices=DisposalKind.choices, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    reason = text_field("事实和理由", "写事实、时间和已经做过的教育。")

    def __init__(self, *args: Any, about: Any, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class ProposeForm(KindForm):
    """A case on a member of the branch."""

    member = forms.ModelChoiceField(
        label="党员", queryset=Member.objects.none(), error_messages={"required": "请选择党员。"}
    )
    field_order = ("member", "kind", "reason")

    def __init__(self, *args: Any, members: QuerySet[Member], **kwargs: Any) -> None:
        super().__init__(*args, about=None, **kwargs)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]


class HearForm(VersionForm):
    """The member was met and heard."""

    heard_on = day_field("听取申辩日期")
    heard_by = line_field("谈话人", longest=LONGEST_HEARER)
    statement = text_field("本人申辩", "本人没有意见的，写“没有意见”。")

    def __init__(self, *args: Any, about: DisposalCase, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        for name in ("heard_on", "heard_by", "statement"):
            self.fields[name].initial = getattr(about, name)


class VoteForm(VersionForm):
    """The 大会 that resolved it, and its counted vote; heads not written are those of the meeting."""

    meeting = forms.ModelChoiceField(
        label="作出决议的党员大会", queryset=Meeting.objects.none(), required=False, empty_label="请选择"
    )
    expected = count_field("应到会有表决权的人数", "不填的，按所选大会登记的人数。")
    present = count_field("到会有表决权的人数", "不填的，按所选大会登记的人数。")
    in_favour = count_field("赞成")
    against = count_field("反对")
    abstained = count_field("弃权")

    def __init__(self, *args: Any, about: DisposalCase, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        held = Meeting.objects.held().filter(organization=about.organization, kind=MeetingKind.PLENARY)
        self.fields["meeting"].queryset = held  # type: ignore[attr-defined]
        if (latest := held.first()) is not None:
            counts = latest.counts()
            self.fields["meeting"].initial = latest
            self.fields["expected"].initial = counts.entitled
            self.fields["present"].initial = counts.entitled_present

    def kept(self) -> dict[str, Any]:
        """What the service takes: the vote is whole or none."""
        data = self.cleaned_data
        meeting = data["meeting"]
        counts = meeting.counts() if meeting is not None else None
        expected = data["expected"] if data["expected"] is not None or counts is None else counts.entitled
        present = (
            data["present"] if data["present"] is not None or counts is None else counts.entitled_present
        )
        numbers = [expected, present, *(data[name] for name in VOTES)]
        count = None if None in numbers else Resolution(*numbers)
        return {"version": data["version"], "vote": Vote(meeting, count)}


class EnforceForm(VersionForm):
    """The day it begins, and the day a 限期改正 is up."""

    starts_on = day_field("起算日期")
    due_on = day_field("期满日期", "限期改正不填的，按规则写明的最长期限；可以短，不能长。", required=False)

    def __init__(self, *args: Any, about: DisposalCase, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        today = timezone.localdate()
        self.fields["starts_on"].initial = today
        latest = latest_due(about, today)
        if latest is None:
            del self.fields["due_on"]
        else:
            self.fields["due_on"].initial = latest

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return {"due_on": None, **self.cleaned_data}


class ApproveForm(EnforceForm):
    """The superior's approval."""

    note = line_field("上级意见", longest=LONGEST_NOTE, required=False)


class NoteForm(VersionForm):
    """Why not."""

    note = line_field("原因", longest=LONGEST_NOTE)


class EndForm(VersionForm):
    """How it ended."""

    ended_on = day_field("结束日期")
    outcome = text_field("结果", "改正了什么；没有改正的，如实写，再由支部研究提出接续的处置。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ended_on"].initial = timezone.localdate
