"""What a person is to do next with a ballot, and the two seats of those who type or judge; the scanned way here."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from branches.models import User
from evaluations.models import Ballot, PageFate, ScanBatch, ScanPage
from evaluations.permissions import can_upload_scans
from evaluations.services.scan_doubles import open_doubles
from evaluations.services.scan_reconciling import side_counts
from meetings.permissions import is_teller


@dataclass(frozen=True)
class Seat:
    """One of the two typings: who sits there and how much is typed (papers, or rows of totals)."""

    number: int
    name: str
    holder: str
    done: int
    total: int
    finished: bool
    mine: bool


@dataclass(frozen=True)
class Next:
    """What to do next: `kind` is heads (with the step that follows), link, post or wait."""

    kind: str
    label: str
    hint: str = ""
    url: str = ""
    step: str = ""


def at(name: str, ballot: Ballot) -> str:
    """The address of one of the ballot's pages."""
    return reverse(f"evaluations:{name}", args=[ballot.pk])


def scanning_is_on(ballot: Ballot) -> bool:
    """Whether sheets are still to be uploaded, read or judged as a whole before rows are judged."""
    uploads = list(ScanBatch.objects.filter(ballot=ballot).values_list("read", flat=True))
    if not uploads or not all(uploads):
        return True
    return (
        open_doubles(ballot).exists() or ScanPage.objects.filter(ballot=ballot, fate=PageFate.BLANK).exists()
    )


def next_scanned(ballot: Ballot, user: User, sitting: tuple[Seat, ...], finished: bool) -> Next:
    """While sheets are scanned and two people judge the doubtful rows."""
    teller = bool(is_teller(user, ballot.meeting))
    if scanning_is_on(ballot):
        return _next_scanning(ballot, user, teller)
    sides = side_counts(ballot)
    most = max((-side.missing for side in sides), default=0)
    if most > 0:
        hint = f"读出的票比收回的多 {most} 张，先查清是哪一张多算了，再往下做。"
        return Next("link", "查多出来的票", hint, at("scans", ballot))
    if not teller:
        if finished:
            return Next("wait", "两人都判完了，正在核对", "请两位计票人一起定下判得不一样的行。")
        return Next(
            "wait", "两位计票人正在判读存疑的行", "两人各判一遍，判完才能核对。判完以前谁也看不到结果。"
        )
    if finished:
        hint = "两人一起，把判得不一样的行再看一遍；没有不一样的，就形成结果。"
        return Next("link", "核对两人判的行", hint, at("strips_together", ballot))
    missing = max((side.missing for side in sides), default=0)
    return _next_judging(ballot, sitting, missing)


def _next_scanning(ballot: Ballot, user: User, teller: bool) -> Next:
    """Upload, wait for the reading, or judge whole pages."""
    uploads = list(ScanBatch.objects.filter(ballot=ballot).values_list("read", flat=True))
    if not uploads:
        if can_upload_scans(user, ballot):
            hint = "张数已经清点。把票打乱，扫描或者拍照，上传后系统自己读。"
            return Next("link", "扫描或拍照上传", hint, at("scans", ballot))
        return Next("wait", "等待扫描", "请计票人把收回的票扫描或者拍照上传。")
    if not all(uploads):
        if can_upload_scans(user, ballot):
            return Next("link", "看读票进度", "系统正在一页一页地读。", at("scans", ballot))
        return Next("wait", "正在读票", "系统正在一页一页地读。")
    doubles = open_doubles(ballot).exists()
    if not teller:
        return Next("wait", "等计票人看几页票", "有疑似重复的票或者空白票，请计票人登录判断。")
    if doubles:
        hint = "有两页看上去是同一张票，请对照着看一看。"
        return Next("link", "看疑似重复的票", hint, at("scan_doubles", ballot))
    return Next("link", "确认空白票", "有一笔没划的票，请看图确认。", at("scan_blanks", ballot))


def _next_judging(ballot: Ballot, sitting: tuple[Seat, ...], missing: int) -> Next:
    """A 计票人 judges rows, alone."""
    short = ""
    if missing > 0:
        short = f"还有 {missing} 张没有着落：读不了的请重扫，或者手工录入；整张作废的，判完时填张数。"
    mine = next((seat for seat in sitting if seat.mine), None)
    if mine is None:
        if all(seat.holder for seat in sitting):
            return Next("wait", "甲、乙两席都已有人在判", "如需换人，请支部书记在本页换人。")
        return Next("post", "开始判读", "两人各判各的，判完以前看不到对方判的。" + short, at("take", ballot))
    if mine.finished:
        return Next("wait", "您已判完", "等另一位计票人判完，再一起核对。" + short)
    left = mine.total - mine.done
    hint = (
        f"您坐{mine.name}席，还有 {left} 行。" if left else f"您坐{mine.name}席，都判了，还要点「我已判完」。"
    )
    return Next("link", "继续判读", hint + short, at("strips" if left else "judged", ballot))
