"""What a self-examination material must answer (逐一作出回应), and which points nobody has answered yet.

Three sources: points of compiled opinions found true or basically true about its subject, points named by the
superior about its subject, and the questions the notice itself fixes. A point listed elsewhere (列入整改) is
answered there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from branches.models import Campaign, Organization
from branches.rules import Clause, clause_for
from members.models import Material, MaterialRole, Member, OpinionPoint, Target

if TYPE_CHECKING:
    from members.models.opinion import OpinionPointQuerySet

PointKind = Literal["opinion", "superior", "fixed"]


@dataclass(frozen=True)
class Point:
    """One thing to answer: its id in the paper's answers, its text, where it comes from, the clause."""

    id: str
    text: str
    kind: PointKind
    clause: Clause | None = None


def fixed_id(question: str) -> str:
    """Returns the id of a fixed question: the same for the same words, in every campaign and version."""
    return "q" + hashlib.sha256(question.encode()).hexdigest()[:12]


def must_answer(material: Material) -> tuple[Point, ...]:
    """Returns the points the material must answer, fixed questions last; none where nothing is asked."""
    campaign, organization = material.campaign, material.organization
    rules, quoted = campaign.rules_for(organization), campaign.rule_set().quoted()
    verdicts = clause_for("opinion_verdicts", quoted, organization.category)
    asked = clause_for("must_answer", quoted, organization.category)
    raised = [_point(one, verdicts, asked) for one in _points_about(material)]
    fixed = [Point(fixed_id(text), text, "fixed", asked) for text in rules.must_answer]
    return (*raised, *fixed)


def _point(one: OpinionPoint, verdicts: Clause | None, asked: Clause | None) -> Point:
    """A compiled point as something to answer."""
    if one.by_superior:
        return Point(one.pk.hex, one.text, "superior", asked)
    return Point(one.pk.hex, one.text, "opinion", verdicts)


def _points_about(material: Material) -> OpinionPointQuerySet:
    """The points that its subject must answer and that are not listed elsewhere."""
    points = owed_points(material.campaign, material.organization, material.round_no)
    if material.role == MaterialRole.COMMITTEE:
        return points.filter(target=Target.COMMITTEE)
    return points.filter(target=Target.PERSON, member=_person_of(material))


def _person_of(material: Material) -> Member | None:
    """The person a material is of: the member, or the member who holds the post with an account."""
    if material.member is not None:
        return material.member
    user = material.appointment.user if material.appointment is not None else None
    return Member.objects.filter(user=user).first() if user is not None else None


def owed_points(campaign: Campaign, organization: Organization, round_no: int) -> OpinionPointQuerySet:
    """Returns the points of one round that must be answered in a material."""
    points: OpinionPointQuerySet = OpinionPoint.objects.filter(
        campaign=campaign, organization=organization, round_no=round_no
    )
    return points.to_answer().filter(elsewhere="")
