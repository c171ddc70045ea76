"""What one person has to do: an ordinary member, somebody of the committee, the secretary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from branches.rules.duty_steps import Shape, either, every, listed, shown
from branches.rules.duty_talks import committee_mode, person_pairs, upper_person_pairs
from branches.rules.preparing import OWED, REVIEWERS
from branches.rules.ruleset import Rules
from branches.rules.steptypes import AFTER, AT, BEFORE


@dataclass(frozen=True)
class Said:
    """One sentence to a person: where it stands, the rule it follows from, the step whose day holds."""

    part: str
    heading: str
    text: str
    rule_key: str
    step: str = ""


SaidTo = Iterator[Said]


def member_lines(rules: Rules, shape: Shape) -> SaidTo:
    """An ordinary member; where only a leading body meets, one of that body."""
    yield from _preparing(rules)
    yield from _talking(rules, "member", shape)
    yield from _pointing(rules)
    yield from _listing(rules, "自己动手" if rules.material_self_written else "")
    yield from _attending(rules)
    yield from _rating(rules, shape)
    yield from _afterwards(rules)


def committee_lines(rules: Rules, shape: Shape) -> SaidTo:
    """Somebody of the branch committee: what a member does, and what the committee does."""
    yield from _preparing(rules)
    yield from _talking(rules, "committee", shape)
    yield from _pointing(rules)
    yield from _listing(rules, "自己动手" if rules.material_self_written else "")
    if rules.outlines == "required":
        text = "列出对班子其他每名成员的批评发言提纲。"
        yield Said(BEFORE, "批评提纲", text, "outlines", "outlines")
    if rules.meeting_form == "committee_then_plenary":
        text = "参加支委会：自我批评，逐一相互批评，最后表态。"
        yield Said(AT, "支委会", text, "meeting_form", "committee_meeting")
    yield from _attending(rules)
    yield from _rating(rules, shape)
    yield from _afterwards(rules)


def secretary_lines(rules: Rules, shape: Shape) -> SaidTo:
    """The secretary in person; what the branch has to do stands in its own list."""
    for key, label in (("first_responsible", "第一责任人"), ("direct_responsible", "直接责任人")):
        who = getattr(rules, key)
        if who:
            yield Said(BEFORE, "责任", f"{label}：{who}。", key)
    yield from _talking(rules, "secretary", shape)
    yield from _pointing(rules)
    if rules.talk_key_people:
        text = f"带头谈、重点谈：{shown(rules, 'talk_key_people')}。"
        yield Said(BEFORE, "谈心谈话", text, "talk_key_people", "talks")
    if rules.head_material in ("list", "full"):
        verb = "列出" if rules.head_material == "list" else "撰写"
        text = f"{verb}自己的{OWED[rules.head_material]}。"
        yield Said(BEFORE, "自己的材料", text, "head_material", "material")
        if rules.material_min_chars:
            text = f"一般不少于 {rules.material_min_chars} 字（不计空格）。"
            yield Said(BEFORE, "自己的材料", text, "material_min_chars")
        if rules.head_reviewer != "none":
            text = f"由{REVIEWERS[rules.head_reviewer]}审核。"
            yield Said(BEFORE, "自己的材料", text, "head_reviewer")
    elif rules.member_material in ("list", "full"):
        yield from _listing(rules, "自己动手" if rules.material_self_written else "")
    yield from _leading(rules, shape)
    if rules.ballot_place != "none":
        yield Said(AT, "民主测评", "和其他党员一样，现场填一张测评表。", "ballot_place", "ballot")
    if rules.feedback_required:
        text = "把评定意见反馈给每名党员本人。"
        yield Said(AFTER, "反馈", text, "feedback_required", "feedback")
    if rules.rectification_first_responsible:
        text = f"整改第一责任人：{rules.rectification_first_responsible}。"
        yield Said(AFTER, "整改", text, "rectification_first_responsible", "rectification")
    if rules.duty_report_includes:
        yield Said(AFTER, "整改", "述职时报告整改措施落实情况。", "duty_report_includes")


def _preparing(rules: Rules) -> SaidTo:
    """Learning and saying what one thinks."""
    if rules.study_list or rules.study_forms:
        what = f"：{listed(rules.study_list)}" if rules.study_list else ""
        yield Said(BEFORE, "学习", f"参加集中学习{what}。", "study_list", "study")
    if rules.study_makeup:
        yield Said(BEFORE, "学习", "确实来不了的，支部把学习材料送给您。", "study_makeup")
    if rules.opinions_asked:
        text = "对支部（班子）的工作和班子成员，有意见建议就提。"
        yield Said(BEFORE, "提意见", text, "opinions_asked", "opinions")


def _talking(rules: Rules, audience: str, shape: Shape) -> SaidTo:
    """With whom the person talks."""
    if shape.is_body and rules.talk_upper_pairs:
        for number, words in enumerate(upper_person_pairs(rules, audience)):
            yield Said(BEFORE, "谈心谈话", words, "talk_upper_pairs", "" if number else "talks")
        return
    for number, words in enumerate(person_pairs(rules, audience, shape.has_committee)):
        yield Said(BEFORE, "谈心谈话", words, "talk_pairs", "" if number else "talks")
    if how := committee_mode(rules, shape.has_committee):
        yield Said(BEFORE, "谈心谈话", how, "committee_member_mode")
    few, large = rules.talk_min_partners, rules.talk_large_branch_from
    pair, whom = ("secretary_member", "党员") if audience == "secretary" else ("member_member", "其他党员")
    if few and large and pair in rules.talk_pairs:
        whose = "一般不少于" if rules.talk_min_partners_mode == "each" else "整个支部合计一般不少于"
        text = f"党员达到 {large} 人（含本数）的支部，和{whom}谈，{whose} {few} 人。"
        yield Said(BEFORE, "谈心谈话", text, "talk_min_partners")
    if rules.talk_pairs and rules.talk_remote_allowed:
        yield Said(BEFORE, "谈心谈话", "外出流动党员可以用电话、网络谈。", "talk_remote_allowed")


def _pointing(rules: Rules) -> SaidTo:
    """What the talks are about."""
    if rules.talk_points:
        yield Said(BEFORE, "谈心谈话", f"谈什么：{'；'.join(rules.talk_points)}。", "talk_points")


def _listing(rules: Rules, by_hand: str) -> SaidTo:
    """The person's own list or material, or what to think over when none is asked for."""
    if rules.member_material in ("list", "full"):
        verb = "列出" if rules.member_material == "list" else "撰写"
        text = f"{by_hand}{verb}{OWED[rules.member_material]}。"
        yield Said(BEFORE, "自己的材料", text, "member_material", "lists")
        if rules.member_heads:
            text = f"从这些方面写：{listed(rules.member_heads)}。"
            yield Said(BEFORE, "自己的材料", text, "member_heads")
        if rules.member_reviewer != "none":
            text = f"由{REVIEWERS[rules.member_reviewer]}审核。"
            yield Said(BEFORE, "自己的材料", text, "member_reviewer")
    elif rules.member_heads:
        text = f"想一想自己在这些方面的差距和不足，会上说：{listed(rules.member_heads)}。"
        yield Said(BEFORE, "查找不足", text, "member_heads")


def _attending(rules: Rules) -> SaidTo:
    """Coming to the meeting and what one does there."""
    named = {"group": "党小组会", "democratic_life": "民主生活会"}
    where, step = named.get(rules.meeting_form, "党员大会"), "meeting"
    if rules.meeting_form == "democratic_life":
        step = "democratic_life"
    yield Said(AT, "参加会议", f"按时参加{where}；不能来的，提前请假。", "meeting_form", step)
    if rules.floating_ways and rules.meeting_form != "democratic_life":
        text = f"在外地、难以回来的，可以{either(rules, 'floating_ways')}。"
        yield Said(AT, "参加会议", text, "floating_ways")
    if rules.absent_statement:
        text = "不能到会的，写出发言提纲，托人在会上宣读。"
        yield Said(AT, "参加会议", text, "absent_statement")
    parts = [key for key in rules.plenary_parts if key in ("self_review", "mutual_review")]
    if parts:
        said = {"self_review": "说自己的表现和不足", "mutual_review": "对其他党员提出批评和建议"}
        text = f"{'，'.join(said[key] for key in parts)}。"
        yield Said(AT, "自评互评", text, "plenary_parts")
    if rules.criticism_aim:
        yield Said(AT, "自评互评", f"{rules.criticism_aim}。", "criticism_aim")


def _rating(rules: Rules, shape: Shape) -> SaidTo:
    """Filling in the form."""
    if rules.ballot_place == "none":
        return
    secret = "无记名" if rules.ballot_secret else "记名"
    text = f"现场{secret}填测评表，每人只选一个等次：{shown(rules, 'ballot_scale')}。"
    yield Said(AT, "民主测评", text, "ballot_scale", "ballot")
    votes = "可以填票" if rules.probationary_votes else "不填票"
    text = f"预备党员参加评议，{votes}，自己不评定等次。"
    yield Said(AT, "民主测评", text, "probationary_votes")
    if rules.committee_rated and shape.has_committee:
        yield Said(AT, "民主测评", "评议支委会的工作、作风。", "committee_rated")


def _leading(rules: Rules, shape: Shape) -> SaidTo:
    """What the secretary does at the meeting."""
    if rules.meeting_form == "committee_then_plenary" and shape.has_committee:
        text = "支委会上先代表班子对照检查，再作个人对照检查。"
        yield Said(AT, "会上", text, "meeting_form", "committee_meeting")
    if "committee_report" in rules.plenary_parts:
        text = "在党员大会上通报班子对照检查情况。"
        yield Said(AT, "会上", text, "plenary_parts", "meeting")
    if rules.secretary_duty_report:
        text = "代表支委会向党员大会述职。"
        yield Said(AT, "会上", text, "secretary_duty_report", "meeting")
    if rules.leader_examples:
        yield Said(AT, "会上", f"{'；'.join(rules.leader_examples)}。", "leader_examples")
    if rules.meeting_form == "democratic_life":
        text = "代表班子对照检查，带头批评和自我批评。"
        yield Said(AT, "会上", text, "meeting_form", "democratic_life")


def _afterwards(rules: Rules) -> SaidTo:
    """Hearing the result, promising, reporting."""
    if rules.feedback_required:
        text = "支部把评定意见反馈给您本人。"
        yield Said(AFTER, "听取反馈", text, "feedback_required")
    said = {"measures": "定出个人整改措施。", "commitments": "作出整改承诺。"}
    if rules.member_rectification in said:
        text = said[rules.member_rectification]
        yield Said(AFTER, "整改", text, "member_rectification", "commitments")
    if rules.member_report_every_months:
        often = every(rules.member_report_every_months)
        text = f"{often}在党员大会或党小组会上报告一次兑现承诺情况，共 {rules.member_report_times} 次。"
        yield Said(AFTER, "整改", text, "member_report_every_months")
    if rules.dues_ledger:
        yield Said(AFTER, "党费", "按月向支部交纳党费。", "dues_ledger")
