"""Which meetings a campaign wants of an organisation, in which order, and whether self-review may be split into groups.

Sources: 洛群组发〔2014〕21号 (班子会、支委会、党员大会 in this order; without a 支委会 straight to the 党员大会; groups
from 20 members on); 新义村方案 (党员大会 only); 镇领导班子方案 (民主生活会, 通报会, 向群众通报, 专门会议分析问题).
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from meetings.rules.counting import may_split_into_groups
from meetings.rules.kinds import (
    ANALYSIS,
    BRIEFING,
    COMMITTEE,
    GROUP,
    KINDS,
    LIFE,
    MASSES_BRIEFING,
    MOBILISE,
    PLENARY,
    THEMATIC,
    UPPER,
)

OF_THE_BRANCH = (PLENARY, THEMATIC, GROUP)  # meetings at which the members of a branch examine themselves


@dataclass(frozen=True)
class Wants:
    """What the rules ask of one organisation: keys of the rule set, and whether it is a body or has a 支委会."""

    meeting_form: str
    is_body: bool
    has_committee: bool
    upper_first: bool = False
    mobilise: bool = False
    analysis: bool = False
    briefing: bool = False
    masses_briefing: bool = False


def wanted_kinds(wants: Wants) -> tuple[str, ...]:
    """The kinds of meetings the organisation is to hold, in the order in which it holds them."""
    before = ((MOBILISE, wants.mobilise), (ANALYSIS, wants.analysis))
    after = ((BRIEFING, wants.briefing), (MASSES_BRIEFING, wants.masses_briefing))
    return tuple(key for key, asked in (*before, *_core(wants), *after) if asked)


def _core(wants: Wants) -> tuple[tuple[str, bool], ...]:
    """The meetings at which people examine themselves, in their order."""
    if wants.meeting_form == "democratic_life":
        return ((LIFE, wants.is_body),)
    if wants.is_body:
        return ((UPPER, wants.upper_first),)
    committee = wants.meeting_form == "committee_then_plenary" and wants.has_committee
    whole = GROUP if wants.meeting_form == "group" else PLENARY
    return ((COMMITTEE, committee), (whole, True))


def kinds_before(kind: str, wants: Wants) -> tuple[str, ...]:
    """The kinds of meetings the same organisation holds before one of this kind, in their order.

    The 通报会 tells of all meetings of self-examination, so it follows them; a 分析会 or 动员会 waits for none.
    """
    core = tuple(key for key, asked in _core(wants) if asked)
    if kind in (BRIEFING, MASSES_BRIEFING):
        return core
    if kind in OF_THE_BRANCH:
        return tuple(key for key in core if key == COMMITTEE)
    return ()


def waits_for_upper(kind: str) -> bool:
    """Whether the 班子会 of the body above (党委、党总支班子会议) comes before a meeting of this kind."""
    return kind == COMMITTEE or kind in OF_THE_BRANCH


def next_kind(wanted: Iterable[str], settled: Container[str]) -> str:
    """The first kind that is wanted and whose step is not settled, else the last one wanted; empty where none is."""
    listed = tuple(wanted)
    open_ones = (key for key in listed if (KINDS[key].step or KINDS[PLENARY].step) not in settled)
    return next(open_ones, listed[-1] if listed else "")


def fulfils(kind: str, meeting_form: str) -> str:
    """The step of a campaign that a held meeting of this kind fulfils; empty where it fulfils none.

    A 党小组会 stands for the meeting of the branch only where the rules name that form.
    """
    if kind == GROUP:
        return KINDS[PLENARY].step if meeting_form == "group" else ""
    return KINDS[kind].step


def split_refusal(members: int, split_from: int | None) -> str:
    """Why self-review and mutual review may not be held in groups, in words; empty where they may."""
    if split_from is None:
        return "这次活动的个人自评、党员互评不分党小组进行，请安排党员大会。"
    if may_split_into_groups(members, split_from):
        return ""
    return (
        f"党员 {split_from} 人以上的党支部才可以分党小组自评、互评，"
        f"本支部按规则计算是 {members} 人，请安排党员大会。"
    )
