"""The words of a publication as the public reads them, on paper and on the page without login."""

from __future__ import annotations

import re

from django.db.models import Q

from branches.models import Appointment, Organization, path_and_above
from members.models import Member
from rectification.models import Publication, PublicationKind
from rectification.rules.redaction import HIDDEN, Piece, redact

OWN_WORDS = (PublicationKind.MATERIAL, PublicationKind.PLEDGE)  # written by people about themselves
_BETWEEN = re.compile(r"[\s、，,；;]+")
Texts = dict[str, tuple[Piece, ...]]  # title and text


def names_of(organization: Organization) -> frozenset[str]:
    """The names that never stand in public here: the roll's, and of posts here, below and above; two queries."""
    inside = Q(organization__path__range=organization.subtree_range)
    above = Q(organization__path__in=path_and_above(organization.path))
    here = Q(organization=organization)
    posts = Appointment.objects.filter(above | (here if organization.is_body else inside))
    members = Member.objects.filter(here if organization.is_body else inside)
    return frozenset({*members.values_list("name", flat=True), *posts.values_list("holder_name", flat=True)})


def kept_words(publication: Publication) -> frozenset[str]:
    """The words that the drafter wants to stand as they are."""
    return frozenset(word for word in _BETWEEN.split(publication.kept_words) if word)


def on_paper(publication: Publication, names: frozenset[str]) -> Texts:
    """Title and text of the notice to print, as the drafter chose."""
    kept = kept_words(publication)
    return _texts(publication, names, style=publication.names, kept=kept)


def on_page(publication: Publication, names: frozenset[str]) -> Texts:
    """Title and text of the page without login: no name at all, whatever was chosen for the paper."""
    return _texts(publication, names, style=HIDDEN, kept=kept_words(publication) - names)


def _texts(publication: Publication, names: frozenset[str], *, style: str, kept: frozenset[str]) -> Texts:
    """Both, redacted."""
    rules = publication.campaign.rules_for(publication.organization)
    hints = publication.kind in OWN_WORDS and rules.material_redaction
    both = {"title": publication.title, "text": publication.text}
    return {key: redact(words, names, style=style, kept=kept, hints=hints) for key, words in both.items()}
