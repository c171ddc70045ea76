"""《民主评议党员登记表》 (form F3): one sheet of A4 a member, as values; PDF and Word print the same values.

A grade and an opinion are printed once a meeting has decided on them, never as a draft that could pass for a decision.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from evaluations.models import Assessment, AssessmentSheet, AssessmentStatus, Ballot, TallyLine
from evaluations.reports.branch import VOIDED
from evaluations.reports.summary import count_text, date_text, safe_name
from evaluations.services.exporting import superseded
from evaluations.services.present import masses_ballot_of
from members.models import Member, MemberKind

PROBATIONARY = "预备党员，不评定等次"
NOT_RATED = "没有列入测评"
WITHHELD = "按规定不单列票数，见支部留存的汇总表"
NOT_DECIDED = "（会议评定以后填写）"
COPIES = "本表一式两份，一份由党支部留存，一份报上级党组织。"


@dataclass(frozen=True, slots=True)
class Registration:
    """One member's form. Empty texts are left for handwriting; `votes` is one line of 民主测评情况.

    `has_grades` False: the campaign decides no grades, the row 等次 is left out.
    """

    title: str
    branch: str
    name: str
    sex: str
    ethnicity: str
    born: str
    education: str
    joined: str
    full: str
    workplace: str
    votes: str
    opinion: str
    grade: str
    has_grades: bool
    decided: str
    cap: str
    remarks: str

    @property
    def file_stem(self) -> str:
        """The name of the form as a file, without its ending."""
        return safe_name(f"{self.branch}_{self.name}_{self.title}")


def registrations(
    sheet: AssessmentSheet, chosen: Sequence[Assessment] | None = None
) -> tuple[Registration, ...]:
    """The forms of a branch in the order of its assessments, or of some of them. Four queries at most."""
    if chosen is None:
        found = sheet.assessments.select_related("entry__member").prefetch_related("redecisions")
        chosen = list(found.order_by("ordinal"))
    beside = masses_ballot_of(sheet, sheet.rules())
    votes = [(sheet.ballot, _lines(sheet.ballot))] + ([(beside, _lines(beside))] if beside else [])
    gone = (VOIDED.rstrip("。"),) if superseded(sheet) else ()
    return tuple(
        _registration(sheet, one, [_votes(ballot, lines.get(one.entry_id)) for ballot, lines in votes], gone)
        for one in chosen
    )


def _lines(ballot: Ballot) -> dict[int | None, TallyLine]:
    """The lines of a ballot by roster entry."""
    found = TallyLine.objects.filter(ballot=ballot).select_related("subject")
    return {line.subject.entry_id: line for line in found}


def _registration(
    sheet: AssessmentSheet, assessment: Assessment, votes: list[str], gone: tuple[str, ...]
) -> Registration:
    """One member's form; `votes`: of the members, and of 群众代表 where they voted too."""
    member = assessment.entry.member
    decided = sheet.status != AssessmentStatus.DRAFT
    cap = sheet.decided_cap
    return Registration(
        title=f"{sheet.campaign.year}年度民主评议党员登记表",
        branch=sheet.organization.name,
        name=assessment.name,
        sex=member.get_sex_display(),
        ethnicity=member.ethnicity,
        born=_month(member.birth_on),
        education=member.education,
        joined=_month(member.joined_on),
        full=_full(member),
        workplace=member.workplace,
        votes="群众代表票（单独统计）：".join(votes),
        opinion=assessment.opinion if decided else "",
        grade=_grade(sheet, assessment) if decided else NOT_DECIDED,
        has_grades=bool(sheet.scale),
        decided=date_text(sheet.decided_on) if decided and sheet.decided_on else "",
        cap=cap.words if cap is not None and decided else "",
        remarks="；".join((*gone, *_remarks(sheet, assessment))),
    )


def _month(day: datetime.date | None) -> str:
    """A day as forms write it (1970年1月); empty when it is not known."""
    return "" if day is None else f"{day.year}年{day.month}月"


def _full(member: Member) -> str:
    """When the member became a full member; the word for those who have not."""
    return MemberKind.PROBATIONARY.label if member.kind == MemberKind.PROBATIONARY else _month(member.full_on)


def _votes(ballot: Ballot, line: TallyLine | None) -> str:
    """How many took part, and the votes of each grade; no votes where the branch is small."""
    heads = ballot.heads
    if line is None:
        return NOT_RATED
    taking_part = f"参加测评 {count_text(heads.all_returned)} 人"
    if ballot.counts_withheld:
        return f"{taking_part}；{WITHHELD}。"
    counts = [f"{label} {count} 票" for label, count in zip(ballot.options, line.counts, strict=True)]
    rest = [f"弃权 {line.abstained} 票", f"无效 {line.invalid} 票"]
    valid = f"有效票 {count_text(heads.valid)} 张"
    return f"{taking_part}，{valid}；{'，'.join([*counts, *rest])}。"


def _grade(sheet: AssessmentSheet, assessment: Assessment) -> str:
    """The grade in words, or why there is none; empty where the campaign has no grades."""
    if not sheet.scale:
        return ""
    return sheet.labels.get(assessment.grade, "不评定等次")


def _remarks(sheet: AssessmentSheet, assessment: Assessment) -> list[str]:
    """What stands under 备注: who is not graded, what waits for the superior, and what was decided anew."""
    found = [assessment.note] if assessment.note else []
    if sheet.status == AssessmentStatus.AWAITING:
        found.append(f"支部的评定{sheet.get_status_display()}")
    if assessment.entry.kind == MemberKind.PROBATIONARY and PROBATIONARY not in assessment.note:
        found.insert(0, PROBATIONARY)
    found += [f"{date_text(one.decided_on)}重新评定" for one in assessment.redecisions.all()]
    return found
