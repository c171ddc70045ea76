"""After a new first key in FIELD_KEYS: what this app keeps sealed is sealed anew; `manage.py reseal_members` calls it."""

from __future__ import annotations

from django.db import models

from members.services.keys import reseal
from rectification.models import Publication

# Texts by model: each has a column <name>_sealed and a property <name> that opens and seals it.
TEXTS: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = ((Publication, ("page_token",)),)


def reseal_pages() -> int:
    """Seal the address of every public page again that is not sealed with the first key; returns how many rows.

    Safe to run again and while people work. Raises CannotOpen when a key is missing.
    """
    return sum(reseal(model, names) for model, names in TEXTS)
