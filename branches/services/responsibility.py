"""Who answers for an organisation (第一责任人, 直接责任人, 整改第一责任人): the notice's words, today's office holders."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from branches.models import Appointment, Campaign, Kind, Organization, Role, path_and_above
from branches.rules import Rules

TITLES = {
    "first_responsible": "第一责任人",
    "direct_responsible": "直接责任人",
    "rectification_first_responsible": "整改第一责任人",
}
VACANT = "空缺"
# The words of a notice that mean an organisation above, in this order; any other words mean the own one.
DIRECTLY_BELOW = re.compile("直属党组织")
BODY_WORDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile("工委"), Kind.WORK_COMMITTEE),
    (re.compile("总支"), Kind.GENERAL_BRANCH),
    (re.compile("党委|党组(?!织)"), Kind.COMMITTEE),
)


@dataclass(frozen=True)
class Responsible:
    """One line of responsibility: `words` of the notice, and who that is today.

    `names` is empty while the post is vacant and nobody stands in; `post` says as what the person answers.
    """

    key: str
    title: str
    words: str
    organization: str
    post: str
    names: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The line for a page or the head of a table: 「刘德福（新河村支部书记）」."""
        return f"{'、'.join(self.names) or VACANT}（{self.organization}{self.post}）"


def responsible_for(*, campaign: Campaign, organization: Organization) -> tuple[Responsible, ...]:
    """Return the lines the campaign's rules name for the organisation, filled from the posts held today.

    A vacant post falls to whom rule `reviewer_when_vacant` says: the deputy, or the head of the parent.
    """
    rules = campaign.rules_for(organization)
    asked = {key: str(getattr(rules, key)) for key in TITLES if getattr(rules, key)}
    if not asked:
        return ()
    chain = list(Organization.objects.filter(path__in=path_and_above(organization.path)))
    heads = _heads(chain)
    return tuple(_line(key, words, campaign, chain, rules, heads) for key, words in asked.items())


Heads = Callable[[Organization, str], tuple[str, ...]]


def _heads(chain: Sequence[Organization]) -> Heads:
    """A function: the names of those who hold a leading post in one of the organisations today."""
    posts = Appointment.objects.current(timezone.localdate()).filter(
        organization__in=chain, role__in=(Role.SECRETARY, Role.DEPUTY)
    )
    held = [(post.organization_id, post.role, post.holder_name) for post in posts.order_by("starts_on", "pk")]

    def names(organization: Organization, role: str) -> tuple[str, ...]:
        return tuple(name for pk, held_role, name in held if (pk, held_role) == (organization.pk, role))

    return names


def _line(
    key: str, words: str, campaign: Campaign, chain: Sequence[Organization], rules: Rules, heads: Heads
) -> Responsible:
    """One line, with a stand-in when the post is vacant."""
    place = _meant(words, campaign, chain)
    names, post = heads(place, Role.SECRETARY), Role.SECRETARY.label
    if not names and rules.reviewer_when_vacant == "deputy":
        names = heads(place, Role.DEPUTY)
        post = f"{Role.DEPUTY.label}，书记{VACANT}" if names else post
    elif not names and (above := [other for other in chain if other.depth < place.depth]):
        names = heads(above[-1], Role.SECRETARY)
        place, post = (above[-1], f"{post}，下级书记{VACANT}") if names else (place, post)
    return Responsible(key, TITLES[key], words, place.short_name, post, names)


def _meant(words: str, campaign: Campaign, chain: Sequence[Organization]) -> Organization:
    """The organisation whose head the words mean; `chain` runs from the top to the organisation itself."""
    own = chain[-1]
    if DIRECTLY_BELOW.search(words):
        below = [place for place in chain if len(place.path) > len(campaign.issuer.path)]
        return below[0] if below else own
    for pattern, kind in BODY_WORDS:
        if pattern.search(words):
            return next((place for place in reversed(chain) if place.kind == kind), own)
    return own
