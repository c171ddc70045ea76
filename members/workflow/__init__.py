"""The steps of rosters, imports, rounds of opinions and materials."""

from members.workflow.people import IMPORT, ROSTER
from members.workflow.preparing import MATERIAL, OPINIONS

__all__ = ["IMPORT", "MATERIAL", "OPINIONS", "ROSTER"]
