"""Forms of the review of a material."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from members.services.review_decisions import LONGEST_NOTE, NO, YES

ANSWERS = {YES: "是，过关", NO: "否，要退回"}


class ReviewForm(forms.Form):
    """The checklist of the rules, and what the reviewer says of the whole."""

    use_required_attribute = False

    def __init__(self, *args: Any, points: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = tuple(points)
        for number, point in enumerate(self.points):
            self.fields[f"point_{number}"] = forms.ChoiceField(
                label=point, choices=list(ANSWERS.items()), widget=forms.RadioSelect
            )
        self.fields["note"] = forms.CharField(
            label="总的意见",
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=f"退回时写明哪里要改、怎么改，作者会看到；写了批注的可以不写。最多 {LONGEST_NOTE} 字。",
        )

    def full_clean(self) -> None:
        """Take an unfinished checklist too: whether it must be complete depends on the button."""
        self._ask(False)
        super().full_clean()
        self._ask(True)

    def _ask(self, wanted: bool) -> None:
        """Show the checklist as something that is not optional."""
        for number in range(len(self.points)):
            self.fields[f"point_{number}"].required = wanted

    @classmethod
    def filled(cls, points: Sequence[str], checklist: dict[str, str], note: str) -> ReviewForm:
        """The form as it was kept last."""
        initial = {f"point_{n}": checklist.get(point, "") for n, point in enumerate(points)}
        return cls(points=points, initial={**initial, "note": note})

    def answers(self) -> dict[str, Any]:
        """The note, and the answers by point of the checklist."""
        given = {point: self.cleaned_data[f"point_{n}"] for n, point in enumerate(self.points)}
        note = self.cleaned_data["note"].replace("\r\n", "\n")
        return {"note": note, "checklist": {point: answer for point, answer in given.items() if answer}}


class RemarkForm(forms.Form):
    """One remark at one paragraph."""

    block = forms.CharField(max_length=40)
    paragraph = forms.IntegerField(min_value=0, max_value=30_000)
    remark = forms.CharField(required=False, strip=True)
