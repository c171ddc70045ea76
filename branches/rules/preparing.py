"""Rules of materials and criticism outlines: 材料, 批评."""

# ruff: noqa: RUF009  (rule() returns a dataclass field, not a shared value)

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from branches.rules.kinds import Share
from branches.rules.spec import choice, flag, maybe_number, number, rule, text, texts

MATERIAL = "材料"
CRITICISM = "批评"

OWED = {"none": "不要求", "list": "条目式问题清单和整改措施", "full": "对照检查材料"}

REVIEWERS = {
    "none": "不要求审核",
    "own_head": "所在党组织主要负责同志",
    "parent_head": "上一级党组织主要负责同志",
    "town_head": "乡镇党委主要负责同志",
    "line_heads": "本系统主管单位党委（党组）主要负责同志和分管负责同志",
    "supervisors": "督导组",
}


@dataclass(frozen=True)
class MaterialRules:
    """Who owes a self-examination material, how long, and who reviews it."""

    committee_material: str = choice("none", MATERIAL, "班子材料", "支部班子要提供什么材料。", OWED)
    head_material: str = choice(
        "none", MATERIAL, "书记（正职、负责人）材料", "党组织负责人要提供什么材料。", OWED
    )
    official_material: str = choice(
        "none", MATERIAL, "大学生村官材料", "党员大学生村官要提供什么材料。", OWED
    )
    member_material: str = choice(
        "none", MATERIAL, "党员个人材料", "不要求时，系统不会向普通党员要任何材料。", OWED
    )
    material_min_chars: int | None = maybe_number(
        None,
        MATERIAL,
        "材料字数",
        "一般不少于多少字（不计空格）；不足时提醒。",
        unit="字",
        none="不限字数",
    )
    committee_heads: tuple[str, ...] = texts((), MATERIAL, "班子查摆方面", "班子从哪些方面查摆问题。")
    member_heads: tuple[str, ...] = texts((), MATERIAL, "党员查摆方面", "党员从哪些方面查摆问题。")
    material_sections: tuple[str, ...] = texts((), MATERIAL, "材料结构", "每一方面依次写什么；留空就不分栏。")
    weak_branch_section: bool = flag(
        False,
        MATERIAL,
        "软弱涣散党组织加查",
        "软弱涣散党组织是否还要在基层组织建设方面查摆。",
        yes="要加查",
        no="不要求",
    )
    must_answer: tuple[str, ...] = texts(
        (), MATERIAL, "逐一回应的问题", "材料里必须逐一回应的问题；没有回应的提醒。"
    )
    material_self_written: bool = flag(
        False, MATERIAL, "自己动手", "是否要求本人自己动手撰写。", yes="自己动手", no="不要求"
    )
    committee_discussion: bool = flag(
        False,
        MATERIAL,
        "班子材料集体讨论",
        "班子材料形成后是否要开会集体讨论修改，并征求意见。",
        yes="要讨论",
        no="不要求",
    )
    material_public_notice: bool = flag(
        False, MATERIAL, "材料向群众公示", "清单和措施是否要向群众公示。", yes="要公示", no="不要求"
    )
    material_redaction: bool = flag(
        True,
        MATERIAL,
        "公示前隐去个人信息",
        "通知没有说公示是否要隐去他人姓名和身体、家庭情况，默认隐去。",
        yes="隐去",
        no="照原文",
        open_point=True,
    )
    material_pledge: bool = flag(
        False, MATERIAL, "公开承诺", "是否要作出公开承诺、接受群众监督。", yes="要承诺", no="不要求"
    )
    committee_reviewer: str = choice(
        "none", MATERIAL, "班子材料由谁审核", "审核人是职务，换人后自动转给新任。", REVIEWERS
    )
    head_reviewer: str = choice(
        "none", MATERIAL, "负责人材料由谁审核", "写的人不能审核自己的材料。", REVIEWERS
    )
    official_reviewer: str = choice(
        "none", MATERIAL, "大学生村官材料由谁审核", "审核人是职务，换人后自动转给新任。", REVIEWERS
    )
    member_reviewer: str = choice(
        "none", MATERIAL, "党员材料由谁审核", "审核人是职务，换人后自动转给新任。", REVIEWERS
    )
    reviewer_when_author: str = choice(
        "parent_head",
        MATERIAL,
        "审核人就是作者时",
        "不能自己审核自己，转给谁。",
        {"parent_head": REVIEWERS["parent_head"], "supervisors": REVIEWERS["supervisors"]},
        open_point=True,
    )
    reviewer_when_vacant: str = choice(
        "deputy",
        MATERIAL,
        "主要负责同志空缺时",
        "通知没有说职务空缺由谁代行，默认由主持工作的副职代行。",
        {"deputy": "主持工作的副职", "parent_head": REVIEWERS["parent_head"]},
        open_point=True,
    )
    material_copy_share: Fraction = rule(
        Fraction(4, 5),
        MATERIAL,
        "材料雷同提示",
        "材料与他人或本人上年材料重复达到这个比例时，只提示作者和审核人，不评分、不拦。",
        Share(),
        open_point=True,
    )
    draft_keep_days: int = number(
        365,
        MATERIAL,
        "未提交的草稿保存天数",
        "活动完成期限以后多少天清除没有提交的草稿。",
        unit="天",
        low=0,
        high=3650,
        open_point=True,
    )
    spot_check: bool = flag(
        False, MATERIAL, "上级抽查材料", "上级是否抽查审核部分材料，不代替正常审核。", yes="抽查", no="不抽查"
    )
    outlines: str = choice(
        "off",
        CRITICISM,
        "批评提纲",
        "是否要列出对他人开展批评的发言提纲。",
        {"required": "每人对每人列出", "optional": "自愿", "off": "不要求"},
    )
    outline_reviewer: str = choice(
        "none",
        CRITICISM,
        "批评提纲由谁审阅",
        "审阅后才能明示给本人。",
        {"none": "不要求审阅", "own_head": "班子主要领导"},
    )
    disclose_before_meeting: bool = flag(
        False, CRITICISM, "会前明示", "批评意见是否会前明示给本人。", yes="会前明示", no="不要求"
    )
    criticism_consulted: bool = flag(
        False, CRITICISM, "会前沟通", "批评意见是否会前充分沟通、交换意见。", yes="要沟通", no="不要求"
    )
    outline_checklist: tuple[str, ...] = texts((), CRITICISM, "提纲审阅重点", "审阅批评提纲时逐条对照。")
    criticism_aim: str = text("", CRITICISM, "批评的要求", "印在会议议程上。", longest=200)
