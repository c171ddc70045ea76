"""manage.py reseal_members: after a new key was put first in FIELD_KEYS"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.lib.sealed import CannotOpen
from members.services.keys import reseal_members


class Command(BaseCommand):
    """Seals ID numbers and phones with the first key; afterwards the old keys may be removed."""

    help = "更换密钥后，用新密钥重新加密身份证号和电话"

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal and tell how many."""
        try:
            written = reseal_members()
        except CannotOpen as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已重新加密 {written} 名党员的号码。")
