"""After a new first key in FIELD_KEYS: members' numbers are sealed and indexed anew."""

from __future__ import annotations

from django.db import transaction

from config.lib.sealed import is_current
from members.models import Member

CHUNK = 500
_COLUMNS = ["id_number_sealed", "id_number_index", "phone_sealed", "phone_index"]


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
