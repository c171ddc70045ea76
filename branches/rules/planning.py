"""Rules of the plan, the study and the opinions asked for: 方案, 学习, 征求意见."""

# ruff: noqa: RUF009  (rule() returns a dataclass field, not a shared value)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from branches.rules.dates import Window
from branches.rules.kinds import Day, Maybe, Share, Span
from branches.rules.spec import choice, choices, flag, maybe_number, rule, text, texts
from branches.rules.steplines import StepLine, StepLines

PLAN = "方案"
STUDY = "学习"
OPINION = "征求意见"

SOURCES = {
    "self": "自己查摆",
    "masses": "群众提",
    "served": "服务对象评",
    "society": "社会各界议",
    "superior": "上级和督导组点",
    "talk": "谈心谈话中提出",
    "collective": "集体研究查出",
}


@dataclass(frozen=True)
class PlanningRules:
    """What a branch must send in before it starts, and what it learns and asks first."""

    theme: str = text("", PLAN, "会议主题", "印在方案、会议记录和报告上。")
    principles: tuple[str, ...] = texts((), PLAN, "会议原则", "印在方案和会议记录上。")
    stages: tuple[str, ...] = texts((), PLAN, "活动阶段", "分阶段进行的活动，按先后填写各阶段名称。")
    steps: tuple[StepLine, ...] = rule(
        (),
        PLAN,
        "规定环节",
        "通知逐个列出环节时在这里写明，按先后进行；不写的，由其他规则自动生成。",
        StepLines(),
    )
    plan_gate: str = choice(
        "none",
        PLAN,
        "方案把关",
        "决定方案要不要上报，上报后要不要等批准才能往下做。",
        {
            "approve": "审批后方可部署实施",
            "file_for_record": "报上级审核备案，可以先做",
            "consult": "只与上级沟通，记下时间和开法",
            "own": "自己制定方案，不必上报",
            "none": "不要求方案",
        },
    )
    plan_due: date | None = rule(None, PLAN, "方案上报期限", "方案最迟哪一天报上级。", Maybe(Day()))
    plan_days_before: int | None = maybe_number(
        None, PLAN, "方案提前上报天数", "方案最迟在开会前几天报上级。", unit="天", high=60
    )
    plan_fields: tuple[str, ...] = choices(
        (),
        PLAN,
        "方案必须写明",
        "缺了这些内容，方案不能提交。",
        {
            "theme": "会议主题",
            "time": "时间",
            "form": "方式",
            "attendees": "参加人员",
            "requirements": "相关要求",
        },
    )
    plan_recipients: tuple[str, ...] = texts((), PLAN, "方案报给谁", "一行一个单位。")
    plan_copy_warning: bool = flag(
        True,
        PLAN,
        "简单转发提醒",
        "方案与上级文件或其他支部的方案几乎相同时是否提醒；只提醒作者和审核人。",
        yes="提醒",
        no="不提醒",
        open_point=True,
    )
    plan_copy_share: Fraction = rule(
        Fraction(4, 5),
        PLAN,
        "重复到多少算简单转发",
        "方案与上级文件或其他支部方案重复达到这个比例时提醒；只提醒，不拦。",
        Share(),
        open_point=True,
    )
    mobilise: bool = flag(False, PLAN, "动员部署", "是否要逐级召开会议部署。", yes="要召开", no="不要求")
    window: Window | None = rule(
        None, PLAN, "开展时间", "从哪天启动到哪天基本完成；各领域可以不同。", Maybe(Span())
    )
    finish_by: date | None = rule(
        None, PLAN, "完成期限", "最迟哪一天完成；过了这一天显示逾期。", Maybe(Day())
    )
    finish_months_after_year: int | None = maybe_number(
        None,
        PLAN,
        "年度结束后几个月内完成",
        "没有写明完成日期时，按活动年度结束后第几个月的月底计算。",
        unit="个月",
        high=12,
    )
    leading_group: bool = flag(
        False, PLAN, "领导机构和工作机构", "是否要成立领导小组和办公室。", yes="要成立", no="不要求"
    )
    first_responsible: str = text("", PLAN, "第一责任人", "通知明确的第一责任人。", longest=80)
    direct_responsible: str = text("", PLAN, "直接责任人", "通知明确的直接责任人。", longest=80)
    task_division: tuple[str, ...] = texts((), PLAN, "任务分工", "哪个单位负责什么，一行一项。")
    coverage: tuple[str, ...] = choices(
        (),
        PLAN,
        "全覆盖要求",
        "要统计覆盖率的对象；延期和经批准不参加的单独列出。",
        {"branches": "所有基层党支部", "members": "民主评议全体党员"},
    )
    study_list: tuple[str, ...] = texts((), STUDY, "学习内容", "会前集中学习的必学内容。")
    study_forms: tuple[str, ...] = texts((), STUDY, "学习方式", "集中学习可以采取的方式。")
    study_gate: str = choice(
        "warn",
        STUDY,
        "没有集中学习就开会",
        "没有登记集中学习时，宣布开会前怎么办。",
        {"off": "不过问", "warn": "提醒，仍可以开会", "refuse": "不能开会"},
        open_point=True,
    )
    study_makeup: bool = flag(
        False,
        STUDY,
        "送学",
        "不能参加集中学习的党员，是否要及时提供学习材料。",
        yes="要送学",
        no="不要求",
    )
    opinions_asked: bool = flag(
        False, OPINION, "征求意见", "会前是否要征求党员群众意见。", yes="要征求", no="不要求"
    )
    opinion_ways: tuple[str, ...] = choices(
        (),
        OPINION,
        "征求意见方式",
        "背靠背提的意见不记录是谁提的。",
        {
            "face_to_face": "面对面",
            "back_to_back": "背靠背",
            "forum": "座谈",
            "interview": "个别访谈",
            "form": "发放征求意见表",
            "visit": "上门走访",
            "online": "网上（免登录，上级看过后采用）",
        },
    )
    opinion_sources: tuple[str, ...] = choices(
        (), OPINION, "问题来源", "查摆出的问题从哪里来；整改台账照此填写。", SOURCES
    )
    opinion_verdicts: bool = flag(
        False,
        OPINION,
        "意见逐条核实",
        "每条意见是否要判明属实、基本属实、不够准确或不属实，属实的须有回应。",
        yes="逐条核实",
        no="不要求",
    )
    opinion_rounds: int | None = maybe_number(
        None, OPINION, "面向群众的次数", "整个活动要几次面向群众听取意见。", unit="次", high=9
    )
    problem_analysis: bool = flag(
        False,
        OPINION,
        "专门会议分析问题",
        "梳理意见后是否要召开专门会议逐项分析。",
        yes="要召开",
        no="不要求",
    )
