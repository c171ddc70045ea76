"""Who may see, record and read heart-to-heart talks; what was said belongs to those who talked."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import (
    CLERK_ROLES,
    COMMITTEE_ROLES,
    LEADERS,
    OFFICE_ROLES,
    SUPERVISOR_ROLES,
    Answer,
    Denied,
    can_lead_branch,
    has_role,
    holds,
    is_user,
    posts_at,
)
from members.models import ConcernKind, Member, Standing, Talk, TalkKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser

NO_TALKS = "谈心情况由本支部的同志和上级党组织查看。"
ONLY_OWN = "您只能登记自己参加的谈心；别人的请书记、副书记或组织委员登记。"
ONLY_SIDES = "谈话情况只给参加谈话的同志看；时间和人员由本支部书记、副书记、组织委员登记。"


class Sight(Enum):
    """How much of an organisation's grid somebody sees."""

    CLERK = "clerk"  # all of it, and records for anybody
    COMMITTEE = "committee"  # all of it, records the own talks
    ABOVE = "above"  # counts and who still owes
    COUNTS = "counts"  # counts only
    OWN = "own"  # the own row
    NOTHING = ""


def sight_of(user: User | AnonymousUser, organization: Organization) -> Sight:
    """How much the user sees of the organisation's talks.

    A committee above a branch has an office of its own: there the office keeps the grid of its leaders.
    """
    if holds(user, CLERK_ROLES, organization):
        return Sight.CLERK
    if organization.is_body and holds(user, OFFICE_ROLES, organization):
        return Sight.CLERK
    if holds(user, COMMITTEE_ROLES, organization):
        return Sight.COMMITTEE
    if has_role(user, (*OFFICE_ROLES, *COMMITTEE_ROLES), organization):
        return Sight.ABOVE
    if is_of(user, organization):
        return Sight.OWN
    return Sight.COUNTS if has_role(user, SUPERVISOR_ROLES, organization) else Sight.NOTHING


def is_of(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user is a member on the organisation's roll."""
    own = Member.objects.filter(organization=organization, standing=Standing.ACTIVE)
    return is_user(user) and own.filter(user=user).exists()


def own_keys(user: User | AnonymousUser, organization: Organization) -> frozenset[str]:
    """Under which keys the user may stand in the organisation's grid: as its member, by its posts."""
    if not is_user(user):
        return frozenset()
    members = Member.objects.filter(organization=organization, user=user).values_list("pk", flat=True)
    posts = [post.pk for post in user.posts() if post.organization_id == organization.pk]
    return frozenset([f"m{pk.hex}" for pk in members] + [f"a{pk}" for pk in posts])


def can_see_talks(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Open the page of talks: everybody of the organisation, and who reads its people from above."""
    return True if sight_of(user, organization) != Sight.NOTHING else Denied(NO_TALKS)


def can_read_grid(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read who has talked with whom: the committee and the offices above; not supervisors, not members."""
    if sight_of(user, organization) in (Sight.CLERK, Sight.COMMITTEE, Sight.ABOVE):
        return True
    return Denied("谁和谁谈过由本支部委员会和上级党建办查看；您可以看到自己的谈心。")


def can_count_talks(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read how many are owed and done: who reads the grid, and supervisors."""
    if sight_of(user, organization) == Sight.COUNTS:
        return True
    return can_read_grid(user, organization)


def can_plan_talks(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Record talks of anybody and plan sittings: the organisation's own clerks."""
    if sight_of(user, organization) == Sight.CLERK:
        return True
    return Denied("登记别人的谈心，需要本支部书记、副书记或组织委员的权限。")


def can_enter_talks(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Open the form at all: the clerks, and who can stand in the grid."""
    if can_plan_talks(user, organization) or own_keys(user, organization):
        return True
    return Denied("谈心由本支部的同志登记。")


def can_record_talk(user: User | AnonymousUser, organization: Organization, people: Iterable[str]) -> Answer:
    """Record a talk of these people: the clerks for anybody, everybody else the own talks."""
    if can_plan_talks(user, organization) or own_keys(user, organization) & set(people):
        return True
    return Denied(ONLY_OWN)


def is_side(user: User | AnonymousUser, talk: Talk) -> bool:
    """Whether the user took part in the talk."""
    return Talk.objects.own(user).filter(pk=talk.pk).exists()


def can_open_talk(user: User | AnonymousUser, talk: Talk) -> Answer:
    """See one talk (who, when, how), and put that right: who took part, and the clerks."""
    if can_plan_talks(user, talk.organization) or is_side(user, talk):
        return True
    return Denied(ONLY_SIDES)


def can_change_talk(user: User | AnonymousUser, talk: Talk) -> Answer:
    """Change or take back what was recorded.

    Like seeing it; a reminder by the superior belongs to the office above; what others wrote down nobody
    else throws away.
    """
    if talk.kind == TalkKind.REMIND:
        return can_remind(user, talk.organization)
    if is_side(user, talk):
        return True
    if talk.words_sealed or talk.summary_sealed:
        return Denied("这次谈话已经写了内容，由参加谈话的同志自己修改或撤销。")
    return can_open_talk(user, talk)


def can_read_words(user: User | AnonymousUser, talk: Talk) -> Answer:
    """Read and write what was said: who took part, and nobody else whatever the post."""
    return True if is_side(user, talk) else Denied("谈话内容只给参加谈话的同志看。")


def can_read_summary(user: User | AnonymousUser, talk: Talk) -> Answer:
    """Read the few lines for the secretary: who took part, and the secretary and deputy."""
    if can_read_words(user, talk) or holds(user, LEADERS, talk.organization):
        return True
    return Denied("谈话要点只给参加谈话的同志和本支部书记（副书记）看。")


def can_waive_talk(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Say that a pair need not talk: the secretary and deputy."""
    return can_lead_branch(user, organization)


def is_above(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether the user works for an office strictly above."""
    posts = posts_at(user, OFFICE_ROLES, organization)
    return any(post.organization_id != organization.pk for post in posts)


def can_remind(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Record a reminder (提醒谈话) by the superior: an office strictly above."""
    return True if is_above(user, organization) else Denied("提醒谈话由上级党建办登记。")


def can_see_concerns(user: User | AnonymousUser, organization: Organization) -> Answer:
    """See who was marked: secretary and deputy; an office above sees what superiors marked."""
    if holds(user, LEADERS, organization) or is_above(user, organization):
        return True
    return Denied("重点谈心对象只给本支部书记、副书记看。")


def hidden_marks(user: User | AnonymousUser, organization: Organization) -> frozenset[str]:
    """The kinds of marks the user must not learn of, not even from who still owes whom.

    An office above knows of what superiors marked, not of what the branch marked for itself.
    """
    if holds(user, LEADERS, organization):
        return frozenset()
    own = {ConcernKind.PROBLEM_COMMITTEE.value} if is_above(user, organization) else set[str]()
    return frozenset(ConcernKind.values) - own


def can_mark_concern(user: User | AnonymousUser, organization: Organization, kind: str) -> Answer:
    """Mark somebody: secretary and deputy; a member of the committee only the office above."""
    if kind == ConcernKind.PROBLEM_COMMITTEE:
        above = is_above(user, organization)
        return True if above else Denied("“存在突出问题的班子成员”由上级党建办提出。")
    return can_lead_branch(user, organization)
