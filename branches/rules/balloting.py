"""Rules of the anonymous ballot: 测评."""

# ruff: noqa: RUF009  (rule() returns a dataclass field, not a shared value)

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from branches.rules.grades import Grade, Scale
from branches.rules.kinds import Maybe, Share, Template
from branches.rules.spec import choice, flag, number, rule, text, texts

BALLOT = "测评"

FOUR_GRADES = (
    Grade("excellent", "优秀"),
    Grade("qualified", "合格"),
    Grade("basic", "基本合格"),
    Grade("unqualified", "不合格"),
)
COMMITTEE_GRADES = (
    Grade("good", "好"),
    Grade("fairly_good", "较好"),
    Grade("fair", "一般"),
    Grade("poor", "差"),
)
COMMITTEE_HEADINGS = (
    "发挥政治引领作用",
    "贯彻落实上级党组织工作部署",
    "定期开展党的组织生活",
    "严格党员日常教育管理监督",
    "联系服务群众",
    "改进工作作风",
)
FORM_NOTES = (
    "请结合党员实际，以无记名方式测评，在姓名右边相应空格内划“√”。",
    "每名党员只能选择一个等次；多选的，该栏无效；不选的，视为弃权。",
    "不署名，不作任何记号。",
)


@dataclass(frozen=True)
class BallotRules:
    """What is printed on the ballot form, who fills it and how it counts."""

    ballot_place: str = choice(
        "plenary",
        BALLOT,
        "在哪里测评",
        "民主测评在什么会上进行。",
        {"plenary": "党员大会", "none": "不进行民主测评"},
    )
    ballot_scale: tuple[Grade, ...] = rule(
        FOUR_GRADES,
        BALLOT,
        "测评等次",
        "印在测评表上的等次；不同等次的结果不能合在一张表里。",
        Scale("不进行测评"),
    )
    ballot_channel: str = choice(
        "on_site_paper",
        BALLOT,
        "测评方式",
        "纸质测评表为主；网上测评须在方案里写明理由。",
        {
            "on_site_paper": "现场发放测评表",
            "on_site_booth": "现场无记名电子测评",
            "on_site_both": "现场发放测评表，也可现场无记名电子测评",
            "remote": "网上测评",
        },
    )
    ballot_secret: bool = flag(True, BALLOT, "无记名", "测评表是否不署名、不编号。", yes="无记名", no="记名")
    ballot_tick_only: bool = flag(
        False,
        BALLOT,
        "只认“√”",
        "扫描读票时，划“○”“×”等别的记号的，是否都交给两位计票人判读。",
        yes="只认“√”，别的记号由人判读",
        no="划法不限，只要划得清楚",
        open_point=True,
    )
    ballot_same_session: bool = flag(
        True,
        BALLOT,
        "会后现场测评",
        "测评是否与组织生活会在同一次会上进行。",
        yes="同一次会",
        no="可另外开会",
    )
    committee_rated: bool = flag(
        False,
        BALLOT,
        "评议支委会",
        "党员是否同时对党支部委员会的工作、作风进行评议。",
        yes="评议",
        no="不评议",
    )
    committee_scale: tuple[Grade, ...] = rule(
        COMMITTEE_GRADES,
        BALLOT,
        "支委会评议等次",
        "评议党支部委员会所用的等次。",
        Scale(),
        open_point=True,
    )
    committee_headings: tuple[str, ...] = texts(
        COMMITTEE_HEADINGS, BALLOT, "支委会评议内容", "评议支委会的表上，每条内容一行。"
    )
    ballot_dimensions: tuple[str, ...] = texts(
        (), BALLOT, "分项测评内容", "需要按多个方面分别测评时填写；不填就只测评一个总的等次。"
    )
    assessment_points: tuple[str, ...] = texts((), BALLOT, "评议内容", "印在测评表上，提醒党员重点评议什么。")
    form_title: str = rule(
        "{branch}（{year}年度）民主评议党员测评表",
        BALLOT,
        "测评表标题",
        "{branch} 处印支部名称，{year} 处印年度。",
        Template(("branch", "year")),
    )
    form_notes: tuple[str, ...] = texts(FORM_NOTES, BALLOT, "填表说明", "印在测评表下方的说明。")
    form_remark: str = text(
        "存在问题（备注）", BALLOT, "测评表末栏", "测评表最后一栏的名称；留空就不印这一栏。", longest=20
    )
    form_font_points: int = number(
        14,
        BALLOT,
        "测评表字号",
        "测评表上姓名的字号；大于 14 磅的，准备测评时就选好大字版，仍可改回普通版。",
        unit="磅",
        low=9,
        high=28,
        open_point=True,
    )
    form_rows_per_page: int = number(
        20,
        BALLOT,
        "每张表人数",
        "测评表一张表最多印几人，换页重印表头；不印末栏的，一面可以并排两张表。一张表最多 20 行，填得再多也换页。",
        unit="人",
        low=5,
        high=60,
        open_point=True,
    )
    spare_forms: int = number(
        2,
        BALLOT,
        "备用测评表",
        "比应到人数多印几张，用于损坏更换；余票会后清点销毁。",
        unit="张",
        high=200,
        open_point=True,
    )
    name_order: str = choice(
        "stroke",
        BALLOT,
        "姓名排列",
        "测评表和汇总表上姓名的先后。",
        {"stroke": "姓氏笔画", "pinyin": "拼音", "roster": "支部花名册顺序"},
        open_point=True,
    )
    percent_base: str = choice(
        "valid",
        BALLOT,
        "得票率的基数",
        "得票率以哪个数为分母；汇总表上注明。",
        {"valid": "有效票", "returned": "收回票", "present": "实到人数"},
        open_point=True,
    )
    ballot_quorum: Fraction | None = rule(
        Fraction(1, 2),
        BALLOT,
        "测评的到会比例",
        "实到占应到的最低比例（含本数）；不足时提醒并写明理由。",
        Maybe(Share(), "不作要求"),
        open_point=True,
    )
    probationary_subject: str = choice(
        "listed",
        BALLOT,
        "预备党员列入测评表",
        "列出的只印“预备党员，不评定等次”，不计票。",
        {"omit": "不列入", "listed": "列出，注明不评定等次"},
        open_point=True,
    )
    probationary_votes: bool = flag(
        True,
        BALLOT,
        "预备党员填票",
        "测评不是表决，预备党员可以评议其他党员。",
        yes="可以填票",
        no="不填票",
        open_point=True,
    )
    suspended_votes: bool = flag(
        False,
        BALLOT,
        "留党察看期间填票",
        "受留党察看处分期间的党员能否填测评表。",
        yes="可以填票",
        no="不填票",
        open_point=True,
    )
    leader_exempt: str = choice(
        "none",
        BALLOT,
        "已参加民主生活会的领导干部",
        "已参加领导班子民主生活会的，可以不参加测评的哪一方面。",
        {
            "none": "照常参加测评",
            "subject": "不列为测评对象，仍可填票",
            "voter": "不填票，仍列为测评对象",
            "both": "不填票，也不列为测评对象",
        },
        open_point=True,
    )
    min_ballots_to_show_counts: int = number(
        5,
        BALLOT,
        "显示每人票数的最少有效票",
        "有效票少于这个数时，每人票数只留在支部签字的汇总表上，以免看出谁投了什么。",
        unit="张",
        low=1,
        high=100,
        open_point=True,
    )
    scrutineers_min: int = number(
        1, BALLOT, "监票人", "每次测评至少几名监票人。", unit="名", low=1, high=9, open_point=True
    )
    tellers_min: int = number(
        2,
        BALLOT,
        "计票人",
        "每次测评至少几名计票人，两人各录一遍。",
        unit="名",
        low=1,
        high=9,
        open_point=True,
    )
    masses_ballot: bool = flag(
        False,
        BALLOT,
        "群众代表测评",
        "群众代表是否另填一种票；与党员票分开统计。",
        yes="另外测评",
        no="不进行",
    )
    uniform_hint: bool = flag(
        True,
        BALLOT,
        "全部相同的提示",
        "所有票都一个样时，只向书记提示一次，不作评分。",
        yes="提示",
        no="不提示",
        open_point=True,
    )
