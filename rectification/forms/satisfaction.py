"""Forms of what follows a failed survey: a duty noted as done, let off, taken back; a case decided and settled."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from evaluations.forms.feedback import day_field, line_field, text_field
from rectification.forms.surveys import ReadForm
from rectification.models import DutyKind, SatisfactionDuty
from rectification.models.satisfaction import LONGEST_TEXT
from rectification.services.satisfaction import LONGEST_HEARER

HEARERS = {DutyKind.SELF_CRITICISM: "向谁检讨", DutyKind.ADMONITION: "由谁谈话"}
HELP = {
    DutyKind.MAKE_UP: "补了什么、怎样补的，一两句话。",
    DutyKind.ACCOUNTABILITY: "追究了谁的什么责任；经研究不追究的，写明理由。",
}


class FulfilForm(ReadForm):
    """On which day a duty was done, and who heard it."""

    done_on = day_field("办理日期")
    heard_by = line_field("", "写单位和职务，例如：镇党委书记、副书记。", longest=LONGEST_HEARER)
    note = text_field("情况", longest=LONGEST_TEXT, required=False)

    def __init__(self, *args: Any, about: SatisfactionDuty, **kwargs: Any) -> None:
        super().__init__(*args, about=about, **kwargs)
        kind = DutyKind(about.kind)
        self.fields["done_on"].initial = timezone.localdate
        self.fields["note"].help_text = HELP.get(kind, "不用写谈话内容，纸质记录由上级保存。")
        if kind in HEARERS:
            self.fields["heard_by"].label = HEARERS[kind]
            self.fields["heard_by"].error_messages["required"] = f"请写明{HEARERS[kind]}。"
        else:
            del self.fields["heard_by"]


class DecideForm(ReadForm):
    """What the superior decided."""

    decided_on = day_field("决定日期")
    decision = text_field(
        "决定的内容", "照上级党组织研究的结果写。系统不提建议，也不作任何处理。", longest=LONGEST_TEXT
    )


class SettleForm(ReadForm):
    """How the decision was carried out."""

    closed_on = day_field("办结日期")
    outcome = text_field("办结情况", longest=LONGEST_TEXT, required=False)
