"""Reports are opened, saved, reviewed, handed in, received and returned; those concerned are told."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Kind, Organization, User, path_and_above
from branches.permissions import LEADERS, OFFICE_ROLES, SUPERVISOR_ROLES, Answer, Denied
from branches.services.audit import record
from branches.services.notices import announce, holders
from branches.services.rounds import round_of
from branches.services.versions import Stale, locked_row
from branches.workflow import NotAllowed, insist, perform
from meetings.models import Report, ReportRecipient, ReportStatus
from meetings.permissions.reports import can_edit_report, can_receive_report, can_write_report
from meetings.rules.report import LONGEST_SECTION, NOT_ASKED, Section, receivers
from meetings.workflow.reports import EDITABLE, REPORT, is_past_round

NOT_WANTED = "这项活动不要求报告，上级只看系统自动汇总，不用写。"


def current_report(campaign: Campaign, organization: Organization) -> Report | None:
    """The report of the present round, None when nobody has begun one."""
    number = round_of(campaign, organization)
    found = Report.objects.filter(campaign=campaign, organization=organization, round_no=number)
    return found.select_related("campaign", "organization").first()


def _asked(campaign: Campaign, organization: Organization) -> Answer:
    """Whether the campaign is open and asks a report of the organisation."""
    if not campaign.is_open:
        return Denied("活动还没有发布或者已经结束，现在不用写报告。")
    if organization.kind == Kind.GROUP or not campaign.covers(organization):
        return Denied("这项活动没有发给本组织，不用写报告。")
    if campaign.rules_for(organization).report == NOT_ASKED:
        return Denied(NOT_WANTED)
    return True


def receivers_for(campaign: Campaign, organization: Organization) -> list[ReportRecipient]:
    """Whom the organisation's report goes to, as rows that are not saved."""
    paths = path_and_above(organization.path)[:-1]
    above = {o.pk: o for o in Organization.objects.filter(path__in=paths)}
    named = [(o.pk, o.name, o.short_name) for o in above.values()]
    found = receivers(campaign.rules_for(organization).report_recipients, named)
    return [
        ReportRecipient(ordinal=n, name=one.name[:80], organization=above.get(one.organization or 0))
        for n, one in enumerate(found)
    ]


def open_report(
    *,
    campaign: Campaign,
    organization: Organization,
    title: str,
    sections: Sequence[Section],
    numbers: Mapping[str, str],
    by: User,
) -> Report:
    """Begin the report of the present round with its draft, or return the one begun already.

    Raises NotAllowed for others than the organisation's clerks, and where no report is asked for.
    """
    insist(can_write_report(by, organization), _asked(campaign, organization))
    with transaction.atomic():
        report, is_new = Report.objects.get_or_create(
            campaign=campaign,
            organization=organization,
            round_no=round_of(campaign, organization),
            defaults={
                "kind": campaign.rules_for(organization).report,
                "title": title,
                "sections": [asdict(section) for section in sections],
                "numbers": dict(numbers),
                "numbers_on": timezone.localdate(),
            },
        )
        if is_new:
            rows = receivers_for(campaign, organization)
            for row in rows:
                row.report = report
            ReportRecipient.objects.bulk_create(rows)
            record(by=by, action="open_report", about=report, detail={"campaign": campaign.pk})
    return report


def _locked(report: Report, revision: int | None = None) -> Report:
    """The report's row under a lock; raises Stale when it was saved since `revision`."""
    return locked_row(report, "campaign", "organization", version=revision, column="revision")


def _may_edit(report: Report, by: User) -> None:
    """Raise NotAllowed unless the person may change the report now."""
    insist(can_edit_report(by, report), _asked(report.campaign, report.organization))
    if report.status not in EDITABLE:
        raise NotAllowed(f"报告现在是「{report.get_status_display()}」，不能直接修改。确需修改的，请先撤回。")
    if is_past_round(report):
        raise NotAllowed("上级已经责令重新进行，这是上一轮的报告。请写新一轮的报告。")


def save_report(*, report: Report, revision: int, title: str, texts: Mapping[str, str], by: User) -> Report:
    """Keep what was typed: the title and the text of each section by its key, numbers as 〔key〕.

    Raises Stale when somebody saved something else since `revision`, NotAllowed for others than the clerks,
    for a report out of their hands, and for a text that is too long. The very text that is saved already is
    taken as saved.
    """
    with transaction.atomic():
        try:
            locked = _locked(report, revision)
        except Stale as stale:
            saved: Report = stale.saved
            if (saved.title, saved.sections) != (title, _with(saved, texts)):
                raise
            return saved
        _may_edit(locked, by)
        if any(len(text) > LONGEST_SECTION for text in texts.values()):
            raise NotAllowed(f"一段最多 {LONGEST_SECTION} 个字，请写短一些，或者分到别的段里。")
        locked.title, locked.sections = title, _with(locked, texts)
        locked.revision += 1
        locked.save(update_fields=["title", "sections", "revision"])
        record(by=by, action="save_report", about=locked, detail={"version": locked.revision})
    return locked


def _with(report: Report, texts: Mapping[str, str]) -> list[dict[str, str]]:
    """The sections with these texts in them; a section not named stays."""
    return [{**part, "text": texts.get(part["key"], part["text"])} for part in report.sections]


def take_numbers(*, report: Report, keys: Iterable[str] | None, now: Mapping[str, str], by: User) -> Report:
    """Take numbers over as they are now: those of `keys`, or all; a number there is no more is dropped.

    Raises NotAllowed for others than the clerks, and for a report that is out of their hands.
    """
    with transaction.atomic():
        locked = _locked(report)
        _may_edit(locked, by)
        chosen = {**locked.numbers, **now} if keys is None else dict.fromkeys(keys)
        numbers = dict(locked.numbers)
        for key in chosen:
            if key in now:
                numbers[key] = now[key]
            else:
                numbers.pop(key, None)
        locked.numbers, locked.numbers_on = numbers, timezone.localdate()
        locked.revision += 1
        locked.save(update_fields=["numbers", "numbers_on", "revision"])
        record(by=by, action="take_report_numbers", about=locked, detail={"rows": len(chosen)})
    return locked


def _url(report: Report) -> str:
    """The page of the report."""
    return reverse("report", args=[report.campaign.slug, report.organization_id])


def _tell(report: Report, kind: str, people: Iterable[User], title: str, body: str = "") -> None:
    """Write a notice about the report; a later round of the same step is told again."""
    announce(
        kind=f"{kind}_{report.revision}",
        about=report,
        recipients=people,
        title=title[:120],
        body=body,
        url=_url(report),
    )


def _leaders(report: Report) -> list[User]:
    """The leaders of the organisation that wrote it (of a body also its 党建办)."""
    roles = (*LEADERS, *OFFICE_ROLES) if report.organization.is_body else LEADERS
    return holders(Organization.objects.filter(pk=report.organization_id), roles)


def _what(report: Report) -> str:
    """The report in a few words: whose, and that it is a report."""
    return f"{report.organization.short_name}的报告"


def send_to_review(*, report: Report, revision: int, by: User) -> Report:
    """Send the report to be reviewed as it was looked through at `revision`; the supervisors are told."""
    with transaction.atomic():
        moved = perform(REPORT, _locked(report, revision), "send_to_review", by=by)
        moved.submitted_on, moved.note = timezone.localdate(), ""
        moved.save(update_fields=["submitted_on", "note"])
        at_or_above = Organization.objects.filter(path__in=path_and_above(moved.organization.path))
        people = [person for person in holders(at_or_above, SUPERVISOR_ROLES) if person.pk != by.pk]
        _tell(moved, "report_to_review", people, f"{_what(moved)}送来了，请审阅")
    return moved


def review_report(*, report: Report, revision: int, by: User) -> Report:
    """Let the report go up as it was read at `revision`; its leaders are told to hand it in."""
    with transaction.atomic():
        moved = perform(REPORT, _locked(report, revision), "review", by=by)
        _tell(moved, "report_reviewed", _leaders(moved), f"{_what(moved)}已审阅，请上报")
    return moved


def send_back(*, report: Report, note: str, by: User) -> Report:
    """Return the report from its review with a reason; its leaders are told."""
    return _returned(report, "send_back", note, by, f"督导组退回了{_what(report)}，请修改后再送审")


def return_report(*, report: Report, note: str, by: User) -> Report:
    """Return a report that was handed in with a reason: whoever received it will receive it anew."""
    return _returned(report, "return", note, by, f"上级退回了{_what(report)}，请修改后再报")


def _returned(report: Report, step: str, note: str, by: User, title: str) -> Report:
    with transaction.atomic():
        moved = perform(REPORT, report, step, by=by, note=note)
        moved.note, moved.submitted_on = note.strip()[:500], None
        moved.save(update_fields=["note", "submitted_on"])
        moved.recipients.update(received_on=None, received_by=None)
        _tell(moved, f"report_{step}", _leaders(moved), title, f"原因：{moved.note}")
    return moved


def submit_report(*, report: Report, revision: int, by: User) -> Report:
    """Hand the report in as it was looked through at `revision`; every receiver here is told."""
    with transaction.atomic():
        moved = perform(REPORT, _locked(report, revision), "submit", by=by)
        moved.submitted_on, moved.note = timezone.localdate(), ""
        moved.save(update_fields=["submitted_on", "note"])
        here = Organization.objects.filter(
            pk__in=moved.recipients.filter(organization__isnull=False).values("organization")
        )
        _tell(moved, "report_submitted", holders(here, OFFICE_ROLES), f"{_what(moved)}报来了，请查收")
    return moved


def withdraw_report(*, report: Report, by: User) -> Report:
    """Take a report back that nobody has received yet, to change it."""
    with transaction.atomic():
        moved = perform(REPORT, report, "withdraw", by=by)
        moved.submitted_on = None
        moved.save(update_fields=["submitted_on"])
    return moved


def receive_report(*, recipient: ReportRecipient, on: datetime.date, by: User) -> Report:
    """Note the day on which a receiver got the report; once all have it, the report is received.

    Raises NotAllowed for others, for a day to come or before it was handed in, and for one not handed in.
    Noting a receipt again changes nothing.
    """
    with transaction.atomic():
        report = _locked(recipient.report)
        row = (
            report.recipients.select_for_update(of=("self",))
            .select_related("organization")
            .get(pk=recipient.pk)
        )
        row.report = report
        insist(can_receive_report(by, row))
        if row.received_on is not None:
            return report
        if report.status != ReportStatus.SUBMITTED or report.submitted_on is None:
            raise NotAllowed(f"报告现在是「{report.get_status_display()}」，还不能登记收到。")
        if not report.submitted_on <= on <= timezone.localdate():
            raise NotAllowed("收到日期应在上报那天和今天之间，请核对。")
        row.received_on, row.received_by = on, by
        row.save(update_fields=["received_on", "received_by"])
        record(by=by, action="receive_report", about=report, detail={"day": on.isoformat()})
        if not report.recipients.filter(received_on=None).exists():
            report = perform(REPORT, report, "receive_all", by=by)
            _tell(report, "report_received", _leaders(report), f"{_what(report)}，报送单位都已收到")
    return report
