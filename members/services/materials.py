"""Materials: begun, written, handed in, taken back; every version handed in is kept."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from branches.models import Campaign, Organization, User
from branches.permissions import Answer, Denied
from branches.services.audit import record
from branches.services.plans import gate_refusal
from branches.services.rounds import round_of
from branches.services.versions import Stale
from branches.workflow import NotAllowed, insist, perform
from members.models import Material, MaterialRole, MaterialVersion
from members.permissions.materials import can_write_material
from members.rules.cleaning import LONGEST_TEXT, TOO_LONG
from members.rules.material_owed import COMMITTEE, HEAD, Owed
from members.rules.paper import Paper
from members.services.material_copies import as_text, find_alike
from members.services.material_people import owed_here
from members.services.reviewing import open_review, seats_for
from members.workflow.preparing import EDITABLE, MATERIAL

NOT_ASKED = "这项活动没有要这份材料，不用写。"
CLOSED = "活动还没有发布或者已经结束，材料不能再办理。"
EMPTY = "材料还没有写内容，请写好以后再提交。"
PAST_ROUND = "上级已经责令重新进行，这是上一轮的材料。请写新一轮的材料。"


def subject_of(key: str) -> dict[str, object]:
    """The fields of a material that say whose it is, from the key of who owes it."""
    if key.startswith("m"):
        return {"member_id": uuid.UUID(key[1:])}
    return {"appointment_id": int(key[1:])} if key else {"role": MaterialRole.COMMITTEE}


def key_of(material: Material) -> str:
    """The key of whoever a material is of, as in `members.rules.material_owed`."""
    if material.member_id is not None:
        return f"m{material.member_id.hex}"
    return f"a{material.appointment_id}" if material.appointment_id is not None else ""


def owed_by(campaign: Campaign, organization: Organization, key: str) -> Owed:
    """What is owed under the key; raises NotAllowed when nothing is."""
    for one in owed_here(campaign, organization):
        if one.key == key and campaign.covers(organization):
            return one
    raise NotAllowed(NOT_ASKED)


def begin(campaign: Campaign, organization: Organization, one: Owed, by: User) -> Material:
    """The material of the present round, begun when there is none."""
    found, is_new = Material.objects.select_related(
        "campaign", "organization", "member", "appointment"
    ).get_or_create(
        campaign=campaign,
        organization=organization,
        round_no=round_of(campaign, organization),
        **subject_of(one.key),
        defaults={"role": one.role, "form": one.form, "drafted_by": _chair(campaign, organization, one)},
    )
    if is_new:
        record(by=by, action="open_material", about=found, detail={"campaign": campaign.pk, "role": one.role})
    elif found.status in EDITABLE and (found.role, found.form) != (one.role, one.form):
        found.role, found.form = one.role, one.form  # a new post, or revised rules: what is written stays
        found.save(update_fields=["role", "form"])
    return found


def _chair(campaign: Campaign, organization: Organization, one: Owed) -> str:
    """Who leads the drafting of the committee's material (书记主持起草)."""
    if one.role != COMMITTEE:
        return ""
    heads = (other.name for other in owed_here(campaign, organization) if other.role == HEAD)
    return next(heads, "")


def open_material(*, campaign: Campaign, organization: Organization, key: str, by: User) -> Material:
    """Begin the material owed under `key`, or return the one begun already.

    Raises NotAllowed for others than its author, in a closed campaign and where none is asked for.
    """
    insist(True if campaign.is_open else Denied(CLOSED))
    one = owed_by(campaign, organization, key)
    with transaction.atomic():
        material = begin(campaign, organization, one, by)
        insist(can_write_material(by, material))
    return material


def locked(material: Material) -> Material:
    """The material's row under a lock."""
    rows = Material.objects.select_for_update(of=("self",)).select_related(
        "campaign", "organization", "member", "appointment"
    )
    return rows.get(pk=material.pk)


def is_past_round(material: Material) -> bool:
    """Whether another round was ordered since."""
    return material.round_no != round_of(material.campaign, material.organization)


def save_material(
    *, material: Material, revision: int, paper: Paper, by: User, is_auto: bool = False
) -> Material:
    """Keep what was written; `revision` is the one the page was filled from.

    Raises Stale when something else was saved since, NotAllowed for others than the author, for a
    material that is out of the author's hands and for a text beyond all measure. The very text that is
    saved already is taken as saved. What the page saves by itself is not written into the record.
    """
    text = paper.dumps()
    with transaction.atomic():
        row = locked(material)
        insist(can_write_material(by, row))
        if row.revision != revision:
            if row.content != text:
                raise Stale(row)
            return row
        insist(can_edit(by, row))
        chars = paper.chars
        if chars > LONGEST_TEXT:
            raise NotAllowed(TOO_LONG)
        row.content, row.chars, row.saved_at = text, chars, timezone.now()
        row.author = row.author or by
        row.revision += 1
        row.save(update_fields=["content_sealed", "chars", "saved_at", "author", "revision"])
        if not is_auto:
            record(by=by, action="save_material", about=row, detail={"chars": chars})
    return row


def can_edit(user: User, material: Material) -> Answer:
    """Whether the text may be changed now: by its author, while it is in the author's hands."""
    answer = can_write_material(user, material)
    if answer and material.status not in EDITABLE:
        shown = material.get_status_display()
        answer = Denied(f"材料现在是「{shown}」，不能直接修改。确需修改的，请先撤回。")
    if answer and not material.campaign.is_open:
        answer = Denied(CLOSED)
    if answer and is_past_round(material):
        answer = Denied(PAST_ROUND)
    return answer


def submit_material(*, material: Material, revision: int, by: User) -> Material:
    """Hand the material in as it was looked through at `revision`; its reviewers are told.

    Where the rules ask for no review it is done with that. Raises Stale, or NotAllowed with what is missing.
    """
    with transaction.atomic():
        row = locked(material)
        if row.revision != revision:
            raise Stale(row)
        insist(gate_refusal(row.campaign, row.organization))
        insist(Denied(PAST_ROUND) if is_past_round(row) else True)
        paper = Paper.loads(row.content)
        insist(Denied(EMPTY) if paper.is_empty else True)
        seats = seats_for(row)
        moved = perform(MATERIAL, row, "submit" if seats else "finish", by=by)
        version = _keep_version(moved, paper, by)
        moved.submitted_on = timezone.localdate()
        moved.settled_on = None if seats else moved.submitted_on
        moved.is_on_paper = False
        moved.save(update_fields=["submitted_on", "settled_on", "is_on_paper"])
        if seats:
            open_review(version=version, by=by)
    return moved


def _keep_version(material: Material, paper: Paper, by: User) -> MaterialVersion:
    """Write down the material as it is now, with the private hint."""
    last = material.versions.first()
    version = MaterialVersion(
        material=material,
        number=1 if last is None else last.number + 1,
        chars=paper.chars,
        submitted_at=timezone.now(),
        submitted_by=by.full_name,
    )
    version.content = paper.dumps()
    if hint := as_text(find_alike(material, paper)):
        version.alike = hint
    version.save(force_insert=True)
    return version


def withdraw_material(*, material: Material, by: User) -> Material:
    """Take a material back that nobody has passed yet; the version handed in stays."""
    with transaction.atomic():
        insist(Denied(PAST_ROUND) if is_past_round(material) else True)
        moved = perform(MATERIAL, material, "withdraw", by=by)
        moved.submitted_on = moved.settled_on = None
        moved.is_on_paper = False
        moved.save(update_fields=["submitted_on", "settled_on", "is_on_paper"])
    return moved
