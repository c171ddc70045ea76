"""Who may write, vet, disclose and read an outline of criticism; which seat vets it today."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from branches.models import Campaign, Organization, User
from branches.permissions import CLERK_ROLES, COMMITTEE_ROLES, LEADERS, Answer, Denied, holds, is_user
from meetings.models import Outline, OutlineStatus
from members.permissions.seats import chains_of
from members.rules.routing import OWN, Case, Identity, Office, SeatPlan, sit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Out of the author's hands: what the one who vets may read.
SEEN_BY_REVIEWER = (OutlineStatus.SUBMITTED, OutlineStatus.VETTED, OutlineStatus.DISCLOSED)


def vetting_seats(outlines: Iterable[Outline]) -> dict[object, SeatPlan | None]:
    """Who vets each of the outlines today, by their keys; None where the rules want no vetting.

    班子主要领导 as the rules name the seat; nobody vets an own outline, a vacant office is stood in for. Three
    queries, and one for each campaign; the outlines bring campaign, organisation and author with them.
    """
    rows = list(outlines)
    chains = chains_of({row.organization_id: row.organization for row in rows}.values())
    campaigns: dict[int, Campaign] = {}
    plans: dict[tuple[int, int, str], SeatPlan | None] = {}
    found: dict[object, SeatPlan | None] = {}
    for row in rows:
        campaign = campaigns.setdefault(row.campaign_id, row.campaign)
        case = (row.campaign_id, row.organization_id, row.author_key)
        if case not in plans:
            plans[case] = _seat(campaign, row, chains[row.organization_id])
        found[row.pk] = plans[case]
    return found


def _seat(campaign: Campaign, outline: Outline, chain: tuple[Office, ...]) -> SeatPlan | None:
    """The seat of one author's outlines."""
    rules = campaign.rules_for(outline.organization)
    if rules.outline_reviewer == "none":
        return None
    member = outline.author_key[1:] if outline.author_key.startswith("m") else ""
    author = Identity(outline.author_id, member, outline.author_name)
    return sit(
        OWN,
        Case(
            chain,
            (),
            (author,),
            rules.reviewer_when_author,
            rules.reviewer_when_vacant,
            what="提纲",
        ),
    )


def vetting_seat(outline: Outline) -> SeatPlan | None:
    """The same for one outline."""
    return vetting_seats([outline])[outline.pk]


def is_author(user: User | AnonymousUser, outline: Outline) -> bool:
    """Whether the outline is the user's own."""
    return is_user(user) and outline.author_id == user.pk


def can_write_outline(user: User | AnonymousUser, outline: Outline) -> Answer:
    """Write the text and hand it in: the author alone."""
    if is_author(user, outline):
        return True
    return Denied("批评提纲由本人自己写。")


def can_keep_outlines(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Note that somebody handed outlines in on paper, or talked with somebody: the organisation's own clerks."""
    if holds(user, CLERK_ROLES, organization):
        return True
    return Denied("收到纸质提纲、会前沟通由书记、副书记或组织委员登记。")


def can_receive_outline(user: User | AnonymousUser, outline: Outline) -> Answer:
    """The same for one outline."""
    return can_keep_outlines(user, outline.organization)


def can_note_consultation(user: User | AnonymousUser, outline: Outline) -> Answer:
    """Note that the two have talked it over: either of them, or a clerk."""
    if is_user(user) and user.pk in (outline.author_id, outline.target_id):
        return True
    if holds(user, CLERK_ROLES, outline.organization):
        return True
    return Denied("会前沟通由两位同志自己登记，或者由书记、副书记、组织委员登记。")


def can_withdraw_outline(user: User | AnonymousUser, outline: Outline) -> Answer:
    """Take it back: the author; that it came on paper, also a clerk."""
    if is_author(user, outline) or (outline.on_paper and holds(user, CLERK_ROLES, outline.organization)):
        return True
    return Denied("提纲由本人撤回；纸质提纲的登记也可以由书记、副书记或组织委员撤销。")


def can_vet_outline(user: User | AnonymousUser, outline: Outline) -> Answer:
    """Pass or return: who sits on the seat today, never the author."""
    if is_author(user, outline):
        return Denied("不能审阅自己写的提纲。")
    seat = vetting_seat(outline)
    if is_user(user) and user.is_active and seat is not None and user.pk in seat.holders:
        return True
    return Denied("这份提纲由班子主要领导审阅；任职变动后会自动转给新任。")


def can_disclose_outline(user: User | AnonymousUser, outline: Outline) -> Answer:
    """Show it to whom it is about: the author, or the secretary (deputy)."""
    if is_author(user, outline) or holds(user, LEADERS, outline.organization):
        return True
    return Denied("会前明示由写提纲的本人或者书记（副书记）办理。")


def can_read_outline(user: User | AnonymousUser, outline: Outline) -> Answer:
    """Read the text: its author; once disclosed whom it is about; out of the author's hands who vets it today.

    Nobody else ever: not the rest of the committee, no office above, no administrator.
    """
    if is_author(user, outline):
        return True
    if not is_user(user) or outline.on_paper:
        return Denied("提纲只给写的人看。")
    if outline.status == OutlineStatus.DISCLOSED and outline.target_id == user.pk:
        return True
    if outline.status in SEEN_BY_REVIEWER and can_vet_outline(user, outline):
        return True
    return Denied("提纲会前只给写的人和审阅人看；明示以后，被批评的同志也能看。")


def can_print_outlines(user: User | AnonymousUser, outline: Outline) -> Answer:
    """Print the sheet of a speaker: the author; who vets it, as far as it is vetted."""
    if is_author(user, outline) or can_vet_outline(user, outline):
        return True
    return Denied("发言提纲由本人和审阅的同志打印。")


def can_see_outline_grid(user: User | AnonymousUser, organization: Organization) -> Answer:
    """See who has written of whom, without any text: the committee itself. Others see numbers."""
    if holds(user, COMMITTEE_ROLES, organization):
        return True
    return Denied("谁写了、谁没写由本班子自己掌握；上级只看数字。")
