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
from branches.services.rounds import round_of
from members.models import Material, MaterialRole, Member, OpinionPoint, Target
from members.permissions.materials import UNREAD
from members.rules.paper import Paper

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


@dataclass(frozen=True)
class Unanswered:
    """A point that nobody has answered yet, and the material that should; None while nobody has begun it."""

    point: OpinionPoint
    material: Material | None


def unanswered_points(campaign: Campaign, organization: Organization) -> tuple[Unanswered, ...]:
    """Returns the points of the present round that are answered nowhere; three queries.

    A point counts as answered when the material of its subject is handed in and has words on it, or when it
    is listed elsewhere. Drafts and returned materials do not count: they are their writer's business, and may
    change. What was handed in on paper cannot be read here, and is taken as answering.
    """
    number = round_of(campaign, organization)
    points = list(owed_points(campaign, organization, number).select_related("member"))
    if not points:
        return ()
    materials = Material.objects.filter(campaign=campaign, organization=organization, round_no=number)
    found: dict[str, list[Material]] = {}
    for one in materials.select_related("appointment__user__member").prefetch_related("versions"):
        found.setdefault(_subject_key(one), []).append(one)
    answered = {key: _answered_in(ones) for key, ones in found.items()}
    open_points = []
    for point in points:
        key = str(point.member_id) if point.member_id else ""
        said = answered.get(key, frozenset())
        if said is not None and point.pk.hex not in said:
            open_points.append(Unanswered(point, next(iter(found.get(key, ())), None)))
    return tuple(open_points)


def _subject_key(material: Material) -> str:
    """The key of the person a material is of; empty for the committee, "-" for a post without a member."""
    if material.role == MaterialRole.COMMITTEE:
        return ""
    if material.member_id is not None:
        return str(material.member_id)
    user = material.appointment.user if material.appointment is not None else None
    member = getattr(user, "member", None)
    return str(member.pk) if member is not None else "-"


def _answered_in(materials: list[Material]) -> frozenset[str] | None:
    """The ids of the points answered in what was handed in; None when it was handed in on paper."""
    said: frozenset[str] = frozenset()
    for one in materials:
        if one.status in UNREAD:
            continue
        if one.is_on_paper:
            return None
        newest = next(iter(one.versions.all()), None)
        said |= Paper.loads(newest.content if newest is not None else one.content).answered
    return said
