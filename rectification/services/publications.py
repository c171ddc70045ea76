"""What is put up in public: drafted from its source, saved, approved, posted, ended or withdrawn; filed."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.services.audit import record
from branches.services.rounds import round_of
from branches.services.versions import locked_row
from branches.workflow import NotAllowed, insist, perform
from evaluations.rules.publicity import last_day
from members.models import Material, MaterialRole
from members.services.material_notes import mark_shown, unmark_shown
from rectification.models import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    Publication,
    PublicationKind,
    PublicationNames,
    PublicationStatus,
)
from rectification.permissions import can_draft_publication, can_post_publication
from rectification.rules.redaction import shown
from rectification.services.publication_sources import (
    FROM_MATERIALS,
    hanging_result_notice,
    lines_for,
    materials_for,
)
from rectification.workflow import PUBLICATION
from rectification.workflow.publication_text import names_of, on_page, on_paper
from rectification.workflow.publications import may_draft

RELATED = ("campaign__issuer", "organization", "result_notice")
LONGEST_REASON = 300  # characters, as the column
EVERYBODY = "全体党员和群众"
TITLES = {
    PublicationKind.MATERIAL: "问题清单和整改措施公示",
    PublicationKind.PLEDGE: "公开承诺",
    PublicationKind.MEASURES: "整改措施公示",
    PublicationKind.RESULTS: "民主评议党员结果公示",
    PublicationKind.OTHER: "公示",
}
COPIED = ("title", "text", "scope", "place", "contact", "names", "kept_words")
HIDDEN_WITH = ("title", "text", "online", "kept_words")  # what hiding changes
KEPT = ("title", "text", "scope", "place", "contact", "from_on", "to_on", "names", "kept_words")


def draft(
    *,
    campaign: Campaign,
    organization: Organization,
    kind: str,
    by: User,
    materials: Collection[Material] = (),
) -> Publication:
    """Begin one from the rules and its source, to be edited. Raises NotAllowed with the reason.

    `materials`: of those `materials_for` offers; others are refused. Kind RESULTS takes over the notice that hangs.
    """
    insist(can_draft_publication(by, organization), may_draft(campaign, organization, kind))
    chosen = list(materials) if kind in FROM_MATERIALS else []
    offered = {one.pk for one in materials_for(campaign, organization, by)} if chosen else set()
    if any(one.pk not in offered for one in chosen):
        raise NotAllowed("选的材料现在不能公示：要办结以后，由看得到正文的同志起草。请刷新页面重选。")
    notice = hanging_result_notice(campaign, organization) if kind == PublicationKind.RESULTS else None
    if kind == PublicationKind.RESULTS and notice is None:
        raise NotAllowed("评议结果公示还没有张贴。请先办理“公示评议结果”，再申请上网。")
    rules, today = campaign.rules_for(organization), timezone.localdate()
    redacted = kind not in FROM_MATERIALS or rules.material_redaction
    lines = lines_for(kind, campaign=campaign, organization=organization, materials=chosen, notice=notice)
    fields: dict[str, Any] = {
        "scope": EVERYBODY,
        "contact": f"公示期间有意见的，请向{organization.name}书面或者当面反映。"[:200],
        "from_on": today,
        "to_on": last_day(today, rules.notice_board_days),
    }
    if notice is not None:
        fields = {key: getattr(notice, key) for key in ("scope", "place", "contact", "from_on", "to_on")}
    with transaction.atomic():
        made = Publication.objects.create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            kind=kind,
            result_notice=notice,
            title=TITLES[PublicationKind(kind)],
            text="\n".join(lines)[:LONGEST_TEXT],
            names=PublicationNames.HIDDEN if redacted else PublicationNames.KEPT,
            kept_words="、".join(
                sorted({one.subject for one in chosen if one.role != MaterialRole.COMMITTEE})
            )[:200],
            **fields,
        )
        made.materials.set(chosen)
        record(by=by, action="draft_publication", about=made, detail={"kind": kind, "materials": len(chosen)})
    return made


def copy(*, publication: Publication, by: User) -> Publication:
    """Begin a new draft with the words of one that was withdrawn or has ended. Raises NotAllowed with the reason."""
    insist(can_draft_publication(by, publication.organization))
    if publication.status not in (PublicationStatus.WITHDRAWN, PublicationStatus.ENDED):
        raise NotAllowed("撤回的、已经结束的公示，才能照样再起草一份。")
    made = draft(
        campaign=publication.campaign, organization=publication.organization, kind=publication.kind, by=by
    )
    for name in COPIED:
        setattr(made, name, getattr(publication, name))
    made.save(update_fields=list(COPIED))
    made.materials.set(publication.materials.all())
    return made


def locked(publication: Publication, version: int | None = None) -> Publication:
    """The publication under a lock; raises Stale when it was saved since `version`."""
    return locked_row(publication, *RELATED, version=version)


def keep(publication: Publication, *fields: str) -> None:
    """Save these fields as a new version."""
    publication.version += 1
    publication.save(update_fields=[*fields, "version"])


def save(
    *,
    publication: Publication,
    version: int,
    title: str,
    text: str,
    scope: str,
    place: str,
    contact: str,
    from_on: datetime.date,
    to_on: datetime.date,
    names: str,
    kept_words: str,
    by: User,
) -> Publication:
    """Keep the draft as typed. Raises Stale, and NotAllowed for others, once approved, and for what does not fit."""
    with transaction.atomic():
        found = locked(publication, version)
        insist(can_draft_publication(by, found.organization))
        if found.status != PublicationStatus.DRAFT:
            raise NotAllowed(
                f"现在是「{found.get_status_display()}」，不能再改。要改的，先撤回，再照样起草一份。"
            )
        insist(may_draft(found.campaign, found.organization, found.kind))
        if to_on < from_on:
            raise NotAllowed("结束日期早于开始日期，请核对。")
        if names not in PublicationNames.values:
            raise NotAllowed("请选择姓名怎样写。")
        found.title, found.text = title.strip(), text.strip()
        found.scope, found.place, found.contact = scope.strip(), place.strip(), contact.strip()
        found.from_on, found.to_on = from_on, to_on
        found.names, found.kept_words = names, kept_words.strip()
        keep(found, *KEPT)
        record(by=by, action="save_publication", about=found, detail={"version": found.version})
    return found


def approve(*, publication: Publication, version: int, by: User) -> Publication:
    """Approve what was read at `version`: from now on only the words without what was hidden are kept."""
    with transaction.atomic():
        found = locked(publication, version)
        insist(PUBLICATION.step(found, "approve", by))
        _hide(found, whole=True)
        found.approved_on = timezone.localdate()
        keep(found, *HIDDEN_WITH, "approved_on")
        return perform(PUBLICATION, found, "approve", by=by)


def _hide(publication: Publication, *, whole: bool = False) -> None:
    """Put the words as the public reads them in place of those typed, to be saved by the caller.

    `whole`: raise NotAllowed where they are too long to be kept, for what was read is what is put up.
    """
    names = names_of(publication.organization)
    paper, page = on_paper(publication, names), on_page(publication, names)
    title, text = shown(paper["title"]), shown(paper["text"])
    if whole and (len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT):
        raise NotAllowed("隐去姓名以后，标题或者正文太长，印不全。请先改短一些，再批准。")
    publication.title, publication.text = title[:LONGEST_TITLE], text[:LONGEST_TEXT]
    publication.online = {key: shown(words) for key, words in page.items()}
    publication.kept_words = ""


def post(*, publication: Publication, version: int, by: User) -> Publication:
    """Note that it hangs since its first day, with it its materials."""
    with transaction.atomic():
        found = locked(publication, version)
        insist(PUBLICATION.step(found, "post", by))
        found.posted_on = found.from_on
        keep(found, "posted_on")
        mark_shown(materials=found.materials.all(), day=found.from_on, where=_where(found), by=by)
        return perform(PUBLICATION, found, "post", by=by)


def end(*, publication: Publication, version: int, by: User) -> Publication:
    """Note that it is over; the machine never does. A page that was shown is gone by its last day."""
    with transaction.atomic():
        found = locked(publication, version)
        insist(PUBLICATION.step(found, "take_down", by))
        found.ended_on = timezone.localdate()
        without_page(found)
        keep(found, "ended_on", "page_digest", "page_token_sealed")
        return perform(PUBLICATION, found, "take_down", by=by)


def withdraw(*, publication: Publication, version: int, note: str, by: User) -> Publication:
    """Withdraw it with a reason; its page is gone at once, its materials count as not shown, and a draft's names are hidden."""
    with transaction.atomic():
        found = locked(publication, version)
        insist(PUBLICATION.step(found, "withdraw", by, note))
        if found.posted_on is not None:
            unmark_shown(materials=found.materials.all(), day=found.posted_on, where=_where(found), by=by)
        if found.status == PublicationStatus.DRAFT:
            _hide(found)
        without_page(found)
        found.reason = note.strip()[:LONGEST_REASON]
        keep(found, *HIDDEN_WITH, "reason", "page_digest", "page_token_sealed")
        return perform(PUBLICATION, found, "withdraw", by=by, note=note)


def note_filed(*, publication: Publication, version: int, on: datetime.date, by: User) -> Publication:
    """Note the day the measures were filed with the superior (rule `rectification_filed`). Raises NotAllowed."""
    with transaction.atomic():
        found = locked(publication, version)
        insist(can_post_publication(by, found))
        rules = found.campaign.rules_for(found.organization)
        if found.kind != PublicationKind.MEASURES or not rules.rectification_filed:
            raise NotAllowed("这一份不要求向上级报备，不用登记。")
        if found.status not in (PublicationStatus.POSTED, PublicationStatus.ENDED):
            raise NotAllowed("张贴以后再登记报备。")
        if on > timezone.localdate():
            raise NotAllowed("日期不能晚于今天。请填实际报备的日期。")
        found.filed_on = on
        keep(found, "filed_on")
        record(by=by, action="file_publication", about=found)
    return found


def without_page(publication: Publication) -> None:
    """Take the page's address out of the row, to be saved by the caller."""
    publication.page_digest = publication.page_token_sealed = ""


def _where(publication: Publication) -> str:
    """What a material's page says of the place."""
    return f"公示：{publication.place}"
