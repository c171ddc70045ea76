"""Members, rosters and imports."""

from members.models.import_batch import BatchStatus, ImportBatch
from members.models.member import Member, MemberKind, Sex, Standing
from members.models.roster import Roster, RosterAmendment, RosterStatus
from members.models.roster_entry import ExemptReason, RosterEntry

__all__ = [
    "BatchStatus",
    "ExemptReason",
    "ImportBatch",
    "Member",
    "MemberKind",
    "Roster",
    "RosterAmendment",
    "RosterEntry",
    "RosterStatus",
    "Sex",
    "Standing",
]
