"""The kinds of meeting (会议类型): who holds one, whose attendance counts, which quorum rule holds, which step it fulfils."""

from __future__ import annotations

from dataclasses import dataclass

PLENARY, COMMITTEE, GROUP, UPPER = "plenary", "committee", "group", "upper"
THEMATIC, LIFE = "thematic", "democratic_life"
BRIEFING, MASSES_BRIEFING, ANALYSIS, MOBILISE = "briefing", "masses_briefing", "analysis", "mobilise"

ROSTER, OWN_GROUP, SEATS, OPEN = "roster", "own_group", "seats", "open"
BRANCH, BODY = "branch", "body"


@dataclass(frozen=True)
class KindOf:
    """What holds for one kind of meeting.

    `holders`: branch and/or body (党委、党总支). `people`: whose attendance counts as 应到: the roster of the branch,
    one party group of it, the seats of the committee, or nobody in particular (open). `quorum`: the key of the rule
    with the share that must be present, empty where none is asked. `refuses`: below the quorum no resolution can be
    taken (it refuses); else it warns. `step`: the step of the campaign that holding it fulfils. `speaks`: the speakers
    take turns in three steps (剖析、批评、表态). `chaired_by`: roles that may chair without a reason (others are
    entrusted by the secretary, 受书记委托, and a reason is kept).
    """

    key: str
    label: str
    holders: tuple[str, ...]
    people: str
    quorum: str = ""
    refuses: bool = False
    step: str = ""
    speaks: bool = False
    chaired_by: tuple[str, ...] = ("secretary",)


# Sources: 《支部工作条例》第十一至十四条 (党员大会、支委会、党小组会 and who chairs); 县以上党和国家机关党员领导干部民主生活会
# 若干规定 (民主生活会); 洛群组发〔2014〕21号 (班子会在先, three steps); 镇领导班子方案 (通报会、向群众通报、集体议).
KINDS: dict[str, KindOf] = {
    kind.key: kind
    for kind in (
        KindOf(
            UPPER, "党委（总支）班子会", (BODY,), SEATS, "committee_quorum", step="upper_meeting", speaks=True
        ),
        KindOf(
            COMMITTEE,
            "支委会",
            (BRANCH,),
            SEATS,
            "committee_quorum",
            step="committee_meeting",
            speaks=True,
        ),
        KindOf(PLENARY, "党员大会", (BRANCH,), ROSTER, "resolution_quorum", step="meeting"),
        KindOf(GROUP, "党小组会", (BRANCH,), OWN_GROUP, chaired_by=("group_leader",)),
        KindOf(THEMATIC, "专题组织生活会", (BRANCH,), ROSTER, "resolution_quorum", step="meeting"),
        KindOf(
            LIFE,
            "民主生活会",
            (BODY,),
            SEATS,
            "democratic_life_quorum",
            refuses=True,
            step="democratic_life",
            speaks=True,
        ),
        KindOf(BRIEFING, "通报会", (BRANCH, BODY), OPEN, step="briefing"),
        KindOf(MASSES_BRIEFING, "群众通报会", (BRANCH, BODY), OPEN, step="masses_briefing"),
        KindOf(ANALYSIS, "分析会", (BRANCH, BODY), SEATS, step="analysis"),
        KindOf(MOBILISE, "动员会", (BRANCH, BODY), OPEN, step="mobilise"),
    )
}


def kinds_for(*, is_body: bool, has_committee: bool) -> tuple[KindOf, ...]:
    """The kinds an organisation can hold: a branch without a committee (未设支委会) holds no 支委会."""
    holder = BODY if is_body else BRANCH
    return tuple(
        kind for kind in KINDS.values() if holder in kind.holders and (kind.key != COMMITTEE or has_committee)
    )


def kinds_of_people(people: str) -> tuple[str, ...]:
    """The keys of all kinds whose attendance counts that way."""
    return tuple(kind.key for kind in KINDS.values() if kind.people == people)
