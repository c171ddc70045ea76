"""Minutes are drafted from what was entered, written, settled, and locked once their signing on paper is noted."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Mapping

from django.db import transaction

from branches.models import User
from branches.permissions import Denied
from branches.services.audit import record
from branches.services.versions import Stale, locked_row
from branches.workflow import NotAllowed, insist, perform
from meetings.models import Meeting, Minutes, MinutesStatus
from meetings.permissions.minutes import can_draft_minutes, can_sign_minutes, can_write_minutes
from meetings.rules.minutes import BALLOT, Papers, ballot_text, drafted
from meetings.rules.minutes_changes import kept, taken_over
from meetings.rules.minutes_record import TOO_LONG, Record, mark
from meetings.services.minute_facts import gather
from meetings.workflow.minutes import MINUTES

SIGNED = "会议记录已经签字，不能再改。"
NOT_DRAFT = "会议记录已经定稿，要改的请先点「再改」。"
NAMES = "请写明主持人和记录人的姓名，和纸上的签字一致。"
TOO_EARLY = "签字日期不能早于开会那天。"


def record_of(minutes: Minutes) -> Record:
    """What is written."""
    return Record.loads(minutes.facts, minutes.sections)


def fresh(meeting: Meeting) -> Record:
    """The minutes as today's data give them."""
    return drafted(gather(meeting))


def draft_minutes(*, meeting: Meeting, by: User) -> Minutes:
    """The minutes of a meeting, drafted from what was entered when there are none yet.

    Raises NotAllowed for others than who keeps them, and before the meeting is opened.
    """
    insist(can_draft_minutes(by, meeting))
    with transaction.atomic():
        Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        found = Minutes.objects.filter(meeting=meeting).first()
        if found is not None:
            return found
        facts, sections = fresh(meeting).dumps()
        minutes = Minutes.objects.create(meeting=meeting, facts=facts, sections=sections)
        record(by=by, action="draft_minutes", about=minutes, detail={"sections": len(sections)})
    return minutes


def _locked(minutes: Minutes, revision: int | None = None) -> Minutes:
    """The row under a lock; raises Stale when it was saved since `revision`."""
    related = ("meeting__organization", "meeting__campaign")
    return locked_row(minutes, *related, version=revision, column="revision")


def _to_write(minutes: Minutes, by: User) -> None:
    """Refuse whoever does not keep them, and a text that is out of hand."""
    insist(can_write_minutes(by, minutes))
    if minutes.status != MinutesStatus.DRAFT:
        raise NotAllowed(SIGNED if minutes.status == MinutesStatus.SIGNED else NOT_DRAFT)


def _write(row: Minutes, text: Record) -> None:
    """Store a text as the next revision; raises NotAllowed with the names of what is too long."""
    if text.too_long:
        raise NotAllowed(f"{'、'.join(text.too_long)}：{TOO_LONG}")
    row.facts, row.sections = text.dumps()
    row.revision += 1
    row.save(update_fields=["facts", "sections", "revision"])


def save_minutes(
    *,
    minutes: Minutes,
    revision: int,
    texts: Mapping[str, str],
    titles: Mapping[str, str] | None = None,
    off: Collection[str] | None = None,
    by: User,
    is_auto: bool = False,
) -> Minutes:
    """Keep what was written; `off` are the sections that are not printed.

    Raises Stale when something else was saved since `revision`, NotAllowed for others than who keeps them and once
    they are settled. The very text that is saved already counts as saved. What a page saves by itself is not recorded.
    """
    with transaction.atomic():
        row = _locked(minutes)
        _to_write(row, by)
        text = record_of(row).edited(texts, titles, off)
        if text.dumps() == (row.facts, row.sections):
            return row
        if row.revision != revision:
            raise Stale(row)
        _write(row, text)
        if not is_auto:
            record(by=by, action="save_minutes", about=row, detail={"revision": row.revision})
    return row


def take_over(*, minutes: Minutes, revision: int, keys: Collection[str], by: User) -> Minutes:
    """Put what the data say now in place of what is written, for these pieces only. Raises Stale, NotAllowed."""
    return _settle_changes(minutes, revision, keys, by, takes=True)


def keep_own(*, minutes: Minutes, revision: int, keys: Collection[str], by: User) -> Minutes:
    """Leave what is written although the data changed; the same change is not shown again. Raises Stale, NotAllowed."""
    return _settle_changes(minutes, revision, keys, by, takes=False)


def _settle_changes(
    minutes: Minutes, revision: int, keys: Collection[str], by: User, *, takes: bool
) -> Minutes:
    """Decide about changed data."""
    with transaction.atomic():
        row = _locked(minutes, revision)
        _to_write(row, by)
        now = fresh(row.meeting)
        decided = taken_over if takes else kept
        _write(row, decided(record_of(row), now, keys))
        action = "take_over_minutes" if takes else "keep_minutes"
        record(by=by, action=action, about=row, detail={"parts": len(keys)})
    return row


def fill_ballot(*, minutes: Minutes, papers: Collection[Papers], by: User) -> Minutes:
    """Write 测评情况 with the papers out, back, valid and void of the ballots held; raises NotAllowed.

    Only a text nobody has changed is replaced; to one that was changed the sentence is added.
    """
    with transaction.atomic():
        row = _locked(minutes)
        _to_write(row, by)
        now = gather(row.meeting)
        sentences = [ballot_text(one, scrutineers=now.scrutineers, tellers=now.tellers) for one in papers]
        said = "\n".join(sentences)
        text = record_of(row)
        piece = text.pieces().get(BALLOT)
        if piece is None or not papers:
            raise NotAllowed("这次会议还没有清点好的测评票，测评情况可以直接写。")
        if said in piece.text:
            return row
        new = f"{piece.text.rstrip()}\n{said}" if piece.is_edited and piece.text.strip() else said
        text = text.edited({BALLOT: new})
        _write(row, text)
        record(by=by, action="fill_ballot", about=row, detail={"ballots": len(sentences)})
    return row


def step_minutes(*, minutes: Minutes, name: str, by: User) -> Minutes:
    """Settle the minutes, or take them up again before they are signed. Raises NotAllowed with the reason."""
    with transaction.atomic():
        row = _locked(minutes)
        return perform(MINUTES, row, name, by=by)


def sign_minutes(
    *, minutes: Minutes, revision: int, chair: str, recorder: str, day: datetime.date, by: User
) -> Minutes:
    """Note that chair and recorder have signed the paper; the minutes are locked from now on.

    `revision` is the one that was printed. Raises Stale, or NotAllowed with the reason.
    """
    with transaction.atomic():
        row = _locked(minutes, revision)
        insist(
            can_sign_minutes(by, row),
            MINUTES.step(row, "sign_minutes", by),
            True if chair.strip() and recorder.strip() else Denied(NAMES),
            Denied(TOO_EARLY) if day < row.meeting.day else True,
        )
        row.chair_name, row.recorder_name, row.signed_on = chair.strip(), recorder.strip(), day
        row.save(update_fields=["chair_name", "recorder_name", "signed_on"])
        text = mark(json.dumps([row.facts, row.sections], sort_keys=True))
        detail = {"revision": row.revision, "text": text}
        return perform(MINUTES, row, "sign_minutes", by=by, detail=detail)
