"""Forms of opinions: a round, typing in, the page for the masses, compiling, checking."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils import timezone

from branches.forms.fields import date_input
from branches.rules import Rules
from members.models import LONGEST_OPINION, Member, OpinionPoint, OpinionRound, Target, Verdict
from members.rules.opinions import heads_of, sources_of, tidy_text, too_long, ways_of
from members.services.opinion_points import Wording
from members.services.opinions import FORMS, Said

LINES = 6  # opinions on one page; the page comes again for more


def _lines(rows: int) -> forms.Textarea:
    """An input of several lines; without a limit of its own, which would cut silently."""
    return forms.Textarea(attrs={"rows": rows})


def offer(form: forms.Form, name: str, choices: Iterable[Any]) -> None:
    """Let a field of the form offer these choices."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def head_choices(rules: Rules) -> list[Any]:
    """The heads to choose from, in groups; the first choice is none."""
    groups = [(label, [(head, head) for head in heads]) for label, heads in heads_of(rules)]
    return [("", "不分方面"), *groups]


def target_choices(people: Mapping[str, Member]) -> list[Any]:
    """The committee, then the persons by name."""
    named = [(key, one.name) for key, one in people.items()]
    return [(Target.COMMITTEE.value, Target.COMMITTEE.label), *([("个人", named)] if named else [])]


class OpinionField(forms.CharField):
    """An opinion word for word: any length up to the longest, with a message that says how long it is."""

    widget = forms.Textarea

    def clean(self, value: Any) -> str:
        """The text with one kind of line end; refused with its length when it is too long."""
        text = tidy_text(super().clean(value))
        if problem := too_long(text, LONGEST_OPINION):
            raise forms.ValidationError(problem)
        return text


class RoundForm(forms.ModelForm[OpinionRound]):
    """The facts of a round."""

    class Meta:
        model = OpinionRound
        fields = ("way", "scope", "begun_on", "ended_on", "forms_out", "forms_in")
        widgets = {"begun_on": date_input(), "ended_on": date_input(), "way": forms.Select}
        help_texts = {
            "scope": "例如：村民代表、老党员、服务对象。不要写人名。",
            "forms_out": "发了征求意见表才填。",
            "forms_in": "收回多少份；不能多于发出的。",
        }

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = ways_of(rules)
        before = {self.instance.way: self.instance.way} if self.instance.way not in ("", *ways) else {}
        choices = list((ways | before).items())
        self.fields["way"] = forms.ChoiceField(label="方式", choices=choices)
        self.fields["begun_on"].initial = timezone.localdate()
        for name in ("forms_out", "forms_in"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def clean(self) -> dict[str, Any]:
        """Say at the right field what cannot be."""
        data: dict[str, Any] = super().clean() or {}
        sent, back = data.get("forms_out"), data.get("forms_in")
        if sent is not None and back is not None and back > sent:
            self.add_error("forms_in", FORMS)
        begun, ended = data.get("begun_on"), data.get("ended_on")
        if begun and ended and ended < begun:
            self.add_error("ended_on", "结束日期不能早于开始日期。请核对两个日期。")
        return data


class TargetForm(forms.Form):
    """A form with whom an opinion is about and on which head."""

    target = forms.ChoiceField(label="对谁")
    heading = forms.ChoiceField(label="方面", required=False)

    def __init__(self, *args: Any, rules: Rules, people: Iterable[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        self.people = {str(one.pk): one for one in people}
        offer(self, "target", target_choices(self.people))
        self.fields["target"].initial = Target.COMMITTEE.value
        offer(self, "heading", head_choices(rules))
        if not heads_of(rules):
            del self.fields["heading"]

    @property
    def member(self) -> Member | None:
        """The person chosen, None for the committee."""
        return self.people.get(self.cleaned_data["target"])

    @property
    def head(self) -> str:
        """The head chosen, empty for none."""
        chosen: str = self.cleaned_data.get("heading", "")
        return chosen


class LineForm(TargetForm):
    """One opinion of several typed in at once; a line without a text is left out."""

    text = OpinionField(label="意见原文", required=False, widget=_lines(2))
    source = forms.ChoiceField(label="来源", required=False)

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, rules=rules, **kwargs)
        offer(self, "source", [("", "不填"), *sources_of(rules).items()])
        self.empty_permitted, self.use_required_attribute = True, False
        self.order_fields(("text", "target", "heading", "source"))

    def said(self) -> Said | None:
        """What was typed, None for a line without a text."""
        text = self.cleaned_data.get("text", "")
        return Said(text, self.member, self.head, self.cleaned_data["source"]) if text else None


LineSet = forms.formset_factory(LineForm, extra=LINES, max_num=LINES, absolute_max=LINES)


class SayForm(forms.Form):
    """The page for the masses: the text, and whether it is about the committee or a person."""

    text = OpinionField(
        label="您的意见和建议",
        widget=_lines(8),
        error_messages={"required": "还没有写意见。请写在这里。"},
    )
    about = forms.ChoiceField(
        label="这条意见是对谁提的",
        choices=(("committee", "对班子（支部、党委）"), ("person", "对个人（请在意见里写明是谁）")),
        initial="committee",
        widget=forms.RadioSelect,
    )
    heading = forms.ChoiceField(label="是哪个方面的", required=False)
    # People do not see it; programs fill it in.
    website = forms.CharField(label="网址（请不要填）", required=False)
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "heading", head_choices(rules))
        if not heads_of(rules):
            del self.fields["heading"]
        self.fields["website"].widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}

    def clean_website(self) -> str:
        """Nothing may stand here."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError("“网址”一栏请清空，然后再发送一次。")
        return ""


class PageForm(forms.Form):
    """Until when the page for the masses is open."""

    until = forms.DateField(
        label="网上征求截止",
        widget=date_input(),
        help_text="这一天还可以提，第二天自动关闭。",
    )

    def __init__(self, *args: Any, asked: OpinionRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        week = timezone.localdate() + datetime.timedelta(days=7)
        self.fields["until"].initial = asked.page_until or asked.ended_on or week


class WordingForm(TargetForm):
    """What a point says."""

    text = OpinionField(
        label="梳理后的意见",
        widget=_lines(4),
        error_messages={"required": "还没有写梳理后的意见。"},
    )

    def __init__(self, *args: Any, point: OpinionPoint | None = None, **kwargs: Any) -> None:
        if point is not None:
            target = str(point.member_id or Target.COMMITTEE.value)
            kwargs["initial"] = {"text": point.text, "target": target, "heading": point.heading}
        super().__init__(*args, **kwargs)
        if point is not None and point.member is not None:
            self._keep(point.member)
        if point is not None and "heading" in self.fields:
            self._keep_head(point.heading, kwargs["rules"])
        self.order_fields(("text", "target", "heading"))

    def _keep(self, member: Member) -> None:
        """Offer the person the point is about, even one who is not of the branch any more."""
        if str(member.pk) not in self.people:
            self.people[str(member.pk)] = member
            offer(self, "target", target_choices(self.people))

    def _keep_head(self, head: str, rules: Rules) -> None:
        """Offer the head the point has, even one the rules do not name any more."""
        if head and head not in {one for _label, heads in heads_of(rules) for one in heads}:
            offer(self, "heading", [*head_choices(rules), (head, head)])

    def wording(self) -> Wording:
        """What was typed."""
        return Wording(self.cleaned_data["text"], self.member, self.head)


class MergeForm(WordingForm):
    """Originals ticked: made one new point, or put to one there is."""

    into = forms.ChoiceField(label="归并到", required=False)

    def __init__(self, *args: Any, points: Iterable[OpinionPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
        self.fields["text"].help_text = "留空就用勾选的原文里最长的一条。并入已有的一条时不用填。"
        self.points = {str(one.pk): one for one in points if not one.by_superior}
        known = [(key, shortened(one.text)) for key, one in self.points.items()]
        offer(self, "into", [("", "新的一条"), *([("已有的一条", known)] if known else [])])
        self.order_fields(("into", "text", "target", "heading"))

    @property
    def old_point(self) -> OpinionPoint | None:
        """The point the originals are put to, None for a new one."""
        return self.points.get(self.cleaned_data["into"])


class MoveForm(forms.Form):
    """To which other point originals are moved."""

    to = forms.ChoiceField(label="移到")

    def __init__(self, *args: Any, points: Iterable[OpinionPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = {str(one.pk): one for one in points if not one.by_superior}
        offer(self, "to", [(key, shortened(one.text)) for key, one in self.points.items()])


def shortened(text: str) -> str:
    """The beginning of a text, for a list to choose from."""
    line = " ".join(text.split())
    return line if len(line) <= 30 else f"{line[:29]}…"


class JudgeForm(forms.ModelForm[OpinionPoint]):
    """What checking found, and where it is dealt with if not in a material."""

    class Meta:
        model = OpinionPoint
        fields = ("verdict", "verdict_note", "elsewhere")
        widgets = {"verdict_note": _lines(2), "elsewhere": _lines(2)}
        help_texts = {
            "verdict_note": "怎么核实的、情况是什么。不要写提意见的是谁。",
            "elsewhere": "不在对照检查材料里回应的，写明列入哪一项整改；写了就算有回应。",
        }

    def __init__(self, *args: Any, rules: Rules, may_check: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.instance
        self.kept = {} if may_check else {"verdict": found.verdict, "verdict_note": found.verdict_note}
        choices = [("", "还没有核实"), *Verdict.choices]
        self.fields["verdict"] = forms.ChoiceField(label="核实", choices=choices, required=False)
        if not rules.opinion_verdicts or not may_check:
            del self.fields["verdict"]
            del self.fields["verdict_note"]

    def answers(self) -> dict[str, str]:
        """What was chosen and typed; what this person may not check stays as it is."""
        data = self.kept | self.cleaned_data
        return {
            "verdict": data.get("verdict", ""),
            "note": data.get("verdict_note", ""),
            "elsewhere": data["elsewhere"],
        }


class FeedBackForm(forms.Form):
    """On which day those asked were told."""

    day = forms.DateField(label="反馈日期", widget=date_input(), initial=timezone.localdate)
