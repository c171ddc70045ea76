"""manage.py verify_ballot ID | --campaign SLUG --organization CODE | --all [--export FILE]"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.lib.files import write_whole
from evaluations.models import Ballot
from evaluations.rules.verifying import canonical
from evaluations.services.verifying import archive_of, ever_certified, verify, verify_record


class Command(BaseCommand):
    """Recomputes certified results from what is kept; the exit code is 1 when anything does not fit.

    The exported file holds votes of ballots that are withheld on screen: it is for whoever runs the server.
    """

    help = "用存档重新计算测评结果，核对计票记录、指纹和合计；有一处不符就指出是哪里，退出码为 1"

    def add_arguments(self, parser: CommandParser) -> None:
        """Which ballots, and where to write the archive."""
        parser.add_argument("ballot", nargs="?", type=uuid.UUID, metavar="ID", help="测评编号")
        parser.add_argument("--campaign", metavar="SLUG", help="活动的网址名（和 --organization 一起）")
        parser.add_argument("--organization", metavar="CODE", help="党组织编码")
        parser.add_argument("--all", action="store_true", help="所有核定过的测评")
        parser.add_argument(
            "--export", type=Path, metavar="FILE", help="另把存档写成 JSON，供别的程序独立复算（只能一轮）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Choose, verify each, tell, and write the archive."""
        keys = self._chosen(options)
        if options["export"] and len(keys) != 1:
            raise CommandError(f"选中了 {len(keys)} 轮测评；--export 一次只写一轮，请写明测评编号。")
        wrong = 0
        broken = verify_record()
        if broken:
            wrong += 1
            self.stdout.write(f"不符  操作记录  {broken}")
        for key in keys:
            verdict = verify(key)
            wrong += verdict.finding is not None
            told = verdict.text or f"相符  末项 {verdict.head[:16] or '—'}"
            self.stdout.write(f"{'不符' if verdict.finding else '核对'}  {key}  {verdict.ballot}  {told}")
            for note in verdict.notes:
                self.stdout.write(f"      {note}")
        if options["export"]:
            self._write(options["export"], keys[0])
        if wrong:
            raise CommandError(f"有 {wrong} 处不符，见上。", returncode=1)
        self.stdout.write(f"共 {len(keys)} 轮，全部相符。请再和签字的计票报告单上印的末项对照。")

    def _chosen(self, options: dict[str, Any]) -> list[uuid.UUID]:
        """The keys of the ballots the arguments name."""
        if options["all"]:
            return sorted(ever_certified())
        if options["ballot"]:
            chosen = Ballot.objects.filter(pk=options["ballot"])
        elif options["campaign"] and options["organization"]:
            chosen = Ballot.objects.filter(
                campaign__slug=options["campaign"], organization__code=options["organization"]
            )
        else:
            raise CommandError("请写明测评编号，或者 --campaign 和 --organization，或者 --all。")
        found = list(chosen.order_by("round_no", "pk").values_list("pk", flat=True))
        if not found:
            raise CommandError("没有这样的测评。")
        return found

    def _write(self, path: Path, key: uuid.UUID) -> None:
        """The archive, whole."""
        try:
            write_whole(path, canonical(archive_of(Ballot.objects.get(pk=key))) + b"\n")
        except OSError as error:
            raise CommandError(f"文件写不进去：{path}（{error.strerror}）") from error
        self.stdout.write(f"已写入 {path}")
