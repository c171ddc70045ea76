"""Rules of the meeting itself: 会议."""

# ruff: noqa: RUF009  (rule() returns a dataclass field, not a shared value)

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from branches.rules.kinds import Maybe, Share
from branches.rules.spec import choice, choices, flag, maybe_number, number, rule, text, texts

HALL = "会议"

NO_QUORUM = "不作要求"

COUNTED = {"all": "正式党员和预备党员", "full": "只算正式党员"}

PARTS = {
    "duty_report": "书记述职",
    "committee_report": "通报班子对照检查情况",
    "self_review": "个人自评",
    "mutual_review": "党员互评",
    "committee_review": "评议支委会",
    "ballot": "民主测评",
}

ALONE = {**PARTS, "head_check": "书记对照检查发言", "heard": "听取党员批评意见"}

SPEAKING = {
    "committee_check": "书记代表班子对照检查",
    "own_check": "本人剖析问题和整改措施",
    "criticism": "其他成员逐一批评",
    "reply": "本人表态",
}

EXEMPTIONS = {
    "incapable": "患有精神病或其他疾病，不能表达本人意志",
    "abroad": "自费出国半年以上",
    "detained": "正在服刑、被拘留或被羁押",
    "bedridden": "年老体弱卧床不起，或长期生病、生活不能自理",
    "untransferred": "工作调动、外出半年以上，应转未转组织关系",
    "hometown": "已回原籍长期居住的离退休人员",
}


@dataclass(frozen=True)
class GatheringRules:
    """How the meetings are ordered, who counts and who comes."""

    meeting_form: str = choice(
        "plenary_only",
        HALL,
        "会议形式",
        "决定先开什么会、后开什么会。",
        {
            "committee_then_plenary": "先开支委会，再开党员大会",
            "plenary_only": "只开党员大会",
            "group": "党小组会",
            "democratic_life": "领导班子民主生活会",
        },
    )
    upper_committee_first: bool = flag(
        False,
        HALL,
        "党委（总支）班子会在先",
        "设党委或党总支的，是否要在支委会、党员大会之前先开班子会议。",
        yes="先开",
        no="不要求",
    )
    plenary_parts: tuple[str, ...] = choices(
        ("self_review", "mutual_review", "ballot"),
        HALL,
        "党员大会程序",
        "按先后顺序列出的程序；测评前面的程序没有结束，不能发票。",
        PARTS,
    )
    plenary_parts_alone: tuple[str, ...] = choices(
        (),
        HALL,
        "未设支委会的大会程序",
        "没有支委会的支部直接开大会，通知另有程序的在这里列出；不列的，与党员大会程序相同。",
        ALONE,
        empty="与党员大会程序相同",
    )
    speaking_steps: tuple[str, ...] = choices(
        ("committee_check", "own_check", "criticism", "reply"),
        HALL,
        "班子会发言步骤",
        "支委会、班子会、民主生活会上，先由书记发言，再逐人按这些步骤进行。",
        SPEAKING,
        open_point=True,
    )
    meeting_place: str = text("", HALL, "会议地点", "通知写明地点的照填。", longest=80)
    attendees: tuple[str, ...] = texts((), HALL, "参会人员", "通知写明哪些人参加的，一行一类人。")
    leader_examples: tuple[str, ...] = texts((), HALL, "领导带头", "要求书记或领导干部带头做的事，一行一条。")
    secretary_duty_report: bool = flag(
        False,
        HALL,
        "书记述职",
        "书记是否代表支委会向党员大会述职。",
        yes="要述职",
        no="不要求",
    )
    group_split_from: int | None = maybe_number(
        None,
        HALL,
        "可分党小组的人数",
        "达到这个人数（含本数）的支部，自评和互评可分党小组进行。",
        unit="人",
        none="不分党小组",
    )
    group_split_counts: str = choice(
        "all",
        HALL,
        "可分党小组的人数怎么算",
        "通知没有说预备党员是否计入，默认按全体党员计算。",
        COUNTED,
        open_point=True,
    )
    group_split_parts: tuple[str, ...] = choices(
        ("self_review", "mutual_review"),
        HALL,
        "可分党小组的程序",
        "只有这些程序可以分党小组；民主测评始终在党员大会上进行。",
        {"self_review": PARTS["self_review"], "mutual_review": PARTS["mutual_review"]},
    )
    notice_days: int = number(
        3,
        HALL,
        "提前通知",
        "会议召开前至少提前几天通知党员；不足时提醒并说明理由。",
        unit="天",
        high=60,
        open_point=True,
    )
    resolution_quorum: Fraction | None = rule(
        Fraction(1, 2),
        HALL,
        "党员大会表决的到会比例",
        "作决议时，有表决权的到会人数占应到会有表决权人数的最低比例（含本数）。",
        Maybe(Share(), NO_QUORUM),
    )
    resolution_majority: Fraction = rule(
        Fraction(1, 2),
        HALL,
        "党员大会表决的通过比例",
        "作决议时，赞成人数须超过应到会有表决权人数的几分之几（不含本数）。",
        Share(),
        open_point=True,
    )
    committee_quorum: Fraction | None = rule(
        Fraction(1, 2),
        HALL,
        "支委会到会比例",
        "支委会到会委员占全体委员的最低比例（含本数）。",
        Maybe(Share(), NO_QUORUM),
    )
    democratic_life_quorum: Fraction | None = rule(
        Fraction(2, 3),
        HALL,
        "民主生活会到会比例",
        "领导班子民主生活会到会人数占应到人数的最低比例（含本数）。",
        Maybe(Share(), NO_QUORUM),
    )
    exempt_reasons: tuple[str, ...] = choices(
        ("incapable", "abroad", "detained", "bedridden", "untransferred"),
        HALL,
        "可不计入应到会的情形",
        "参照选举的规定列出；不在其中的人都计入应到会。",
        EXEMPTIONS,
        open_point=True,
    )
    exempt_needs_parent: bool = flag(
        True,
        HALL,
        "不计入应到会须经上级同意",
        "不计入应到会的人是否须经上级党组织同意。",
        yes="须同意",
        no="不要求",
        open_point=True,
    )
    exempt_needs_plenary: bool = flag(
        True,
        HALL,
        "不计入应到会须经党员大会通过",
        "不计入应到会的人是否须经党员大会通过。",
        yes="须通过",
        no="不要求",
        open_point=True,
    )
    theme_day: bool = flag(
        False,
        HALL,
        "结合主题党日",
        "会议是否结合主题党日活动召开。",
        yes="结合",
        no="不要求",
    )
    leaders_join_branch: bool = flag(
        True,
        HALL,
        "党员领导干部参加所在支部",
        "党员领导干部是否要以普通党员身份参加所在党支部的会。",
        yes="要参加",
        no="不要求",
    )
    superior_attendance: str = choice(
        "none",
        HALL,
        "上级派员参加",
        "上级党组织是否派人到会。",
        {"none": "不要求", "invited": "邀请上级派员", "required": "上级要派人"},
    )
    superior_comments: bool = flag(
        False,
        HALL,
        "上级到会点评",
        "到会的上级同志是否要对会议情况点评。",
        yes="要点评",
        no="不要求",
    )
    leader_visits_min: int | None = maybe_number(
        None,
        HALL,
        "上级班子成员至少参加的支部数",
        "每名上级班子成员至少参加几个党支部的会。",
        unit="个",
        high=99,
    )
    leader_visits_max: int | None = maybe_number(
        None,
        HALL,
        "上级班子成员参加支部数的上限",
        "通知写成“2—3个”时的后一个数，只作提示。",
        unit="个",
        high=99,
    )
    online_meeting: str = choice(
        "with_reason",
        HALL,
        "网上开会",
        "“不宜”在网上进行的，确需时要在方案里写明理由。",
        {"no": "不允许", "with_reason": "不宜，确需时写明理由", "yes": "允许"},
    )
    floating_ways: tuple[str, ...] = choices(
        ("homecoming", "receiving_place"),
        HALL,
        "流动党员参加方式",
        "不能到会的外出党员可以怎样参加。",
        {
            "homecoming": "利用集中返乡时机",
            "receiving_place": "安排在流入地党组织参加",
        },
    )
    absent_statement: bool = flag(
        False,
        HALL,
        "缺席人书面发言",
        "不能到会的人是否要写出发言提纲，托人在会上宣读。",
        yes="要写",
        no="不要求",
    )
    may_postpone: bool = flag(
        True,
        HALL,
        "准备不充分可以延期",
        "没有准备好的不急于开会；延期写明理由，不算逾期。",
        yes="可以",
        no="不可以",
    )
    reschedule_needs_consent: bool = flag(
        False,
        HALL,
        "民主生活会改期须经上级同意",
        "民主生活会提前或延期，是否须先报上级党组织同意；同意以前仍按原定时间。",
        yes="须经同意",
        no="不要求",
        open_point=True,
    )
