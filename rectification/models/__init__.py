"""Models of what follows the meeting; one module a topic."""

from rectification.models.publication import (
    LONGEST_OBJECTION,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Publication,
    PublicationKind,
    PublicationNames,
    PublicationObjection,
    PublicationStatus,
)

__all__ = [
    "LONGEST_OBJECTION",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "Publication",
    "PublicationKind",
    "PublicationNames",
    "PublicationObjection",
    "PublicationStatus",
]
