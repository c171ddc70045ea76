"""What an organisation has to do in the ballot and afterwards, in plain sentences; numbers from the rules."""

from __future__ import annotations

from branches.rules.duty_steps import Lines, Shape, every, listed, shown
from branches.rules.kinds import Share
from branches.rules.resolving import SPECS
from branches.rules.ruleset import Rules


def _ballot(rules: Rules, shape: Shape) -> Lines:
    secret = "无记名，不署名" if rules.ballot_secret else "记名"
    yield f"{shown(rules, 'ballot_channel')}，{secret}。", "ballot_channel"
    yield f"等次：{shown(rules, 'ballot_scale')}。", "ballot_scale"
    if rules.ballot_same_session:
        yield "和组织生活会在同一次会上进行。", "ballot_same_session"
    if rules.assessment_points:
        yield f"重点评议：{listed(rules.assessment_points)}。", "assessment_points"
    votes = "可以填票" if rules.probationary_votes else "不填票"
    yield f"预备党员参加评议，{votes}，不评定等次。", "probationary_votes"
    if rules.leader_exempt != "none":
        yield f"已参加领导班子民主生活会的党员领导干部：{shown(rules, 'leader_exempt')}。", "leader_exempt"
    yield (
        f"监票人至少 {rules.scrutineers_min} 名，计票人至少 {rules.tellers_min} 名，互不兼任。",
        "tellers_min",
    )


def _committee_ballot(rules: Rules, shape: Shape) -> Lines:
    yield "党员评议支委会的工作、作风。", "committee_rated"
    yield f"等次：{shown(rules, 'committee_scale')}。", "committee_scale"


def _masses_ballot(rules: Rules, shape: Shape) -> Lines:
    yield "群众代表另填一种票评议党员，单独计票，不和党员票相加。", "masses_ballot"


def _assessment(rules: Rules, shape: Shape) -> Lines:
    yield f"{shown(rules, 'assessment_by')}对每名党员提出评定意见。", "assessment_by"
    yield f"根据：{shown(rules, 'assessment_evidence')}。票数只作参考。", "assessment_evidence"
    if rules.grade_scale:
        yield f"评定等次：{shown(rules, 'grade_scale')}。", "grade_scale"
    if rules.excellent_cap is not None:
        share, base = Share().show(rules.excellent_cap), shown(rules, "excellent_base")
        yield f"评定为“优秀”的一般不超过{base}的 {share}，往下取整。", "excellent_cap"
    if rules.help_plan:
        yield "需要教育帮助的党员，逐一定出具体措施。", "help_plan"
    if rules.grade_uses:
        yield f"{'；'.join(rules.grade_uses)}。", "grade_uses"


def _feedback(rules: Rules, shape: Shape) -> Lines:
    yield "把评定意见反馈给每名党员本人。", "feedback_required"


def _summary(rules: Rules, shape: Shape) -> Lines:
    where = "，报上一级党组织备案" if rules.result_publicity == "file_up" else ""
    key = "summary_form_due" if rules.summary_form_due else "result_publicity"
    yield f"两人计票、核对，签字核定测评汇总表{where}。", key


def _result_notice(rules: Rules, shape: Shape) -> Lines:
    yield f"评议结果在一定范围内公示：{rules.result_scope}。", "result_publicity"
    yield f"公示 {rules.notice_board_days} 天。", "notice_board_days"


def _rectification(rules: Rules, shape: Shape) -> Lines:
    said = {
        "measures": "班子制定整改措施。",
        "timetable": "班子制定整改任务书、时间表。",
        "measures_and_pledge": "班子制定整改措施，作出整改承诺。",
    }
    yield said[rules.committee_rectification], "committee_rectification"
    if rules.rectification_first_responsible:
        who = rules.rectification_first_responsible
        yield f"整改第一责任人：{who}。", "rectification_first_responsible"


def _commitments(rules: Rules, shape: Shape) -> Lines:
    said = {"measures": "每名党员定出个人整改措施。", "commitments": "每名党员作出整改承诺。"}
    yield said[rules.member_rectification], "member_rectification"


def _material_notice(rules: Rules, shape: Shape) -> Lines:
    yield "问题清单和整改措施向群众公示。", "material_public_notice"
    hidden = "，公示前隐去他人姓名和身体、家庭情况" if rules.material_redaction else ""
    yield f"公示 {rules.notice_board_days} 天{hidden}。", "notice_board_days"


def _pledge(rules: Rules, shape: Shape) -> Lines:
    yield "采取适当方式作出公开承诺，接受群众监督。", "material_pledge"


def _publicity(rules: Rules, shape: Shape) -> Lines:
    if rules.rectification_public:
        yield "整改措施向党员群众公开。", "rectification_public"
    if rules.rectification_filed:
        yield "整改措施向上级组织报备。", "rectification_filed"


def _briefing(rules: Rules, shape: Shape) -> Lines:
    yield "召开通报会，在一定范围内通报会议情况。", "briefing"


def _masses_briefing(rules: Rules, shape: Shape) -> Lines:
    yield "向群众代表或全体群众通报。", "masses_briefing"


def _report(rules: Rules, shape: Shape) -> Lines:
    to = f"，报{listed(rules.report_recipients)}" if rules.report_recipients else "，报上级"
    yield f"形成{shown(rules, 'report')}{to}。", "report"
    if rules.report_reviewer != "none":
        yield f"经{shown(rules, 'report_reviewer')}审阅后再报。", "report_reviewer"
    if rules.report_attachments:
        yield f"随报告附：{shown(rules, 'report_attachments')}。", "report_attachments"


def _committee_report(rules: Rules, shape: Shape) -> Lines:
    months = rules.committee_report_months
    yield f"会后 {months} 个月内，向党员群众通报班子整改情况。", "committee_report_months"


def _pledge_report(rules: Rules, shape: Shape) -> Lines:
    often = every(rules.member_report_every_months or 1)
    yield f"党员{often}在党员大会或党小组会上报告一次兑现承诺情况。", "member_report_every_months"
    yield f"共 {rules.member_report_times} 次。", "member_report_times"


def _satisfaction(rules: Rules, shape: Shape) -> Lines:
    yield f"测评群众满意度 {rules.satisfaction_surveys} 次。", "satisfaction_surveys"
    if rules.satisfaction_threshold is not None:
        share = Share().show(rules.satisfaction_threshold)
        duties = SPECS["failing_duties"].kind.show(rules.failing_duties)
        yield f"满意率达不到 {share} 的：{duties}。", "satisfaction_threshold"


AFTERWARDS = {
    "ballot": _ballot,
    "committee_ballot": _committee_ballot,
    "masses_ballot": _masses_ballot,
    "assessment": _assessment,
    "feedback": _feedback,
    "summary": _summary,
    "result_notice": _result_notice,
    "rectification": _rectification,
    "commitments": _commitments,
    "material_notice": _material_notice,
    "pledge": _pledge,
    "publicity": _publicity,
    "briefing": _briefing,
    "masses_briefing": _masses_briefing,
    "report": _report,
    "committee_report": _committee_report,
    "pledge_report": _pledge_report,
    "satisfaction": _satisfaction,
}
