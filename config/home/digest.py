"""A day's digest in words: what one organisation owes, and what a superior should know of those below."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from branches.models import Campaign, path_and_above
from branches.rules import Rules
from branches.rules.reminders import reminder_days
from branches.rules.standing import OPEN, OVERDUE, Standing
from branches.rules.steps import Step
from config.home.days import said

Row = tuple[Standing, ...]
Workdays = Callable[[datetime.date], bool]
# Marks of lines about what lies below a superior, in place of the step's own key.
BELOW, REVIEW = "below:", "review:"
FOLLOW = (
    "follow:"  # of a branch's help plans, disposals, notices and items, which outlive the campaign's steps
)
NOTICES, ITEMS = f"{FOLLOW}notice", f"{FOLLOW}items"
OWN_PAGES = {NOTICES: "rectification:publications", ITEMS: "rectification:ledger"}
DESKS = {f"{REVIEW}material": "members:reviews", f"{REVIEW}outlines": "meetings:outline_queue"}
HANDED_UP = ("plan", "report", "summary")


@dataclass(frozen=True)
class Place:
    """An organisation as far as a digest needs to know it."""

    pk: int
    path: str
    name: str
    is_body: bool


@dataclass(frozen=True)
class Line:
    """One line of a digest: `key` is the step's key, with BELOW or REVIEW before it for a superior."""

    campaign: Campaign
    place: Place
    key: str
    text: str
    order: tuple[int, datetime.date, int]

    @property
    def about(self) -> list[int | str]:
        """What the line is for, as it is kept with a delivery."""
        return [self.campaign.pk, self.place.pk, self.key]

    @property
    def is_below(self) -> bool:
        """Whether it tells a superior of others; anything else is for the reader to do."""
        return self.key.startswith(BELOW)

    def said(self, *, which: bool, where: bool) -> str:
        """The line, with its campaign and its organisation where there are several."""
        campaign = f"《{self.campaign.name}》" if which else ""
        return f"{campaign}{f'{self.place.name}：' if where else ''}{self.text}"


@dataclass(frozen=True)
class Digest:
    """One message to one person or channel."""

    title: str
    body: str
    url: str
    about: list[list[int | str]]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Digest:
        """Gather lines, the longest overdue first; there must be at least one.

        Where several lines are about one campaign, its name stands above them once.
        """
        ordered = sorted(lines, key=lambda line: line.order)
        where = len({line.place.pk for line in ordered}) > 1
        once = len(ordered) > 1 and len({line.campaign.pk for line in ordered}) == 1
        heading = [f"《{ordered[0].campaign.name}》"] if once else []
        return cls(
            title=_title(ordered),
            body="\n".join([*heading, *(line.said(which=not once, where=where) for line in ordered)]),
            url=_url(ordered),
            about=[line.about for line in ordered],
        )


def _url(lines: list[Line]) -> str:
    """The steps of the one organisation, the board with its filter, or the home page where there are several."""
    desks = {DESKS.get(line.key, "") for line in lines}
    if len(desks) == 1 and "" not in desks:
        return reverse(desks.pop())
    keys, where = {line.key for line in lines}, {(line.campaign.slug, line.place.pk) for line in lines}
    own = OWN_PAGES.get(lines[0].key, "")
    if own and len(keys) == 1 and len(where) == 1:
        return reverse(own, args=[lines[0].campaign.slug, lines[0].place.pk])
    helped = all(key.startswith(FOLLOW) and key not in OWN_PAGES for key in keys)
    if helped and len({line.place.pk for line in lines}) == 1:
        return reverse("evaluations:follow_up", args=[lines[0].place.pk])
    slugs = {line.campaign.slug for line in lines}
    kinds = {line.key.partition(":")[0] if ":" in line.key else "" for line in lines}
    if len(slugs) > 1 or len(kinds) > 1 or FOLLOW.rstrip(":") in kinds:
        return reverse("home")
    slug, kind = slugs.pop(), kinds.pop()
    if kind == BELOW.rstrip(":") and not lines[0].campaign.is_open:
        return reverse("rectification:overview", args=[slug])  # the board shows open campaigns only
    if kind:
        show = {BELOW: OVERDUE, REVIEW: "review"}[f"{kind}:"]
        return f"{reverse('home')}?{urlencode({'campaign': slug, 'show': show})}"
    places = {line.place.pk for line in lines}
    return reverse("org_steps", args=[slug, places.pop()]) if len(places) == 1 else reverse("home")


def _title(lines: list[Line]) -> str:
    """How much there is to do, and how much others have left undone."""
    below = sum(line.is_below for line in lines)
    mine = len(lines) - below
    parts = [
        *([f"今天有 {mine} 件事要办"] if mine else []),
        *([f"下级党组织有 {below} 个环节逾期"] if below else []),
    ]
    return "，".join(parts)


@dataclass
class Judge:
    """Says on one day what is to be reminded of.

    `since` is the last day on which reminders went out; where rules leave holidays free, the last working
    day on which they did: what a failure kept back on Friday comes on Monday, not on Saturday.
    """

    today: datetime.date
    since: datetime.date
    since_workday: datetime.date
    is_workday: Workdays
    _known: dict[object, bool] = field(default_factory=dict)

    def is_due(self, standing: Standing, rules: Rules) -> bool:
        """Whether a reminder of this owed step falls on today, or on a day on which nothing ran."""
        if not standing.is_owed or standing.due is None:
            return False
        return self.is_day(standing.due, rules)

    def is_day(self, due: datetime.date, rules: Rules) -> bool:
        """Whether a reminder of something due on this day falls on today, or on a day on which nothing ran."""
        asked = (due, rules.remind_before, rules.remind_after, rules.remind_off_holidays)
        if asked not in self._known:
            self._known[asked] = self._falls_due(due, rules)
        return self._known[asked]

    def _falls_due(self, due: datetime.date, rules: Rules) -> bool:
        """Whether a reminder of a step due on this day is to be sent today."""
        if self.rests(rules):
            return False
        free = rules.remind_off_holidays
        days = reminder_days(due, rules.remind_before, rules.remind_after, self.is_workday if free else None)
        since = self.since_workday if free else self.since
        return any(since < day <= self.today for day in days)

    def is_near(self, standing: Standing, rules: Rules) -> bool:
        """Whether an owed step is overdue or due within the longest time of a reminder."""
        if not standing.is_owed or standing.due is None:
            return False
        return (standing.due - self.today).days <= max(rules.remind_before, default=0)

    def rests(self, rules: Rules) -> bool:
        """Whether people are left alone today."""
        return rules.remind_off_holidays and not self.is_workday(self.today)


def own_lines(campaign: Campaign, place: Place, row: Row, rules: Rules, judge: Judge) -> list[Line]:
    """Everything the organisation owes now or soon; nothing on a day without a reminder."""
    due = {standing.step.key for standing in row if judge.is_due(standing, rules)}
    if not due:
        return []
    return [
        own_line(campaign, place, standing, judge.today)
        for standing in row
        if standing.step.key in due or judge.is_near(standing, rules)
    ]


def own_line(campaign: Campaign, place: Place, standing: Standing, today: datetime.date) -> Line:
    """One owed step with a due day: 动员部署：8月20日（周三）前，还剩 3 天."""
    due = standing.due or today
    words = f"{standing.step.label}：{when(due, today)}"
    return Line(campaign, place, standing.step.key, words, (0, due, 0))


def when(due: datetime.date, today: datetime.date) -> str:
    """The last day and how far it is: 8月20日（周三）前，还剩 3 天."""
    left = (due - today).days
    if left < 0:
        return f"{said(due)}到期，已逾期 {-left} 天"
    return f"{said(due)}前，还剩 {left} 天" if left else f"{said(due)}前，就是今天"


@dataclass
class Behind:
    """How many organisations below a superior are late with one step, and since when."""

    step: Step
    count: int = 0
    bodies: bool = False
    dues: set[datetime.date] = field(default_factory=set)

    def add(self, place: Place, standing: Standing, today: datetime.date) -> None:
        """One more."""
        self.count += 1
        self.bodies = self.bodies or place.is_body
        self.dues.add(standing.due or today)

    @property
    def words(self) -> str:
        """实施方案报上级：3 个支部未报（到期 8月8日）."""
        first = min(self.dues)
        what = "未报" if self.step.kind in HANDED_UP else "未完成"
        since = f"{'最早' if len(self.dues) > 1 else ''}到期 {first.month}月{first.day}日"
        return f"{self.step.label}：{self.count} 个{'党组织' if self.bodies else '支部'}{what}（{since}）"


@dataclass
class Below:
    """What lies below one superior: steps others are late with, and plans that wait for its review."""

    behind: dict[str, Behind] = field(default_factory=dict)
    waiting: int = 0

    def add(self, place: Place, row: Row, today: datetime.date) -> None:
        """Look at one organisation for what it is late with."""
        for standing in row:
            if standing.state == OVERDUE:
                behind = self.behind.setdefault(standing.step.key, Behind(standing.step))
                behind.add(place, standing, today)

    def lines(self, campaign: Campaign, superior: Place, columns: Sequence[Step]) -> list[Line]:
        """One line for the plans that wait, one for each step somebody is late with."""
        found = [
            Line(campaign, superior, f"{BELOW}{step.key}", behind.words, (2, min(behind.dues), number))
            for number, step in enumerate(columns)
            if (behind := self.behind.get(step.key))
        ]
        if self.waiting:
            words = f"{self.waiting} 份方案待审核"
            found.append(Line(campaign, superior, f"{REVIEW}plan", words, (1, datetime.date.min, 0)))
        return found


@dataclass(frozen=True)
class Standpoint:
    """The organisations of one campaign with their standings and rules, and its steps in order."""

    campaign: Campaign
    rows: Sequence[tuple[Place, Row, Rules]]
    columns: tuple[Step, ...]


def look_below(
    found: Standpoint, superiors: Mapping[str, Place], reviewer: Callable[[Place], str], judge: Judge
) -> dict[int, list[Line]]:
    """The lines of each superior (given by path) over the organisations below it, by its key.

    All superiors from the campaign's issuer down to just above an organisation hear what it is late with;
    a plan that waits is told only to the one whose office reviews it: `reviewer(place)` gives its path.
    """
    below: dict[str, Below] = {path: Below() for path in superiors}
    for place, row, rules in found.rows:
        if judge.rests(rules):
            continue
        for path in _above(place, found.campaign, below) if rules.remind_superior else ():
            below[path].add(place, row, judge.today)
        if any(s.step.key == "plan" and s.state == OPEN and s.handed_in for s in row):
            turn = below.get(reviewer(place))
            if turn is not None:
                turn.waiting += 1
    lines = {
        superiors[path].pk: told.lines(found.campaign, superiors[path], found.columns)
        for path, told in below.items()
    }
    return {pk: told for pk, told in lines.items() if told}


def _above(place: Place, campaign: Campaign, watched: Collection[str]) -> list[str]:
    """The paths of the watched superiors of one organisation."""
    paths = path_and_above(place.path)[:-1]
    return [path for path in paths if path in watched and path.startswith(campaign.issuer.path)]
