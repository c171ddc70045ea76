"""Forms of items: what is listed, how it goes, that it is done, verified, done again or taken off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from branches.models import Organization, User
from branches.permissions import is_above
from members.models import Member
from rectification.forms.fields import choice_field, day_field, line_field, text_field
from rectification.models import RectificationItem, Source, Term, VerifiedBy
from rectification.models.item import (
    LONGEST_LINE,
    LONGEST_MEASURES,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PROBLEM,
)
from rectification.permissions.items import is_clerk
from rectification.services.candidate import Candidate
from rectification.services.items import Typed
from rectification.services.people import people_of

LEADERS_HELP = "班子的问题上级能看到；班子成员个人的只有本人和书记、副书记、组织委员、党建办能看到。"


class ItemForm(forms.Form):
    """Everything that is listed of one problem; `version` is what the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    problem = text_field("问题", "写具体表现，一个问题一条。", longest=LONGEST_PROBLEM)
    member = forms.ModelChoiceField(
        label="谁的问题",
        queryset=Member.objects.none(),
        required=False,
        empty_label="班子",
        help_text="班子的问题上级能看到；党员个人的只有本人和支部书记、副书记、组织委员能看到。",
        error_messages={"invalid_choice": "请从给出的党员里选。"},
    )
    measures = text_field(
        "整改措施", "做什么、怎么做。可以以后再补。", longest=LONGEST_MEASURES, required=False
    )
    term = choice_field("类型", Term.choices, radio=True)
    due_on = day_field("整改时限", "长期坚持的可以不填。", required=False)
    owner = line_field("责任人", longest=LONGEST_NAME, required=False)
    leader = line_field("责任领导", longest=LONGEST_NAME, required=False)
    source = choice_field("来源", Source.choices)
    source_note = line_field(
        "来源说明",
        "例如：支部党员大会。不写是谁提的意见、谁作的批评。",
        longest=LONGEST_LINE,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        about: Typed | None = None,
        version: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["member"]
        people.queryset = people_of(organization).in_order()
        if about is not None and about.member is not None:  # one who left stays with the item
            people.queryset |= Member.objects.filter(pk=about.member.pk).in_order()
        if organization.is_body:
            people.help_text = LEADERS_HELP
            if not people.queryset.exists():
                del self.fields["member"]
        self.fields["version"].initial = version
        self.fields["term"].initial, self.fields["source"].initial = Term.DATED, Source.SELF
        for name, value in vars(about).items() if about is not None else ():
            if name in self.fields:
                self.fields[name].initial = value

    def typed(self) -> Typed:
        """What the service takes."""
        said = self.cleaned_data
        return Typed(
            **{name: said[name] for name in vars(Typed(problem="")) if name in said and name != "member"},
            member=said.get("member"),
        )


def typed_of(item: RectificationItem) -> Typed:
    """An item as the form begins with it."""
    return Typed(**{name: getattr(item, name) for name in vars(Typed(problem=""))})


class PullForm(forms.Form):
    """Several problems that stand elsewhere, listed at once."""

    keys = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请先在要列入的问题前面打勾。",
            "invalid_choice": "有一条已经列入过，请看现在的情况。",
        },
    )
    term = choice_field("类型", Term.choices, "原来写了时限的，照原来的。", radio=True)
    due_on = day_field("整改时限", "长期坚持的可以不填。", required=False)

    def __init__(self, *args: Any, found: tuple[Candidate, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys: Any = self.fields["keys"]
        keys.choices = [(one.key, one.problem) for one in found]
        self.fields["term"].initial = Term.DATED


class StepForm(forms.Form):
    """A step without words."""

    def __init__(self, *args: Any, about: RectificationItem, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.user = about, user

    def kept(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class ProgressForm(StepForm):
    """How it goes."""

    on = day_field("日期")
    text = text_field("进展", "一句话就行。", longest=LONGEST_NOTE, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate


class FinishForm(StepForm):
    """That it is done; evidence may stay empty."""

    done_on = day_field("完成日期")
    outcome = text_field("完成情况", longest=LONGEST_NOTE, required=False, rows=2)
    evidence = text_field(
        "佐证", "有的写一句，例如“制度已上墙”。不用拍照。", longest=LONGEST_NOTE, required=False, rows=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = timezone.localdate


class VerifyForm(StepForm):
    """Who found it put right; a superior for itself, the branch for members and masses."""

    verified_by = choice_field("谁验收", VerifiedBy.choices, radio=True)
    verified_on = day_field("验收日期")
    verified_how = line_field(
        "怎样验收", "例如：党员大会上评议；入户走访。", longest=LONGEST_LINE, required=False
    )

    def __init__(self, *args: Any, about: RectificationItem, user: User, **kwargs: Any) -> None:
        super().__init__(*args, about=about, user=user, **kwargs)
        who: Any = self.fields["verified_by"]
        branch, above = is_clerk(user, about.organization), is_above(user, about.organization)
        who.choices = [
            (key, label)
            for key, label in VerifiedBy.choices
            if (above if key == VerifiedBy.SUPERIOR else branch)
        ]
        if len(who.choices) == 1:
            who.initial = who.choices[0][0]
        self.fields["verified_on"].initial = timezone.localdate


class ReasonForm(StepForm):
    """Why."""

    note = line_field("原因", longest=LONGEST_LINE)
