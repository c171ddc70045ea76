"""After a new first key in FIELD_KEYS: everything that is kept sealed is sealed anew, numbers are indexed anew."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import models, transaction

from branches.services.channels import reseal_channels
from config.lib.sealed import is_current
from members.models import (
    Material,
    MaterialVersion,
    Member,
    ReviewRemark,
    ReviewSlot,
    SpotCheckItem,
    Talk,
)

CHUNK = 500
_COLUMNS = ["id_number_sealed", "id_number_index", "phone_sealed", "phone_index"]
# Texts by model: each has a column <name>_sealed and a property <name> that opens and seals it.
TEXTS: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Talk, ("summary", "words")),
    (Material, ("content",)),
    (MaterialVersion, ("content", "alike")),
    (ReviewSlot, ("note",)),
    (ReviewRemark, ("text",)),
    (SpotCheckItem, ("finding",)),
)


def reseal_members() -> int:
    """Seal every number again that is not sealed with the first key; returns how many members were written.

    Safe to run again and while people work; nothing is lost when it is interrupted. Raises CannotOpen when a key is missing.
    """
    written = 0
    keys = list(Member.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        with transaction.atomic():
            members = Member.objects.select_for_update().filter(pk__in=keys[start : start + CHUNK])
            old = [m for m in members if not (is_current(m.id_number_sealed) and is_current(m.phone_sealed))]
            for member in old:
                member.id_number, member.phone = member.id_number, member.phone
            Member.objects.bulk_update(old, _COLUMNS)
        written += len(old)
    return written


def reseal_texts() -> int:
    """The same for talks, materials, remarks, findings and addresses of channels; returns how many rows."""
    return reseal_channels() + sum(reseal(model, names) for model, names in TEXTS)


def reseal(model: type[models.Model], names: tuple[str, ...], also: tuple[str, ...] = ()) -> int:
    """Seal texts of one model anew: each name has a column <name>_sealed and a property that opens and seals it.

    `also`: other columns that the properties write.
    """
    written = 0
    keys = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        written += _reseal_some(model, names, also, keys[start : start + CHUNK])
    return written


def _reseal_some(
    model: type[models.Model],
    names: tuple[str, ...],
    also: tuple[str, ...],
    keys: Sequence[int | uuid.UUID],
) -> int:
    """One chunk in one transaction; rows somebody writes meanwhile wait for it."""
    columns = [f"{name}_sealed" for name in names]
    with transaction.atomic():
        rows = model._base_manager.select_for_update().filter(pk__in=keys)
        old = [row for row in rows if not all(is_current(getattr(row, column)) for column in columns)]
        for row in old:
            for name in names:
                setattr(row, name, getattr(row, name))
        model._base_manager.bulk_update(old, [*columns, *also])
    return len(old)
