"""The record in words: what was done, to what, and the details; codes that have no word stay codes."""

from __future__ import annotations

from typing import Any

from django import template
from django.apps import apps
from django.db import models

from branches.models import AuditEvent

register = template.Library()

ACTIONS = {
    "abolish": "撤销",
    "add_channel": "添加消息渠道",
    "add_files": "添加附件",
    "add_member": "添加党员",
    "add_organization": "添加党组织",
    "add_outsider": "添加党员以外的谈心对象",
    "add_portfolio": "登记分工",
    "add_seat": "添加领导小组（活动办）成员",
    "admin_add": "运维添加",
    "admin_change": "运维修改",
    "admin_move": "运维移动",
    "amend": "变更",
    "appoint": "任职",
    "approve": "批准",
    "begin_opinions": "开始征求意见",
    "cancel": "取消",
    "certify": "核定结果",
    "change_channel": "修改消息渠道",
    "change_meeting": "修改会议",
    "change_member": "修改党员信息",
    "change_opinions": "修改征求意见情况",
    "change_organization": "修改党组织资料",
    "change_password": "修改密码",
    "change_rule": "修改规则",
    "change_seat": "修改领导小组（活动办）成员",
    "change_study": "修改集中学习登记",
    "change_talk": "修改谈心登记",
    "check": "核对",
    "check_drawn": "登记抽查情况",
    "clone": "从往年活动复制",
    "close": "结束",
    "close_account": "停用账号",
    "close_opinion_page": "关闭网上意见页",
    "collect": "清点完毕，开始计票",
    "compile": "意见梳理完毕",
    "confirm": "导入",
    "count_again": "恢复参加评议",
    "decide_review": "审核材料",
    "discard": "放弃",
    "discard_revision": "放弃规则修订",
    "draft": "起草",
    "draft_roster": "起草评议花名册",
    "draw_materials": "抽取材料",
    "drop_overlay": "取消领域差别",
    "drop_point": "撤回上级点明的问题",
    "drop_rates": "取消本级党费标准",
    "edit": "修改",
    "end_appointment": "免去任职",
    "end_decision": "结束延期（免除）",
    "end_outsider": "不再列谈心对象",
    "exempt": "不参加评议",
    "export_dues": "导出党费台账",
    "export_roster": "导出名册（号码隐去）",
    "export_unmasked": "导出名册（完整号码）",
    "feed_back": "反馈意见办理情况",
    "file": "备案",
    "finish": "写好材料",
    "finish_slot": "录完",
    "free_slot": "空出录票席位",
    "freeze": "核定",
    "import_dues": "从表格登记党费",
    "issue": "开始发票",
    "judge_point": "核实意见",
    "keep_talk_words": "保存谈话内容",
    "let_in_opinions": "查看网上意见",
    "link_account": "关联账号",
    "make": "定稿",
    "make_feed": "生成日历地址",
    "make_up_study": "登记送学",
    "mark_concern": "登记重点谈心对象",
    "match": "两人相符，形成结果",
    "merge_opinions": "归并意见",
    "move_opinions": "移动意见",
    "move_seat": "调整领导小组（活动办）顺序",
    "name_officers": "指定会议人员",
    "name_point": "上级点明问题",
    "note_consultation": "登记沟通",
    "note_paper_signatures": "登记纸质签字",
    "note_shown": "登记材料公示（承诺）",
    "note_stages": "登记材料办理情况",
    "note_step": "登记步骤已办",
    "open": "宣布开会",
    "open_account": "开设账号",
    "open_material": "开始写材料",
    "open_opinion_page": "开放网上意见页",
    "open_plan": "起草实施方案",
    "open_review": "请审核人审核材料",
    "order_redo": "责令重新进行",
    "pass": "审核通过",
    "pay_dues": "登记党费已交",
    "plan_meeting": "筹备会议",
    "prepare": "准备测评",
    "publish": "发布",
    "publish_revision": "发布规则修订",
    "purge_kept": "到期清除内容",
    "read_again": "再看录票",
    "read_drawn": "看抽中的材料",
    "reassign_review": "审核转给新任",
    "receive": "收到纸质材料",
    "record_attendance": "登记到会",
    "record_study": "登记集中学习",
    "record_talk": "登记谈心",
    "recount": "退回重新核对",
    "remove_channel": "删除消息渠道",
    "remove_file": "删除附件",
    "remove_opinions": "删除征求意见",
    "remove_portfolio": "删去分工",
    "remove_seat": "删除领导小组（活动办）成员",
    "remove_study": "删除集中学习登记",
    "remove_talk": "撤销谈心登记",
    "reopen": "再改",
    "reset_password": "重置密码",
    "reset_rule": "规则恢复原样",
    "resume": "恢复",
    "return": "退回",
    "return_checked": "抽查后退回",
    "reveal_numbers": "查看完整号码",
    "revoke_feed": "收回日历地址",
    "reword_point": "修改梳理后的意见",
    "save_heads": "保存人数张数",
    "save_material": "保存材料",
    "save_plan": "保存实施方案",
    "save_rates": "确定本级党费标准",
    "send_again": "重新发送消息",
    "set_addressees": "确定参加范围",
    "set_entry_mode": "选择录票方式",
    "set_standing": "登记在册情况",
    "set_terms": "核定应交党费",
    "sign": "确认签名",
    "single_out_opinions": "意见单列",
    "start": "启动",
    "start_revision": "开始修订规则",
    "step_postponed": "延期",
    "step_waived": "同意不做",
    "submit": "上报",
    "suspend": "暂停",
    "switch_channel": "启用（停用）消息渠道",
    "take_out_opinions": "拆出意见",
    "try_channel": "试发消息",
    "type_again": "重新录票",
    "type_opinions": "登记意见原文",
    "undo": "撤销",
    "undo_dues": "撤销党费登记",
    "undo_make_up": "取消送学登记",
    "unmark_concern": "取消重点谈心对象",
    "unnote_step": "取消步骤登记",
    "unwaive_talk": "恢复应谈",
    "void": "作废",
    "waive_dues": "登记免交党费",
    "waive_talk": "登记不要求谈",
    "withdraw": "撤回",
}
DETAILS = {
    "absent": "缺席",
    "accepted": "采用",
    "address": "地址",
    "below_quorum": "不足法定人数",
    "body": "机构",
    "campaign": "活动",
    "category": "领域",
    "chair": "主持人",
    "changed": "有变化",
    "check": "抽查",
    "count": "人数",
    "day": "日期",
    "decision": "审核结果",
    "delivery": "消息",
    "drafts": "草稿",
    "marks": "标记",
    "duty": "职责",
    "elsewhere": "列入整改",
    "entries": "人数",
    "entry": "花名册序号",
    "expected": "应到",
    "fields": "栏目",
    "file": "附件",
    "files": "附件",
    "from": "原来",
    "held_on": "日期",
    "issued": "发出",
    "kept_back": "未发",
    "key": "规则",
    "kind": "类型",
    "members": "党员人数",
    "mode": "方式",
    "months": "月份",
    "new": "新增",
    "new_address": "换了地址",
    "note_length": "说明字数",
    "on": "启用",
    "organization": "党组织",
    "pool": "抽查范围份数",
    "present": "实到",
    "preset": "预设",
    "printed": "印制",
    "reason": "原因",
    "recorder": "记录人",
    "refused": "不采用",
    "renewed": "换了新的",
    "replaced": "损坏更换",
    "returned": "收回",
    "role": "职务",
    "round": "轮次",
    "rows": "条数",
    "scrutineer": "监票人",
    "seat": "成员",
    "sent": "发出去了",
    "size": "份数",
    "slot": "席位",
    "source": "来源",
    "step": "步骤",
    "talks": "谈话",
    "teller": "计票人",
    "to": "现在",
    "typed_seed": "自填种子",
    "unused": "余票",
    "user": "账号",
    "version": "版本",
    "void_papers": "整张作废",
    "waiting": "等待发送",
    "wants_more": "建议修改",
    "wrong": "有问题",
    "years": "年份",
}


@register.filter
def done_word(event: AuditEvent) -> str:
    """What was done."""
    return ACTIONS.get(event.action, event.action)


@register.filter
def about_word(event: AuditEvent) -> str:
    """What kind of thing it was done to."""
    model = _model(event)
    return event.about if model is None else str(model._meta.verbose_name)


@register.filter
def detail_words(event: AuditEvent) -> list[str]:
    """The details as 「名称 值」; a status is named as its pages name it."""
    states = _states(_model(event))
    return [
        f"{DETAILS.get(key, key)} {states.get(value, value) if key in ('from', 'to') else _value(value)}"
        for key, value in event.detail.items()
    ]


def _states(model: type[models.Model] | None) -> dict[Any, Any]:
    """The states a document of this kind can be in, with their names."""
    fields = model._meta.concrete_fields if model is not None else ()
    found = [field.flatchoices for field in fields if field.name in ("status", "standing")]
    return dict(found[0]) if found else {}


def _model(event: AuditEvent) -> type[models.Model] | None:
    """The model of what the event is about; None when it is gone."""
    try:
        return apps.get_model(event.about)
    except (LookupError, ValueError):
        return None


def _value(value: object) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value)) or "—"
    return str(value) or "—"
