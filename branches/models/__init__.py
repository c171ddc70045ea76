"""Models of organisations, accounts, posts, campaigns, record, notices and jobs."""

from branches.models.appointment import COMMITTEE_SEATS, Appointment, Role
from branches.models.audit_event import AuditEvent, AuditHead
from branches.models.calendar_feed import CalendarFeed
from branches.models.campaign import Addressee, Audience, Campaign, CampaignStatus
from branches.models.campaign_file import CampaignFile
from branches.models.channel import Channel, ChannelKind, Delivery, DeliveryState
from branches.models.closing_hold import ClosingHold, HoldKind
from branches.models.job import OPEN_STATES, Job, JobQuerySet, JobState
from branches.models.leading_seat import Body, LeadingSeat
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
from branches.models.plan import Consultation, Plan, PlanStatus, PlanVersion
from branches.models.portfolio import Portfolio, PortfolioKind
from branches.models.rule_set import RuleSet
from branches.models.run import DecisionKind, Run, StepDecision, StepMark
from branches.models.submission import Submission
from branches.models.tick import Tick
from branches.models.user import TextSize, User

__all__ = [
    "COMMITTEE_SEATS",
    "OPEN_STATES",
    "Addressee",
    "Appointment",
    "Audience",
    "AuditEvent",
    "AuditHead",
    "Body",
    "CalendarFeed",
    "Campaign",
    "CampaignFile",
    "CampaignStatus",
    "Category",
    "Channel",
    "ChannelKind",
    "ClosingHold",
    "Consultation",
    "DecisionKind",
    "Delivery",
    "DeliveryState",
    "HoldKind",
    "Job",
    "JobQuerySet",
    "JobState",
    "Kind",
    "LeadingSeat",
    "Notice",
    "Organization",
    "OrganizationStatus",
    "Plan",
    "PlanStatus",
    "PlanVersion",
    "Portfolio",
    "PortfolioKind",
    "Role",
    "RuleSet",
    "Run",
    "StepDecision",
    "StepMark",
    "Submission",
    "TextSize",
    "Tick",
    "User",
    "path_and_above",
    "reach",
    "subtree_range",
]
