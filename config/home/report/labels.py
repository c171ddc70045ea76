"""What the numbers of a report are called, by group; the label stands in the text a person writes."""

from __future__ import annotations

GROUPS: dict[str, dict[str, str]] = {
    "集中学习": {
        "study_times": "学习次数",
        "study_people": "学习人次",
        "study_made_up": "送学人次",
    },
    "征求意见": {
        "opinion_rounds": "征求意见次数",
        "forms_out": "发出意见表",
        "forms_in": "收回意见表",
        "opinions": "收到意见",
        "points": "梳理意见",
        "points_true": "属实意见",
        "points_mostly": "基本属实意见",
        "points_inexact": "不够准确意见",
        "points_untrue": "不属实意见",
    },
    "谈心谈话": {"talk_owed": "应谈对数", "talk_held": "已谈对数", "talk_times": "谈心人次"},
    "对照检查材料": {
        "materials_in": "提交材料",
        "materials_passed": "通过材料",
        "problems": "查摆问题",
        "measures": "整改措施",
    },
    "支委会": {
        "committee_day": "支委会日期",
        "committee_place": "支委会地点",
        "committee_chair": "支委会主持人",
        "committee_expected": "支委会应到",
        "committee_present": "支委会实到",
    },
    "会议": {
        "day": "会议日期",
        "place": "会议地点",
        "chair": "会议主持人",
        "expected": "应到",
        "expected_full": "应到正式党员",
        "present": "实到",
        "present_full": "实到正式党员",
        "superiors": "上级到会同志",
        "guests_superior": "上级到会人数",
        "guests_masses": "群众代表人数",
        "guests_observers": "列席人数",
        "criticisms": "批评意见",
    },
    "民主测评": {
        "rated": "被测评党员",
        "issued": "发出测评表",
        "returned": "收回测评表",
        "valid": "有效测评表",
        "void": "作废测评表",
    },
    "评议支委会": {
        "committee_issued": "支委会测评发出",
        "committee_returned": "支委会测评收回",
        "committee_valid": "支委会测评有效",
        "committee_void": "支委会测评作废",
    },
    "群众代表测评": {
        "masses_issued": "群众代表测评发出",
        "masses_returned": "群众代表测评收回",
        "masses_valid": "群众代表测评有效",
        "masses_void": "群众代表测评作废",
    },
}
LABELS = {key: label for group in GROUPS.values() for key, label in group.items()}
VOTES = {
    "members": ("votes_", "得“{}”票"),
    "committee": ("committee_votes_", "支委会得“{}”票"),
    "masses": ("masses_votes_", "群众代表投“{}”票"),
}
