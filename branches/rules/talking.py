"""Rules of heart-to-heart talks: 谈心谈话."""

from __future__ import annotations

from dataclasses import dataclass

from branches.rules.spec import choice, choices, flag, maybe_number, number, texts

TALK = "谈心谈话"


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
    talk_sitting_most: int | None = maybe_number(
        6,
        TALK,
        "坐在一起谈算不算",
        "几个人坐在一起相互谈，每两人之间都算谈过；通知没有说，人数不超过这个数（含本数）才算。",
        unit="人",
        low=3,
        high=50,
        none="只算一对一谈",
        open_point=True,
    )
    talk_repeat_times: int = number(
        2,
        TALK,
        "反复谈几次",
        "对存在问题又缺乏认识的党员要反复谈；通知没有说几次。",
        unit="次",
        low=1,
        high=12,
        open_point=True,
    )
    talk_keep_days: int = number(
        180,
        TALK,
        "谈话内容保存天数",
        "活动完成期限以后多少天清除谈话内容，批评提纲的内容也按这个天数；谁和谁、哪天谈的保留。",
        unit="天",
        low=0,
        high=3650,
        open_point=True,
    )
    talk_plan: bool = flag(
        False, TALK, "谈心谈话方案", "是否要另外制定谈心谈话方案。", yes="要制定", no="不要求"
    )
