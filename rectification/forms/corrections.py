"""Forms of what a superior records, and of the branch's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from branches.rules import Rules
from rectification.forms.commitments import NothingForm
from rectification.forms.fields import choice_field, day_field, text_field
from rectification.models.correction import LONGEST_TEXT
from rectification.services.corrections import powers_of


class CorrectionForm(forms.Form):
    """What was found and is asked, by which power."""

    kind = choice_field("方式", (), radio=True)
    on = day_field("日期")
    text = text_field("情况和要求", "写事实和要求，支部看得到。", longest=LONGEST_TEXT)

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = list(powers_of(rules).items())
        self.fields["on"].initial = timezone.localdate


class CorrectionAnswerForm(NothingForm):
    """The branch's answer."""

    text = text_field("回复", "怎样整改，到什么时候。", longest=LONGEST_TEXT)
