"""Teams and linked points: kept by the office of the body that sends people out, ended when the work is over."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Appointment, Campaign, Kind, Organization, Role, User
from branches.models.organization import OrganizationQuerySet, OrganizationStatus
from branches.permissions import COMMITTEE_ROLES, SUPERVISOR_ROLES
from branches.services.audit import record
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from members.services.spot_checks import is_within
from rectification.models import LinkedPoint, SupervisionTeam, TeamMember, TeamStatus
from rectification.permissions.supervision import can_run_supervision
from rectification.services.supervision import below, may_work, team_kinds
from rectification.workflow import LINKED_POINT, TEAM

MOST_MEMBERS = 40
MOST_CHOICES = 300  # more boxes than can be looked through


@dataclass(frozen=True)
class Person:
    """One person of a team or at a linked point, as named; the account where there is one."""

    name: str
    post: str = ""
    user: User | None = None


def sent_people(body: Organization) -> tuple[Appointment, ...]:
    """The posts of supervisors and instructors held today at a body or below it, by name."""
    posts = Appointment.objects.current(timezone.localdate()).filter(role__in=SUPERVISOR_ROLES)
    found = posts.filter(organization__path__range=body.subtree_range).select_related("organization", "user")
    return tuple(found.order_by("organization__path", "holder_name", "pk"))


def places_of(sender: Organization) -> OrganizationQuerySet:
    """What a team of the sender may look in on: working organisations below it."""
    found: OrganizationQuerySet = Organization.objects.in_subtree(sender).filter(
        status=OrganizationStatus.ACTIVE
    )
    return found.exclude(pk=sender.pk).exclude(kind=Kind.GROUP)


def named(sender: Organization, text: str) -> tuple[list[Organization], list[str]]:
    """The organisations a pasted list names, one a line by name, short name or code; and the lines that name none.

    A name that several have counts as none: the line is told back.
    """
    lines = list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
    known: dict[str, set[Organization]] = {}
    for one in places_of(sender) if lines else ():
        for word in {one.name, one.short_name, one.code}:
            known.setdefault(word, set()).add(one)
    found = {line: known.get(line, set()) for line in lines}
    return (
        [next(iter(meant)) for meant in found.values() if len(meant) == 1],
        [line for line, meant in found.items() if len(meant) != 1],
    )


def choices_of(sender: Organization) -> OrganizationQuerySet:
    """Those offered with a box each; of very many, the ones directly below: the others are named in a list."""
    found = places_of(sender)
    return found if found.count() <= MOST_CHOICES else found.filter(depth=sender.depth + 1)


def leaders_of(body: Organization) -> tuple[Appointment, ...]:
    """The posts of a body's committee held today, secretary first."""
    posts = Appointment.objects.current(timezone.localdate()).filter(
        role__in=COMMITTEE_ROLES, organization=body
    )
    order = list(Role.values)
    return tuple(sorted(posts.select_related("user"), key=lambda post: (order.index(post.role), post.pk)))


def save_team(
    *,
    team: SupervisionTeam | None,
    version: int,
    campaign: Campaign,
    sender: Organization,
    kind: str,
    name: str,
    people: Sequence[Person],
    organizations: Collection[Organization],
    by: User,
) -> SupervisionTeam:
    """Make a team, or change one (whole, as the form shows it).

    Raises Stale, and NotAllowed for others than the sender's office, a kind the rules do not name (of each branch
    chosen), nobody in it, organisations that are not below the sender, and a name taken.
    """
    insist(can_run_supervision(by, sender), may_work(campaign))
    if kind not in team_kinds(campaign):
        raise NotAllowed("规则里没有这一种督导力量，请按通知选择。")
    apart = [one.short_name for one in organizations if not _sent_to(campaign, one, kind)]
    if apart:
        raise NotAllowed(f"规则没有给{'、'.join(apart)}派这一种督导力量，请不选它，或者换一种类型。")
    if not people or len(people) > MOST_MEMBERS:
        raise NotAllowed(f"请至少写一名督导人员，最多 {MOST_MEMBERS} 名。")
    if not is_within(campaign, sender):
        raise NotAllowed("这次活动没有发给本单位。")
    allowed = set(places_of(sender).values_list("pk", flat=True))
    if not organizations or any(one.pk not in allowed for one in organizations):
        raise NotAllowed("请选择督导哪些党组织：只能选本单位下面的，选了党委、党总支的，含它下面的党支部。")
    try:
        with transaction.atomic():
            return _save_team(team, version, campaign, sender, kind, name.strip(), people, organizations, by)
    except IntegrityError as error:
        raise NotAllowed("同名的已经有了，或者同一个账号写了两次，请核对。") from error


def _sent_to(campaign: Campaign, organization: Organization, kind: str) -> bool:
    """Whether the rules that hold for it name this kind; a body stands for all below, of any category."""
    return organization.is_body or kind in campaign.rules_for(organization).supervision


def _save_team(
    team: SupervisionTeam | None,
    version: int,
    campaign: Campaign,
    sender: Organization,
    kind: str,
    name: str,
    people: Sequence[Person],
    organizations: Collection[Organization],
    by: User,
) -> SupervisionTeam:
    """Write it; inside a transaction."""
    if team is None:
        kept = SupervisionTeam.objects.create(campaign=campaign, sender=sender, kind=kind, name=name)
    else:
        kept = locked_row(team, "sender", version=version)
        if kept.status != TeamStatus.ACTIVE:
            raise NotAllowed("这个组的督导已经结束，不能再改。")
        kept.kind, kept.name, kept.version = kind, name, kept.version + 1
        kept.save(update_fields=["kind", "name", "version"])
        kept.members.all().delete()
    TeamMember.objects.bulk_create(
        TeamMember(team=kept, ordinal=place, name=one.name, post=one.post, user=one.user)
        for place, one in enumerate(people, 1)
    )
    kept.organizations.set(organizations)
    detail = {"people": len(people), "organizations": len(organizations), "new": team is None}
    record(by=by, action="save_team", about=kept, detail=detail)
    return kept


def end_team(*, team: SupervisionTeam, by: User) -> SupervisionTeam:
    """End the work of a team; its visits stay."""
    return perform(TEAM, team, "end_team", by=by)


def add_point(
    *,
    campaign: Campaign,
    sender: Organization,
    organization: Organization,
    leader: Person,
    from_on: datetime.date,
    by: User,
) -> LinkedPoint:
    """Link a leader of the sender to an organisation below it.

    Raises NotAllowed for others than its office, where the rules ask for no linked points, for an organisation
    that is not below, and for the same leader twice.
    """
    insist(can_run_supervision(by, sender), may_work(campaign))
    if not campaign.rules_for(organization).linked_points:
        raise NotAllowed("规则没有要求建立联系点，这个党组织不用登记。")
    if not leader.name.strip():
        raise NotAllowed("请写明是哪位领导。")
    if not below(campaign, sender).filter(pk=organization.pk).exists():
        raise NotAllowed("联系点只能选本单位下面、这次活动发到的党组织。")
    try:
        with transaction.atomic():
            point = LinkedPoint.objects.create(
                campaign=campaign,
                sender=sender,
                organization=organization,
                leader_name=leader.name.strip(),
                post=leader.post.strip(),
                user=leader.user,
                from_on=from_on,
            )
            record(by=by, action="add_point", about=point, detail={"campaign": campaign.pk})
    except IntegrityError as error:
        raise NotAllowed("这位领导已经联系这个党组织，不用再加。") from error
    return point


def end_point(*, point: LinkedPoint, by: User) -> LinkedPoint:
    """End a linked point today; its visits stay. Raises NotAllowed for one that has not begun."""
    with transaction.atomic():
        locked = LinkedPoint.objects.select_for_update(of=("self",)).get(pk=point.pk)
        today = timezone.localdate()
        if locked.to_on is None:
            locked.to_on = max(today, locked.from_on)
            locked.save(update_fields=["to_on"])
        return perform(LINKED_POINT, locked, "end_point", by=by)
