"""The tables of steps of this app's documents, one module a document."""

from rectification.workflow.publications import PUBLICATION

__all__ = ["PUBLICATION"]
