"""What an organisation has to do in each step, in plain sentences; the numbers come from the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from branches.rules.duty_talks import branch_pairs, committee_mode, upper_pairs
from branches.rules.gathering import COUNTED, PARTS, SPEAKING
from branches.rules.preparing import OWED, REVIEWERS
from branches.rules.resolving import show
from branches.rules.ruleset import Rules

Lines = Iterator[tuple[str, str]]  # a sentence and the key of the rule it follows from
WRITTEN = ("list", "full")
QUARTER = 3


@dataclass(frozen=True)
class Shape:
    """Which kind of organisation is spoken to: a 党委（总支）班子 or a branch, with or without a committee."""

    is_body: bool = False
    has_committee: bool = True


def listed(items: tuple[str, ...]) -> str:
    """The items as one enumeration."""
    return "、".join(items)


def shown(rules: Rules, key: str) -> str:
    """The value of a rule as a person reads it."""
    return show(key, getattr(rules, key))


def either(rules: Rules, key: str) -> str:
    """The chosen options of a rule, joined as a choice."""
    return shown(rules, key).replace("、", "，也可以")


def every(months: int) -> str:
    """每季度, 每月 or 每几个月."""
    return "每季度" if months == QUARTER else "每月" if months == 1 else f"每 {months} 个月"


def _lead(rules: Rules, shape: Shape) -> Lines:
    yield "成立领导小组和办公室，明确各自职责。", "leading_group"


def _plan(rules: Rules, shape: Shape) -> Lines:
    said = {
        "approve": "制定实施方案报上级，批准以后才能部署、往下做。",
        "file_for_record": "制定实施方案，报上级审核备案；报了就可以往下做。",
        "consult": "开会前同上级党组织沟通情况，商定开会的时间和开法，记下几句就行。",
        "own": "自己制定实施方案，不必上报。",
    }
    yield said[rules.plan_gate], "plan_gate"
    if rules.plan_recipients and rules.plan_gate in ("approve", "file_for_record"):
        yield f"报{listed(rules.plan_recipients)}。", "plan_recipients"
    if rules.plan_fields and rules.plan_gate != "consult":
        yield f"写明{shown(rules, 'plan_fields')}。", "plan_fields"
    if rules.plan_copy_warning:
        yield "结合本支部实际作出安排，不能简单转发上级文件。", "plan_copy_warning"


def _mobilise(rules: Rules, shape: Shape) -> Lines:
    yield "召开会议，动员部署。", "mobilise"


def _study(rules: Rules, shape: Shape) -> Lines:
    what = f"：{listed(rules.study_list)}" if rules.study_list else ""
    yield f"会前组织党员集中学习{what}。", "study_list"
    if rules.study_forms:
        yield f"可以采取{listed(rules.study_forms)}等方式。", "study_forms"
    if rules.study_makeup:
        yield "确有原因不能参加的党员，把学习材料及时送给本人。", "study_makeup"
    if rules.study_gate == "refuse":
        yield "没有登记集中学习的，不能宣布开会。", "study_gate"


def _opinions(rules: Rules, shape: Shape) -> Lines:
    yield "会前征求党员群众的意见建议。", "opinions_asked"
    if rules.opinion_ways:
        yield f"可以采取这些方式：{shown(rules, 'opinion_ways')}。", "opinion_ways"
    if "back_to_back" in rules.opinion_ways:
        yield "背靠背提的意见，不记是谁提的。", "opinion_ways"
    if "online" in rules.opinion_ways:
        yield "网上提意见不用登录，不记是谁提的；上级看过以后再采用。", "opinion_ways"
    if rules.opinion_verdicts:
        yield "每条意见判明属实、基本属实、不够准确还是不属实，属实的要有回应。", "opinion_verdicts"
    if rules.opinion_rounds:
        yield f"整个活动面向群众听取意见 {rules.opinion_rounds} 次。", "opinion_rounds"


def _analysis(rules: Rules, shape: Shape) -> Lines:
    yield "召开专门会议，把征求到的意见逐条分析，找准问题。", "problem_analysis"


def _talks(rules: Rules, shape: Shape) -> Lines:
    if shape.is_body and rules.talk_upper_pairs:
        for words in upper_pairs(rules):
            yield words, "talk_upper_pairs"
    else:
        for words in branch_pairs(rules, shape.has_committee):
            yield words, "talk_pairs"
        if how := committee_mode(rules, shape.has_committee):
            yield how, "committee_member_mode"
    yield (
        f"每一对至少谈 {rules.talk_times} 次{'，会前谈完' if rules.talk_before_meeting else ''}。",
        "talk_times",
    )
    if rules.talk_sitting_most:
        yield f"几个人坐在一起谈也算，最多 {rules.talk_sitting_most} 人。", "talk_sitting_most"
    large, least = rules.talk_large_branch_from, rules.talk_min_partners
    if large and least:
        whose = "每人" if rules.talk_min_partners_mode == "each" else "整个支部合计"
        few = f"书记和党员、党员之间{whose}一般不少于 {least} 人"
        yield f"党员达到 {large} 人（含本数）的支部，{few}。", "talk_min_partners"
    if rules.talk_key_people:
        yield f"重点谈：{shown(rules, 'talk_key_people')}。", "talk_key_people"
        if "unaware" in rules.talk_key_people and rules.talk_repeat_times > 1:
            yield f"存在问题又缺乏认识的，至少谈 {rules.talk_repeat_times} 次。", "talk_repeat_times"
        if rules.talk_key_by != "any":
            yield f"重点对象：{shown(rules, 'talk_key_by')}。", "talk_key_by"
    if rules.talk_home_visit:
        yield f"上门谈：{shown(rules, 'talk_home_visit')}。", "talk_home_visit"
    if rules.talk_remote_allowed:
        yield "外出流动党员可以用电话、网络谈。", "talk_remote_allowed"
    if rules.talk_points:
        yield f"谈什么：{'；'.join(rules.talk_points)}。", "talk_points"
    if rules.talk_plan:
        yield "另外制定谈心谈话方案。", "talk_plan"
    kept = {"summary": "谈完记下要点。", "full": "谈完填写完整的记录表。"}
    said = kept.get(rules.talk_record_level, "谈完只勾选谁和谁、哪天。")
    yield said, "talk_record_level"


def _material(rules: Rules, shape: Shape) -> Lines:
    subjects = (
        ("committee_material", "committee_reviewer", "班子"),
        ("head_material", "head_reviewer", "书记（正职、负责人）"),
        ("official_material", "official_reviewer", "党员大学生村官"),
    )
    for key, reviewed_by, who in subjects:
        owed = getattr(rules, key)
        if owed in WRITTEN:
            yield f"{who}：{'列出' if owed == 'list' else '撰写'}{OWED[owed]}。", key
            reviewer = getattr(rules, reviewed_by)
            if reviewer != "none":
                yield f"{who}的材料由{REVIEWERS[reviewer]}审核。", reviewed_by
    if rules.material_min_chars:
        yield f"每份一般不少于 {rules.material_min_chars} 字（不计空格）。", "material_min_chars"
    if rules.committee_heads:
        yield f"从这些方面查摆：{listed(rules.committee_heads)}。", "committee_heads"
    if rules.material_sections:
        yield f"依次写：{listed(rules.material_sections)}。", "material_sections"
    if rules.weak_branch_section:
        yield "软弱涣散党组织还要查摆基层组织建设方面的问题。", "weak_branch_section"
    if rules.must_answer:
        yield f"逐一回应：{listed(rules.must_answer)}。", "must_answer"
    if rules.spot_check:
        yield "上级可能抽查审核其中一部分。", "spot_check"


def _lists(rules: Rules, shape: Shape) -> Lines:
    who = "每名班子成员" if rules.meeting_form == "democratic_life" else "每名党员"
    by_hand = "自己动手" if rules.material_self_written else ""
    verb = "列出" if rules.member_material == "list" else "撰写"
    yield f"{who}{by_hand}{verb}{OWED[rules.member_material]}。", "member_material"
    if rules.member_heads:
        yield f"从这些方面写：{listed(rules.member_heads)}。", "member_heads"
    if rules.material_sections and "none" == rules.committee_material == rules.head_material:
        yield f"依次写：{listed(rules.material_sections)}。", "material_sections"
    if rules.member_reviewer != "none":
        yield f"由{REVIEWERS[rules.member_reviewer]}审核。", "member_reviewer"


def _discussion(rules: Rules, shape: Shape) -> Lines:
    yield "班子材料形成后，开会集体讨论修改，并在一定范围内征求意见。", "committee_discussion"


def _outlines(rules: Rules, shape: Shape) -> Lines:
    yield "每名班子成员列出对其他每名成员的批评发言提纲。", "outlines"
    if rules.outline_reviewer != "none":
        yield f"提纲报{shown(rules, 'outline_reviewer')}审阅。", "outline_reviewer"
    if rules.disclose_before_meeting:
        yield "批评意见会前明示给本人，不搞突然袭击。", "disclose_before_meeting"


def _speaking(rules: Rules) -> Lines:
    if rules.speaking_steps:
        yield f"发言步骤：{' → '.join(SPEAKING[key] for key in rules.speaking_steps)}。", "speaking_steps"


def _upper(rules: Rules, shape: Shape) -> Lines:
    yield "在支委会、党员大会之前，先开党委（总支）班子会，逐一批评和自我批评。", "upper_committee_first"
    yield from _speaking(rules)


def _committee(rules: Rules, shape: Shape) -> Lines:
    yield "先召开支委会，每名支委自我批评，再逐一相互批评。", "meeting_form"
    yield from _speaking(rules)


def _coming(rules: Rules, shape: Shape) -> Lines:
    """What holds for any meeting: who comes, how it is told, when it may wait."""
    if rules.meeting_place:
        yield f"地点：{rules.meeting_place}。", "meeting_place"
    if rules.attendees:
        yield f"参会人员：{listed(rules.attendees)}。", "attendees"
    yield f"至少提前 {rules.notice_days} 天通知到人。", "notice_days"
    asked = {"invited": "邀请上级派员参加并指导。", "required": "上级要派人参加，定下时间后先告诉上级。"}
    if rules.superior_attendance in asked:
        yield asked[rules.superior_attendance], "superior_attendance"
    if rules.superior_comments:
        yield "到会的上级同志对会议作点评。", "superior_comments"
    if rules.criticism_consulted:
        yield "批评意见会前充分沟通、交换。", "criticism_consulted"
    if rules.may_postpone:
        yield "没有准备好的，不急于开会；写明原因可以延期，不算逾期。", "may_postpone"


def _meeting(rules: Rules, shape: Shape) -> Lines:
    if rules.upper_committee_first:
        yield "设党委或党总支的，先开党委（总支）班子会，再开本支部的会。", "upper_committee_first"
    if rules.meeting_form == "group":
        yield "召开党小组会。", "meeting_form"
    elif rules.meeting_form == "committee_then_plenary" and not shape.has_committee:
        yield "没有支委会，直接召开党员大会；书记先作对照检查发言，听取批评意见。", "meeting_form"
    else:
        yield "召开党员大会，开展批评和自我批评。", "meeting_form"
    if rules.secretary_duty_report:
        yield "书记代表支委会向党员大会述职。", "secretary_duty_report"
    order = (
        "plenary_parts_alone" if rules.plenary_parts_alone and not shape.has_committee else "plenary_parts"
    )
    if getattr(rules, order):
        yield f"大会按这个顺序进行：{shown(rules, order)}。", order
    if rules.group_split_from:
        parts = "、".join(PARTS[key] for key in rules.group_split_parts)
        size = f"{rules.group_split_from} 人（含本数，{COUNTED[rules.group_split_counts]}）"
        yield f"党员达到 {size}的支部，{parts}可以分党小组进行。", "group_split_from"
    if rules.theme_day:
        yield "结合主题党日活动进行。", "theme_day"
    if rules.leaders_join_branch:
        yield "党员领导干部以普通党员身份参加所在支部的会。", "leaders_join_branch"
    if rules.floating_ways:
        yield f"外出、难以集中的党员，可以{either(rules, 'floating_ways')}。", "floating_ways"
    if rules.absent_statement:
        yield "不能到会的人写出发言提纲，托人在会上宣读。", "absent_statement"
    online = {"no": "不能在网上开会。", "with_reason": "不宜在网上进行；确有需要的，写明理由。"}
    if rules.online_meeting in online:
        yield online[rules.online_meeting], "online_meeting"
    yield from _coming(rules, shape)


def _democratic_life(rules: Rules, shape: Shape) -> Lines:
    yield "召开领导班子民主生活会，班子成员逐一批评和自我批评。", "meeting_form"
    yield from _speaking(rules)
    yield from _coming(rules, shape)
    if rules.reschedule_needs_consent:
        yield "提前或者延期的，先报上级党组织同意。", "reschedule_needs_consent"


DETAILS: dict[str, Callable[[Rules, Shape], Lines]] = {
    "lead": _lead,
    "plan": _plan,
    "mobilise": _mobilise,
    "study": _study,
    "opinions": _opinions,
    "analysis": _analysis,
    "talks": _talks,
    "material": _material,
    "lists": _lists,
    "discussion": _discussion,
    "outlines": _outlines,
    "upper_meeting": _upper,
    "committee_meeting": _committee,
    "meeting": _meeting,
    "democratic_life": _democratic_life,
}
