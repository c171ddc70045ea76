"""Where a step is dealt with: its own page where an app keeps it, else the list of steps with a tick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from branches.models import Campaign, Organization, User
from branches.permissions import Answer
from branches.rules.standing import Standing
from branches.rules.steps import MATERIALS
from config.home.standings import came_back
from evaluations.models import AssessmentSheet
from evaluations.permissions.assessing import can_begin_assessment, can_see_feedback, can_see_sheet
from evaluations.permissions.publicity import can_see_result_notice
from evaluations.services.present import present_sheet
from meetings.rules.kinds import GROUP, KINDS, PLENARY
from rectification.permissions.items import can_see_ledger, can_see_member_rows


@dataclass(frozen=True)
class Page:
    """A page of the preparation: its address, its button, and the rules it follows from.

    A notice that lists its own steps may name a talk or a material that none of its rules describes: such a
    step is only ticked.
    """

    name: str
    action: str
    rules: tuple[str, ...]


PAGES = {
    "study": Page("members:studies", "登记集中学习", ("study_list", "study_forms", "study_gate")),
    "opinions": Page("members:opinions", "登记征求意见", ("opinions_asked",)),
    "talks": Page("members:talks", "登记谈心谈话", ("talk_pairs", "talk_upper_pairs")),
    "material": Page("members:materials", "查看材料", MATERIALS),
    "lists": Page("members:materials", "查看谁还没有交", ("member_material",)),
    "discussion": Page("members:materials", "登记集体讨论", ("committee_discussion",)),
    "outlines": Page("meetings:outlines", "查看批评提纲", ("outlines",)),
    "material_notice": Page("rectification:publications", "办理公示", ("material_public_notice",)),
    "pledge": Page("rectification:publications", "办理公开承诺", ("material_pledge",)),
    "publicity": Page("rectification:publications", "公开整改措施", ("rectification_public",)),
    "assessment": Page("evaluations:assessment_of", "办理组织评定", ("assessment_by",)),
    "feedback": Page("evaluations:feedback_of", "登记反馈", ("feedback_required",)),
    "result_notice": Page("evaluations:result_notice_of", "办理公示", ("result_publicity",)),
    "satisfaction": Page("rectification:surveys", "办理群众满意度测评", ("satisfaction_surveys",)),
    "rectification": Page("rectification:ledger", "登记整改事项", ("committee_rectification",)),
    "commitments": Page("rectification:commitments", "登记整改承诺", ("member_rectification",)),
    "committee_report": Page("rectification:reports", "登记通报", ("committee_report_months",)),
    "pledge_report": Page("rectification:reports", "登记报告", ("member_report_every_months",)),
    "report": Page("report", "写报告", ("report",)),
}


SHEETS: dict[str, Callable[[User, AssessmentSheet], Answer]] = {
    "assessment": can_see_sheet,
    "feedback": can_see_feedback,
    "result_notice": can_see_result_notice,
}


def may_open(user: User, found: Standing, campaign: Campaign, organization: Organization) -> bool:
    """Whether the page of a step answers this person: nobody is led to a refusal."""
    kind = found.step.kind
    if kind in SHEETS:
        sheet = present_sheet(campaign, organization)
        return bool(can_begin_assessment(user, organization) if sheet is None else SHEETS[kind](user, sheet))
    if kind == "commitments":
        return bool(can_see_member_rows(user, organization))
    if kind in ("rectification", "committee_report", "pledge_report"):
        return bool(can_see_ledger(user, campaign, organization))
    return True


def kind_of_meeting(step: str, meeting_form: str) -> str:
    """The kind of meeting that fulfils a step; empty for a step that is no meeting."""
    if step == KINDS[PLENARY].step:
        return GROUP if meeting_form == "group" else PLENARY
    return next((kind.key for kind in KINDS.values() if kind.step == step), "")


def was_returned(found: Standing) -> bool:
    """Whether the step is a plan that came back, in time or late."""
    return found.step.key == "plan" and came_back(found)


def where_to(found: Standing, campaign: Campaign, organization: Organization) -> tuple[str, str]:
    """The page where a step is dealt with, and verb and object for its button."""
    step, place = found.step, [campaign.slug, organization.pk]
    if step.key == "plan" and step.rule == "plan_gate":
        consults = campaign.rules_for(organization).plan_gate == "consult"
        page = "branches:consultation" if consults else "branches:plan"
        verb = "修改" if was_returned(found) else "填写"
        return reverse(page, args=place), "填写沟通记录" if consults else f"{verb}实施方案"
    kind = kind_of_meeting(step.kind, campaign.rules_for(organization).meeting_form)
    if kind:
        return reverse("meetings:of_kind", args=[*place, kind]), f"召开{KINDS[kind].label}"
    if step.kind in PAGES and step.rule in PAGES[step.kind].rules:
        return reverse(PAGES[step.kind].name, args=place), PAGES[step.kind].action
    return f"{reverse('org_steps', args=place)}#{step.key}", f"登记“{step.label}”"


def page_of(found: Standing, campaign: Campaign, organization: Organization, user: User) -> tuple[str, str]:
    """The page a step has of its own and the words of its button; both empty where there is none for this person."""
    url, action = where_to(found, campaign, organization)
    return (url, action) if "#" not in url and may_open(user, found, campaign, organization) else ("", "")
