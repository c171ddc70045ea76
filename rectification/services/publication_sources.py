"""From what a publication is drafted: materials that passed, the items to be put right, the notice of results.

`lines_for` is the one place that knows the sources; another kind of source gets its branch there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.utils.dateformat import format as date_format

from branches.models import Campaign, Organization, User
from branches.services.rounds import round_of
from evaluations.models import AssessmentSheet, NoticeStatus, ResultNotice
from members.models import Material, MaterialRole
from members.permissions.materials import can_read_material
from members.rules.paper import Paper
from members.workflow.preparing import SETTLED
from rectification.models import PublicationKind, RectificationItem
from rectification.rules.redaction import HIDDEN, KEPT, redact, shown
from rectification.workflow.publication_text import names_of
from rectification.workflow.publications import DAY

OWN = (MaterialRole.COMMITTEE, MaterialRole.HEAD, MaterialRole.OFFICIAL)
FROM_MATERIALS = (PublicationKind.MATERIAL, PublicationKind.PLEDGE)


def materials_for(campaign: Campaign, organization: Organization, user: User) -> list[Material]:
    """The materials to choose from: settled, of the present round, with a text here that the user may read."""
    rows = Material.objects.filter(
        campaign=campaign,
        organization=organization,
        round_no=round_of(campaign, organization),
        role__in=OWN,
        status__in=SETTLED,
        is_on_paper=False,
    )
    found = rows.select_related("organization", "campaign", "member", "appointment").order_by("role", "pk")
    return [one for one in found if can_read_material(user, one)]


def hanging_result_notice(campaign: Campaign, organization: Organization) -> ResultNotice | None:
    """The notice of results that hangs now, of the present round; None without one."""
    sheets = AssessmentSheet.objects.filter(
        campaign=campaign, organization=organization, round_no=round_of(campaign, organization)
    )
    return ResultNotice.objects.filter(sheet__in=sheets, status=NoticeStatus.POSTED).first()


def lines_for(
    kind: str,
    *,
    campaign: Campaign,
    organization: Organization,
    materials: Collection[Material] = (),
    notice: ResultNotice | None = None,
) -> tuple[str, ...]:
    """The paragraphs a publication of this kind begins with; none where it is typed or pasted.

    Of materials the names of others are hidden here already, for a material lies sealed and a draft does not. Of the
    results nothing of a person: the table hangs on paper only.
    """
    if kind == PublicationKind.RESULTS and notice is not None:
        return (
            notice.wording,
            f"列入名单的共 {len(notice.body)} 名党员。名单张贴在{notice.place}，网上不公布姓名、等次和票数。",
        )
    if kind == PublicationKind.MEASURES:
        return tuple(_of_measures(campaign, organization))
    if kind in FROM_MATERIALS:
        names = names_of(organization)
        redacted = campaign.rules_for(organization).material_redaction
        many = len(materials) > 1
        return tuple(line for one in materials for line in _of_material(one, names, many, redacted))
    return ()


def _of_measures(campaign: Campaign, organization: Organization) -> Iterator[str]:
    """The committee's items, two lines each: no rows of members, no owners, no evidence, no inner notes."""
    items = RectificationItem.objects.standing().filter(
        campaign=campaign,
        organization=organization,
        round_no=round_of(campaign, organization),
        member__isnull=True,
    )
    names = names_of(organization)
    for number, item in enumerate(items.order_by("ordinal", "pk"), 1):
        day = f"（{date_format(item.due_on, DAY)}前）" if item.due_on else ""
        how = f"整改措施：{item.measures.strip() or '正在研究'}；{item.get_term_display()}{day}；{item.outcome_word}。"
        for line in (f"{number}. {item.problem.strip()}", how):
            yield shown(redact(line.replace("\n", " "), names, style=HIDDEN, hints=False))


def _of_material(material: Material, names: frozenset[str], many: bool, redacted: bool) -> Iterator[str]:
    """The lines of one material as it was handed in last."""
    newest = material.versions.first()
    paper = Paper.loads(newest.content if newest is not None else material.content)
    if many:
        yield f"【{heading_of(material)}】"
    for line in _of_paper(paper):
        style = HIDDEN if redacted else KEPT
        yield shown(redact(line, names - {material.subject}, style=style, hints=redacted))


def heading_of(material: Material) -> str:
    """Whose it is, in words: 班子, or the post and the name."""
    if material.role == MaterialRole.COMMITTEE:
        return "班子"
    return f"{material.get_role_display()}　{material.subject}"


def _of_paper(paper: Paper) -> Iterable[str]:
    """Items as numbered lines, then sections with their headings."""
    items = [item for item in paper.items if not item.is_blank]
    for number, item in enumerate(items, 1):
        said = "；".join(f"{label}：{text.rstrip('。；')}" for label, text in item.parts)
        yield f"{number}. {said.replace(chr(10), ' ')}。"
    for section in paper.sections:
        lines = [line.strip() for line in section.text.split("\n") if line.strip()]
        if lines:
            yield section.title
            yield from lines
