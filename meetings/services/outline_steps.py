"""What is done with outlines of criticism after they are handed in: vetted one by one, disclosed to whom they are about."""

from __future__ import annotations

import collections
import operator
from collections.abc import Sequence
from functools import reduce

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, CampaignStatus, Organization, Role, User, subtree_range
from branches.permissions import Answer, Denied
from branches.services.notices import announce
from branches.workflow import NotAllowed, insist, perform
from meetings.models import Outline, OutlineStatus
from meetings.permissions.outlines import can_vet_outline, vetting_seats
from meetings.services.outline_book import Book
from meetings.workflow.outlines import OUTLINE
from members.rules.routing import SeatPlan

LONGEST_NOTE = 1000  # characters; a limit of the system
CHANGED = "作者刚才改过这份提纲，请看过现在的内容再审阅。"
VETTING_ROLES = (Role.SECRETARY, Role.DEPUTY, Role.SUPERVISOR)
AUTHOR = ("campaign", "organization", "author_key")
Author = tuple[int, int, str]
SEEN = ("campaign", "organization", "author")


def _unchanged(outline: Outline, revision: int) -> Answer:
    """Whether it still is what was read."""
    return True if outline.revision == revision else Denied(CHANGED)


def _locked(outline: Outline) -> Outline:
    """The outline's row under a lock."""
    rows = Outline.objects.select_for_update(of=("self",)).select_related(*SEEN)
    return rows.get(pk=outline.pk)


def pass_outline(*, outline: Outline, revision: int, by: User) -> Outline:
    """Pass it as read at `revision`. Raises NotAllowed, also when somebody else has decided."""
    with transaction.atomic():
        row = _locked(outline)
        insist(can_vet_outline(by, row), _unchanged(row, revision))
        moved = perform(OUTLINE, row, "pass", by=by)
        moved.vetted_by, moved.vetted_on = by, timezone.localdate()
        moved.note = ""
        moved.save(update_fields=["vetted_by", "vetted_on", "note_sealed"])
        _tell_author(moved)
    return moved


def return_outline(*, outline: Outline, revision: int, points: Sequence[str], note: str, by: User) -> Outline:
    """Return it with the points of the checklist it fails and what to change; at least one of both.

    One that was passed can still be returned until it is disclosed.
    """
    with transaction.atomic():
        row = _locked(outline)
        insist(can_vet_outline(by, row), _unchanged(row, revision))
        if len(note) > LONGEST_NOTE:
            raise NotAllowed(f"退回意见最多 {LONGEST_NOTE} 字，现在 {len(note)} 字。请写得简短一些。")
        reason = "\n".join(
            part for part in (f"没有做到：{'；'.join(points)}。" if points else "", note.strip()) if part
        )
        moved = perform(OUTLINE, row, "return", by=by, note=reason)
        moved.note = reason
        moved.vetted_by = moved.vetted_on = None
        moved.save(update_fields=["vetted_by", "vetted_on", "note_sealed"])
        _tell(moved, f"outline_returned_{moved.revision}", "一份批评提纲退回来了，请改好以后重新提交")
    return moved


def _tell_author(outline: Outline) -> None:
    """Tell the author when nothing more of this author waits; nothing of the text is said."""
    waiting = Outline.objects.filter(
        campaign=outline.campaign,
        organization=outline.organization,
        round_no=outline.round_no,
        author_key=outline.author_key,
        status=OutlineStatus.SUBMITTED,
    )
    if not waiting.exists():
        _tell(outline, "outlines_vetted", "您的批评提纲审阅完了")


def _tell(outline: Outline, kind: str, title: str) -> None:
    """A notice to the author."""
    page = reverse("meetings:outlines_mine", args=[outline.campaign.slug, outline.organization_id])
    people = User.objects.filter(pk=outline.author_id, is_active=True)
    announce(kind=kind, about=outline, recipients=people, title=title, url=page)


def disclose_outlines(
    *, campaign: Campaign, organization: Organization, key: str, by: User, target: str = ""
) -> int:
    """Show the vetted outlines of one author (of `target` alone when given) to whom they are about; returns how many.

    Each is told that there is something to read, once a day, without a name and without text.
    """
    with transaction.atomic():
        book = Book.of(campaign, organization)
        ready = [
            row
            for row in book.rows_of(key)
            if row.status == OutlineStatus.VETTED and not row.on_paper and target in ("", row.target_key)
        ]
        if not ready:
            raise NotAllowed("没有可以明示的提纲：要先写好、审阅通过。")
        for row in ready:
            moved = perform(OUTLINE, row, "disclose", by=by)
            moved.disclosed_on = timezone.localdate()
            moved.save(update_fields=["disclosed_on"])
        announce(
            kind=f"outline_disclosed_{organization.pk}",
            about=campaign,
            recipients=User.objects.filter(pk__in=[row.target_id for row in ready], is_active=True),
            title="会前有批评意见向您明示，请看一看",
            url=reverse("meetings:outlines_to_me", args=[campaign.slug, organization.pk]),
        )
    return len(ready)


def to_vet(rows: QuerySet[Outline] | None = None) -> QuerySet[Outline]:
    """What is handed in and waits, in open campaigns."""
    running = (CampaignStatus.PUBLISHED, CampaignStatus.RUNNING)
    asked = Outline.objects.all() if rows is None else rows
    return asked.filter(status=OutlineStatus.SUBMITTED, campaign__status__in=running)


def _reached(user: User) -> QuerySet[Outline]:
    """What waits where a post of the user could come to sit at its vetting."""
    paths = [post.organization.path for post in user.posts() if post.role in VETTING_ROLES]
    if not paths:
        return Outline.objects.none()
    ranges = [Q(organization__path__range=subtree_range(path)) for path in paths]
    return to_vet().filter(reduce(operator.or_, ranges)).exclude(author=user)


def seats_by_author(rows: QuerySet[Outline]) -> dict[Author, SeatPlan]:
    """Who vets the outlines of each author among these rows; six queries, one when there are none."""
    authors = list(rows.order_by().values_list(*AUTHOR, "author", "author_name").distinct())
    if not authors:
        return {}
    campaigns = Campaign.objects.in_bulk({row[0] for row in authors})
    organizations = Organization.objects.in_bulk({row[1] for row in authors})
    samples = [
        Outline(
            campaign=campaigns[row[0]],
            organization=organizations[row[1]],
            author_key=row[2],
            author_id=row[3],
            author_name=row[4],
        )
        for row in authors
    ]
    seats = vetting_seats(samples)
    found = {}
    for sample in samples:
        seat = seats[sample.pk]
        if seat is not None:
            found[sample.campaign_id, sample.organization_id, sample.author_key] = seat
    return found


def waiting_for(user: User) -> list[Outline]:
    """The outlines this person must vet today, by organisation, author and target; texts are not read."""
    near = _reached(user)
    mine = {author for author, seat in seats_by_author(near).items() if user.pk in seat.holders}
    if not mine:
        return []
    rows = near.filter(organization__in={author[1] for author in mine}).select_related(*SEEN)
    ordered = rows.defer("text_sealed", "note_sealed").order_by(
        "organization__path", "author_key", "target_key"
    )
    return [row for row in ordered if (row.campaign_id, row.organization_id, row.author_key) in mine]


def waiting_by_account() -> dict[tuple[int, int, int], int]:
    """How many outlines wait for whom: by account, campaign and organisation; for the digest."""
    rows = to_vet()
    seats = seats_by_author(rows)
    found: dict[tuple[int, int, int], int] = collections.defaultdict(int)
    counted = rows.order_by().values_list(*AUTHOR).annotate(n=Count("pk"))
    for campaign, organization, author, number in counted:
        seat = seats.get((campaign, organization, author))
        for holder in seat.holders if seat is not None else ():
            found[holder, campaign, organization] += number
    return dict(found)
