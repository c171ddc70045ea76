"""Who drafts, approves, posts and reads what is put up in public, and who lets it onto a page without login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Organization, User
from branches.permissions import (
    CLERK_ROLES,
    COMMITTEE_ROLES,
    LEADERS,
    OFFICE_ROLES,
    READER_ROLES,
    Answer,
    Denied,
    any_role,
    can_see_people,
    holds,
    is_above,
)
from rectification.models import Publication

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_see_publications(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read what was approved: the organisation's committee, offices and supervisors above."""
    return can_see_people(user, organization)


def can_read_drafts(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Read what is not approved yet, with the names that will be hidden: the organisation's own committee and office."""
    if holds(user, (*COMMITTEE_ROLES, *OFFICE_ROLES), organization):
        return True
    return Denied("公示还在起草，批准以后才能看。")


def can_read_publication(user: User | AnonymousUser, publication: Publication) -> Answer:
    """Read one: a draft as `can_read_drafts`, else as `can_see_publications`."""
    if publication.approved_on is None:
        return can_read_drafts(user, publication.organization)
    return can_see_publications(user, publication.organization)


def can_watch_pages(user: User | AnonymousUser) -> Answer:
    """Open the list of pages on the net: who has a post that reads; what stands in it is what the post reaches."""
    if any_role(user, READER_ROLES):
        return True
    return Denied("您的任职不含查看公示办理情况的权限；正在公示的，请看张贴的公示。")


def can_draft_publication(user: User | AnonymousUser, organization: Organization) -> Answer:
    """Draft and save: the organisation's secretary, deputy or organiser, or its own office."""
    if holds(user, (*CLERK_ROLES, *OFFICE_ROLES), organization):
        return True
    return Denied("公示由本组织书记、副书记、组织委员（党建办）起草。")


def can_approve_publication(user: User | AnonymousUser, publication: Publication) -> Answer:
    """Approve or withdraw: the organisation's secretary or deputy; the notices of the campaigns name nobody else."""
    if holds(user, LEADERS, publication.organization):
        return True
    return Denied("公示由本组织书记（副书记）批准、撤回。")


def can_post_publication(user: User | AnonymousUser, publication: Publication) -> Answer:
    """Note that it hangs, that it is over or filed, what was objected and answered: who may draft it."""
    if can_draft_publication(user, publication.organization):
        return True
    return Denied("公示情况由本组织书记、副书记、组织委员（党建办）登记。")


def can_ask_page(user: User | AnonymousUser, publication: Publication) -> Answer:
    """Ask the superior for a page: who approves the notice."""
    if holds(user, LEADERS, publication.organization):
        return True
    return Denied("网上公示由本组织书记（副书记）提出。")


def can_release_page(user: User | AnonymousUser, publication: Publication) -> Answer:
    """Let the page be seen without login: an office or body strictly above, and nobody who drafts here."""
    if can_draft_publication(user, publication.organization):
        return Denied("自己组织的公示，不能自己批准上网，请由上级党建办其他同志办理。")
    if is_above(user, publication.organization):
        return True
    return Denied("网上公示由上级党建办批准发布。")


def can_close_page(user: User | AnonymousUser, publication: Publication) -> Answer:
    """Take the page away at once: who may ask for it or let it be seen."""
    if can_ask_page(user, publication) or can_release_page(user, publication):
        return True
    return Denied("网上公示由本组织书记（副书记）或上级党建办撤下。")
