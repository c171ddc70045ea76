"""After a new first key in FIELD_KEYS: what this app keeps sealed is sealed anew; `manage.py reseal_members` calls it."""

from __future__ import annotations

from django.db import models

from members.services.keys import reseal
from rectification.models import Publication, RectificationItem

# Texts by model: each has a column <name>_sealed and a property <name> that opens and seals it.
TEXTS: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Publication, ("page_token",)),
    (RectificationItem, ("origin",)),
)
ALSO: dict[type[models.Model], tuple[str, ...]] = {RectificationItem: ("source_key",)}


def reseal_after() -> int:
    """Seal again what is not sealed with the first key: addresses of public pages, what items were taken over from.

    Their blind keys are made anew with it, so that nothing is offered a second time. Returns how many rows.

    Safe to run again and while people work. Raises CannotOpen when a key is missing.
    """
    return sum(reseal(model, names, ALSO.get(model, ())) for model, names in TEXTS)
