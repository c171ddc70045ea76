"""Last year's campaign as this year's draft (沿用): rules, addressees and leading group, dates moved by the years."""

from __future__ import annotations

from django.db import transaction

from branches.models import Addressee, Campaign, LeadingSeat, RuleSet, User
from branches.permissions import can_clone_campaign
from branches.rules import resolve
from branches.rules.carrying import DateValue, carried, dates_in, mentioning, moved_day
from branches.services.audit import record
from branches.services.campaigns.drafting import allow

SEAT = ("body", "title", "name", "post", "duty", "position")


def clone_campaign(*, source: Campaign, name: str, slug: str, year: int, by: User) -> Campaign:
    """Draft a campaign with the source's rules in force, addressees and seats; returns the draft.

    Fixed dates move by the difference of the years. The words of the notice (文号, theme, text,
    attachments) are not copied: another year has another notice. Raises NotAllowed, RuleError.
    """
    allow(can_clone_campaign(by, source))
    years = year - source.year
    rules = Campaign.objects.get(pk=source.pk).rule_set()
    overlays = {category: carried(part, years) for category, part in rules.overlays.items()}
    values = carried(rules.values, years)
    resolve(values, overlays)
    with transaction.atomic():
        draft = Campaign.objects.create(
            issuer=source.issuer,
            name=name,
            slug=slug,
            year=year,
            preset=source.preset,
            finish_by=moved_day(source.finish_by, years) if source.finish_by else None,
            cloned_from=source,
        )
        RuleSet.objects.create(campaign=draft, values=values, overlays=overlays, clauses=rules.clauses)
        Addressee.objects.bulk_create(
            Addressee(
                campaign=draft,
                organization_id=row.organization_id,
                category=row.category,
                audience=row.audience,
            )
            for row in source.addressees.all()
        )
        LeadingSeat.objects.bulk_create(
            LeadingSeat(campaign=draft, **{field: getattr(row, field) for field in SEAT})
            for row in source.seats.all()
        )
        record(by=by, action="clone", about=draft, detail={"source": source.pk, "years": years})
    return draft


def dates_to_check(campaign: Campaign) -> tuple[DateValue, ...]:
    """The fixed days a draft's rules name, for a person to look at before publication."""
    rules = campaign.rule_set()
    return dates_in(rules.values, rules.overlays)


def words_to_check(campaign: Campaign) -> tuple[str, ...]:
    """The labels of a cloned draft's rules whose words still name the source's year."""
    source = campaign.cloned_from
    if source is None or source.year == campaign.year:
        return ()
    rules = campaign.rule_set()
    return mentioning(rules.values, rules.overlays, source.year)
