"""The workflow engine and the tables of this app's documents, one topic a module."""

from branches.workflow.base import (
    NotAllowed,
    Transition,
    Workflow,
    append_event,
    event_hash,
    organization_path,
    perform,
)
from branches.workflow.campaigns import CAMPAIGN, ORGANIZATION

__all__ = [
    "CAMPAIGN",
    "ORGANIZATION",
    "NotAllowed",
    "Transition",
    "Workflow",
    "append_event",
    "event_hash",
    "organization_path",
    "perform",
]
