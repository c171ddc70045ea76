"""The demo township as a visitor finds it: most branches done, some in the middle, some not begun."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

from django.utils import timezone

from branches.models import Campaign, Organization, Role, User
from branches.services import campaigns
from branches.workflow import CAMPAIGN, perform
from config.demo import evening
from config.demo.accounts import Login, member_login, office_login
from config.demo.after import after_the_count
from config.demo.land import build, county, flat
from config.demo.masses import ask_the_masses
from config.demo.people import populate
from config.demo.plans import plans_campaign
from config.demo.preparation import prepare
from config.demo.results import finish
from config.demo.walk import hold_up, walk
from config.demo.watching import watch
from config.lib.files import write_whole
from evaluations.models import Ballot, SubjectKind
from evaluations.reports.branch import branch_summary
from evaluations.reports.render_pdf import branch_pdf
from evaluations.reports.render_xlsx import branch_workbook
from evaluations.reports.rollup import rollup, rollup_bytes
from evaluations.services.entry import save_paper
from members.models import Member

SEED = 20261110
LEFT_OUT = 5  # one branch in so many has not finished yet
NEWEST, OLDER = "2026-zzshh", "2014-zzshh"
# Branches of the demo by what a visitor finds there.
CERTIFIED_TONIGHT, COUNTING, NOT_BEGUN, WAITING = "QSC01", "QSC03", "QSC05", "QSC02"
TOLD, WRITING = "QSC09", "QSC13"  # what follows the count
PLANNING = ("QSC04", "QSC06", "QSC07", "QSC08")  # their plans are approved, waiting, returned, half written


def load(folder: Path) -> list[Login]:
    """Make the whole demo and write its tables into `folder`; returns the logins."""
    chance = random.Random(SEED)
    plan = county(chance)
    rows = build(plan)
    populate(chance, plan, rows)
    office, above, logins = _offices(rows)
    older = _campaign(rows["QS"], office, OLDER, "luoyang_2014", 2014, datetime.date(2014, 8, 31))
    logins.append(_returned(rows[PLANNING[2]]))
    plans_campaign(rows["QS"], office, [rows[code] for code in PLANNING])
    before = prepare(rows, office, above)
    supervisor = User.objects.get(username="dudao")
    watch(rows, office, supervisor)
    ask_the_masses(rows, User.objects.get(username="daping"), supervisor)
    today = timezone.localdate()
    finish_by = today + datetime.timedelta(days=17)
    campaign = _campaign(rows["QS"], office, NEWEST, "current_year", today.year, finish_by)
    voting = [rows[item.code] for item in flat(plan) if item.code.startswith("QS") and item.members]
    branches = [o for o in voting if o.code not in (CERTIFIED_TONIGHT, COUNTING, NOT_BEGUN, WAITING)]
    finish(chance, campaign, [o for number, o in enumerate(branches) if number % LEFT_OUT])
    finish(chance, older, voting)
    perform(CAMPAIGN, older, "close", by=office)
    ballot, more = _tonight(chance, campaign, rows)
    steps = random.Random(SEED + 1)
    for one in (campaign, older):
        walk(steps, one, voting, author=office)
    more += after_the_count(campaign, rows[TOLD], rows[WRITING])
    hold_up(campaign, rows[WAITING], "meeting", "多数党员外出务工，准备不充分", by=office)
    _write_tables(folder, campaign, older, rows["QS"], ballot)
    return [*logins, *more, *before]


def _returned(village: Organization) -> Login:
    """The secretary whose plan was returned."""
    people = Member.objects.filter(organization=village).order_by("roster_number")
    return member_login("fangan", people[0], "支部书记，方案被退回")[1]


def _offices(rows: dict[str, Organization]) -> tuple[User, User, list[Login]]:
    """The accounts above the branches: the town's office, the county's, all logins."""
    town = rows["QS"]
    office, first = office_login("dangjian", "周敏", Role.OFFICE, town, "发布活动、看进度、下载汇总表")
    _, second = office_login("dudao", "李敏之", Role.SUPERVISOR, town, "督导：看进度，去支部督查")
    above, third = office_login("xianwei", "吴建华", Role.OFFICE, rows["PZ"], "县委党建办")
    _, fourth = office_login("guanli", "何静", Role.SYSTEM, town, "开设账号，看不到党员")
    return office, above, [first, second, third, fourth]


def _campaign(
    town: Organization, office: User, slug: str, preset: str, year: int, finish_by: datetime.date
) -> Campaign:
    """A published and started campaign."""
    draft = campaigns.draft_campaign(
        issuer=town,
        name=f"{year}年度组织生活会和民主评议党员",
        slug=slug,
        year=year,
        preset=preset,
        by=office,
        document_number=f"青党发〔{year}〕21号",
        issued_on=datetime.date(year, 8, 5),
        finish_by=finish_by,
        theme="严肃组织生活，发挥先锋模范作用",
    )
    published = campaigns.publish(campaign=draft, by=office)
    return perform(CAMPAIGN, published, "start", by=office)


def _team(code: str, rows: dict[str, Organization], prefix: str) -> tuple[evening.Team, list[Login]]:
    """Secretary, two tellers and a scrutineer of a branch, with logins."""
    people = list(Member.objects.filter(organization=rows[code]).order_by("roster_number"))
    secretary, one = member_login(f"{prefix}shuji", people[0], "支部书记，主持今晚的测评")
    first, two = member_login(f"{prefix}jia", people[6], "计票人甲")
    second, three = member_login(f"{prefix}yi", people[7], "计票人乙")
    team = evening.Team(secretary, people[5], first, second, (people[6], people[7]))
    return team, [one, two, three]


def _tonight(
    chance: random.Random, campaign: Campaign, rows: dict[str, Organization]
) -> tuple[Ballot, list[Login]]:
    """One branch certified tonight, one that is counting, one that has not begun."""
    place = "村党群服务中心"
    team, logins = _team(CERTIFIED_TONIGHT, rows, "xinhe")
    ballot = evening.collect(evening.hold(campaign, rows[CERTIFIED_TONIGHT], team, place), team, 1)
    drawn = evening.papers(chance, ballot)
    evening.type_papers(chance, ballot, team, drawn)
    certified = evening.certify(ballot, team, drawn)
    counting, more = _team(COUNTING, rows, "liuwan")
    open_ballot = evening.collect(evening.hold(campaign, rows[COUNTING], counting, place), counting)
    half = evening.papers(chance, open_ballot)
    for number, paper in enumerate(half[:11], start=1):
        save_paper(ballot=open_ballot, by=counting.first, paper_no=number, marks=paper.marks, void=paper.void)
    logins += more
    people = Member.objects.filter(organization=rows[NOT_BEGUN]).order_by("roster_number")
    _, plain = member_login("dangyuan", people[9], "普通党员")
    return certified, [*logins, plain]


def _write_tables(
    folder: Path, campaign: Campaign, older: Campaign, town: Organization, ballot: Ballot
) -> None:
    """The tables as a branch prints them and as the township downloads them."""
    signed = branch_summary(ballot, for_signing=True)
    stem = signed.file_stem(timezone.localdate())
    write_whole(folder / f"{stem}.pdf", branch_pdf(signed))
    write_whole(folder / f"{stem}.xlsx", branch_workbook(signed))
    for one in (campaign, older):
        table = rollup(one, town, subject_kind=SubjectKind.MEMBERS)
        for ending in ("xlsx", "pdf"):
            write_whole(folder / f"{table.file_stem()}.{ending}", rollup_bytes(table, ending))
