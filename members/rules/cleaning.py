"""Text pasted from Word, WPS or a web page, made plain: no tags, no invisible characters, one kind of line end.

Quotation marks, book title marks and rare characters (𠮷, 㐂, emoji) stay as they are; nothing is composed or
replaced by a look-alike.
"""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

LONGEST_TEXT = 50_000  # characters of a whole material after cleaning; a limit of the system, of no notice
HOPELESS = 10 * LONGEST_TEXT  # so long without its tags that it is refused as it is
TOO_LONG = f"内容太多（超过 {LONGEST_TEXT} 字），没有保存。请只留下材料正文，删去粘贴时带进来的网页内容，再保存一次。"
# Tags that word processors and browsers write tell that a text is HTML. What merely looks like one (<关于…>,
# a<b 且 c>d) is text.
_NAMES = (
    "a|abbr|article|b|base|big|blockquote|body|br|button|caption|center|code|col|colgroup|dd|del|div|dl|dt|em|"
    "embed|font|footer|form|frame|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label|li|link|main|meta|nav|"
    r"object|ol|option|p|pre|s|script|section|select|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|"
    r"textarea|tfoot|th|thead|title|tr|tt|u|ul|video|xml|[ovwm]:\w+|st1:\w+"
)
_TAG = re.compile(rf"</?(?:{_NAMES})(?:\s+[a-z][^<>]*)?\s*/?>|<!--", re.IGNORECASE | re.ASCII)
_BLOCK_END = re.compile(
    r"<br\s*/?>|</(?:p|div|li|tr|h[1-6]|dt|dd|table|blockquote|section|article)\s*>", re.IGNORECASE
)
_CELL_END = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_UNREAD = {"script", "style", "title", "iframe", "textarea"}  # what stands between them is not read
# All other tags go first: a parser takes long over a million open ones.
_PLAIN_TAG = re.compile(rf"</?(?!(?:{'|'.join(sorted(_UNREAD))})\b)[a-z][^<>]*>", re.IGNORECASE | re.ASCII)
_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_BULLET = re.compile(r"^[•●◆◇■□▪▫▶►➢➤✓✔∙·‣⁃○\uf06c\uf06e\uf075\uf0a7\uf0b7\uf0d8\uf0fc][ \t]*")
_JOINER, _EMOJI = "\u200d", frozenset({"So", "Sk", "Mn"})
_BLANKS = re.compile(r"[ \t]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    """The text as it is kept; cleaning it once more changes nothing."""
    if _TAG.search(text):
        text = _without_tags(text)
    if len(text) > HOPELESS:
        return text
    text = _LINE_ENDS.sub("\n", text)
    text = "".join(_kept(text, at) for at in range(len(text))) if not text.isprintable() else text
    lines = (_BULLET.sub("• ", _BLANKS.sub(" ", line).strip()).strip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _without_tags(text: str) -> str:
    """The words of HTML: scripts, styles and comments gone, a paragraph a line."""
    text = _PLAIN_TAG.sub("", _CELL_END.sub(" ", _BLOCK_END.sub("\n", text)))
    plain = nh3.clean(text, tags=set(), clean_content_tags=_UNREAD, strip_comments=True)
    return html.unescape(plain)


def _kept(text: str, at: int) -> str:
    """What becomes of one character."""
    character = text[at]
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if character == _JOINER and at and unicodedata.category(text[at - 1]) in _EMOJI:
        return character
    return "" if category in ("Cc", "Cf", "Cs") else character
