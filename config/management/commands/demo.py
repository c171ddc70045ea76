"""Make the demo township once, and say where its tables and logins are."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from branches.models import Organization
from config.demo.accounts import write_logins
from config.demo.scenes import load


class Command(BaseCommand):
    """`manage.py demo`: reuses what is there."""

    help = "准备演示数据：一个镇、四十二个支部、两次活动，并生成汇总表"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the demo into an empty database, or report what an earlier run made."""
        folder = Path(settings.VAR) / "demo"
        file = folder / "logins.txt"
        if not Organization.objects.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with transaction.atomic():
                logins = load(folder)
                write_logins(file, logins)
        elif not file.exists():
            raise CommandError("数据库里已有数据，而且不是演示数据；为免混在一起，没有改动任何内容。")
        self.stdout.write("汇总表：")
        for table in sorted([*folder.glob("*.xlsx"), *folder.glob("*.pdf")]):
            self.stdout.write(f"  {table}")
        self.stdout.write(f"演示账号（也在 {file}）：")
        self.stdout.write(file.read_text())
