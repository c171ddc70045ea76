"""Rules of talks, materials and criticism outlines: 谈心谈话, 材料, 批评."""

from __future__ import annotations

from dataclasses import dataclass

from branches.rules.spec import choice, choices, flag, maybe_number, number, text, texts

TALK = "谈心谈话"
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
class TalkRules:
    """Who must talk with whom before the meeting."""

    talk_pairs: tuple[str, ...] = choices(
        (),
        TALK,
        "支部内谈心范围",
        "哪些人之间要谈；系统据此列出还差哪几对。",
        {
            "secretary_committee": "书记与支委（班子成员）",
            "secretary_member": "书记与每名党员",
            "deputy_member": "副书记与党员",
            "committee_committee": "支委（班子成员）之间",
            "committee_member": "支委与党员",
            "member_member": "党员之间",
            "leader_portfolio": "班子成员与分管部门负责同志",
        },
    )
    talk_upper_pairs: tuple[str, ...] = choices(
        (),
        TALK,
        "党委（总支）谈心范围",
        "设党委或党总支的，另外还要谈的范围。",
        {
            "secretary_committee": "书记与班子成员",
            "secretary_lower": "书记与下一级党组织书记",
            "secretary_own_branch": "书记与所在支部党员",
            "committee_committee": "委员之间",
            "committee_liaison": "委员与分工联系的下一级党组织书记",
        },
    )
    talk_times: int = number(1, TALK, "每对谈几次", "要求谈心的每一对至少谈几次。", unit="次", low=1, high=12)
    committee_member_mode: str = choice(
        "any",
        TALK,
        "支委与党员怎么算谈过",
        "通知没有说是每名支委都要谈，还是有一名支委谈过即可。",
        {"any": "有一名支委谈过即可", "each": "每名支委都要谈"},
        open_point=True,
    )
    talk_large_branch_from: int | None = maybe_number(
        20,
        TALK,
        "“人数较多”的支部",
        "通知没有说多少人算较多；达到这个人数（含本数）的按较低要求计算。",
        unit="人",
        none="不分大小",
        open_point=True,
    )
    talk_min_partners: int | None = maybe_number(
        None,
        TALK,
        "人数较多时至少谈几人",
        "人数较多的支部，书记与党员、党员之间一般不少于几人；不足时提醒。",
        unit="人",
    )
    talk_min_partners_mode: str = choice(
        "each",
        TALK,
        "“不少于几人”怎么算",
        "通知没有说按每人算还是按整个支部算。",
        {"each": "每人各谈这么多人", "total": "整个支部合计"},
        open_point=True,
    )
    talk_key_people: tuple[str, ...] = choices(
        (),
        TALK,
        "重点谈心对象",
        "这些党员由书记重点谈，或采取相应的方式。",
        {
            "floating": "流动党员",
            "veteran": "退役军人党员",
            "poor": "生活困难党员",
            "unwell": "身心健康存在问题的党员",
            "elderly": "年老体弱党员",
            "disciplined": "受到处分或处置的党员",
            "unaware": "存在问题又缺乏认识的党员",
            "estranged": "平时有分歧的同志",
            "village_official": "大学生村官",
            "investor": "出资人（合伙人）",
            "problem_committee": "存在突出问题的班子成员",
        },
    )
    talk_key_by: str = choice(
        "any",
        TALK,
        "重点对象由谁谈",
        "通知没有说由谁谈的，支委、书记谈都可以。",
        {"any": "谁谈都可以", "committee": "支委谈", "secretary": "支委谈，书记必须谈"},
        open_point=True,
    )
    talk_points: tuple[str, ...] = texts(
        (), TALK, "谈心内容", "谈心时谈什么；印在谈心提示上，不要求照此记录。"
    )
    talk_home_visit: tuple[str, ...] = choices(
        (),
        TALK,
        "上门谈心对象",
        "对这些党员要上门谈心。",
        {"elderly": "年老体弱党员", "poor": "困难党员"},
    )
    talk_remote_allowed: bool = flag(
        False,
        TALK,
        "流动党员电话网络谈心",
        "对外出流动党员可否用电话、网络等方式。",
        yes="可以",
        no="没有规定",
    )
    talk_before_meeting: bool = flag(
        True, TALK, "会前谈完", "谈心日期晚于会议时是否提醒。", yes="会前谈完", no="不要求"
    )
    talk_plan: bool = flag(
        False, TALK, "谈心谈话方案", "是否要另外制定谈心谈话方案。", yes="要制定", no="不要求"
    )


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
