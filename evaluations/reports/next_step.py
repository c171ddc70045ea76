"""The one thing to do next on a ballot's page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Next:
    """What to do next: `kind` is heads (with the step that follows), link, post or wait."""

    kind: str
    label: str
    hint: str = ""
    url: str = ""
    step: str = ""
