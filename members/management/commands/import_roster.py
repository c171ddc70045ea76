"""manage.py import_roster FILE --organization CODE [--as USERNAME] [--only-correct] [--dry-run]"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from branches.models import Appointment, Organization, User, path_and_above
from branches.workflow import NotAllowed
from config.lib.tables import read_table
from config.lib.uploads import UploadRefused
from members.models import ImportBatch
from members.permissions import can_import_roster
from members.rules.roster_header import HeaderNotFound
from members.services.import_plan import WRONG, row_of
from members.services.imports import check_import, confirm_import, discard_import, open_import

MOST_SHOWN = 50


class Command(BaseCommand):
    """Imports a roster file into an organisation; nothing is written unless every row is right, or --only-correct."""

    help = "导入党员名册（.xlsx、.xls、.csv）"

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE and where it belongs."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--organization", required=True, metavar="CODE", help="党组织编码")
        parser.add_argument(
            "--as",
            dest="username",
            metavar="USERNAME",
            help="以哪个账号的名义导入（默认：该组织书记或上级党建办）",
        )
        parser.add_argument("--only-correct", action="store_true", help="有问题的行不导入，其余照常导入")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, print, and confirm unless --dry-run."""
        organization = Organization.objects.filter(code=options["organization"]).first()
        if organization is None:
            raise CommandError(f"没有编码为“{options['organization']}”的党组织。")
        by = self._person(organization, options["username"])
        try:
            batch = self._checked(options["file"], organization, by, options["dry_run"])
            if options["dry_run"]:
                self.stdout.write("只核对，没有写入。")
                return
            self._confirm(batch, by, options["only_correct"])
        except OSError as error:
            raise CommandError(f"文件打不开：{options['file']}") from error
        except (UploadRefused, HeaderNotFound) as error:
            raise CommandError(str(error)) from error
        except NotAllowed as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(f"已以{by.full_name}（{by.username}）的名义导入。批次 {batch.pk}")

    def _checked(self, path: Path, organization: Organization, by: User, dry_run: bool) -> ImportBatch:
        """The file read, checked and told about; a dry run keeps nothing of it."""
        with path.open("rb") as file:
            rows = read_table(file, sheets=("数据",))
        with transaction.atomic():
            batch = open_import(rows=rows, file_name=path.name, organization=organization, by=by)
            del rows
            batch = check_import(batch=batch, by=by)
            self._print(batch)
            transaction.set_rollback(dry_run)
        return batch

    def _confirm(self, batch: ImportBatch, by: User, only_correct: bool) -> None:
        """Bring the batch into the roll, in a transaction of its own: the end of the record, held from the
        check to the end of a transaction, is not held while sixty thousand members are written.
        """
        try:
            confirm_import(batch=batch, by=by, only_correct=only_correct)
        except NotAllowed:
            discard_import(batch=batch, by=by)
            raise

    def _person(self, organization: Organization, username: str | None) -> User:
        """The account that answers for the import: the one named, else the nearest that may."""
        if username:
            named: User | None = User.objects.filter(username=username, is_active=True).first()
            if named is None:
                raise CommandError(f"没有账号“{username}”。")
            return named
        posts = Appointment.objects.current(timezone.localdate()).filter(
            organization__path__in=path_and_above(organization.path), user__is_active=True
        )
        for post in posts.select_related("user").order_by("-organization__path", "pk"):
            if post.user is not None and can_import_roster(post.user, organization):
                return post.user
        raise CommandError("这个党组织没有可以导入名册的账号，请用 --as 指定。")

    def _print(self, batch: ImportBatch) -> None:
        self.stdout.write(
            f"新增 {batch.new_count}，有变化 {batch.changed_count}，"
            f"无变化 {batch.unchanged_count}，有问题 {batch.wrong_count}"
        )
        wrong = [row_of(line) for line in batch.take("plan") if line[0] == WRONG]
        for row in wrong[:MOST_SHOWN]:
            self.stdout.write(
                f"第{row.row_number}行 {row.name}：{'；'.join(remark.text for remark in row.problems)}"
            )
        if len(wrong) > MOST_SHOWN:
            self.stdout.write(f"……还有{len(wrong) - MOST_SHOWN}行有问题")
        for text, count in batch.remarks:
            self.stdout.write(f"提示：{text}（{count}行）")
