"""The tables of steps of this app's documents, one module a topic."""

from rectification.workflow.supervision import SIGN_OFF, SUMMARY
from rectification.workflow.teams import LINKED_POINT, TEAM
from rectification.workflow.visits import FINDING, VISIT

__all__ = ["FINDING", "LINKED_POINT", "SIGN_OFF", "SUMMARY", "TEAM", "VISIT"]
