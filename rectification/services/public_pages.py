"""The page everybody may read without logging in: asked for, let be seen by an office above, closed; found by address.

Only where the rules allow it (`public_page`). It shows what was approved without any name, from the first day to the
last, while the notice hangs on paper; nothing of a visit is kept. What is counted against floods is how often one page
is read, and how many wrong addresses are tried, in the present minute, in the memory of the process.
"""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Organization, OrganizationStatus, User
from branches.permissions import LEADERS, Answer, Denied
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.workflow import NotAllowed, insist
from config.lib.limits import too_many
from evaluations.models import NoticeStatus
from meetings.services.postponing import offices_asked
from rectification.models import Publication, PublicationStatus
from rectification.permissions import can_ask_page, can_close_page, can_release_page
from rectification.rules.redaction import remains
from rectification.services.publications import keep, locked, without_page
from rectification.workflow.publication_text import names_of

TOKEN_BYTES = 20  # 160 bits
MOST_READ = 240  # of one page in a minute, by everybody together
MOST_WRONG = 120  # wrong addresses in a minute
OPEN = (PublicationStatus.APPROVED, PublicationStatus.POSTED)
WHERE = {"scope": "公示范围", "place": "公示地点", "contact": "意见反映方式"}


def may_have_page(publication: Publication) -> Answer:
    """Whether it may stand on the net: the rules allow it, it is approved, not over, and nothing personal is left.

    What stands there is what was approved, so whatever is found here is mended by withdrawing it and drafting anew.
    """
    if not publication.campaign.rules_for(publication.organization).public_page:
        return Denied("这项活动只在纸上公示，没有允许上网。")
    if publication.status not in OPEN:
        return Denied("批准以后、公示结束以前，才能上网。")
    if publication.to_on < timezone.localdate():
        return Denied("公示已经到期，不能再上网。")
    names = names_of(publication.organization)
    for key, words in publication.online.items():
        if found := remains(words, names):
            what = "标题" if key == "title" else "正文"
            return Denied(f"{what}里还有{'、'.join(found)}，不能上网。请撤回，改好再办。")
    for key, label in WHERE.items():
        if found := remains(getattr(publication, key), names):
            return Denied(
                f"“{label}”里有{'、'.join(found)}，不能上网。请撤回，改写职务和办公电话，再办一次。"
            )
    return True


def ask_page(*, publication: Publication, version: int, by: User) -> Publication:
    """Ask the office above to let it onto the net; it is told. Raises NotAllowed with the reason."""
    with transaction.atomic():
        found = locked(publication, version)
        insist(can_ask_page(by, found), may_have_page(found))
        if found.asked_on is not None:
            raise NotAllowed("已经向上级提出过，等上级批准。")
        found.asked_on = timezone.localdate()
        keep(found, "asked_on")
        record(by=by, action="ask_public_page", about=found)
        announce(
            kind="public_page_asked",
            about=found,
            recipients=[person for person in offices_asked(found.organization) if person.pk != by.pk],
            title=f"{found.organization.short_name}申请网上公示，请审核",
            url=reverse("rectification:publication", args=[found.pk]),
        )
    return found


def release_page(*, publication: Publication, version: int, by: User) -> Publication:
    """Let everybody with the address read it, from its first day to its last while it hangs. Raises NotAllowed."""
    with transaction.atomic():
        found = locked(publication, version)
        insist(can_release_page(by, found), may_have_page(found))
        if found.asked_on is None:
            raise NotAllowed("要由本组织书记（副书记）先提出，再批准。")
        if found.page_digest:
            raise NotAllowed("已经批准上网。")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        found.page_digest, found.released_on = _digest(token), timezone.localdate()
        found.page_token = token
        keep(found, "page_digest", "page_token_sealed", "released_on")
        record(by=by, action="release_public_page", about=found)
        here = Organization.objects.filter(pk=found.organization_id)
        announce(
            kind="public_page_released",
            about=found,
            recipients=[person for person in holders(here, LEADERS) if person.pk != by.pk],
            title="上级已批准网上公示，可以重新打印带二维码的公示",
            url=reverse("rectification:publication", args=[found.pk]),
        )
    return found


def close_page(*, publication: Publication, version: int, by: User) -> Publication:
    """Take the page away at once, or the asking back; it may be asked for anew. Raises NotAllowed."""
    with transaction.atomic():
        found = locked(publication, version)
        insist(can_close_page(by, found))
        if found.asked_on is None or found.status not in OPEN:
            raise NotAllowed("现在没有网上公示，不用撤下。")
        without_page(found)
        found.asked_on = found.released_on = None
        keep(found, "page_digest", "page_token_sealed", "asked_on", "released_on")
        record(by=by, action="close_public_page", about=found)
    return found


def find_page(token: str) -> Publication | None:
    """What an address shows today; None for a wrong one, before the first and after the last day, whatever the cause."""
    today = timezone.localdate()
    rows = Publication.objects.filter(
        page_digest=_digest(token), status=PublicationStatus.POSTED, from_on__lte=today, to_on__gte=today
    ).exclude(organization__status=OrganizationStatus.ABOLISHED)
    found = rows.select_related("campaign__issuer", "organization", "result_notice").first()
    if found is None or not found.campaign.rules_for(found.organization).public_page:
        return None
    notice = found.result_notice
    return found if notice is None or notice.status == NoticeStatus.POSTED else None


def is_busy(publication: Publication | None) -> bool:
    """Count one reading of a page, or one wrong address (None); whether these are too many in the present minute."""
    who, most = ("wrong", MOST_WRONG) if publication is None else (str(publication.pk), MOST_READ)
    return too_many(f"public-page:{who}", most, 60)


def _digest(token: str) -> str:
    """What is kept to find a page by its address."""
    return hashlib.sha256(token.encode()).hexdigest()
