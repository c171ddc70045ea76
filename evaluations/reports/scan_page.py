"""The page of scanned sheets: each upload, what became of each page, and what is to be done about it. Never a mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from branches.models import JobState, User
from evaluations.models import Ballot, PageFate, ScanBatch, ScanPage
from evaluations.paper.reading import ADVICE, NOTICES
from evaluations.permissions import can_judge_page, can_upload_scans
from evaluations.rules import Identity
from evaluations.rules.reconciling import side_identities, side_problems
from evaluations.services.scan_doubles import open_doubles
from evaluations.services.scan_pages import ASIDE_WORDS
from evaluations.services.scan_reconciling import side_counts

OTHER_ADVICE = "请把这一张重新扫描；还是读不了的，由两位计票人手工录入。"
SEVERAL = "、"
MOST_PLACES = 8  # named one by one where nothing has to be done about each of them
NAMED = {"pale_ink"}  # about each of these pages something has to be done: its paper is looked at
FEWEST_PAGES = {"streaks": 3}  # of an upload, before it is worth saying: dirt on the glass is on every page
# Pages that carry nothing to read are no failure: the backs of sheets scanned on both sides.
HARMLESS = {"side_without_rows": "没有要划的一面", "empty_page": "白纸"}
KINDS = {  # of a page: how its box looks, and its word for a screen reader
    PageFate.READ: ("done", "已读"),
    PageFate.BLANK: ("partial", "空白，待确认"),
    PageFate.BLANK_CONFIRMED: ("done", "空白票"),
    PageFate.REJECTED: ("bad", "读不了"),
    PageFate.SET_ASIDE: ("aside", "不计"),
}


@dataclass(frozen=True)
class PageBox:
    """One page in the row of boxes: where it lies in the pile of this upload, and its fate."""

    key: str
    number: int  # counted over all files of the upload
    where: str
    kind: str
    words: str
    doubtful: int


@dataclass(frozen=True)
class Group:
    """Pages of one upload with one fate and reason: where they lie, and what to do."""

    title: str
    places: str
    count: int
    advice: str
    keys: tuple[tuple[str, str], ...] = ()  # key and place of each page that may be counted again


@dataclass(frozen=True)
class Upload:
    """One upload as it stands now."""

    number: int
    state: str  # waiting, reading, stopped or read
    done: int
    total: int
    read: int
    doubtful: int
    message: str
    boxes: tuple[PageBox, ...]
    rejected: tuple[Group, ...]
    noticed: tuple[Group, ...]
    harmless: tuple[Group, ...]
    aside: tuple[Group, ...]

    @property
    def failed(self) -> int:
        """Pages that could not be read."""
        return sum(group.count for group in self.rejected)

    @property
    def can_be_set_aside(self) -> tuple[PageBox, ...]:
        """Pages that count now, or wait to be looked at."""
        return tuple(box for box in self.boxes if box.kind in ("done", "partial"))


@dataclass(frozen=True)
class ScanView:
    """All that the page of scanned sheets shows to one person."""

    ballot: Ballot
    uploads: tuple[Upload, ...]
    identities: tuple[Identity, ...]
    problems: tuple[str, ...]
    doubles: int
    blanks: int
    may_upload: bool
    refusal: str
    may_judge: bool

    @property
    def reading(self) -> bool:
        """Whether something is being read, so that the page renews itself."""
        return any(upload.state in ("waiting", "reading") for upload in self.uploads)

    @property
    def asks(self) -> bool:
        """Whether whole pages wait for a person, before anything can be added up."""
        return bool(self.doubles or self.blanks)


def where(page: ScanPage, files: int, single: bool) -> str:
    """Where a page lies: 第 3 页 of the only file, 第 3 个文件 of photos, else both."""
    if files == 1:
        return f"第 {page.position} 页"
    if single:
        return f"第 {page.file_no + 1} 张"
    return f"文件 {page.file_no + 1} 第 {page.position} 页"


def place_of(page: ScanPage) -> str:
    """Where a page lies in the pile, with its upload."""
    files = page.batch.files
    single = all(file.get("pages", 1) == 1 for file in files)
    return f"第 {page.batch.number} 次上传，{where(page, len(files), single)}"


def scan_view(ballot: Ballot, user: User) -> ScanView:
    """The page of scanned sheets as it is for this person now."""
    batches = ScanBatch.objects.filter(ballot=ballot, test=False).select_related("job").order_by("-number")
    pages = ScanPage.objects.filter(ballot=ballot).defer("sealed", "ink", "picture")
    by_batch: dict[object, list[ScanPage]] = {}
    for page in pages.order_by("file_no", "position"):
        by_batch.setdefault(page.batch_id, []).append(page)
    sides = side_counts(ballot)
    answer = can_upload_scans(user, ballot)
    return ScanView(
        ballot=ballot,
        uploads=tuple(_upload(batch, by_batch.get(batch.pk, [])) for batch in batches),
        identities=tuple(side_identities(sides)),
        problems=tuple(side_problems(sides)),
        doubles=open_doubles(ballot).count(),
        blanks=sum(p.fate == PageFate.BLANK for some in by_batch.values() for p in some),
        may_upload=bool(answer),
        refusal="" if answer is True else answer.reason,
        may_judge=bool(can_judge_page(user, ballot)),
    )


def _upload(batch: ScanBatch, pages: list[ScanPage]) -> Upload:
    """One upload with its pages in order."""
    files = len(batch.files)
    single = all(file.get("pages", 1) == 1 for file in batch.files)
    boxes = [_box(number, page, where(page, files, single)) for number, page in enumerate(pages, 1)]
    known = sum(file.get("pages", 0) for file in batch.files)
    by_key = {str(page.pk): page for page in pages}
    rejected = [box for box in boxes if box.kind == "bad"]
    aside = [box for box in boxes if box.kind == "aside"]
    job = batch.job
    return Upload(
        number=batch.number,
        state=_state(batch),
        done=len(pages),
        total=max(known, len(pages)),
        read=sum(page.fate == PageFate.READ for page in pages),
        doubtful=sum(page.doubtful for page in pages if page.fate == PageFate.READ),
        message=job.message if job and job.state == JobState.FAILED and not batch.read else "",
        boxes=tuple(boxes),
        rejected=tuple(
            Group("读不了", places, count, ADVICE.get(reason) or OTHER_ADVICE)
            for reason, places, count, _ in _grouped(rejected, by_key)
        ),
        harmless=tuple(
            Group(HARMLESS[reason], places, count, ADVICE.get(reason, ""))
            for reason, places, count, _ in _grouped([box for box in boxes if box.kind == "none"], by_key)
        ),
        noticed=tuple(_noticed(boxes, by_key)),
        aside=tuple(
            Group("不计", places, count, ASIDE_WORDS.get(reason, ""), keys)
            for reason, places, count, keys in _grouped(aside, by_key)
        ),
    )


def _state(batch: ScanBatch) -> str:
    """Whether an upload waits, is being read, stopped, or is read."""
    if batch.read:
        return "read"
    if batch.job is None or not batch.job.is_open:
        return "stopped"
    return "reading" if batch.job.state == JobState.RUNNING else "waiting"


def _box(number: int, page: ScanPage, place: str) -> PageBox:
    """One page as a box."""
    fate = PageFate(page.fate)
    kind, words = KINDS[fate]
    if fate == PageFate.REJECTED and page.reason in HARMLESS:
        kind, words = "none", HARMLESS[page.reason]
    if fate == PageFate.READ and page.doubtful:
        words = f"{page.doubtful} 行存疑"
    doubtful = page.doubtful if fate == PageFate.READ else 0
    return PageBox(str(page.pk), number, place, kind, words, doubtful)


def _noticed(boxes: Iterable[PageBox], pages: dict[str, ScanPage]) -> Iterable[Group]:
    """What to know of pages that were read, the most important first."""
    found = {reason: (places, count) for reason, places, count, _ in _grouped(boxes, pages)}
    for reason, advice in NOTICES.items():
        places, count = found.get(reason, ("", 0))
        if count < FEWEST_PAGES.get(reason, 1):
            continue
        if count > MOST_PLACES and (reason not in NAMED or count == len(pages)):
            places = f"{'全部' if count == len(pages) else '共'} {count} 页"
        yield Group("请留意", places, count, advice)


def _grouped(
    boxes: Iterable[PageBox], pages: dict[str, ScanPage]
) -> Iterable[tuple[str, str, int, tuple[tuple[str, str], ...]]]:
    """Boxes by the reason of their pages: reason, places, how many, and each with its key."""
    with_reason = sorted(((pages[box.key].reason, box.number, box) for box in boxes), key=lambda t: t[:2])
    for reason, some in groupby(with_reason, key=lambda t: t[0]):
        found = [box for _, _, box in some]
        yield (
            reason,
            SEVERAL.join(map(attrgetter("where"), found)),
            len(found),
            tuple((box.key, box.where) for box in found),
        )


@dataclass(frozen=True)
class Shown:
    """A page whose picture a person looks at."""

    key: str
    place: str
    doubtful: int = 0


@dataclass(frozen=True)
class Pair:
    """Two pages that may be one sheet."""

    key: str
    pages: tuple[Shown, Shown]


def double_pairs(ballot: Ballot) -> tuple[Pair, ...]:
    """The pairs a person has yet to look at."""
    pairs = []
    for pair in open_doubles(ballot):
        first, second = sorted((pair.first, pair.second), key=_pile)
        pairs.append(Pair(str(pair.pk), (_shown(first), _shown(second))))
    return tuple(pairs)


def _pile(page: ScanPage) -> tuple[int, int, int]:
    """Where a page comes in the pile of all uploads."""
    return page.batch.number, page.file_no, page.position


def blank_pages(ballot: Ballot) -> tuple[Shown, ...]:
    """The pages without ink that nobody has confirmed yet."""
    pages = ScanPage.objects.filter(ballot=ballot, fate=PageFate.BLANK).select_related("batch")
    pages = pages.defer("sealed", "ink", "picture")
    return tuple(_shown(page) for page in pages.order_by("batch__number", "file_no", "position"))


def _shown(page: ScanPage) -> Shown:
    return Shown(str(page.pk), place_of(page), page.doubtful)
