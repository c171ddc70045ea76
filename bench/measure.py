"""One measurement in a process of its own: `python -m bench.measure NAME` prints one JSON line."""

from __future__ import annotations

import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.rosters import county_roster, write_roster  # noqa: E402
from branches.models import Campaign, Job, Organization, User  # noqa: E402
from config.home.board.asked import Asked  # noqa: E402
from config.home.board.export import workbook  # noqa: E402
from config.home.board.page import Board  # noqa: E402
from evaluations.models import BranchResult, SubjectKind  # noqa: E402
from evaluations.reports.rollup import rollup, rollup_bytes  # noqa: E402
from evaluations.services.results import retally_campaign  # noqa: E402

ROUNDS = 7
Rows = list[dict[str, Any]]


def _timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _peak() -> float:
    """The largest resident memory of this process so far, in MB."""
    return psutil.Process().memory_info().rss / 1e6 if sys.platform != "linux" else _high_water()


def _high_water() -> float:
    """VmHWM in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def seed(size: str) -> Rows:
    """Fill the empty database."""
    seconds = _timed(lambda: call_command("seed", size=size, stdout=io.StringIO()))
    return [{"what": f"seed --size {size}", "value": seconds, "unit": "s"}]


def _client() -> Client:
    """A browser of the office at the top."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SESSION_COOKIE_SECURE = False
    client = Client()
    client.force_login(User.objects.get(username="office"), "django.contrib.auth.backends.ModelBackend")
    return client


def _page(client: Client, what: str, url: str) -> dict[str, Any]:
    """Median server time and number of queries of one page, after a warm-up."""
    response = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url}: {response.status_code}")
    asked: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        asked.append(sql)
        return execute(sql, *arguments)

    with connection.execute_wrapper(count):
        client.get(url)
    times = [_timed(lambda: client.get(url)) for _ in range(ROUNDS)]
    return {
        "what": what,
        "value": statistics.median(times) * 1000,
        "unit": "ms",
        "more": f"{len(asked)} queries, {len(response.content) // 1024} KB",
    }


def pages(size: str) -> Rows:
    """Server time of the pages of the office at the top, and of one branch."""
    client = _client()
    campaign = Campaign.objects.latest("pk")
    branch = Organization.objects.branches().order_by("path")[1]
    urls = {
        "home (board)": reverse("home"),
        "roll-up": reverse("evaluations:rollup", args=[campaign.slug]),
        "roll-ups": reverse("evaluations:rollups"),
        "members": reverse("members:list"),
        "meetings": reverse("meetings:list"),
        "organisations": reverse("branches:organizations"),
        "organisation": reverse("branches:organization", args=[branch.pk]),
        "accounts": reverse("branches:accounts"),
        "campaign": reverse("branches:campaign", args=[campaign.slug]),
        "campaign rules": reverse("branches:campaign_rules", args=[campaign.slug]),
        "downloads": reverse("branches:jobs"),
    }
    return [_page(client, f"{size} page: {name}", url) for name, url in urls.items()]


def board(size: str) -> Rows:
    """The board of the office at the top: the first page of a day in a new worker, its tabs, one level down, the file."""
    client = _client()
    settings.CELERY_BROKER_URL = "memory://"
    first = _timed(lambda: client.get(reverse("home"))) * 1000
    branch = Organization.objects.branches().order_by("path")[0]
    above = Organization.objects.get(path=branch.path[: -Organization.steplen])
    tabs = {
        "organisations × steps": "",
        "everything": "?show=all",
        "sums of each level": "?tab=sums",
        "who is missing what": "?tab=missing",
        "one township": f"?under={above.pk}",
    }
    found = [
        {
            "what": f"{size} board: first of the day",
            "value": first,
            "unit": "ms",
            "more": f"peak {_peak():.0f} MB",
        }
    ]
    found += [_page(client, f"{size} board: {name}", reverse("home") + query) for name, query in tabs.items()]
    campaign, top = Campaign.objects.latest("pk"), Organization.objects.get(depth=1)
    shown = Board.of(top, campaign, Asked(show="all"), today=timezone.localdate())
    made: list[bytes] = []
    seconds = _timed(lambda: made.append(workbook(shown)))
    more = f"{len(shown.chosen)} rows, {len(made[0]) // 1024} KB, peak {_peak():.0f} MB"
    return [*found, {"what": f"{size} board: .xlsx", "value": seconds, "unit": "s", "more": more}]


def tables(size: str) -> Rows:
    """Roll-up of everything as .xlsx, and its preparation."""
    campaign, top = Campaign.objects.latest("pk"), Organization.objects.get(depth=1)
    found: list[Any] = []
    read = _timed(lambda: found.append(rollup(campaign, top, subject_kind=SubjectKind.MEMBERS)))
    write = _timed(lambda: found.append(rollup_bytes(found[0], "xlsx")))
    rows = f"{found[0].branches} branches, {len(found[1]) // 1024} KB"
    return [
        {"what": f"{size} roll-up: read", "value": read, "unit": "s", "more": rows},
        {"what": f"{size} roll-up: .xlsx", "value": write, "unit": "s", "more": f"peak {_peak():.0f} MB"},
    ]


def tally(size: str) -> Rows:
    """Tally of all certified ballots anew, through the job that does it."""
    settings.CELERY_BROKER_URL = "memory://"
    campaign = Campaign.objects.latest("pk")
    job = Job(params={"campaign": campaign.pk})
    seconds = _timed(lambda: retally_campaign(job, lambda done, total, message: None))
    count = BranchResult.objects.filter(campaign=campaign).count()
    return [{"what": f"{size} tally", "value": seconds, "unit": "s", "more": f"{count} ballots"}]


def roster(size: str) -> Rows:
    """Import of a roster of the whole county: 60,000 rows."""
    return county_roster(size, _peak)


def roster_file(size: str) -> Rows:
    """Write the file that `roster` imports."""
    write_roster()
    return []


MEASUREMENTS: dict[str, Callable[[str], Rows]] = {
    "seed": seed,
    "pages": pages,
    "board": board,
    "tables": tables,
    "tally": tally,
    "roster_file": roster_file,
    "roster": roster,
}


if __name__ == "__main__":
    print(json.dumps(MEASUREMENTS[sys.argv[1]](sys.argv[2])))
