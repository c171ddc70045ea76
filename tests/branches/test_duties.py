"""What is asked and what is not, made from the rules of each notice, with the words of the notice."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules import CATEGORIES, PRESETS, SPECS, Rules, load_preset, resolve
from branches.rules.citing import NEVER, OWN_PROMISE, Duty
from branches.rules.describing import FROM_CAMPAIGN, FROM_SYSTEM
from branches.rules.duties import AUDIENCES, Duties, duties_for, spared, topics
from branches.rules.duty_steps import every

NOTICES = Path(__file__).parent / "notices"
PAPERS = ("方案", "发言材料", "检查材料", "总结", "专项报告", "照片", "录像", "打卡", "台账")


def duties_of(
    preset: str, category: str = "village", audience: str = "organization", **changed: Any
) -> Duties:
    """The duties under a preset; `changed` are rules (JSON), or is_body and has_committee."""
    shape = {key: changed.pop(key) for key in ("is_body", "has_committee") if key in changed}
    chosen = load_preset(preset)
    values = {**chosen.values, **changed}
    overlays = {name: {**part, **changed} for name, part in chosen.overlays.items()}
    rules = resolve(values, overlays, category)
    return duties_for(rules, chosen.clauses, category=category, audience=audience, year=2014, **shape)


def texts(duties: Duties) -> str:
    """Everything to do, one sentence a line."""
    return "\n".join(duty.text for duty in duties.todo)


def test_the_ballot_of_the_masses_is_told_where_it_is_asked_for() -> None:
    asked = "群众代表另填一种票评议党员，单独计票，不和党员票相加。"
    assert asked in texts(duties_of("xinyi_2018", masses_ballot=True))
    assert asked not in texts(duties_of("xinyi_2018"))


def by_text(found: tuple[Duty, ...], words: str) -> Duty:
    """The one sentence with these words."""
    (duty,) = [duty for duty in found if words in duty.text]
    return duty


class TestXinyi:
    """新义村 2018: asks for little and says so."""

    @pytest.mark.parametrize(
        ("words", "clause"),
        [
            ("工作方案", "不要求党支部搞工作方案、报表台账、总结报告等村料"),
            ("总结报告、报表台账", "不要求党支部搞工作方案、报表台账、总结报告等村料"),
            ("个人发言材料", "不要求党员撰写个人发言材料"),
            ("照片", "上级党组织对基层党组织不搞“痕迹管理”。"),
            ("打卡", "上级党组织对基层党组织不搞“痕迹管理”。"),
            ("谈心谈话记录", "上级党组织对基层党组织不搞“痕迹管理”。"),
            ("另外上报材料", "上级党组织对基层党组织不搞“痕迹管理”。"),
        ],
    )
    def test_the_branch_is_told_what_is_not_asked_in_the_words_of_the_notice(
        self, words: str, clause: str
    ) -> None:
        duty = by_text(duties_of("xinyi_2018").not_needed, words)
        assert "不要求" in duty.text
        assert duty.clause is not None
        assert duty.clause.text == clause
        assert clause in (NOTICES / "xinyi_2018.txt").read_text(encoding="utf-8")

    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_nothing_to_do_names_a_plan_a_text_a_report_or_a_picture(self, audience: str) -> None:
        asked = texts(duties_of("xinyi_2018", audience=audience))
        assert [word for word in PAPERS if word in asked] == []

    def test_the_branch_only_consults_talks_meets_votes_and_puts_right(self) -> None:
        found = topics(duties_of("xinyi_2018").todo)
        assert [topic.heading for topic in found][:5] == [
            "与上级沟通时间和开法",
            "集中学习",
            "征求意见",
            "谈心谈话",
            "问题清单和整改措施",
        ]
        assert {topic.part for topic in found} == {"会前", "会上", "会后"}
        assert "最迟 2019年3月20日" in found[0].due_words

    def test_a_member_is_told_whom_to_talk_with_to_think_and_to_vote(self) -> None:
        duties = duties_of("xinyi_2018", audience="member")
        assert "和支委谈。" in texts(duties)
        assert "和其他党员谈" not in texts(duties)
        assert "想一想自己在这些方面的差距和不足" in texts(duties)
        assert "优秀／合格／基本合格／不合格" in texts(duties)
        assert "每季度在党员大会或党小组会上报告一次兑现承诺情况，共 4 次。" in texts(duties)
        assert by_text(duties.not_needed, "个人发言材料").clause is not None

    def test_the_secretary_reports_in_person_and_writes_nothing(self) -> None:
        duties = duties_of("xinyi_2018", audience="secretary")
        assert "代表支委会向党员大会述职。" in texts(duties)
        assert "和每名支委（班子成员）谈。\n和党员谈。" in texts(duties)
        assert by_text(duties.not_needed, "书记写个人").clause is None
        assert by_text(duties.not_needed, "个人发言材料").clause is not None

    def test_home_says_it_in_short_with_each_clause_once(self) -> None:
        chosen = load_preset("xinyi_2018")
        words, clauses = spared(resolve(chosen.values, chosen.overlays, "village"), chosen.clauses, "village")
        assert words == (
            "不要求支部搞工作方案。",
            "不要求党员撰写个人发言材料、检查材料。",
            "不要求写批评提纲。",
            "不要求总结报告、报表台账。",
            "不要求另外上报材料，上级只看系统里已有的数据。",
            "任何活动都不要求照片、录像。",
        )
        assert [clause.text for clause in clauses] == [
            "不要求党支部搞工作方案、报表台账、总结报告等村料",
            "不要求党员撰写个人发言材料",
            "上级党组织对基层党组织不搞“痕迹管理”。",
        ]


class TestLuoyang:
    """洛阳镇 2014: four talks, a material for each category, a plan that must be approved."""

    def test_the_four_talks_stand_in_words_with_their_clause(self) -> None:
        duties = duties_of("luoyang_2014")
        for words in (
            "书记和支委（班子成员）相互谈。",
            "书记和每名党员谈。",
            "支委（班子成员）之间相互谈。",
            "党员之间相互谈。",
        ):
            clause = by_text(duties.todo, words).clause
            assert clause is not None
            assert "党员彼此之间也要谈心" in clause.text
        few = by_text(duties.todo, "一般不少于 10 人")
        assert few.text == "党员达到 20 人（含本数）的支部，书记和党员、党员之间每人一般不少于 10 人。"
        assert few.clause is not None

    @pytest.mark.parametrize(
        ("category", "what", "chars", "due"),
        [
            ("office", "撰写对照检查材料", 1500, "2014年8月20日"),
            ("school", "撰写对照检查材料", 1500, "2014年8月20日"),
            ("village", "列出条目式问题清单和整改措施", 1200, "2014年8月31日"),
            ("private", "列出条目式问题清单和整改措施", 1000, "2014年8月31日"),
            ("social", "列出条目式问题清单和整改措施", 1000, "2014年8月31日"),
        ],
    )
    def test_the_material_is_that_of_the_category(
        self, category: str, what: str, chars: int, due: str
    ) -> None:
        duties = duties_of("luoyang_2014", category)
        (material,) = [t for t in topics(duties.todo) if any("每份" in x for b in t.blocks for x in b.texts)]
        assert due in material.due_words
        assert f"班子：{what}。" in texts(duties)
        length = by_text(duties.todo, f"每份一般不少于 {chars} 字")
        assert length.clause is not None
        assert f"不少于{chars}字" in length.clause.text

    def test_only_villages_post_their_lists_and_only_others_promise_in_public(self) -> None:
        village, private = duties_of("luoyang_2014"), duties_of("luoyang_2014", "private")
        office = duties_of("luoyang_2014", "office")
        assert "向群众公示" in texts(village)
        assert "公开承诺" not in texts(village) + texts(office)
        assert "采取适当方式作出公开承诺，接受群众监督。" in texts(private)
        assert "向群众公示" not in texts(private) + texts(office)

    def test_the_plan_waits_for_approval_and_the_report_counts_from_the_meeting(self) -> None:
        found = {topic.heading: topic for topic in topics(duties_of("luoyang_2014").todo)}
        assert found["实施方案报上级"].due_words == "最迟 2014年8月8日"
        assert found["专项报告"].due_words == "会后 15 日内"
        assert found["召开党员大会"].due_words == "2014年8月11日起，最迟 2014年8月31日"
        assert "不要求支部搞工作方案" not in str(duties_of("luoyang_2014").not_needed)

    def test_copying_is_warned_of_only_where_the_office_wants_it(self) -> None:
        assert "不能简单转发上级文件" in texts(duties_of("luoyang_2014"))
        assert "不能简单转发上级文件" not in texts(duties_of("luoyang_2014", plan_copy_warning=False))

    def test_the_secretary_owes_the_own_list_with_its_length_and_reviewer(self) -> None:
        duties = duties_of("luoyang_2014", audience="secretary")
        assert "列出自己的条目式问题清单和整改措施。\n一般不少于 1200 字（不计空格）。" in texts(duties)
        assert "由乡镇党委主要负责同志审核。" in texts(duties)
        assert "支委会上先代表班子对照检查，再作个人对照检查。" in texts(duties)
        assert "个人发言材料" not in str(duties.not_needed)
        assert "和党员谈，一般不少于 10 人" in texts(duties)

    def test_the_committee_speaks_in_the_order_of_the_notice_and_a_branch_without_one_in_its_own(
        self,
    ) -> None:
        speaking = by_text(duties_of("luoyang_2014").todo, "发言步骤")
        assert speaking.text.startswith("发言步骤：书记代表班子对照检查 → 本人剖析")
        assert speaking.clause is not None
        alone = by_text(duties_of("luoyang_2014", has_committee=False).todo, "大会按这个顺序")
        assert alone.rule_key == "plenary_parts_alone"
        assert "听取党员批评意见" in alone.text

    def test_without_a_committee_nothing_is_said_of_its_meeting_or_its_talks(self) -> None:
        alone = duties_of("luoyang_2014", has_committee=False)
        assert "没有支委会，直接召开党员大会" in texts(alone)
        assert "支委（班子成员）" not in texts(alone)
        assert "召开支委会" not in texts(alone)
        secretary = duties_of("luoyang_2014", audience="secretary", has_committee=False)
        assert "支委" not in texts(secretary)

    def test_a_body_above_branches_has_its_own_talks_and_meeting(self) -> None:
        body = duties_of("luoyang_2014", "private", is_body=True)
        assert "书记和下一级党组织书记谈。" in texts(body)
        assert "先开党委（总支）班子会" in texts(body)
        assert "民主测评" not in {topic.heading for topic in topics(body.todo)}
        secretary = texts(duties_of("luoyang_2014", "private", "secretary", is_body=True))
        assert "和下一级党组织书记谈。" in secretary
        committee = texts(duties_of("luoyang_2014", "private", "committee", is_body=True))
        assert "和分工联系的下一级党组织书记谈。" in committee

    def test_what_the_notice_leaves_open_is_said_to_be_this_systems(self) -> None:
        duties = duties_of("luoyang_2014")
        notice = by_text(duties.todo, "至少提前 3 天通知到人")
        assert (notice.clause, notice.origin) == (None, FROM_SYSTEM)
        photographs = by_text(duties.not_needed, "照片")
        assert (photographs.clause, photographs.origin) == (None, OWN_PROMISE)


class TestOthers:
    """The other notices, where they differ."""

    def test_every_member_owes_a_list_where_the_notice_says_so(self) -> None:
        duties = duties_of("xianning_2015", "office", "member")
        assert "自己动手列出条目式问题清单和整改措施。" in texts(duties)
        assert "按月向支部交纳党费。" in texts(duties)
        assert "个人发言材料" not in str(duties.not_needed)

    def test_a_plan_for_the_record_says_what_it_must_name(self) -> None:
        asked = texts(duties_of("xianning_2015", "office"))
        assert "报上级审核备案；报了就可以往下做" in asked
        assert "写明会议主题、时间、方式、参加人员、相关要求。" in asked
        assert "随报告附：民主评议党员测评表、民主评议党员测评汇总表。" in asked

    def test_another_day_wants_consent_only_where_the_rules_say_so(self) -> None:
        words = "提前或者延期的，先报上级党组织同意。"
        assert words in texts(duties_of("town_leadership_2014", "office", is_body=True))
        free = duties_of("town_leadership_2014", "office", is_body=True, reschedule_needs_consent=False)
        assert words not in texts(free)

    def test_a_leading_body_writes_outlines_and_hears_them_before(self) -> None:
        asked = texts(duties_of("town_leadership_2014", "office", is_body=True))
        assert "列出对其他每名成员的批评发言提纲" in asked
        assert "提纲报班子主要领导审阅。" in asked
        assert "批评意见会前明示给本人" in asked
        assert "另外制定谈心谈话方案。" in asked
        assert "经督导组审阅后再报。" in asked
        assert "每名班子成员自己动手撰写对照检查材料。" in asked
        member = duties_of("town_leadership_2014", "office", "committee", is_body=True)
        assert "按时参加民主生活会" in texts(member)
        assert "列出对班子其他每名成员的批评发言提纲。" in texts(member)
        head = texts(duties_of("town_leadership_2014", "office", "secretary", is_body=True))
        assert "代表班子对照检查，带头批评和自我批评。" in head
        assert "撰写自己的对照检查材料。" in head

    def test_steps_written_by_the_notice_stand_under_their_own_names(self) -> None:
        steps = [
            {"key": "mobilise", "stage": "学习动员", "label": "动员大会", "due": "2005-03-10"},
            {"key": "study-2", "stage": "学习动员", "label": "专题学习", "due": ""},
            {"key": "opinions", "stage": "分析评议", "label": "征求意见", "due": ""},
            {"key": "opinions-2", "stage": "整改提高", "label": "再征求意见", "due": "会后15日内"},
            {"key": "showing", "stage": "整改提高", "label": "群众评价", "due": ""},
        ]
        duties = duties_of("yancheng_2005", steps=steps)
        found = topics(duties.todo)
        assert [topic.heading for topic in found] == [
            "责任",
            "动员大会",
            "专题学习",
            "征求意见",
            "再征求意见",
            "群众评价",
        ]
        assert [topic.part for topic in found][1:] == [step["stage"] for step in steps]
        assert found[1].due_words == "最迟 2005年3月10日"
        assert texts(duties).count("会前征求党员群众的意见建议。") == 1

    def test_satisfaction_says_how_often_and_what_follows(self) -> None:
        asked = texts(duties_of("yancheng_2005"))
        assert "测评群众满意度 3 次。" in asked
        assert "满意率达不到 2/3 的：进行补课" in asked

    def test_a_survey_without_a_threshold_and_measures_only_filed(self) -> None:
        asked = texts(duties_of("xinyi_2018", satisfaction_surveys=1, rectification_public=False))
        assert "测评群众满意度 1 次。" in asked
        assert "满意率" not in asked
        assert "向党员群众公开" not in asked
        assert "整改措施向上级组织报备。" in asked

    def test_without_an_assessment_the_branch_is_told_so(self) -> None:
        duties = duties_of("luoyang_2014", "office", assessment_by="none")
        assert by_text(duties.not_needed, "组织评定").origin == FROM_CAMPAIGN
        assert "组织评定" not in texts(duties)

    def test_without_a_committee_its_secretary_talks_for_it(self) -> None:
        asked: dict[str, Any] = {"talk_pairs": ["committee_member", "deputy_member"], "has_committee": False}
        assert "书记和每名党员谈。" in texts(duties_of("xinyi_2018", **asked))
        assert "和每名党员谈。" in texts(duties_of("xinyi_2018", audience="secretary", **asked))
        assert "和书记谈。\n和副书记谈。" in texts(duties_of("xinyi_2018", audience="member", **asked))

    def test_what_the_issuer_changed_is_said_to_be_the_campaigns(self) -> None:
        duties = duties_of("xinyi_2018", notice_days=9, committee_material="none", outlines="optional")
        assert by_text(duties.todo, "至少提前 9 天").origin == FROM_CAMPAIGN
        outlines = by_text(duties.not_needed, "批评提纲")
        assert (outlines.clause, outlines.origin) == (None, FROM_CAMPAIGN)
        assert "写不写自愿" in outlines.text
        assert by_text(duties.not_needed, "班子和书记的检查材料").clause is None

    def test_a_clause_of_the_category_comes_before_the_general_one(self) -> None:
        clause = by_text(duties_of("luoyang_2014", "office").todo, "1500 字").clause
        assert clause is not None
        assert "1500" in clause.text

    def test_rules_that_ask_for_everything_are_told_in_full(self) -> None:
        everything: dict[str, Any] = {
            "leading_group": True,
            "plan_gate": "own",
            "study_gate": "refuse",
            "opinion_verdicts": True,
            "opinion_ways": ["forum", "back_to_back", "online"],
            "talk_sitting_most": None,
            "talk_record_level": "full",
            "talk_home_visit": ["poor"],
            "member_material": "list",
            "member_heads": ["学习"],
            "member_reviewer": "own_head",
            "absent_statement": True,
            "meeting_form": "committee_then_plenary",
            "ballot_secret": False,
            "probationary_votes": False,
            "member_rectification": "measures",
            "member_report_every_months": 2,
            "satisfaction_surveys": 1,
            "talk_min_partners": 10,
            "talk_min_partners_mode": "total",
            "talk_pairs": ["committee_member", "member_member"],
            "talk_key_by": "secretary",
            "meeting_place": "村委会",
            "attendees": ["全体党员"],
            "task_division": ["镇党建办：安排"],
            "ballot_same_session": False,
            "help_plan": False,
            "grade_uses": [],
            "speaking_steps": [],
            "satisfaction_threshold": "2/3",
            "ballot_channel": "remote",
            "online_meeting": "yes",
            "extra_requests": True,
        }
        branch = duties_of("xinyi_2018", **everything)
        for words in (
            "成立领导小组",
            "自己制定实施方案，不必上报。",
            "没有登记集中学习的，不能宣布开会。",
            "每条意见判明",
            "网上提意见不用登录，不记是谁提的；上级看过以后再采用。",
            "谈完填写完整的记录表。",
            "整个支部合计一般不少于 10 人",
            "由所在党组织主要负责同志审核。",
            "托人在会上宣读",
            "先召开支委会",
            "网上测评，记名。",
            "预备党员参加评议，不填票",
            "党员每 2 个月在党员大会",
            "测评群众满意度 1 次。",
            "重点对象：支委谈，书记必须谈。",
            "地点：村委会。",
            "参会人员：全体党员。",
            "分工：镇党建办：安排。",
        ):
            assert words in texts(branch)
        assert "几个人坐在一起谈也算" not in texts(branch)
        member = duties_of("xinyi_2018", audience="member", **everything)
        assert "由所在党组织主要负责同志审核。" in texts(member)
        assert "写出发言提纲，托人在会上宣读" in texts(member)
        assert not [duty for duty in member.not_needed if "署名" in duty.text or "网上" in duty.text]
        committee = duties_of("xinyi_2018", audience="committee", **everything)
        assert "参加支委会：自我批评" in texts(committee)
        secretary = duties_of("xinyi_2018", audience="secretary", **everything)
        assert "列出条目式问题清单和整改措施。" in texts(secretary)

    def test_rules_that_ask_for_nothing_leave_a_meeting(self) -> None:
        nothing = Rules(
            ballot_place="none",
            plenary_parts=(),
            floating_ways=(),
            online_meeting="yes",
            may_postpone=False,
            leaders_join_branch=False,
            feedback_required=False,
        )
        for audience in AUDIENCES:
            duties = duties_for(nothing, {}, category="", audience=audience, year=2026)
            assert len(duties.todo) <= 2
        group = dataclasses.replace(nothing, meeting_form="group")
        found = duties_for(group, {}, category="", audience="member", year=2026)
        assert texts(found).startswith("按时参加党小组会")
        assert "召开党小组会。" in texts(
            duties_for(group, {}, category="", audience="organization", year=2026)
        )


def test_the_document_named_at_the_head_is_not_named_again_with_each_clause() -> None:
    document = load_preset("xinyi_2018").document
    found = topics(duties_of("xinyi_2018").todo, document)
    places = [block.place for topic in found for block in topic.blocks]
    assert "第三部分（一）" in places
    assert not [place for place in places if document in place]
    assert topics(duties_of("xinyi_2018").todo)[0].blocks[0].place.startswith(document)


def test_how_often_is_said_as_people_say_it() -> None:
    assert [every(n) for n in (1, 3, 6)] == ["每月", "每季度", "每 6 个月"]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("category", CATEGORIES)
def test_every_sentence_follows_from_a_rule_and_a_clause_quoted_is_in_the_notice(
    preset: str, audience: str, category: str
) -> None:
    file = NOTICES / f"{preset}.txt"
    notice = file.read_text(encoding="utf-8") if file.exists() else ""
    for is_body in (False, True):
        duties = duties_of(preset, category, audience, is_body=is_body)
        assert all(duty.rule_key in SPECS for duty in duties.todo)
        for duty in (*duties.todo, *duties.not_needed):
            assert duty.text.endswith("。")
            assert "None" not in duty.text
            if duty.clause is not None and notice:
                assert all(part in notice for part in duty.clause.text.split("……"))
        assert all("不要求" in duty.text for duty in duties.not_needed)
        never = [duty for duty in duties.not_needed if duty.text.startswith(NEVER)]
        assert [d.rule_key for d in never] == ["photographs", "check_ins", "rankings", "forced_apps"]


@given(audience=st.sampled_from(sorted(AUDIENCES)), seed=st.randoms(use_true_random=False))
def test_nothing_is_asked_and_spared_at_once(audience: str, seed: Any) -> None:
    changed: dict[str, Any] = {}
    options: Mapping[str, tuple[str, ...]] = {
        "plan_gate": ("approve", "file_for_record", "consult", "own", "none"),
        "member_material": ("none", "list", "full"),
        "committee_material": ("none", "list", "full"),
        "head_material": ("none", "list", "full"),
        "outlines": ("required", "optional", "off"),
        "report": ("none", "summary", "special"),
        "talk_record_level": ("none", "tick", "summary", "full"),
    }
    for key, values in options.items():
        changed[key] = seed.choice(values)
    duties = duties_of("xinyi_2018", audience=audience, **changed)
    spared_keys = {duty.rule_key for duty in duties.not_needed}
    clear = {"plan_gate": "consult", "talk_record_level": "tick"}
    for duty in duties.todo:
        if duty.rule_key in spared_keys and duty.rule_key in options:
            assert changed[duty.rule_key] == clear.get(duty.rule_key)
