"""The papers made for the archive of what follows the meeting: what hung, surveys and what came of them, visits."""

from __future__ import annotations

import collections
from collections.abc import Sequence

from branches.models import Organization
from branches.services.steps import steps_for
from config.home.archive.papers import ArchivePaper
from config.home.archive.sheets import long_day
from evaluations.models import NoticeObjection, ResultNotice
from rectification.models import (
    Finding,
    Publication,
    PublicationObjection,
    RoundStatus,
    SatisfactionDuty,
    StageSignOff,
    SurveyRound,
    Visit,
)
from rectification.progress.satisfaction import closed_word

NONE_SAID = "没有收到意见"
NOTHING = "—"


def notices_paper(
    organization: Organization, results: Sequence[ResultNotice], hung: Sequence[Publication]
) -> ArchivePaper:
    """What hung: where and how long, how it ended, what was said to it and how it was answered; never by whom."""
    rows, said = [], []
    notices: list[ResultNotice | Publication] = [*results, *hung]
    for notice in notices:
        if isinstance(notice, Publication):
            title, filed = notice.title, notice.filed_on
        else:
            title, filed = str(notice._meta.verbose_name), None
        ended = (
            f"\n{long_day(notice.ended_on)}结束" if notice.ended_on else f"\n{notice.get_status_display()}"
        )
        reported = f"\n{long_day(filed)}报备" if filed else ""
        objections: list[NoticeObjection | PublicationObjection] = list(notice.objections.all())
        rows.append(
            (
                title,
                notice.scope,
                notice.place,
                f"{long_day(notice.from_on)}至{long_day(notice.to_on)}{ended}{reported}",
                f"{len(objections)} 条" if objections else NONE_SAID,
            )
        )
        said += [(f"对“{title}”的意见（{long_day(one.on)}）", _answered(one)) for one in objections]
    return ArchivePaper(
        title=f"{organization.name}公示情况",
        organization=organization.name,
        columns=("公示内容", "范围", "地点", "时间", "意见"),
        widths=(24, 16, 18, 30, 12),
        rows=tuple(rows),
        texts=tuple(said),
        notes=("意见不记是谁提的。",),
    )


def _answered(one: PublicationObjection | NoticeObjection) -> str:
    """What was said and what came of it."""
    answer = f"答复（{long_day(one.answered_on)}）：{one.answer}" if one.answer else "还没有答复"
    listed = "\n已列入整改。" if isinstance(one, PublicationObjection) and one.to_rectify else ""
    return f"{one.text}\n{answer}{listed}"


def outcome_paper(organization: Organization, rounds: Sequence[SurveyRound]) -> ArchivePaper:
    """Every count, also those voided, with what it came to and the duties that followed; no votes, no names."""
    duties: dict[object, list[str]] = collections.defaultdict(list)
    for duty in SatisfactionDuty.objects.filter(round__in=rounds).order_by("pk"):
        done = f"（{long_day(duty.done_on)}）" if duty.done_on else ""
        duties[duty.round_id].append(f"{duty.get_kind_display()}：{duty.get_status_display()}{done}")
    rows = tuple(
        (
            one.survey.label,
            str(one.get_turn_display()),
            long_day(one.day) or NOTHING,
            _outcome(one),
            "\n".join(duties[one.pk]) or NOTHING,
        )
        for one in rounds
    )
    return ArchivePaper(
        title=f"{organization.name}群众满意度测评结果和后续办理",
        organization=organization.name,
        columns=("测评", "第几次", "测评日期", "结果", "后续办理"),
        widths=(22, 15, 19, 20, 24),
        rows=rows,
        notes=("各项票数在统计表上；票数少的由本组织封存。",),
    )


def _outcome(one: SurveyRound) -> str:
    """How one count ended."""
    if one.status == RoundStatus.CLOSED:
        return closed_word(one.turn, one.passed)
    return "：".join(filter(None, (str(one.get_status_display()), one.reason)))


def visits_paper(
    organization: Organization,
    visits: Sequence[Visit],
    findings: Sequence[Finding],
    signed: Sequence[StageSignOff],
) -> ArchivePaper:
    """Visits in a table, then what was said and answered, then the stages signed off."""
    labels: dict[int, dict[str, str]] = {}
    rows = []
    for visit in visits:
        known = labels.setdefault(
            visit.campaign_id, {s.key: s.label for s in steps_for(visit.campaign, organization)}
        )
        looked = "、".join(known[key] for key in visit.steps if key in known) or NOTHING
        rows.append(
            (long_day(visit.day), str(visit.get_mode_display()), looked, str(visit.get_status_display()))
        )
    texts = [
        (f"{one.get_kind_display()}（{long_day(one.issued_on)}）", "\n".join(_finding(one)))
        for one in findings
    ]
    if signed:
        stages = [
            f"{one.part}：{long_day(one.on)}已把关{f'。{one.note}' if one.note else ''}" for one in signed
        ]
        texts.append(("阶段把关", "\n".join(stages)))
    return ArchivePaper(
        title=f"{organization.name}督查情况",
        organization=organization.name,
        columns=("日期", "方式", "看了哪些环节", "状态"),
        widths=(22, 16, 46, 16),
        rows=tuple(rows),
        texts=tuple(texts),
    )


def _finding(one: Finding) -> list[str]:
    """What was said, answered, and how it came out."""
    return [
        one.text,
        *([f"支部答复（{long_day(one.answered_on)}）：{one.answer}"] if one.answer else []),
        *([f"办结情况（{long_day(one.settled_on)}）：{one.outcome}"] if one.outcome else []),
    ]
