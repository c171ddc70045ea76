"""After a new first key in FIELD_KEYS: what meetings keep sealed is sealed anew; `manage.py reseal_members` calls it."""

from __future__ import annotations

from django.db import models

from meetings.models import Outline
from members.services.keys import reseal

# Texts by model: each has a column <name>_sealed and a property <name> that opens and seals it.
TEXTS: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = ((Outline, ("text", "note")),)


def reseal_outlines() -> int:
    """Seal every text of meetings again that is not sealed with the first key; returns how many rows.

    Safe to run again and while people work. Raises CannotOpen when a key is missing.
    """
    return sum(reseal(model, names) for model, names in TEXTS)
