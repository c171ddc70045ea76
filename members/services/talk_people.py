"""Who is in the talk grid (谈心谈话) of an organisation: its roll, the holders of posts, the partners from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from branches.models import (
    COMMITTEE_SEATS,
    Appointment,
    Campaign,
    Category,
    Kind,
    Organization,
    OrganizationStatus,
    Portfolio,
    PortfolioKind,
    Role,
)
from members.models import Capacity, ConcernKind, Member, Outsider, TalkConcern
from members.rules import talk_people as who
from members.rules.talk_key_people import VILLAGE_OFFICIAL
from members.rules.talk_people import Links, Pair, Person, pair
from members.services.talk_hall import Hall
from members.services.talk_portfolios import heads_of

# Every circumstance of a member that the rule talk_key_people may name; the field is is_….
FLAGS = ("floating", "veteran", "poor", "unwell", "elderly", "disciplined", VILLAGE_OFFICIAL)
FIELDS = ("name", "user_id", "organization_id", "group__short_name", *(f"is_{flag}" for flag in FLAGS))


@dataclass(frozen=True)
class TalkPeople:
    """The people, what stands between them, and the other keys they have gone by."""

    people: tuple[Person, ...]
    links: Links
    aliases: Mapping[str, str] = field(default_factory=dict)

    def key(self, key: str) -> str:
        """The person's key in the grid: a post entered before its holder was known on the roll is that member."""
        return self.aliases.get(key, key)


def people_of(campaign: Campaign, organization: Organization) -> tuple[Person, ...]:
    """Everybody in the grid, in its order: the roll in stroke order (of a body its 班子 first), then others."""
    return find_people(campaign, organization).people


def partners_of(campaign: Campaign, organization: Organization) -> tuple[Person, ...]:
    """Those of the grid whose talks are recorded here: without the superior, who is there only to remind.

    Nobody learns from a list of names that somebody is to be reminded.
    """
    everybody = people_of(campaign, organization)
    return tuple(person for person in everybody if not who.is_only_above(person))


def find_people(campaign: Campaign, organization: Organization) -> TalkPeople:
    """The people of an organisation today and what stands between them; so many queries whatever their number.

    The holder of a post is the member with the same account, else the only member of that name on the roll.
    """
    gathering = _Gathering(campaign, organization)
    if organization.is_body:
        gathering.fill_body()
    else:
        gathering.fill_branch()
    gathering.fill_outsiders()
    links = gathering.links()  # brings in the last people
    return TalkPeople(gathering.hall.people(), links, gathering.hall.aliases)


class _Gathering:
    """Reads what is needed about one organisation, then fills the hall."""

    def __init__(self, campaign: Campaign, organization: Organization) -> None:
        self.organization = organization
        self.posts = _posts_of(organization)
        self.lines = list(
            Portfolio.objects.filter(appointment__in=[post.pk for post in self.posts]).select_related(
                "organization"
            )
        )
        self.concerns = list(
            TalkConcern.objects.filter(campaign=campaign, organization=organization).select_related(
                "member", "other"
            )
        )
        self.below = list(_below(organization)) if organization.is_body else []
        above = organization.path[: -Organization.steplen] if self._is_reminded() else ""
        meant = {place.pk for place in self.below}
        meant |= {line.organization_id for line in self.lines if line.organization_id is not None}
        self.heads, self.superior = _secretaries(meant, above)
        self.own_branch: Organization | None = None
        self.hall = Hall()

    def _is_reminded(self) -> bool:
        return any(concern.kind == ConcernKind.PROBLEM_COMMITTEE for concern in self.concerns)

    @property
    def secretary(self) -> Appointment | None:
        """The post of the secretary: of several the newest."""
        return next((post for post in self.posts if post.role == Role.SECRETARY), None)

    @property
    def has_committee(self) -> bool:
        """Whether the branch has a 支委会: as set by hand, else from the posts."""
        by_hand = self.organization.committee_override
        return any(post.role in COMMITTEE_SEATS for post in self.posts) if by_hand is None else by_hand

    def fill_branch(self) -> None:
        """The roll in stroke order, then holders of posts who are not on it."""
        roll = _roll(Q(organization=self.organization))
        self.hall = Hall(roll)
        for member in roll:
            self.hall.add_member(
                member, who.MEMBER, [flag for flag in FLAGS if getattr(member, f"is_{flag}")]
            )
        self._add_posts(who.COMMITTEE if self.has_committee else "")

    def fill_body(self) -> None:
        """The 班子, the secretaries below in tree order, the members of the secretary's own branch."""
        roll = self._own_branch_roll()
        self.hall = Hall(roll)
        self._add_posts(who.LEADER)
        for place in self.below:
            if place.pk in self.heads:
                self._add_head(self.heads[place.pk], [who.LOWER_SECRETARY])
        for member in roll:
            self.hall.add_member(member, who.OWN_MEMBER)

    def _own_branch_roll(self) -> list[Member]:
        """The roll of the branch the secretary belongs to: by the account, else by a name found once below."""
        if self.secretary is None:
            return []
        below = Member.objects.active().within(self.organization).select_related("organization")
        found = list(below.filter(name=self.secretary.holder_name)[:2])
        if self.secretary.user_id is not None:
            same = Member.objects.active().filter(user=self.secretary.user_id).select_related("organization")
            found = list(same) or [member for member in found if member.user_id is None]
        if len(found) != 1:
            return []
        self.own_branch = found[0].organization
        return _roll(Q(organization=self.own_branch))

    def _add_posts(self, seat: str) -> None:
        """The holders of this organisation's posts; `seat`: what makes them one of the 支委会 or 班子, if anything."""
        is_body = self.organization.is_body
        for post in sorted(self.posts, key=_rank):
            flag, given = "", {seat} - {""}
            if post == self.secretary:
                given = {who.SECRETARY, who.LEADER} if is_body else {who.SECRETARY}
            elif post.role == Role.DEPUTY:
                given.add(who.DEPUTY)
            elif post.role == Role.VILLAGE_OFFICIAL:
                given, flag = {who.OFFICIAL}, VILLAGE_OFFICIAL
            self.hall.add_holder(post, given, post.get_role_display(), by_name=True, flag=flag)

    def _add_head(self, post: Appointment, posts: Iterable[str] = ()) -> str:
        """The secretary of another organisation: known by the account, in the own branch also by the name."""
        by_name = self.own_branch is not None and post.organization_id == self.own_branch.pk
        title = f"{post.organization.short_name}{post.get_role_display()}"
        return self.hall.add_holder(post, posts, title, by_name=by_name)

    def fill_outsiders(self) -> None:
        """Partners who are no members. Only of 非公 the notice names the 出资人 (合伙人)."""
        outsiders = list(Outsider.objects.filter(organization=self.organization))
        self.departments = heads_of(self.organization, self.lines, outsiders)
        posts = {Capacity.DEPARTMENT: [who.DEPARTMENT_HEAD]}
        if self.organization.category == Category.PRIVATE:
            posts[Capacity.INVESTOR] = [who.INVESTOR]
        everybody = {outsider.pk: outsider for outsider in (*outsiders, *self.departments.values())}
        for outsider in everybody.values():
            if outsider.is_current:
                self.hall.add_outsider(outsider, posts.get(Capacity(outsider.capacity), ()))

    def links(self) -> Links:
        """What stands between the people; brings in those who are here only because of it."""
        liaison, portfolio = self._portfolio_links()
        superior = self._add_head(self.superior, [who.SUPERIOR]) if self.superior is not None else ""
        places = [*self.below, *(line.organization for line in self.lines if line.organization is not None)]
        vacant = (place.short_name for place in places if place.pk not in self.heads)
        charges = [line for line in self.lines if line.kind == PortfolioKind.CHARGE]
        headless = (line.unit for line in charges if line.unit and not line.unit_head)
        return Links(
            estranged=frozenset(self._mark_concerns()),
            liaison=tuple(liaison),
            portfolio=tuple(portfolio),
            superior=superior,
            own_branch=self.own_branch.short_name if self.own_branch is not None else "",
            vacant=tuple(dict.fromkeys(vacant)),
            headless=tuple(dict.fromkeys(headless)),
            several_secretaries=len({self._key(p) for p in self.posts if p.role == Role.SECRETARY}) > 1,
            has_committee=self.has_committee,
        )

    def _key(self, post: Appointment) -> str:
        """The key of the holder of one of this organisation's posts."""
        return self.hall.aliases.get(f"a{post.pk}", f"a{post.pk}")

    def _portfolio_links(self) -> tuple[list[Pair], list[Pair]]:
        """(leader, secretary in touch with), (leader, head in charge of)."""
        leaders = {post.pk: self._key(post) for post in self.posts}
        liaison: list[Pair] = []
        portfolio: list[Pair] = []
        for line in self.lines:
            leader = leaders[line.appointment_id]
            if line.organization_id in self.heads:
                link = (leader, self._add_head(self.heads[line.organization_id]))
                (portfolio if line.kind == PortfolioKind.CHARGE else liaison).append(link)
            elif line.pk in self.departments:
                portfolio.append((leader, f"o{self.departments[line.pk].pk.hex}"))
        return liaison, portfolio

    def _mark_concerns(self) -> Iterator[Pair]:
        """Mark whom the branch or its superior marked, as far as they are in the grid; the pairs at odds."""
        for concern in self.concerns:
            one = self.hall.key_of_member(concern.member)
            other = self.hall.key_of_member(concern.other) if concern.other is not None else ""
            if one and other and one != other:
                yield pair(one, other)
            elif one and concern.other is None:
                self.hall.flag(one, concern.kind)


def _rank(post: Appointment) -> tuple[int, str, int]:
    """Secretary, deputy, the others by seat; the longest in office first."""
    order = (Role.SECRETARY, *COMMITTEE_SEATS, Role.VILLAGE_OFFICIAL)
    return order.index(Role(post.role)), post.starts_on.isoformat(), post.pk


def _posts_of(organization: Organization) -> list[Appointment]:
    """The posts of an organisation that talk, the newest first; of a body only its 班子."""
    roles = [Role.SECRETARY, *COMMITTEE_SEATS]
    if not organization.is_body:
        roles.append(Role.VILLAGE_OFFICIAL)
    posts = Appointment.objects.current(timezone.localdate()).filter(
        organization=organization, role__in=roles
    )
    return list(posts.order_by("-starts_on", "-pk"))


def _below(organization: Organization) -> Iterable[Organization]:
    """The working organisations directly below (下一级党组织)."""
    return organization.children().filter(status=OrganizationStatus.ACTIVE).exclude(kind=Kind.GROUP)


def _secretaries(places: Collection[int], above: str) -> tuple[dict[int, Appointment], Appointment | None]:
    """The secretary of each place, and of the organisation with the path `above`; the newest of several."""
    posts = Appointment.objects.current(timezone.localdate()).filter(
        Q(organization__in=places) | Q(organization__path=above), role=Role.SECRETARY
    )
    found = {}
    superior = None
    for post in posts.select_related("organization").order_by("starts_on", "pk"):
        if post.organization.path == above:
            superior = post
        else:
            found[post.organization_id] = post
    return found, superior


def _roll(condition: Q) -> list[Member]:
    """Active members in stroke order, with only what the grid needs."""
    return list(Member.objects.active().filter(condition).in_order().select_related("group").only(*FIELDS))
