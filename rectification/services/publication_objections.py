"""What people say to what hangs, and the answers; who said it is not kept."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.services.audit import record
from branches.workflow import NotAllowed, insist
from rectification.models import LONGEST_OBJECTION, Publication, PublicationObjection, PublicationStatus
from rectification.permissions import can_post_publication
from rectification.services.publications import locked


def _text(written: str, what: str) -> str:
    """A text without blank ends; raises NotAllowed when it is missing or too long."""
    text = written.strip()
    if not text or len(text) > LONGEST_OBJECTION:
        raise NotAllowed(f"请写明{what}，最多 {LONGEST_OBJECTION} 个字。")
    return text


def note_objection(
    *, publication: Publication, on: datetime.date, text: str, by: User
) -> PublicationObjection:
    """Note what was said while it hangs; who said it is not kept. Raises NotAllowed with what to do."""
    with transaction.atomic():
        found = locked(publication)
        insist(can_post_publication(by, found))
        if found.status != PublicationStatus.POSTED:
            raise NotAllowed("正在公示的时候才能登记意见。")
        if found.posted_on is None or not found.posted_on <= on <= timezone.localdate():
            raise NotAllowed("反映日期应在公示开始那天和今天之间，请核对。")
        said = PublicationObjection.objects.create(publication=found, on=on, text=_text(text, "反映的意见"))
        record(by=by, action="note_publication_objection", about=found, detail={"objection": said.pk})
    return said


def answer_objection(
    *, objection: PublicationObjection, answer: str, to_rectify: bool = False, by: User
) -> PublicationObjection:
    """Note the answer, and whether what was said goes onto the list to rectify; once given it stays. NotAllowed."""
    with transaction.atomic():
        found = locked(objection.publication)
        insist(can_post_publication(by, found))
        said = PublicationObjection.objects.select_for_update().get(pk=objection.pk)
        if said.answer:
            raise NotAllowed("这条意见已经答复过，没有再改。")
        said.answer, said.answered_on = _text(answer, "答复"), timezone.localdate()
        said.to_rectify = to_rectify
        said.save(update_fields=["answer", "answered_on", "to_rectify"])
        detail = {"objection": said.pk, "to_rectify": to_rectify}
        record(by=by, action="answer_publication_objection", about=found, detail=detail)
    return said


def objections_to_rectify(
    campaign: Campaign, organization: Organization, number: int
) -> QuerySet[PublicationObjection]:
    """What was put on the list to rectify when it was answered in this round: source of items (来源：群众)."""
    return PublicationObjection.objects.filter(
        publication__campaign=campaign,
        publication__organization=organization,
        publication__round_no=number,
        to_rectify=True,
    ).select_related("publication")
