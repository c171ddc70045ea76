"""Models of ballots, typing, results and signatures."""

from evaluations.models.ballot import (
    COUNTING,
    Ballot,
    BallotStatus,
    EntryMode,
    SubjectKind,
)
from evaluations.models.ballot_subject import BallotSubject
from evaluations.models.entry import (
    FIRST,
    READ_AGAIN,
    SECOND,
    SLOT_NAMES,
    SLOTS,
    EntrySlot,
    PaperEntry,
    TotalsEntry,
)
from evaluations.models.tally_line import BranchResult, Signature, TallyLine

__all__ = [
    "COUNTING",
    "FIRST",
    "READ_AGAIN",
    "SECOND",
    "SLOTS",
    "SLOT_NAMES",
    "Ballot",
    "BallotStatus",
    "BallotSubject",
    "BranchResult",
    "EntryMode",
    "EntrySlot",
    "PaperEntry",
    "Signature",
    "SubjectKind",
    "TallyLine",
    "TotalsEntry",
]
