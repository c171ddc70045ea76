"""manage.py purge: empty what is past the time it is kept for (the worker does so every day)"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from meetings.services.purging import purge_outlines
from members.services.purging import purge_kept


class Command(BaseCommand):
    """Empties contents of talks and outlines, marks for talks and drafts past their time; who talked on which day stays."""

    help = "清除超过保存时间的谈话内容、批评提纲内容、重点谈心标记和没有提交的草稿"

    def add_arguments(self, parser: CommandParser) -> None:
        """Only say how much."""
        parser.add_argument("--dry-run", action="store_true", help="只列出数量，不清除")

    def handle(self, *args: Any, **options: Any) -> None:
        """Empty, or only count, and tell how much."""
        dry_run = bool(options["dry_run"])
        found, outlines = purge_kept(dry_run=dry_run), purge_outlines(dry_run=dry_run)
        word = "到期未清除" if dry_run else "已清除"
        self.stdout.write(
            f"{word}：谈话内容 {found.talks} 次，未提交的草稿 {found.drafts} 份，重点谈心标记 {found.marks} 个，"
            f"批评提纲内容 {outlines} 份。"
        )
