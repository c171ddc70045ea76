"""监票人, 计票人 and 支部书记 vouch; the result is frozen; what was typed of papers is destroyed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from branches.models import User
from branches.permissions import Answer, Denied
from branches.services.audit import record
from branches.workflow import NotAllowed, perform
from evaluations.models import Ballot, BallotStatus, Signature
from evaluations.permissions import can_note_paper_signature, can_sign
from evaluations.services.closing import keep_holds
from evaluations.services.count_chain import note
from evaluations.services.count_report import count_report, result_lines
from evaluations.services.destruction import destroy_papers
from evaluations.services.heading import heading_of
from evaluations.services.result_seal import seal_result
from evaluations.services.results import build_result
from evaluations.workflow import BALLOT


def _open_to_sign(ballot: Ballot, answer: Answer) -> Ballot:
    """The locked ballot when its result is formed and not yet certified."""
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason)
    locked = Ballot.objects.select_for_update().get(pk=ballot.pk)
    if locked.status != BallotStatus.MATCHED:
        raise NotAllowed(f"现在是「{locked.get_status_display()}」，不能签字确认。")
    return locked


def sign(*, ballot: Ballot, duty: str, by: User) -> Signature:
    """Vouch on screen in one's own capacity; a second press changes nothing."""
    with transaction.atomic():
        locked = _open_to_sign(ballot, can_sign(by, ballot, duty))
        signature, new = Signature.objects.get_or_create(ballot=locked, duty=duty, name=by.full_name)
        if new:
            record(by=by, action="sign", about=locked, detail={"duty": duty})
    return signature


def note_paper_signatures(*, ballot: Ballot, duty: str, by: User) -> list[Signature]:
    """Note that the named 监票人 or 计票人 have signed the printed table by hand."""
    if duty not in (Signature.Duty.SCRUTINEER, Signature.Duty.TELLER):
        raise NotAllowed("支部书记请在这里直接确认。")
    with transaction.atomic():
        locked = _open_to_sign(ballot, can_note_paper_signature(by, ballot))
        names = list(locked.meeting.duties.filter(kind=duty).values_list("holder_name", flat=True))
        if not names:
            raise NotAllowed(f"会议没有确定{Signature.Duty(duty).label}，请先在会议页面上选定。")
        signatures = [
            Signature.objects.get_or_create(ballot=locked, duty=duty, name=name, defaults={"on_paper": True})[
                0
            ]
            for name in names
        ]
        record(by=by, action="note_paper_signatures", about=locked, detail={"duty": duty})
    return signatures


def certify(*, ballot: Ballot, by: User) -> Ballot:
    """Freeze the result: sums for roll-ups are made, the count's report is written for good, papers, scans and
    key are destroyed, and triggers close the rows.
    """
    with transaction.atomic():
        related = ("organization", "campaign", "meeting__organization")
        now = Ballot.objects.select_for_update(of=("self",)).select_related(*related).get(pk=ballot.pk)
        Ballot.objects.filter(pk=now.pk, status=BallotStatus.MATCHED).update(
            certified_on=timezone.localdate(), as_certified=heading_of(now).stored()
        )
        head = {}
        if now.status == BallotStatus.MATCHED:
            note(now, "certify", {"lines": result_lines(now)})
            head["chain"] = seal_result(now, count_report(now))
        certified = perform(BALLOT, ballot, "certify", by=by, detail=head)
        build_result(certified)
        destroy_papers(certified)
        keep_holds(campaign=certified.campaign, organization=certified.organization)
    return certified
