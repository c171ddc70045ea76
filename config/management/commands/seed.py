"""Fill an empty database with an invented township, county or city, for trying out and measuring."""

import random
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from branches.models import Kind, Organization, Role
from branches.services import campaigns
from branches.workflow import CAMPAIGN, perform
from config.demo.accounts import office_login
from config.demo.land import Plan, build, county, flat, pattern
from config.demo.people import populate
from config.demo.results import finish
from config.demo.walk import walk
from members.models import Member

SEED = 20140805
SIZES = {"township": None, "county": (1, 60, 50, 20), "city": (10, 20, 50, 30)}
FINISHED = 9  # of ten branches


class Command(BaseCommand):
    """`manage.py seed --size township|county|city`: the same size gives the same data."""

    help = "生成演示数据（虚构）：township 一个镇，county 三千个支部，city 一万个支部"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The size of the data set."""
        parser.add_argument("--size", choices=sorted(SIZES), default="township")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the tree, the people, one campaign, and results of nine branches in ten."""
        if Organization.objects.exists():
            raise CommandError("数据库里已有数据。请先换一个空的数据库，再生成演示数据。")
        begun = time.monotonic()
        with transaction.atomic():
            self._load(options["size"])
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        branches, people = Organization.objects.branches().count(), Member.objects.count()
        seconds = time.monotonic() - begun
        self.stdout.write(f"完成：{branches} 个支部，{people} 名党员，用时 {seconds:.1f} 秒")

    def _load(self, size: str) -> None:
        """Write everything in one transaction."""
        chance = random.Random(SEED)  # noqa: S311  (invented people)
        shape = SIZES[size]
        plan: Plan = county(chance) if shape is None else pattern(*shape)
        rows = build(plan)
        populate(chance, plan, rows)
        top = rows[plan.code]
        office, login = office_login("office", "吴建华", Role.OFFICE, top, "全部")
        year = timezone.localdate().year
        draft = campaigns.draft_campaign(
            issuer=top,
            name=f"{year}年度组织生活会和民主评议党员",
            slug=f"{year}-zzshh",
            year=year,
            preset="current_year",
            by=office,
        )
        published = campaigns.publish(campaign=draft, by=office)
        campaign = perform(CAMPAIGN, published, "start", by=office)
        voting = [rows[i.code] for i in flat(plan) if i.kind == Kind.BRANCH and i.members]
        done = [o for number, o in enumerate(voting) if number % 10 < FINISHED]
        finish(chance, campaign, done)
        walk(random.Random(SEED + 1), campaign, voting, author=office)  # noqa: S311
        self.stdout.write(f"账号 {login.username}，密码 {login.password}")
