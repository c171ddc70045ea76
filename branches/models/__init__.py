"""Models of organisations, accounts, posts, campaigns, record, notices and jobs."""

from branches.models.appointment import COMMITTEE_SEATS, Appointment, Role
from branches.models.audit_event import AuditEvent, AuditHead
from branches.models.campaign import Campaign, CampaignStatus
from branches.models.job import OPEN_STATES, Job, JobState
from branches.models.notice import Notice
from branches.models.organization import (
    Category,
    Kind,
    Organization,
    OrganizationStatus,
    path_and_above,
    reach,
    subtree_range,
)
from branches.models.rule_set import RuleSet
from branches.models.submission import Submission
from branches.models.user import TextSize, User

__all__ = [
    "COMMITTEE_SEATS",
    "OPEN_STATES",
    "Appointment",
    "AuditEvent",
    "AuditHead",
    "Campaign",
    "CampaignStatus",
    "Category",
    "Job",
    "JobState",
    "Kind",
    "Notice",
    "Organization",
    "OrganizationStatus",
    "Role",
    "RuleSet",
    "Submission",
    "TextSize",
    "User",
    "path_and_above",
    "reach",
    "subtree_range",
]
