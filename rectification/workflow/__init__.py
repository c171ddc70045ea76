"""The tables of steps of this app's documents, one module a document."""

from rectification.workflow.commitments import COMMITMENT
from rectification.workflow.corrections import CORRECTION
from rectification.workflow.items import ITEM

__all__ = ["COMMITMENT", "CORRECTION", "ITEM"]
