"""Who keeps teams and linked points, draws branches and writes the summary of a body that sends people out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from branches.models import Campaign, Organization, User
from branches.permissions import (
    OFFICE_ROLES,
    READER_ROLES,
    SUPERIOR_KINDS,
    SUPERVISOR_ROLES,
    Answer,
    Denied,
    holds,
    is_superior_office,
    posts_at,
)
from rectification.models import LinkedPoint, SupervisionSummary, SupervisionTeam

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def can_run_supervision(user: User | AnonymousUser, body: Organization) -> Answer:
    """Keep the teams and linked points of a body: its own office."""
    if body.kind in SUPERIOR_KINDS and holds(user, OFFICE_ROLES, body):
        return True
    return Denied("督导力量和联系点由本级党建办（活动办）登记。")


def can_end_team(user: User | AnonymousUser, team: SupervisionTeam) -> Answer:
    """End the work of a team: the office of the body that sent it."""
    return can_run_supervision(user, team.sender)


def can_end_point(user: User | AnonymousUser, point: LinkedPoint) -> Answer:
    """End a linked point: the office of the leader's body."""
    return can_run_supervision(user, point.sender)


def can_read_supervision(user: User | AnonymousUser, body: Organization) -> Answer:
    """Read teams, linked points, draws and counts of a body: its office, leaders and supervisors, and those above."""
    posts = posts_at(user, READER_ROLES, body)
    if body.kind in SUPERIOR_KINDS and any(post.organization.kind in SUPERIOR_KINDS for post in posts):
        return True
    return Denied("督导安排由上级党组织和督导组、指导员查看。")


def can_draw_visits(user: User | AnonymousUser, body: Organization) -> Answer:
    """Draw branches by lot in the name of a body: its own office and the supervisors sent by it."""
    if body.kind in SUPERIOR_KINDS and holds(user, (*OFFICE_ROLES, *SUPERVISOR_ROLES), body):
        return True
    return Denied("抽取由本级党建办（活动办）和督导组、指导员办理。")


def can_write_summary(user: User | AnonymousUser, body: Organization) -> Answer:
    """Begin and write the summary of a body: its own office and the supervisors sent by it."""
    if body.kind in SUPERIOR_KINDS and holds(user, (*OFFICE_ROLES, *SUPERVISOR_ROLES), body):
        return True
    return Denied("督查总结由本级督导组、指导员或党建办（活动办）撰写。")


def can_export_visits(user: User | AnonymousUser, campaign: Campaign, body: Organization) -> Answer:
    """Take the workbook for the yearly appraisal away: office and leaders of the body, where the rules use it so."""
    if not any(rules.appraisal_use for rules in campaign.rule_set().every_resolved()):
        return Denied("规则没有把活动情况作为考核内容，不导出。")
    if body.kind in SUPERIOR_KINDS and is_superior_office(user, body):
        return True
    return Denied("由本级党建办和书记、副书记导出。")


def can_step_summary(user: User | AnonymousUser, summary: SupervisionSummary) -> Answer:
    """Settle a summary or take it up again: those who may write it."""
    return can_write_summary(user, summary.organization)
