"""What is hidden before a text is put up for everybody: names, numbers, homes; and what may be a name. Plain Python.

A help, not a judgement: people read the result before it goes up. Surely found are the names given (those of the
organisation's roll and posts) and long numbers; names of others are guessed from the words beside them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from members.rules.redaction import HINTS, MASK, SHORTEST_NAME

# How names stand: as written, with the surname only (王××), or not at all (×××).
KEPT, SURNAME, HIDDEN = "kept", "surname", "hidden"
NAME, MAYBE, NUMBER = "姓名", "可能是姓名", "证件、电话号码"
HOME, ADDRESS, HINT = "门牌住址", "邮箱、账号", "病情、家庭情况"
_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
_GAP = r"[^\S\n]{0,6}"  # 王　明: blanks between the characters of a name
_DOTS = "·•・‧∙⋅．"
_N = "[0-9一二三四五六七八九十百]{1,5}"
# Common surnames, without those that are common words as well (何, 程, 曾, 许 …): it is a guess.
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭罗郑梁宋唐邓韩冯曹彭肖董潘袁蔡蒋杜魏苏吕丁沈姚卢姜崔钟谭陆汪范廖贾韦傅邹熊秦邱"
    "尹薛闫阎侯陶贺龚邵钱覃莫孔"
)
_HAN = "[\u4e00-\u9fff]"
# … and words that begin with one of them.
_WORDS = (
    "张贴|张罗|张榜|周边|周围|周期|周转|周[一二三四五六日末]|陈述|陈旧|黄土|黄河|杨树|陆续|陆地|范围|范本|钱款|钱物|钱财|孔洞|徐徐|"
    "汪洋|汤药|董事|石料|金额|唐突|苏醒|丁字"
)
_ONE = f"(?!{_WORDS})[{_SURNAMES}]"
_GUESSED = (
    re.compile(f"(?:党员|村民|群众|户主|低保户|贫困户|脱贫户|五保户|居民|职工)({_ONE}{_HAN}{{1,2}})"),
    re.compile(
        f"({_ONE}{_HAN}{{0,2}}?)(?<![村镇乡县组])"
        "(?:同志|书记|主任|支书|委员|组长|会计|先生|女士|老师|大爷|大娘|大妈|大叔|老人|家中|家里|夫妇|反映|户(?![籍口均型数]))"
    ),
)
_LONG = (
    r"\d{11,}[Xx]?|\d{6}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}(?:[Xx]|\d(?!\d))|1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
)
_LANDLINE = r"(?<!\d)0\d{2,3}[-－ ]?\d{7,8}(?!\d)"
_NUMBER = re.compile(f"({_LANDLINE}|{_LONG})")
_MOBILE = re.compile(f"(?!{_LANDLINE})({_LONG})")
_MAIL = re.compile(
    r"([A-Za-z0-9_.+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.]+|(?:微信|QQ|qq)(?:号码|号)?[:：]? ?[A-Za-z0-9_-]{5,})"
)
_HOME = re.compile(
    f"(第?{_N}(?:村民)?小?组{_N}号|{_N}(?:号楼|栋|幢)(?:{_N}单元)?{_N}(?:室|号)?|{_N}单元{_N}(?:室|号)?"
    "|(?:家庭住址|住址|家住)[:：]?[^，。；、,;\\s]{2,30})"
)
Hide = Callable[[str], str]


@dataclass(frozen=True)
class Piece:
    """A stretch as everybody will see it; `why` says what was hidden here, empty for text as written."""

    text: str
    why: str = ""


def tidy(text: str) -> str:
    """The text without invisible characters and carriage returns, wide digits made narrow."""
    visible = "".join(one for one in text.replace("\r\n", "\n") if unicodedata.category(one) != "Cf")
    return visible.translate(_WIDE)


def redact(
    text: str, names: Collection[str], *, style: str = HIDDEN, kept: Collection[str] = (), hints: bool = False
) -> tuple[Piece, ...]:
    """The text in pieces, with what is personal hidden.

    `names` are surely hidden unless `style` is KEPT or they stand in `kept`; so are numbers of papers and phones,
    house numbers and accounts whatever the style. `hints`: words on health and family too.
    """
    pieces: tuple[Piece, ...] = (Piece(tidy(text)),) if text else ()
    pieces = _pass(pieces, (_NUMBER,), NUMBER, _all)
    pieces = _pass(pieces, (_MAIL,), ADDRESS, _all)
    pieces = _pass(pieces, (_HOME,), HOME, _all)
    if style != KEPT:
        hide = _surname if style == SURNAME else _all
        wanted, stay = frozenset(names) - set(kept), {squeezed(one) for one in kept}
        pieces = _pass(pieces, _names(wanted), NAME, hide)
        pieces = _pass(pieces, _GUESSED, MAYBE, lambda found: found if found in stay else hide(found))
    if hints:
        pieces = _pass(pieces, (re.compile(f"({HINTS.pattern})"),), HINT, _all)
    return pieces


def shown(pieces: Iterable[Piece]) -> str:
    """The text as everybody will see it."""
    return "".join(one.text for one in pieces)


def hidden(pieces: Iterable[Piece]) -> tuple[tuple[str, int], ...]:
    """What was hidden how often, in the order of the text."""
    return tuple(Counter(one.why for one in pieces if one.why).items())


def remains(text: str, names: Collection[str]) -> tuple[str, ...]:
    """What is still personal in a text that stands in public as it is: names given, numbers, accounts. Office phones pass."""
    clean = tidy(text)
    checks = (
        (NAME, _names(frozenset(names))),
        (NUMBER, (_MOBILE,)),
        (ADDRESS, (_MAIL,)),
    )
    return tuple(why for why, patterns in checks if any(pattern.search(clean) for pattern in patterns))


def squeezed(text: str) -> str:
    """The text without blanks."""
    return "".join(text.split())


def _all(_found: str) -> str:
    return MASK


def _surname(found: str) -> str:
    """王××: the first character stays."""
    return f"{found[:1]}{MASK[:2]}"


@lru_cache(maxsize=64)
def _names(names: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """What finds these names, the longest first, with blanks in between; nothing without names."""
    known = {squeezed(tidy(name)) for name in names}
    wanted = sorted((name for name in known if len(name) >= SHORTEST_NAME), key=lambda one: (-len(one), one))
    if not wanted:
        return ()
    spelt = (_GAP.join(f"[{_DOTS}]" if c in _DOTS else re.escape(c) for c in name) for name in wanted)
    return (re.compile(f"({'|'.join(spelt)})"),)


def _pass(
    pieces: tuple[Piece, ...], patterns: Iterable[re.Pattern[str]], why: str, hide: Hide
) -> tuple[Piece, ...]:
    """Hide what the patterns find (their first group) in what is still as written, until they find nothing more."""
    for pattern in patterns:
        before: tuple[Piece, ...] = ()
        while pieces != before:
            before = pieces
            parts = (part for one in pieces for part in _split(one, pattern, why, hide))
            pieces = tuple(part for part in parts if part.text)
    return pieces


def _split(piece: Piece, pattern: re.Pattern[str], why: str, hide: Hide) -> Iterator[Piece]:
    """The piece cut where the pattern finds something; what `hide` leaves as it is stays text."""
    at = 0
    for match in () if piece.why else pattern.finditer(piece.text):
        start, end = match.span(1)
        masked = hide(match[1])
        if masked == match[1]:
            continue
        yield Piece(piece.text[at:start])
        yield Piece(masked, why)
        at = end
    yield Piece(piece.text[at:], piece.why)
