"""Members, rosters and imports; and what each prepares: study, opinions, talks, materials, dues."""

from members.models.dues import DuesMonth, DuesRate, DuesTerms
from members.models.import_batch import BatchStatus, ImportBatch
from members.models.material import Material, MaterialForm, MaterialRole, MaterialStatus, MaterialVersion
from members.models.member import Member, MemberKind, Sex, Standing
from members.models.opinion import (
    LONGEST_OPINION,
    TO_ANSWER,
    Moderation,
    Opinion,
    OpinionPoint,
    OpinionRound,
    OpinionRoundStatus,
    Target,
    Verdict,
)
from members.models.review import Decision, ReviewRemark, ReviewSlot, SpotCheck, SpotCheckItem
from members.models.roster import Roster, RosterAmendment, RosterStatus
from members.models.roster_entry import ExemptReason, RosterEntry
from members.models.study import Part, StudyPart, StudySession
from members.models.talk import Capacity, Outsider, Talk, TalkKind, TalkMode, TalkSide
from members.models.talk_marks import ConcernKind, TalkConcern, TalkState, TalkWaiver

__all__ = [
    "LONGEST_OPINION",
    "TO_ANSWER",
    "BatchStatus",
    "Capacity",
    "ConcernKind",
    "Decision",
    "DuesMonth",
    "DuesRate",
    "DuesTerms",
    "ExemptReason",
    "ImportBatch",
    "Material",
    "MaterialForm",
    "MaterialRole",
    "MaterialStatus",
    "MaterialVersion",
    "Member",
    "MemberKind",
    "Moderation",
    "Opinion",
    "OpinionPoint",
    "OpinionRound",
    "OpinionRoundStatus",
    "Outsider",
    "Part",
    "ReviewRemark",
    "ReviewSlot",
    "Roster",
    "RosterAmendment",
    "RosterEntry",
    "RosterStatus",
    "Sex",
    "SpotCheck",
    "SpotCheckItem",
    "Standing",
    "StudyPart",
    "StudySession",
    "Talk",
    "TalkConcern",
    "TalkKind",
    "TalkMode",
    "TalkSide",
    "TalkState",
    "TalkWaiver",
    "Target",
    "Verdict",
]
