"""What follows the meeting, at an end that can be archived: a notice that hung, a survey, a visit; all names invented."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from branches.models import Campaign, Organization, Role, User
from branches.services.steps import steps_for
from rectification.models import Publication
from rectification.services import publication_objections, publications, visit_findings, visits
from rectification.services.visits import Typed
from tests.factories.branches import account_with
from tests.factories.publicity import RULES as PUBLICITY
from tests.factories.publicity import posted
from tests.factories.surveys import BAD, surveyed

RULES: dict[str, Any] = {
    **PUBLICITY,
    "satisfaction_surveys": 1,
    "satisfaction_threshold": "2/3",
    "failing_duties": ["make_up", "admonition"],
    "supervision": ["team"],
    "visit_modes": ["open"],
    "superior_powers": ["correct", "redo"],
    "supervision_summary": True,
}
SAID, ANSWERED = "第二条没有做", "已核实，下个月做完"
SEEN, PROPOSED, ADVISED = "只给上级看的情况", "只向上级提的建议", "请把公开栏换新"
VISITOR = "陶远山"


def fill_after(branch: Organization, campaign: Campaign, secretary: User) -> None:
    """A notice that hung and was objected to, a survey that failed with 补课 to come, a visit that advised and proposed."""
    above = branch.superior()
    assert above is not None
    supervisor = account_with(Role.SUPERVISOR, above, full_name=VISITOR)
    today = timezone.localdate()
    made = posted(campaign, branch, secretary)
    objection = publication_objections.note_objection(publication=made, on=today, text=SAID, by=secretary)
    publication_objections.answer_objection(
        objection=objection, answer=ANSWERED, to_rectify=True, by=secretary
    )
    Publication.objects.filter(pk=made.pk).update(to_on=today)
    made.refresh_from_db()
    publications.end(publication=made, version=made.version, by=secretary)
    surveyed("closed", votes=BAD, organization=branch, campaign=campaign)
    typed = Typed(mode="open", day=today, visitors=VISITOR, seen=SEEN)
    visit = visits.plan_visit(campaign=campaign, organization=branch, typed=typed, by=supervisor, make=True)
    for kind, text in (("advice", ADVISED), ("redo", PROPOSED)):
        visit_findings.issue_finding(visit=visit, kind=kind, text=text, by=supervisor)
    finding = visit.findings.get(kind="advice")
    visit_findings.answer_finding(finding=finding, answer="已经换新", by=secretary)
    parts = {step.part for step in steps_for(campaign, branch)}
    visit_findings.sign_off(
        campaign=campaign,
        organization=branch,
        part=sorted(parts)[0],
        on=today,
        passed=range(99),
        by=supervisor,
        note="准备充分",
    )
