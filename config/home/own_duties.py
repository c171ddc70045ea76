"""What one person has to prepare before the meeting: talks, a material, outlines, answers; and reviews that wait."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from branches.models import Campaign, Kind, Organization, Role, StepMark, User
from branches.models.organization import BODIES
from branches.rules import Clause, clause_for
from branches.services.rounds import round_of
from meetings.models import OutlineStatus
from meetings.rules.outlines import REQUIRED, is_consulted, pairs_of
from meetings.rules.outlines import Asked as OutlinesAsked
from meetings.services.outline_book import Book, kept
from meetings.services.outline_steps import waiting_for
from members.models import MaterialRole, MaterialStatus
from members.reports.materials import MaterialRow, MaterialTable
from members.reports.talks import TalksPage
from members.rules.material_owed import FORMS
from members.services.must_answer import unanswered_points
from members.services.reviewing import pending_slots

KEYS = ("committee_material", "head_material", "official_material", "member_material")
ACTIONS = {
    "": "开始写",
    MaterialStatus.DRAFT: "继续写",
    MaterialStatus.RETURNED: "查看退回意见、修改",
}


@dataclass(frozen=True)
class Writing:
    """A material the person writes: what it is called, where it stands, and where it is written."""

    title: str
    word: str
    state: str
    url: str
    action: str
    is_returned: bool
    is_open: bool


@dataclass(frozen=True)
class OwnOutlines:
    """The person's outlines of criticism: how many are still owed, came back, were disclosed to the person; and talks ahead."""

    owed: int
    returned: int
    to_me: int
    to_talk: int
    url: str
    to_me_url: str
    talk_url: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write and nothing to read."""
        return not (self.owed or self.returned or self.to_me or self.to_talk)


@dataclass(frozen=True)
class OwnDuties:
    """Everything the person has to prepare in one organisation; nothing where the rules ask for nothing."""

    writings: tuple[Writing, ...]
    writes_nothing: bool
    clause: Clause | None
    partners: str
    comes_to_you: bool
    talks_url: str
    points: int
    points_url: str
    outlines: OwnOutlines | None

    @classmethod
    def of(
        cls,
        user: User,
        organization: Organization | None,
        campaign: Campaign | None,
        settled: frozenset[str] | None = None,
    ) -> OwnDuties | None:
        """The person's duties there; None where the campaign does not reach.

        A step that was done on paper and ticked by hand asks nobody any more; `settled`: the steps that are done,
        where the caller knows them.
        """
        if organization is None or campaign is None or organization.kind not in (Kind.BRANCH, *BODIES):
            return None
        if not campaign.is_open or not campaign.covers(organization):
            return None
        rules, place = campaign.rules_for(organization), [campaign.slug, organization.pk]
        done = _ticked(organization, campaign) if settled is None else settled
        writings: list[Writing] = []
        if any(getattr(rules, key) in FORMS for key in KEYS):
            table = MaterialTable.of(campaign, organization, user)
            writings = [_writing(row, place) for row in table.mine if not _on_paper(row, done)]
        asks_talks = (
            "talks" not in done
            and rules.talk_record_level != "none"
            and bool(rules.talk_pairs or rules.talk_upper_pairs)
        )
        partners, comes = _partners(user, organization, campaign) if asks_talks else ("", False)
        quoted = campaign.rule_set().quoted()
        return cls(
            writings=tuple(writings),
            writes_nothing=not writings and rules.member_material == "none",
            clause=clause_for("member_material", quoted, organization.category),
            partners=partners,
            comes_to_you=comes,
            talks_url=reverse("members:talks", args=place),
            points=_points(user, organization, campaign),
            points_url=reverse("members:opinion_mine", args=place),
            outlines=None if OutlinesAsked.of(rules).nothing else _outlines(user, organization, campaign),
        )

    @property
    def returned(self) -> tuple[Writing, ...]:
        """What came back to be mended."""
        return tuple(writing for writing in self.writings if writing.is_returned)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do, and nothing to say."""
        return not (self.open_writings or self.partners or self.points or self.outlines)

    @property
    def open_writings(self) -> tuple[Writing, ...]:
        """What is still to be written or mended."""
        return tuple(writing for writing in self.writings if writing.is_open)


def _ticked(organization: Organization, campaign: Campaign) -> frozenset[str]:
    """The steps ticked by hand in the present round."""
    scope = {"campaign": campaign, "organization": organization}
    marks = StepMark.objects.filter(**scope, round_no=round_of(campaign, organization))
    return frozenset(marks.values_list("step", flat=True))


def _on_paper(row: MaterialRow, done: frozenset[str]) -> bool:
    """Whether a material was not begun here and its step is done: it was handed in on paper."""
    if row.material is not None or row.owed is None:
        return False
    return ("lists" if row.owed.role == MaterialRole.MEMBER else "material") in done


def _writing(row: MaterialRow, place: list[object]) -> Writing:
    """One material as the home page shows it."""
    url = reverse("members:material", args=place)
    if row.material is not None:
        page = "material_edit" if row.status == MaterialStatus.DRAFT else "material_show"
        url = reverse(f"members:{page}", args=[row.material.pk])
    role = row.owed.role if row.owed is not None else row.material.role if row.material else ""
    whose = "班子" if role == MaterialRole.COMMITTEE else "您的"
    return Writing(
        title=f"{whose}{row.form}",
        word=row.word,
        state=row.state,
        url=url,
        action=ACTIONS.get(row.status, "查看"),
        is_returned=row.status == MaterialStatus.RETURNED,
        is_open=row.waits_for_author,
    )


def _partners(user: User, organization: Organization, campaign: Campaign) -> tuple[str, bool]:
    """With whom the person still has to talk, in words; and whether somebody of the committee comes instead."""
    page = TalksPage.of(campaign, organization, user)
    line = next((line for line in page.lines if line.key == page.chosen and line.key in page.own), None)
    if line is None:
        return "", False
    if not line.missing and "member_member" not in page.grid.rules.talk_pairs:
        return "", bool(line.more)
    return line.missing_text, False


def _points(user: User, organization: Organization, campaign: Campaign) -> int:
    """How many points about the person are answered neither in a material handed in nor elsewhere."""
    about = (one.point.member for one in unanswered_points(campaign, organization))
    return sum(member is not None and member.user_id == user.pk for member in about)


def _outlines(user: User, organization: Organization, campaign: Campaign) -> OwnOutlines | None:
    """The person's outlines; None without a seat on the committee, and when there is nothing to do."""
    book = Book.of(campaign, organization)
    seat = book.seat_of(user)
    if seat is None:
        return None
    mine, place = book.rows_of(seat.key), [campaign.slug, organization.pk]
    pairs = [pair for pair in pairs_of(book.keys) if seat.key in pair] if book.asked.consulted else []
    cells = book.kept()
    missing = len(book.seats) - 1 - sum(kept(row).is_handed_in for row in mine)
    found = OwnOutlines(
        owed=missing if book.asked.outlines == REQUIRED else 0,
        returned=sum(row.status == OutlineStatus.RETURNED for row in mine),
        to_me=len(book.disclosed_to(seat)),
        to_talk=sum(not is_consulted(cells, *pair) for pair in pairs),
        url=reverse("meetings:outlines_mine", args=place),
        to_me_url=reverse("meetings:outlines_to_me", args=place),
        talk_url=f"{reverse('meetings:outlines', args=place)}#talked",
    )
    return None if found.is_empty else found


def outlines_waiting(user: User) -> int:
    """How many outlines of criticism wait for this person's vetting; one query when there are none."""
    return len(waiting_for(user))


def reviews_waiting(user: User) -> int:
    """How many materials wait for this person's review, as last looked; one query."""
    teams = [post.organization_id for post in user.posts() if post.role == Role.SUPERVISOR]
    held = Q(holder=user) | Q(role=Role.SUPERVISOR, office__in=teams)
    return pending_slots().filter(held).values("version").distinct().count()
