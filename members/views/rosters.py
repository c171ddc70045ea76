"""The roster of a branch in a campaign: look through, exempt, freeze, amend."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.http import Request, require, signed_in
from branches.models import Campaign, Organization
from branches.permissions import can_see_people
from branches.rules import Clause
from branches.workflow import NotAllowed
from members.forms import ExemptForm
from members.models import Member, Roster, RosterEntry
from members.permissions import can_exempt, can_freeze_roster, can_use_campaign
from members.services import rosters


@signed_in
def roster(request: Request, organization: int, campaign: str) -> HttpResponse:
    """The list to look through before it is frozen; after that, who is on it and what was amended."""
    branch, wanted = _find(request, organization, campaign)
    require(can_see_people(request.user, branch))
    found = rosters.roster_of(campaign=wanted, organization=branch)
    frozen = found is not None and found.is_frozen
    entries = (
        list(found.entries.select_related("member"))
        if found is not None and frozen
        else rosters.proposed_entries(campaign=wanted, organization=branch)
    )
    open_for_work = can_use_campaign(branch, wanted)
    shown = found or Roster(campaign=wanted, organization=branch)
    late = rosters.missing_from_roster(shown) if frozen else []
    context: dict[str, object] = {
        "organization": branch,
        "campaign": wanted,
        "roster": shown,
        "entries": entries,
        "counts": rosters.head_counts(entries),
        "open_for_work": open_for_work,
        "may_freeze": open_for_work and can_freeze_roster(request.user, shown),
        "may_exempt": open_for_work and can_exempt(request.user, shown),
        "amendments": shown.amendments.select_related("made_by") if frozen else [],
        "late": late,
        "clause": _clause(wanted, branch),
    }
    return render(request, "members/roster.html", context)


def _find(request: Request, organization: int, campaign: str) -> tuple[Organization, Campaign]:
    branch = get_object_or_404(Organization.objects.visible_to(request.user).branches(), pk=organization)
    return branch, get_object_or_404(Campaign.objects.visible_to(request.user), slug=campaign)


@signed_in
@require_POST
def freeze(request: Request, organization: int, campaign: str) -> HttpResponse:
    """Freeze the roster."""
    branch, wanted = _find(request, organization, campaign)
    require(can_freeze_roster(request.user, Roster(campaign=wanted, organization=branch)))
    try:
        rosters.freeze_roster(campaign=wanted, organization=branch, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "花名册已核定。")
    return redirect("members:roster", organization=organization, campaign=campaign)


def _clause(campaign: Campaign, branch: Organization) -> Clause | None:
    """What the notice says of probationary members, when the rule in force is the notice's."""
    current = campaign.rule_set()
    clause = current.quoted().get("probationary_subject")
    if clause is None or not clause.text:
        return None
    return clause if clause.value == current.stored("probationary_subject", branch.category) else None


def _member(request: Request, branch: Organization, campaign: Campaign, pk: str) -> Member:
    """A member of the branch whose entry this person may change."""
    member = get_object_or_404(Member.objects.visible_to(request.user).filter(organization=branch), pk=pk)
    found = rosters.roster_of(campaign=campaign, organization=branch)
    require(can_exempt(request.user, found or Roster(campaign=campaign, organization=branch)))
    return member


def _entry(request: Request, branch: Organization, campaign: Campaign, member: Member) -> RosterEntry:
    """The member's entry; a draft is drawn up first."""
    rosters.draft_roster(campaign=campaign, organization=branch, by=request.user)
    entries = RosterEntry.objects.visible_to(request.user)
    return get_object_or_404(entries, roster__campaign=campaign, roster__organization=branch, member=member)


@signed_in
def exempt(request: Request, organization: int, campaign: str, pk: str) -> HttpResponse:
    """Take a member out of 应到, with the reason."""
    branch, wanted = _find(request, organization, campaign)
    member = _member(request, branch, wanted, pk)
    form = ExemptForm(
        request.POST or None,
        frozen=rosters.is_frozen(campaign=wanted, organization=branch),
        allowed=wanted.rules_for(branch).exempt_reasons,
    )
    if request.method == "POST" and form.is_valid():
        try:
            entry = _entry(request, branch, wanted, member)
            rosters.exempt_from_count(entry=entry, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"{member.name}不计入应到。")
            return redirect("members:roster", organization=organization, campaign=campaign)
    context = {"form": form, "member": member, "organization": branch, "campaign": wanted}
    return render(request, "members/exempt.html", context)


@signed_in
@require_POST
def count(request: Request, organization: int, campaign: str, pk: str) -> HttpResponse:
    """Count a member in 应到 again."""
    branch, wanted = _find(request, organization, campaign)
    member = _member(request, branch, wanted, pk)
    try:
        entry = _entry(request, branch, wanted, member)
        rosters.count_again(entry=entry, by=request.user, why=request.POST.get("why", ""))
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"{member.name}恢复计入应到。")
    return redirect("members:roster", organization=organization, campaign=campaign)


@signed_in
@require_POST
def add(request: Request, organization: int, campaign: str, pk: str) -> HttpResponse:
    """Put a member who came later onto a frozen roster."""
    branch, wanted = _find(request, organization, campaign)
    member = _member(request, branch, wanted, pk)
    found = rosters.roster_of(campaign=wanted, organization=branch)
    try:
        if found is None or not found.is_frozen:
            raise NotAllowed("花名册还没有核定，新来的党员会自动列入。")
        rosters.add_to_roster(roster=found, member=member, why=request.POST.get("why", ""), by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"{member.name}已列入花名册。")
    return redirect("members:roster", organization=organization, campaign=campaign)
