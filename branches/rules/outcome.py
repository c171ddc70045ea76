"""Rules of what follows the decision: 反馈公开, 整改, 报告."""

# ruff: noqa: RUF009  (rule() returns a dataclass field, not a shared value)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from branches.rules.kinds import Day, Maybe
from branches.rules.spec import choice, choices, flag, maybe_number, number, rule, text, texts

OPEN = "反馈公开"
RECTIFY = "整改"
REPORT = "报告"

COUNT_FROM = {
    "last_meeting": "最后一次会议",
    "ballot": "民主测评",
    "plenary": "党员大会",
}


@dataclass(frozen=True)
class OutcomeRules:
    """Who hears the result, what is put right and what is reported."""

    feedback_required: bool = flag(
        False,
        OPEN,
        "向本人反馈",
        "评定意见是否要向本人反馈；没有反馈完不能结束活动。",
        yes="逐人反馈",
        no="不要求",
    )
    result_publicity: str = choice(
        "branch_only",
        OPEN,
        "测评结果的范围",
        "测评结果由谁掌握、向谁公开。",
        {
            "branch_only": "支部掌握",
            "file_up": "支部掌握，报上一级党组织备案",
            "scoped_notice": "反馈本人，并在一定范围内公示",
        },
    )
    result_scope: str = text(
        "本党支部",
        OPEN,
        "“一定范围”是哪里",
        "通知没有写明一定范围指哪里，请按实际填写。",
        longest=80,
        open_point=True,
    )
    notice_board_days: int = number(
        5, OPEN, "公示天数", "通知没有写明公示几天。", unit="天", low=1, high=60, open_point=True
    )
    briefing: bool = flag(
        False, OPEN, "通报会", "会后是否要在一定范围内通报会议情况。", yes="要召开", no="不要求"
    )
    masses_briefing: bool = flag(
        False, OPEN, "向群众通报", "是否要向群众代表或全体群众通报。", yes="要通报", no="不要求"
    )
    public_page: bool = flag(
        False,
        OPEN,
        "网上公示",
        "通知没有说公示能不能上网。允许时，每一份由上级党建办批准发布；网页不用登录，不含个人信息，到期自动撤下。",
        yes="可以，逐份批准",
        no="只在纸上公示",
        open_point=True,
    )
    committee_rectification: str = choice(
        "none",
        RECTIFY,
        "班子整改",
        "班子会后要拿出什么。",
        {
            "none": "不要求",
            "in_material": "写在对照检查材料里，不另外要",
            "measures": "整改措施",
            "timetable": "整改任务书、时间表",
            "measures_and_pledge": "整改措施和整改承诺",
        },
    )
    member_rectification: str = choice(
        "none",
        RECTIFY,
        "党员整改",
        "党员会后要拿出什么。",
        {"none": "不要求", "measures": "个人整改措施", "commitments": "整改承诺"},
    )
    rectification_public: bool = flag(
        False, RECTIFY, "整改措施公开", "整改措施是否要向党员群众公开。", yes="要公开", no="不要求"
    )
    rectification_filed: bool = flag(
        False, RECTIFY, "整改措施报备", "整改措施是否要向上级组织报备。", yes="要报备", no="不要求"
    )
    rectification_first_responsible: str = text(
        "", RECTIFY, "整改第一责任人", "通知明确的整改第一责任人。", longest=80
    )
    committee_report_months: int | None = maybe_number(
        None,
        RECTIFY,
        "班子整改通报",
        "会后几个月内向党员群众通报班子整改情况。",
        unit="个月",
        high=24,
        none="不要求通报",
    )
    member_report_every_months: int | None = maybe_number(
        None,
        RECTIFY,
        "党员报告兑现承诺",
        "党员每几个月在党员大会或党小组会上报告一次。",
        unit="个月",
        high=12,
        none="不要求报告",
    )
    member_report_times: int = number(
        4,
        RECTIFY,
        "兑现承诺报告几次",
        "通知没有写明报告到什么时候为止，默认一年。",
        unit="次",
        high=12,
        open_point=True,
    )
    rectification_counts_from: str = choice(
        "last_meeting",
        RECTIFY,
        "整改期限从哪天算起",
        "通知没有写明从哪次会议算起；当天不算，按日历日计算。",
        COUNT_FROM,
        open_point=True,
    )
    duty_report_includes: bool = flag(
        False,
        RECTIFY,
        "述职报告整改落实",
        "书记述职时是否要报告整改措施落实情况。",
        yes="要报告",
        no="不要求",
    )
    repeated_problem_hint: bool = flag(
        False,
        RECTIFY,
        "原地打转的提示",
        "问题与上一年相同时是否提示。",
        yes="提示",
        no="不提示",
    )
    report: str = choice(
        "none",
        REPORT,
        "总结报告",
        "会后要不要报告；不要求时上级只看系统自动汇总。",
        {"none": "不要求", "summary": "情况总结材料", "special": "专项（专题）报告"},
    )
    report_due: date | None = rule(None, REPORT, "报告期限", "报告最迟哪一天报上级。", Maybe(Day()))
    report_days_after: int | None = maybe_number(
        None,
        REPORT,
        "会后几日内报告",
        "从会议次日起第几日以前报上级。",
        unit="日",
        high=365,
    )
    report_counts_from: str = choice(
        "last_meeting",
        REPORT,
        "报告期限从哪天算起",
        "通知没有写明从哪次会议算起；当天不算，按日历日计算。",
        COUNT_FROM,
        open_point=True,
    )
    report_recipients: tuple[str, ...] = texts((), REPORT, "报告报给谁", "一行一个单位。")
    report_reviewer: str = choice(
        "none",
        REPORT,
        "报告由谁审阅",
        "审阅后才能上报。",
        {"none": "不要求审阅", "supervisors": "督导组"},
    )
    summary_form_due: date | None = rule(
        None, REPORT, "测评汇总表期限", "民主评议党员测评汇总表最迟哪一天报上级。", Maybe(Day())
    )
    report_attachments: tuple[str, ...] = choices(
        (),
        REPORT,
        "报告附件",
        "随报告一并报送的表。",
        {
            "ballot_form": "民主评议党员测评表",
            "summary_form": "民主评议党员测评汇总表",
            "rectification_list": "整改台账",
        },
    )
