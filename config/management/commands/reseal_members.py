"""manage.py reseal_members: after a new key was put first in FIELD_KEYS"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.lib.sealed import CannotOpen
from meetings.services.keys import reseal_outlines
from members.services.keys import reseal_members, reseal_texts
from rectification.services.keys import reseal_after


class Command(BaseCommand):
    """Seals everything kept sealed with the first key; afterwards the old keys may be removed."""

    help = "更换密钥后，用新密钥重新加密号码、谈话、材料、审核意见、批评提纲、消息渠道和网上公示的地址、整改事项的来源"

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal and tell how many."""
        try:
            written, texts = reseal_members(), reseal_texts() + reseal_outlines() + reseal_after()
        except CannotOpen as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"已重新加密 {written} 名党员的号码，{texts} 份谈话、材料、审核意见、批评提纲、地址和整改来源。"
        )
