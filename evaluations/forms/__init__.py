"""Forms of the evaluations app: those of a ballot are named here, each later topic imports its own module."""

from evaluations.forms.ballots import (
    HeadsForm,
    PrepareForm,
    ReasonForm,
    RowAgainForm,
    TotalsForm,
    VoidAgainForm,
    count_field,
    marks_posted,
)

__all__ = [
    "HeadsForm",
    "PrepareForm",
    "ReasonForm",
    "RowAgainForm",
    "TotalsForm",
    "VoidAgainForm",
    "count_field",
    "marks_posted",
]
