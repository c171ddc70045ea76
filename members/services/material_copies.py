"""A private hint: where a material is nearly the text of another of the branch, or of the own one of last time.

Author and reviewer are told; it is never scored, never refused, never counted. Kept sealed with the version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction

from django.db.models import OuterRef, Q, QuerySet, Subquery

from branches.rules.overlap import overlap
from members.models import Material, MaterialRole, MaterialVersion
from members.rules.paper import Paper

OTHER, OWN = "other", "own"
COMPARED = 60  # of the others in the organisation, those who handed in last
SHOWN = 3


@dataclass(frozen=True)
class Alike:
    """A text the material repeats: another's of this campaign or the own of an earlier one, whose, how much."""

    kind: str
    name: str
    share: str

    @property
    def fraction(self) -> Fraction:
        """The share as a number."""
        return Fraction(self.share)


def alike_of(version: MaterialVersion) -> tuple[Alike, ...]:
    """The hint kept with a version, most alike first; empty when there is none."""
    stored = version.alike
    return tuple(Alike(**one) for one in json.loads(stored)) if stored else ()


def as_text(found: Iterable[Alike]) -> str:
    """The hint as it is kept; empty for none."""
    rows = [asdict(one) for one in found]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def find_alike(material: Material, paper: Paper) -> tuple[Alike, ...]:
    """What the text repeats to the share the rules name, or more.

    Another's text handed in after the own first version counts only for what the own earlier versions did
    not say, so that nobody is blamed for having been copied.
    """
    text = paper.text
    least = material.campaign.rules_for(material.organization).material_copy_share
    own = [(one.submitted_at, Paper.loads(one.content).text) for one in material.versions.order_by("number")]
    found = []
    for version in _others(material):
        first = version.first_at  # type: ignore[attr-defined]  # annotated
        before = "\n".join(written for at, written in own if at < first)
        share = overlap(text, Paper.loads(version.content).text, own=before).share
        found.append((share, OTHER, version.material.subject))
    for version in _earlier(material):
        share = overlap(text, Paper.loads(version.content).text).share
        found.append((share, OWN, version.material.campaign.name))
    rows = sorted((one for one in found if one[0] >= least), key=lambda one: one[0], reverse=True)
    return tuple(Alike(kind, name, str(share)) for share, kind, name in rows[:SHOWN])


def _newest() -> QuerySet[MaterialVersion]:
    """The newest version of every material, with the moment its first was handed in."""
    of_material = MaterialVersion.objects.filter(material=OuterRef("material")).order_by("number")
    newest = MaterialVersion.objects.filter(number=Subquery(of_material.reverse().values("number")[:1]))
    return newest.annotate(first_at=Subquery(of_material.values("submitted_at")[:1])).select_related(
        "material__member", "material__appointment", "material__organization", "material__campaign"
    )


def _others(material: Material) -> Iterable[MaterialVersion]:
    """What others of the organisation have handed in in this campaign."""
    rows = _newest().filter(
        material__campaign=material.campaign_id, material__organization=material.organization_id
    )
    return rows.exclude(_same_subject(material)).order_by("-submitted_at")[:COMPARED]


def _earlier(material: Material) -> Iterable[MaterialVersion]:
    """The own material of the campaign before this one, if there is one."""
    rows = _newest().filter(_same_subject(material))
    return rows.exclude(material__campaign=material.campaign_id).order_by("-submitted_at")[:1]


def _same_subject(material: Material) -> Q:
    """Materials of the same subject."""
    if material.role == MaterialRole.COMMITTEE:
        return Q(material__role=MaterialRole.COMMITTEE, material__organization=material.organization_id)
    if material.member_id is not None:
        return Q(material__member=material.member_id)
    user = material.appointment.user_id if material.appointment is not None else None
    same = Q(material__appointment=material.appointment_id)
    return same | Q(material__appointment__user=user) if user is not None else same
