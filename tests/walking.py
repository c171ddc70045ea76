"""Going through the pages of a person as one who taps every link."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from urllib.parse import urljoin

from django.test import Client

LINK = re.compile(r'<a [^>]*href="([^"#]*)')
NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+")


def walk(
    client: Client, *, leave: re.Pattern[str], most: int = 150, alike: int = 1_000
) -> tuple[dict[str, str], dict[str, str]]:
    """Every page that can be reached from the home page by links, and the links that lead to a refusal.

    Returns the HTML of each page by its address, and for each address that refuses the page that links to it.
    `leave`: addresses not to go to. At most `most` pages, `alike` of those whose addresses differ in numbers only.
    """
    pages: dict[str, str] = {}
    refused: dict[str, str] = {}
    waiting = deque([("/", "")])
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    while waiting and len(pages) < most:
        url, source = waiting.popleft()
        kind = NUMBER.sub("#", url.partition("?")[0])
        if url in seen or leave.search(url) or kinds[kind] >= alike:
            continue
        seen.add(url)
        kinds[kind] += 1
        answer = client.get(url)
        if answer.status_code >= 400:
            refused[url] = source
        elif answer.status_code in (301, 302):
            waiting.appendleft((urljoin(url, answer.headers["Location"]).partition("#")[0], source))
        elif answer.headers.get("Content-Type", "").startswith("text/html"):
            pages[url] = answer.content.decode()
            found = (urljoin(url, html.unescape(link)) for link in LINK.findall(pages[url]))
            waiting.extend((link, url) for link in found if link.startswith("/"))
    return pages, refused
