"""Rules of the assessment that follows the ballot: 评定."""

# ruff: noqa: RUF009  (rule() returns a dataclass field, not a shared value)

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from branches.rules.balloting import FOUR_GRADES
from branches.rules.grades import Grade, Scale
from branches.rules.kinds import Maybe, Share
from branches.rules.spec import choice, choices, flag, number, rule, texts

ASSESS = "评定"


@dataclass(frozen=True)
class AssessmentRules:
    """How the organisation decides on each member after the ballot."""

    grade_scale: tuple[Grade, ...] = rule(
        FOUR_GRADES,
        ASSESS,
        "评定等次",
        "组织评定的等次；只提评定意见、不定等次的，全部删去。",
        Scale("只提评定意见，不定等次"),
    )
    excellent_cap: Fraction | None = rule(
        None,
        ASSESS,
        "优秀比例",
        "评定为优秀的人数一般不超过几分之几，按整数向下取。",
        Maybe(Share(), "没有规定比例"),
    )
    excellent_base: str = choice(
        "full_members",
        ASSESS,
        "优秀比例的基数",
        "“几分之几”以哪个人数为总数；汇总表上注明。",
        {
            "full_members": "组织关系在本支部的正式党员",
            "assessed": "参评党员",
            "present": "到会党员",
        },
        open_point=True,
    )
    excellent_hard_block: bool = flag(
        False,
        ASSESS,
        "超过优秀比例时",
        "“一般不超过”按提醒处理，写明理由可以保存。",
        yes="不能保存",
        no="提醒并写明理由",
        open_point=True,
    )
    excellent_parent_confirms: bool = flag(
        True,
        ASSESS,
        "超过优秀比例须上级确认",
        "超过比例并写明理由后，是否还要上级党组织确认。",
        yes="须确认",
        no="不要求",
        open_point=True,
    )
    assessment_by: str = choice(
        "either",
        ASSESS,
        "由谁评定",
        "评定意见由什么会议提出。",
        {
            "committee": "支委会",
            "plenary": "党员大会",
            "either": "支委会会议或党员大会",
            "none": "不要求评定",
        },
    )
    assessment_evidence: tuple[str, ...] = choices(
        ("ballot", "performance"),
        ASSESS,
        "评定依据",
        "评定时摆在一起看的材料；票数只作参考，不自动得出等次。",
        {
            "ballot": "民主测评情况",
            "performance": "平时表现",
            "dues": "交纳党费",
            "attendance": "参加组织生活",
            "tasks": "完成党组织交给的任务",
            "stars": "评星定级",
            "points": "积分管理",
        },
    )
    grade_uses: tuple[str, ...] = texts((), ASSESS, "结果运用", "每个等次的党员接下来怎么办。")
    help_plan: bool = flag(
        False,
        ASSESS,
        "教育帮助措施",
        "对需要教育帮助的党员，是否要逐一定出具体措施。",
        yes="逐一落实",
        no="不要求",
    )
    committee_result_to_parent: bool = flag(
        False,
        ASSESS,
        "支委会评议结果报上级",
        "对支委会的评议结果是否作为上级考核党支部的参考。",
        yes="作为考核参考",
        no="不要求",
    )
    participation_min: Fraction | None = rule(
        None,
        ASSESS,
        "参评率",
        "参评人数占应评人数的最低比例；不足时提醒。",
        Maybe(Share(), "没有规定"),
    )
    disposal_needs_plenary: bool = flag(
        True, ASSESS, "组织处置须经支部大会", "组织处置是否须支部大会讨论决定。", yes="须经大会", no="不要求"
    )
    disposal_needs_parent: bool = flag(
        True, ASSESS, "组织处置须报上级批准", "组织处置是否须报上级党组织批准。", yes="须批准", no="不要求"
    )
    disposal_months: int = number(
        12, ASSESS, "限期改正期限", "限期改正最长几个月。", unit="个月", low=1, high=24, open_point=True
    )
    lapse_warn_months: int = number(
        4,
        ASSESS,
        "连续不参加组织生活提醒",
        "连续几个月不参加组织生活或不交党费时，先提醒谈话。",
        unit="个月",
        low=1,
        high=24,
        open_point=True,
    )
    lapse_months: int = number(
        6,
        ASSESS,
        "自行脱党的期限",
        "没有正当理由，连续几个月不参加组织生活或不交党费、不做工作；只提示，不自动认定。",
        unit="个月",
        low=1,
        high=24,
    )
    dues_ledger: bool = flag(
        False, ASSESS, "党费台账", "是否按月登记党费交纳情况，作为评定依据。", yes="按月登记", no="不登记"
    )
    appeal_before_effect: bool = flag(
        True,
        ASSESS,
        "生效前听取申辩",
        "不合格的评定和组织处置生效前，是否要同本人见面、听取申辩。",
        yes="要听取",
        no="不要求",
    )
