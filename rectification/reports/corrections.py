"""What superiors recorded about one organisation, the newest first, with what the reader may do."""

from __future__ import annotations

from dataclasses import dataclass

from branches.models import Campaign, Organization, User
from rectification.models import Correction, CorrectionStatus
from rectification.services.corrections import POWERS
from rectification.workflow import CORRECTION

TONES = {
    CorrectionStatus.ISSUED: "bad",
    CorrectionStatus.ANSWERED: "now",
    CorrectionStatus.CLOSED: "ok",
}


@dataclass(frozen=True)
class CorrectionRow:
    """One record."""

    correction: Correction
    steps: tuple[str, ...]

    @property
    def kind(self) -> str:
        """By which power, in words."""
        return POWERS[self.correction.kind]

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return TONES[CorrectionStatus(self.correction.status)]


def corrections_of(campaign: Campaign, organization: Organization, user: User) -> tuple[CorrectionRow, ...]:
    """The records; who may read them at all is asked before."""
    rows = Correction.objects.filter(campaign=campaign, organization=organization)
    return tuple(
        CorrectionRow(one, tuple(name for name, _ in CORRECTION.available(one, user)))
        for one in rows.select_related("organization", "by_office", "campaign__issuer")
    )
