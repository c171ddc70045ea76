"""Models of ballots, typing, results and signatures."""

from evaluations.models.assessment import (
    LONGEST_EVIDENCE,
    LONGEST_OPINION,
    Assessment,
    AssessmentSheet,
    AssessmentStatus,
    Hearing,
    Redecision,
)
from evaluations.models.ballot import (
    COUNTING,
    Ballot,
    BallotStatus,
    Channel,
    EntryMode,
    SubjectKind,
)
from evaluations.models.ballot_subject import BallotSubject
from evaluations.models.disposal import (
    DisposalCase,
    DisposalKind,
    DisposalStatus,
    HelpPlan,
    HelpStatus,
)
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
from evaluations.models.feedback import Feedback, FeedbackMode, FeedbackStatus
from evaluations.models.report import NO_HASH, CountEvent, CountReport
from evaluations.models.result_notice import NoticeNames, NoticeObjection, NoticeStatus, ResultNotice
from evaluations.models.scan import (
    COUNTED_FATES,
    PageFate,
    ScanBatch,
    ScanDouble,
    ScanPage,
    Strip,
    StripReading,
)
from evaluations.models.summary_key import SummaryKey
from evaluations.models.tally_line import BranchResult, Signature, TallyLine
from evaluations.models.urn import CodeState, Urn, UrnCode, UrnLine, UrnSlot, UrnState

__all__ = [
    "COUNTED_FATES",
    "COUNTING",
    "FIRST",
    "LONGEST_EVIDENCE",
    "LONGEST_OPINION",
    "NO_HASH",
    "READ_AGAIN",
    "SECOND",
    "SLOTS",
    "SLOT_NAMES",
    "Assessment",
    "AssessmentSheet",
    "AssessmentStatus",
    "Ballot",
    "BallotStatus",
    "BallotSubject",
    "BranchResult",
    "Channel",
    "CodeState",
    "CountEvent",
    "CountReport",
    "DisposalCase",
    "DisposalKind",
    "DisposalStatus",
    "EntryMode",
    "EntrySlot",
    "Feedback",
    "FeedbackMode",
    "FeedbackStatus",
    "Hearing",
    "HelpPlan",
    "HelpStatus",
    "NoticeNames",
    "NoticeObjection",
    "NoticeStatus",
    "PageFate",
    "PaperEntry",
    "Redecision",
    "ResultNotice",
    "ScanBatch",
    "ScanDouble",
    "ScanPage",
    "Signature",
    "Strip",
    "StripReading",
    "SubjectKind",
    "SummaryKey",
    "TallyLine",
    "TotalsEntry",
    "Urn",
    "UrnCode",
    "UrnLine",
    "UrnSlot",
    "UrnState",
]
