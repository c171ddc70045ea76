"""A campaign of the demo seen before the meeting: a village half-way through study, opinions, talks and materials; a school under review."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.signing import TimestampSigner, b62_encode
from django.utils import timezone

from branches.models import Campaign, Category, Organization, PortfolioKind, Role, User
from branches.services import campaigns
from branches.services.campaigns.addressing import Line
from branches.services.portfolios import add_portfolio
from branches.workflow import CAMPAIGN, perform
from config.demo.accounts import Login, member_login, office_login
from config.demo.dues import ledger
from config.demo.sittings import hold_meetings
from config.demo.writing import Writers, write_materials
from members.models import Member, TalkMode, Verdict
from members.rules.sittings import suggest
from members.rules.talk_people import pair
from members.services.opinion_pages import SALT, open_page, send
from members.services.opinion_points import Wording, judge, loose_opinions, merge, name_point
from members.services.opinions import Said, begin_round, type_in
from members.services.people import change_member
from members.services.studies import make_up, record_study
from members.services.talk_grid import Grid
from members.services.talks import record_talk

SLUG = "huiqian"
HELD = 4  # sittings of those the grid suggests
VILLAGE, SECOND, THIRD, SCHOOL, LINE = "QSC05", "QSC10", "QSC11", "QSX01", "PZJY"
NAME = "专题组织生活会（会前准备）"
STUDY = {
    "study_list": ["《中国共产党章程》", "关于新形势下党内政治生活的若干准则"],
    "study_forms": ["集中学习", "党课", "个人自学"],
    "study_makeup": True,
}
ASKED: dict[str, Any] = {
    "plan_gate": "none",
    "opinion_ways": ["interview", "forum", "form", "visit", "online"],
    "opinion_sources": ["self", "masses", "superior", "talk"],
    "opinion_verdicts": True,
    "dues_ledger": True,
    **STUDY,
    "satisfaction_surveys": 1,
    "satisfaction_threshold": "2/3",
    "respondents": ["群众", "服务对象"],
}
LAMP = ("村口的路灯坏了两个月，没有人来修。", "路灯晚上不亮，老人摔过跤。")
HEARD = (
    *LAMP,
    "低保公示贴一天就撕了，没看清。",
    "支部开会讲得多，办得少。",
    "外出打工的党员，一年也接不到几个电话。",
)
FROM_THE_PAGE = ("希望村里的账每个季度贴出来。", "水渠年年说修，请给一个准日子。")


class _OpenedEarlier(TimestampSigner):
    """Stamps forms of the page for the masses that were opened five minutes ago."""

    def timestamp(self) -> str:
        """The time of the stamp."""
        return b62_encode(int(time.time()) - 300)


@dataclass(frozen=True)
class _Village:
    """The village with the campaign and who acts there."""

    campaign: Campaign
    organization: Organization
    secretary: User
    people: Sequence[Member]

    @property
    def where(self) -> dict[str, Any]:
        """The place, as services want it."""
        return {"campaign": self.campaign, "organization": self.organization}


def prepare(rows: dict[str, Organization], office: User, county: User) -> list[Login]:
    """Everything before the meeting, with the logins it needs; offices of the town and of the county act too."""
    campaign = _campaign(rows, office)
    people = list(Member.objects.filter(organization=rows[VILLAGE]).order_by("roster_number"))
    secretary, first = _first(
        "daping", rows[VILLAGE], "支部书记，会前准备办了一半，有党费台账；年度评议还没有开始"
    )
    village = _Village(campaign, rows[VILLAGE], secretary, people)
    head, one = office_login("dangwei", "陈国栋", Role.SECRETARY, rows["QS"], "党委书记，审核村的材料")
    more = _line(rows, county)
    official, two = _official(village, people[11])
    _study(village)
    _opinions(village, office)
    _talks(village)
    ledger(rows[VILLAGE], secretary)
    school, three = _first("xuexiao", rows[SCHOOL], "学校支部书记，材料等主管部门两位领导审核")
    second, four = _first("shangba", rows[SECOND], "支部书记，材料已经通过，正在开支委会")
    third, five = _first("gaoling", rows[THIRD], "支部书记，材料等镇党委书记审核；支委会开过了，报告写了一半")
    writers = Writers(head, secretary, official, school, second, third)
    write_materials(campaign, rows, writers)
    hold_meetings(
        campaign,
        planned=rows[VILLAGE],
        going_on=rows[SECOND],
        over=rows[THIRD],
        by={VILLAGE: secretary, SECOND: second, THIRD: third},
    )
    return [first, one, *more, two, three, four, five]


def _campaign(rows: dict[str, Organization], office: User) -> Campaign:
    """A started campaign for three villages and a school, with the days of this season."""
    today = timezone.localdate()
    finish = today + datetime.timedelta(days=20)
    draft = campaigns.draft_campaign(
        issuer=rows["QS"],
        name=NAME,
        slug=SLUG,
        year=today.year,
        preset="luoyang_2014",
        by=office,
        issued_on=today - datetime.timedelta(days=14),
        finish_by=finish,
        theme="为民务实清廉",
    )
    window = {"from": (today - datetime.timedelta(days=14)).isoformat(), "to": finish.isoformat()}
    days = {"window": window, "finish_by": finish.isoformat()}
    for category in ("", Category.VILLAGE, Category.SCHOOL):
        for key, value in days.items():
            campaigns.change_rule(campaign=draft, key=key, value=value, by=office, category=category)
    for key, value in ASKED.items():
        campaigns.change_rule(campaign=draft, key=key, value=value, by=office)
    lines = [Line(organization=rows[code]) for code in (VILLAGE, SECOND, THIRD, SCHOOL)]
    campaigns.set_addressees(campaign=draft, lines=lines, by=office)
    published = campaigns.publish(campaign=Campaign.objects.get(pk=draft.pk), by=office)
    return perform(CAMPAIGN, published, "start", by=office)


def _line(rows: dict[str, Organization], county: User) -> list[Login]:
    """The two reviewers of the school's line: its head, and the deputy in charge of the school."""
    unit = rows[LINE]
    _, one = office_login("jiaoyu", "郑文华", Role.SECRETARY, unit, "教育系统主要负责同志，审核学校的材料")
    deputy, two = office_login("fenguan", "潘玉梅", Role.DEPUTY, unit, "分管学校的负责同志，审核学校的材料")
    post = unit.appointments.get(user=deputy)
    add_portfolio(post=post, kind=PortfolioKind.CHARGE, organization=rows[SCHOOL], by=county)
    return [one, two]


def _official(village: _Village, member: Member) -> tuple[User, Login]:
    """The village's 大学生村官, a member of the branch."""
    change_member(
        member=member,
        version=member.version,
        by=village.secretary,
        is_village_official=True,
        education="本科",
    )
    return member_login("cunguan", member, "大学生村官，材料等村书记审核")


def _first(username: str, branch: Organization, what: str) -> tuple[User, Login]:
    """The secretary of a branch."""
    return member_login(
        username, Member.objects.filter(organization=branch).order_by("roster_number")[0], what
    )


def _study(village: _Village) -> None:
    """Two sessions; of three who could not come one was brought the material."""
    today, away = timezone.localdate(), [person.pk for person in village.people[20:23]]
    for days, form, topic in ((11, "集中学习", STUDY["study_list"]), (6, "党课", [])):
        record_study(
            **village.where,
            absent=away,
            by=village.secretary,
            held_on=today - datetime.timedelta(days=days),
            form=form,
            topics=list(topic) if isinstance(topic, list) else [],
            place="村党群服务中心",
        )
    make_up(**village.where, members=[away[0]], on=today - datetime.timedelta(days=5), by=village.secretary)


def _opinions(village: _Village, office: User) -> None:
    """A round on paper, half compiled, with a point named from above; a page for the masses that is open."""
    today, by = timezone.localdate(), village.secretary
    on_paper = begin_round(
        **village.where,
        way="form",
        begun_on=today - datetime.timedelta(days=9),
        ended_on=today - datetime.timedelta(days=4),
        scope="村民代表、老党员、服务对象",
        forms_out=40,
        forms_in=36,
        by=by,
    )
    type_in(asked=on_paper, said=[Said(text, source="masses") for text in HEARD], by=by)
    lamp = [one.pk for one in loose_opinions(village.campaign, village.organization) if one.text in LAMP]
    wording = Wording("村口路灯长期不亮，报修没有人管。", heading="联系服务群众")
    point = merge(**village.where, keys=lamp, wording=wording, by=by)
    judge(point=point, verdict=Verdict.TRUE, note="村口两盏不亮，已经报修。", elsewhere="", by=by)
    named = Wording("班子成员联系农户制度没有落实。", heading="作风建设")
    name_point(**village.where, wording=named, by=office)
    online = begin_round(**village.where, way="online", begun_on=today - datetime.timedelta(days=3), by=by)
    open_page(asked=online, until=today + datetime.timedelta(days=7), by=by)
    online.refresh_from_db()
    for number, text in enumerate(FROM_THE_PAGE):
        stamped = _OpenedEarlier(salt=SALT).sign(f"demo{number}")
        send(asked=online, text=text, heading="", about_person=False, stamped=stamped)


def _talks(village: _Village) -> None:
    """The secretary has talked with half of the members; some of the sittings the grid suggests were held."""
    today = timezone.localdate()
    grid = Grid.of(village.campaign, village.organization)
    by_name = {f"m{person.pk.hex}": person for person in village.people}
    head = f"m{village.people[0].pk.hex}"
    others = [key for key in by_name if key != head and grid.cell(*pair(head, key)) in ("owed", "choice")]
    for number, key in enumerate(others[: len(others) // 2]):
        mode = TalkMode.VISIT if by_name[key].is_elderly or by_name[key].is_poor else TalkMode.FACE
        record_talk(
            **village.where,
            people=[head, key],
            host=head,
            held_on=today - datetime.timedelta(days=8 - number % 7),
            mode=TalkMode.PHONE if by_name[key].is_floating else mode,
            by=village.secretary,
        )
    grid = Grid.of(village.campaign, village.organization)
    sittings = suggest(grid.states, most=grid.rules.talk_sitting_most)
    for sitting in sittings[:HELD]:
        record_talk(
            **village.where,
            people=sitting.people,
            held_on=today - datetime.timedelta(days=3),
            mode=TalkMode.SITTING if len(sitting.people) > 2 else TalkMode.FACE,
            by=village.secretary,
        )
