"""The workflow engine and the tables of this app's documents, one topic a module."""

from branches.workflow.base import (
    NotAllowed,
    Transition,
    Workflow,
    append_event,
    event_hash,
    insist,
    organization_path,
    perform,
)
from branches.workflow.campaigns import CAMPAIGN, ORGANIZATION
from branches.workflow.plans import PLAN

__all__ = [
    "CAMPAIGN",
    "ORGANIZATION",
    "PLAN",
    "NotAllowed",
    "Transition",
    "Workflow",
    "append_event",
    "event_hash",
    "insist",
    "organization_path",
    "perform",
]
