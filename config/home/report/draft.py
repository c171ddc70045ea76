"""The draft of a report: five parts with every number in its place (〔key〕), the rest left to people.

Layout: 一、会前准备 二、会议召开 三、民主评议 四、问题与整改 五、下一步 (domain.md F8).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from branches.models import Campaign, Organization
from branches.rules import Rules
from branches.services.steps import steps_for
from config.home.report.numbers import Numbers
from evaluations.models import SubjectKind
from meetings.rules.report import UNKNOWN, Section, title_of

NUMERALS = "一二三四五"
WITHHELD = "有效票较少，为保护无记名投票，票数只在支部签字的汇总表上。"
# What a person is asked to write under each heading, shown beside the text and never printed.
HELP = {
    "before": "系统已把会前各项工作的数填好。有什么做法值得说的，加一两句。",
    "held": "写会议开得怎么样：书记带头讲了什么，批评意见集中在哪些方面，上级点评了什么。",
    "review": "写测评以后怎么处理：评定情况由支部研究确定后再写，系统不按票数推出等次。",
    "problems": "写查摆出的主要问题，会上会后已经改了哪些。",
    "next": "写下一步怎么改：哪几件事、谁负责、哪天办完。这一段由您来写。",
}


@dataclass(frozen=True)
class Draft:
    """The title and the parts of a report as the program would write it now."""

    title: str
    sections: tuple[Section, ...]

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, numbers: Numbers) -> Draft:
        """Write the draft from the rules and from what is on record."""
        rules = campaign.rules_for(organization)
        steps = frozenset(step.kind for step in steps_for(campaign, organization))
        writer = _Writer(rules, steps, numbers, organization.is_body)
        parts = [
            ("before", "会前准备", writer.before()),
            ("held", "会议召开", writer.held()),
            ("review", "民主评议", writer.review()),
            ("problems", "问题与整改", writer.problems()),
            ("next", "下一步", iter(())),
        ]
        wanted = [part for part in parts if part[0] != "review" or writer.asks("ballot")]
        return cls(
            title=title_of(
                organization.name,
                campaign.name,
                rules.report,
                is_life=rules.meeting_form == "democratic_life",
            ),
            sections=tuple(
                Section(key, f"{NUMERALS[n]}、{title}", "\n".join(lines))
                for n, (key, title, lines) in enumerate(wanted)
            ),
        )


@dataclass(frozen=True)
class _Writer:
    """Writes the sentences that fit the rules and what is on record."""

    rules: Rules
    steps: frozenset[str]
    numbers: Numbers
    is_body: bool

    def asks(self, *kinds: str) -> bool:
        """Whether the notice asks for one of these steps."""
        return any(kind in self.steps for kind in kinds)

    def some(self, key: str) -> bool:
        """Whether there is anything to be counted under a key."""
        return self.numbers.values.get(key, "0") not in ("0", UNKNOWN)

    def before(self) -> Iterator[str]:
        """Study, opinions, talks, materials."""
        if self.asks("study") or self.some("study_times"):
            came = "，共〔study_people〕人次参加" if self.some("study_people") else ""
            brought = "，为未能参加的党员送学〔study_made_up〕人次" if self.some("study_made_up") else ""
            yield f"组织集中学习〔study_times〕次{came}{brought}。"
        if self.asks("opinions") or self.some("opinion_rounds"):
            yield f"{''.join(self._opinions())}。"
        if self.asks("talks") or self.some("talk_times"):
            yield "开展谈心谈话〔talk_times〕人次；应谈〔talk_owed〕对，已谈〔talk_held〕对。"
        if self.asks("material", "lists") or self.some("materials_in"):
            passed = "，审核通过〔materials_passed〕份" if self.some("materials_passed") else ""
            what = "对照检查材料" if "full" in self._forms() else "问题清单和整改措施"
            yield f"撰写{what}〔materials_in〕份{passed}。"

    def _forms(self) -> tuple[str, ...]:
        return (self.rules.committee_material, self.rules.head_material, self.rules.member_material)

    def _opinions(self) -> Iterator[str]:
        yield "征求意见〔opinion_rounds〕次"
        if self.some("forms_out"):
            yield "，发出意见表〔forms_out〕份、收回〔forms_in〕份"
        if self.some("opinions") or self.some("points"):
            yield "，收到意见〔opinions〕条，梳理〔points〕条"
        if self.some("points") and (self.rules.opinion_verdicts or self.some("points_true")):
            yield "，其中属实〔points_true〕条、基本属实〔points_mostly〕条"
            yield "、不够准确〔points_inexact〕条、不属实〔points_untrue〕条"

    def held(self) -> Iterator[str]:
        """The meetings, their guests, the criticism."""
        if self.asks("committee_meeting") or self.some("committee_day"):
            yield (
                "〔committee_day〕召开支委会，〔committee_chair〕主持，"
                "应到〔committee_expected〕人，实到〔committee_present〕人。"
            )
        yield f"〔day〕在〔place〕召开{self._name()}，〔chair〕主持。{self._people()}"
        guests = [
            (self.some("superiors"), "〔superiors〕到会指导"),
            (self.some("guests_masses"), "群众代表〔guests_masses〕人到会"),
            (self.some("guests_observers"), "〔guests_observers〕人列席"),
        ]
        if came := [text for wanted, text in guests if wanted]:
            yield f"{'，'.join(came)}。"
        if self.some("criticisms"):
            yield "会上开展批评和自我批评，提出批评意见〔criticisms〕人次。"

    def _name(self) -> str:
        if self.is_body:
            return "民主生活会" if self.rules.meeting_form == "democratic_life" else "班子会"
        return "党员大会"

    def _people(self) -> str:
        if self.is_body:
            return "应到〔expected〕人，实到〔present〕人。"
        return (
            "应到党员〔expected〕名（其中正式党员〔expected_full〕名），"
            "实到〔present〕名（其中正式党员〔present_full〕名）。"
        )

    def review(self) -> Iterator[str]:
        """The ballots, as far as they may be told."""
        yield (
            "〔rated〕名党员参加测评，发出测评表〔issued〕张，收回〔returned〕张，"
            "有效〔valid〕张，作废〔void〕张。"
        )
        yield from self._votes(SubjectKind.MEMBERS, "votes_", "测评得票合计：")
        if self.asks("committee_ballot"):
            yield (
                "评议支委会，发出测评表〔committee_issued〕张，收回〔committee_returned〕张，"
                "有效〔committee_valid〕张。"
            )
            yield from self._votes(SubjectKind.COMMITTEE, "committee_votes_", "评议支委会得票合计：")
        if self.asks("masses_ballot"):
            yield (
                "群众代表测评，发出测评表〔masses_issued〕张，收回〔masses_returned〕张，"
                "有效〔masses_valid〕张，单独统计。"
            )
            yield from self._votes(SubjectKind.MASSES, "masses_votes_", "群众代表票得票合计：")

    def _votes(self, kind: str, prefix: str, lead: str) -> Iterator[str]:
        if kind in self.numbers.withheld:
            yield WITHHELD
        keys = [key for key in self.numbers.labels if key.startswith(prefix)]
        if keys:
            names = {key: self.numbers.labels[key].partition("“")[2].rpartition("”")[0] for key in keys}
            yield lead + "，".join(f"“{names[key]}”〔{key}〕票" for key in keys) + "。"

    def problems(self) -> Iterator[str]:
        """Problems and measures as the materials list them."""
        yield "对照检查材料列出问题〔problems〕条，提出整改措施〔measures〕条。"
