"""The record in words: what was done, to what, and the details; codes that have no word stay codes."""

from __future__ import annotations

from typing import Any

from django import template
from django.apps import apps
from django.db import models

from branches.models import AuditEvent
from branches.rules.record_words import ACTIONS

register = template.Library()

DETAILS = {
    "absent": "缺席",
    "accepted": "采用",
    "address": "地址",
    "below_quorum": "不足法定人数",
    "not_ready": "没有准备好的项",
    "postponement": "延期",
    "body": "机构",
    "campaign": "活动",
    "category": "领域",
    "chain": "计票记录末项",
    "chair": "主持人",
    "changed": "有变化",
    "check": "抽查",
    "count": "人数",
    "channel": "票的形式",
    "codes_issued": "发出电子票",
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
    "fingerprint": "原因的指纹",
    "from": "原来",
    "guest": "列席人员",
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
    "outlines": "提纲",
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
    "unmasked": "完整号码",
    "unused": "余票",
    "user": "账号",
    "version": "版本",
    "used": "已投",
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
