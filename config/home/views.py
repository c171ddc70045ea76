"""The view of the home page: one part for each thing the person is here for."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from branches.http import Request, signed_in
from branches.models import Appointment, Campaign, Kind, Organization, Role, User
from branches.permissions import CLERK_ROLES, COMMITTEE_ROLES, can_see_rollup
from config.home.board.asked import Asked
from config.home.board.form import crumbs_of, fields_of, tabs_of, words_of
from config.home.board.page import Board
from config.home.board.scope import top_of
from config.home.following import Following
from config.home.from_above import FromAbove
from config.home.mine import coming_meeting, counting, open_campaigns, own_branch
from config.home.own_duties import OwnDuties, outlines_waiting, reviews_waiting
from config.home.secretary import TaskList
from config.home.watching import Watching
from members.models import DuesTerms


@signed_in
def home(request: Request) -> HttpResponse:
    """Board for a superior, task list for a branch's clerks, else what concerns a member."""
    posts, user = request.user.posts(), request.user
    superior = top_of(user)
    branch = _first(posts, CLERK_ROLES, (Kind.BRANCH,))
    context: dict[str, Any] = {
        "counting": counting(user),
        "roles": {post.role for post in posts},
        "reviews": reviews_waiting(user),
        "vetting": outlines_waiting(user),
        "following": Following.of(user, branch),
    }
    if superior is not None:
        return render(request, "home/board.html", {**context, **_board(request, superior)})
    if branch is not None:
        return render(request, "home/secretary.html", {**context, **_tasks(request, branch)})
    branch, campaign = own_branch(user.home) if user.home is not None else None, None
    in_branch = branch is not None and branch.kind == Kind.BRANCH
    if branch is not None and in_branch:
        campaign = _chosen(request, open_campaigns(branch))
    context |= {"campaign": campaign, "coming": coming_meeting(user), "in_branch": in_branch}
    context["own"] = OwnDuties.of(user, branch, campaign)
    context["watching"] = Watching.of(user, None, campaign)
    context["pays_dues"] = DuesTerms.objects.filter(member__user=user).exists()
    return render(request, "home/member.html", context)


def _first(posts: list[Appointment], roles: tuple[Role, ...], kinds: tuple[Kind, ...]) -> Organization | None:
    """The organisation of the first post with one of the roles in one of the kinds."""
    fitting = (p.organization for p in posts if p.role in roles and p.organization.kind in kinds)
    return next(fitting, None)


def _chosen(request: Request, campaigns: list[Campaign]) -> Campaign | None:
    """The campaign asked for by `?campaign=`, else the newest."""
    wanted = request.GET.get("campaign", "")
    newest = campaigns[0] if campaigns else None
    return next((c for c in campaigns if c.slug == wanted), newest)


def _board(request: Request, organization: Organization) -> dict[str, Any]:
    """What the board's template needs."""
    visible = Campaign.objects.visible_to(request.user).open().select_related("issuer")
    campaigns = [c for c in visible if _meet(c.issuer.path, organization.path)]
    campaign = _chosen(request, campaigns)
    context: dict[str, Any] = {"board": None, "organization": organization, "campaigns": campaigns}
    if campaign is None:
        return context
    asked = Asked.read(request.GET)
    board = Board.of(organization, campaign, asked, today=timezone.localdate(), page=request.GET.get("page"))
    return context | {
        "board": board,
        "above": FromAbove.of(request.user, organization, campaign, board.standings.rules.values()),
        "own": OwnDuties.of(request.user, organization, campaign)
        if _sits_at(request.user, organization)
        else None,
        "fields": fields_of(board),
        "filter_words": words_of(board),
        "tabs": tabs_of(board),
        "crumbs": crumbs_of(board),
        "may_download": bool(can_see_rollup(request.user, organization)),
        "watching": Watching.of(request.user, None, campaign),
    }


def _sits_at(user: User, organization: Organization) -> bool:
    """Whether the person is one of the organisation's leaders (班子成员)."""
    return any(p.organization_id == organization.pk and p.role in COMMITTEE_ROLES for p in user.posts())


def _meet(one: str, other: str) -> bool:
    """Whether one of two organisations stands above the other (or they are the same)."""
    return one.startswith(other) or other.startswith(one)


def _tasks(request: Request, branch: Organization) -> dict[str, Any]:
    """What the secretary's template needs."""
    campaigns = open_campaigns(branch)
    campaign = _chosen(request, campaigns)
    tasks = None if campaign is None else TaskList.of(branch, campaign)
    return {
        "tasks": tasks,
        "branch": branch,
        "own": OwnDuties.of(request.user, branch, campaign, None if tasks is None else tasks.settled),
        "watching": Watching.of(request.user, branch, campaign),
        "campaigns": campaigns,
        "help_line": branch.help_line(),
    }
