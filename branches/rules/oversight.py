"""Rules of supervision, the satisfaction survey and how little is kept: 督导, 满意度, 留痕."""

# ruff: noqa: RUF009  (rule() returns a dataclass field, not a shared value)

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from branches.rules.grades import Grade, Scale
from branches.rules.kinds import Maybe, Share
from branches.rules.spec import choice, choices, flag, maybe_number, number, rule, texts

WATCH = "督导"
MASSES = "满意度"
TRACE = "留痕"

SATISFACTION_SCALE = (
    Grade("satisfied", "满意"),
    Grade("fairly", "比较满意"),
    Grade("basic", "基本满意"),
    Grade("dissatisfied", "不满意"),
)


@dataclass(frozen=True)
class OversightRules:
    """Who looks in from above, what the masses say and what need not be recorded."""

    supervision: tuple[str, ...] = choices(
        (),
        WATCH,
        "督导力量",
        "上级派什么人督导。",
        {
            "team": "督导组",
            "patrol": "巡回检查组",
            "instructor": "指导员",
            "task_force": "工作专班",
        },
    )
    visit_modes: tuple[str, ...] = choices(
        (),
        WATCH,
        "督导方式",
        "督导时可以采取的方式。",
        {
            "random": "随机抽查",
            "open": "明察",
            "covert": "暗访",
            "phone": "电话询问",
            "records": "查看台账",
            "attend": "派员参加会议",
        },
    )
    linked_points: bool = flag(
        False, WATCH, "领导干部联系点", "党员领导干部是否建立联系点。", yes="建立", no="不要求"
    )
    linked_stages: int | None = maybe_number(
        None, WATCH, "联系点指导的阶段", "联系点领导要参与指导几个阶段。", unit="个阶段", high=9
    )
    linked_steps: int | None = maybe_number(
        None, WATCH, "联系点指导的环节", "联系点领导要参与指导几个环节。", unit="个环节", high=99
    )
    linked_duties: tuple[str, ...] = texts((), WATCH, "联系点职责", "联系点领导要做的事，一行一条。")
    supervision_duties: tuple[str, ...] = texts((), WATCH, "督导职责", "督导力量要做的事，一行一条。")
    superior_powers: tuple[str, ...] = choices(
        (),
        WATCH,
        "上级可以怎样纠正",
        "发现问题后上级可以采取的办法。",
        {
            "correct": "批评教育、及时纠正",
            "redo": "责令重新进行",
            "postpone": "没有准备好的不急于开会",
            "make_up": "补课",
            "measures": "采取组织措施",
        },
    )
    review_checklist: tuple[str, ...] = texts(
        (), WATCH, "“不放过”清单", "上级把关时逐条对照，有一条不过的退回。"
    )
    supervision_summary: bool = flag(
        False, WATCH, "书面督查总结", "督导组是否要形成书面总结。", yes="要形成", no="不要求"
    )
    appraisal_use: bool = flag(
        False, WATCH, "作为考核内容", "活动情况是否作为考核、评先的内容。", yes="作为考核内容", no="不要求"
    )
    simple_ways: tuple[str, ...] = choices(
        (),
        WATCH,
        "可简便灵活进行的党支部",
        "这些党支部可以采取简便灵活的方式。",
        {
            "talent": "流动人才党支部",
            "retired": "离退休干部职工党支部",
            "private": "非公有制经济组织党支部",
            "social": "社会组织党支部",
        },
    )
    satisfaction_surveys: int = number(
        0, MASSES, "群众满意度测评次数", "整个活动测评几次；0 表示不测评。", unit="次", high=9
    )
    satisfaction_threshold: Fraction | None = rule(
        None, MASSES, "群众满意率", "满意率达不到几分之几的要补课。", Maybe(Share())
    )
    satisfaction_scale: tuple[Grade, ...] = rule(
        SATISFACTION_SCALE, MASSES, "满意度等次", "印在满意度测评表上的等次。", Scale(), open_point=True
    )
    satisfied_options: tuple[str, ...] = choices(
        ("satisfied", "fairly"),
        MASSES,
        "哪些算满意",
        "通知没有说基本满意算不算满意，默认只算满意和比较满意。",
        {grade.key: grade.label for grade in SATISFACTION_SCALE},
        open_point=True,
    )
    satisfaction_base: str = choice(
        "valid",
        MASSES,
        "满意率的基数",
        "通知没有说满意率以哪个数为分母。",
        {"valid": "有效票", "returned": "收回票", "issued": "发出票"},
        open_point=True,
    )
    respondents: tuple[str, ...] = texts((), MASSES, "哪些人填满意度表", "一行一类人。")
    survey_channel: str = choice(
        "paper",
        MASSES,
        "满意度怎么填",
        "通知没有说能不能在网页上填。允许时，凭抽到的票条填写，不用登录，不用装软件；纸质表任何时候都够用。",
        {
            "paper": "只用纸质表",
            "either": "纸质表；也可以有的类别改用票条，在网页上填",
            "both": "纸质表；同一类人也可以凭票条在网页上填，只把合计相加",
        },
        open_point=True,
    )
    failing_duties: tuple[str, ...] = choices(
        (),
        MASSES,
        "第一次达不到时",
        "满意率达不到要求后要做的事。",
        {
            "make_up": "进行补课",
            "self_criticism": "主要负责人向上级党委检讨",
            "admonition": "对主要负责人诫勉谈话",
            "accountability": "追究有关责任人的责任",
        },
    )
    failing_again: str = choice(
        "none",
        MASSES,
        "补课后仍达不到时",
        "补课后满意率仍达不到要求怎么办。",
        {"none": "没有规定", "measures": "对主要负责人采取组织措施"},
    )
    supervisors_liable: bool = flag(
        False,
        MASSES,
        "督导组连带责任",
        "检查验收时满意度达不到要求，是否追究督导组责任。",
        yes="要追究",
        no="没有规定",
    )
    talk_record_level: str = choice(
        "tick",
        TRACE,
        "谈心记录",
        "记到什么程度；任何时候都不要照片、不要定位。",
        {
            "none": "不记录",
            "tick": "只勾选谁和谁、哪天",
            "summary": "记要点",
            "full": "完整记录表",
        },
        open_point=True,
    )
    extra_requests: bool = flag(
        False,
        TRACE,
        "上级另要材料",
        "上级能否在系统里要求补交材料；默认只看已有数据。",
        yes="可以",
        no="不可以",
        open_point=True,
    )
    archive_bundle: bool = flag(
        True, TRACE, "会后整理档案", "会后由系统用已有数据整理档案。", yes="自动整理", no="不整理"
    )
    ballot_keep_days: int = number(
        365,
        TRACE,
        "测评票保存天数",
        "纸质测评表封存多少天后两人签字销毁。",
        unit="天",
        low=1,
        high=3650,
        open_point=True,
    )
