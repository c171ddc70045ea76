"""Models of what follows the meeting."""

from rectification.models.commitment import (
    Commitment,
    CommitmentStatus,
    GivenReport,
    HeardPledge,
    ReportKind,
)
from rectification.models.correction import Correction, CorrectionStatus
from rectification.models.item import (
    ItemStatus,
    ProgressNote,
    RectificationItem,
    Source,
    Term,
    VerifiedBy,
)

__all__ = [
    "Commitment",
    "CommitmentStatus",
    "Correction",
    "CorrectionStatus",
    "GivenReport",
    "HeardPledge",
    "ItemStatus",
    "ProgressNote",
    "RectificationItem",
    "ReportKind",
    "Source",
    "Term",
    "VerifiedBy",
]
