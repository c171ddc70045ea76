"""What a campaign does not ask for, each sentence with its own negation, and what no campaign ever asks for."""

from __future__ import annotations

from collections.abc import Iterator

from branches.rules.citing import Citing, Duty

# The keys whose sentences the home page of a branch shows.
HOME_KEYS = (
    "plan_gate",
    "member_material",
    "committee_material",
    "outlines",
    "report",
    "extra_requests",
    "photographs",
)
LIGHT_RECORDS = ("none", "tick")


def spared_lines(citing: Citing, audience: str) -> Iterator[Duty]:
    """What the audience need not do: first what these rules spare it, then what is never asked."""
    yield from _OF[audience](citing)
    yield from _never(citing)


def _organization(citing: Citing) -> Iterator[Duty]:
    """What a branch or body need not make."""
    rules = citing.rules
    if rules.plan_gate in ("none", "consult"):
        clause = citing.refusal("工作方案", "实施方案", "方案")
        yield citing.duty("不要求支部搞工作方案。", "plan_gate", clause=clause)
    yield from _member_material(citing)
    if "none" == rules.committee_material == rules.head_material == rules.official_material:
        yield citing.duty("不要求班子和书记的检查材料。", "committee_material")
    elif rules.head_material == "none" and rules.committee_material != "none":
        yield citing.duty("不要求书记另写个人的检查材料。", "head_material")
    yield from _outlines(citing)
    if rules.report == "none":
        yield citing.duty("不要求总结报告、报表台账。", "report")
    if not rules.extra_requests:
        yield citing.duty("不要求另外上报材料，上级只看系统里已有的数据。", "extra_requests")
    yield from _records(citing)
    if not rules.leading_group:
        yield citing.duty("不要求成立领导小组和办公室。", "leading_group")
    if not rules.mobilise:
        yield citing.duty("不要求专门开动员会。", "mobilise")
    if not rules.absent_statement:
        yield citing.duty("不要求不能到会的人写书面发言。", "absent_statement")
    if rules.ballot_place == "none":
        yield citing.duty("不要求民主测评。", "ballot_place")
    elif rules.assessment_by == "none":
        yield citing.duty("不要求给党员作组织评定。", "assessment_by")
    elif not rules.grade_scale:
        yield citing.duty("不要求给党员评定等次，只提评定意见。", "grade_scale")
    if not rules.satisfaction_surveys:
        yield citing.duty("不要求测评群众满意度。", "satisfaction_surveys")


def _secretary(citing: Citing) -> Iterator[Duty]:
    """What the secretary in person need not write."""
    rules = citing.rules
    if "none" == rules.head_material == rules.member_material:
        yield citing.duty("不要求书记写个人的检查材料。", "head_material")
        yield from _member_material(citing)
    yield from _outlines(citing)
    yield from _records(citing)


def _committee(citing: Citing) -> Iterator[Duty]:
    """What somebody of the committee need not write."""
    yield from _member_material(citing)
    yield from _outlines(citing)
    yield from _records(citing)


def _member(citing: Citing) -> Iterator[Duty]:
    """What a member need not write or do."""
    yield from _member_material(citing)
    yield from _outlines(citing)
    yield from _records(citing)
    rules = citing.rules
    if rules.ballot_place != "none":
        if rules.ballot_channel != "remote":
            yield citing.duty("不要求在网上投票，到会现场填票就可以。", "ballot_channel")
        if rules.ballot_secret:
            yield citing.duty("不要求在测评表上署名。", "ballot_secret")
    if not rules.absent_statement:
        yield citing.duty("不要求不能到会的人写书面发言。", "absent_statement")
    if rules.member_rectification == "none":
        yield citing.duty("不要求交个人的整改措施。", "member_rectification")


def _member_material(citing: Citing) -> Iterator[Duty]:
    """The text of an ordinary member, where none is asked for."""
    if citing.rules.member_material == "none":
        yield citing.duty("不要求党员撰写个人发言材料、检查材料。", "member_material")


def _outlines(citing: Citing) -> Iterator[Duty]:
    """Outlines of criticism, where nobody must write one."""
    if citing.rules.outlines == "off":
        yield citing.duty("不要求写批评提纲。", "outlines")
    elif citing.rules.outlines == "optional":
        yield citing.duty("不要求人人写批评提纲，写不写自愿。", "outlines")


def _records(citing: Citing) -> Iterator[Duty]:
    """Records of talks, where a tick is enough."""
    rules = citing.rules
    if rules.talk_pairs and rules.talk_record_level in LIGHT_RECORDS:
        yield citing.duty("不要求写谈心谈话记录。", "talk_record_level")


def _never(citing: Citing) -> Iterator[Duty]:
    """What this system asks of nobody, with the clause of the notice where it says so too."""
    traces = citing.refusal("痕迹", "留痕", "照片", "拍照")
    yield citing.never("照片、录像", "photographs", traces)
    yield citing.never("打卡、定位", "check_ins", traces)
    yield citing.never("比排名、比登录次数和在线时间", "rankings", citing.refusal("排名", "在线时"))
    forced = citing.refusal("下载", "客户端", "公众号")
    yield citing.never("安装软件、关注账号；纸质材料同样有效", "forced_apps", forced)


_OF = {
    "organization": _organization,
    "secretary": _secretary,
    "committee": _committee,
    "member": _member,
}
