"""The board's filter as a form to send by GET, and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from branches.models import Category
from config.home.board.asked import SHOWN, TABS
from config.home.board.page import Board
from config.home.board.scope import Choice


@dataclass(frozen=True)
class Field:
    """One list to choose from."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    chosen: str


@dataclass(frozen=True)
class Link:
    """Somewhere else on the board."""

    words: str
    url: str
    current: bool = False


def fields_of(board: Board) -> list[Field]:
    """The lists of the form; one that leaves nothing to choose is not there."""
    asked = board.asked
    superiors = board.scope.superiors
    steps = (Choice(head.key, head.label) for head in board.heads)
    found = [
        *([] if asked.tab == "sums" else [Field("show", "状态", _pairs(SHOWN.items()), board.show)]),
        *([] if asked.tab == "sums" else [Field("step", "环节", _with_all("全部环节", steps), asked.step)]),
        Field("category", "领域", _with_all("全部领域", _pairs(Category.choices)), asked.category),
    ]
    if superiors:
        here = Choice(str(board.scope.place.pk), f"{board.scope.place.short_name}（全部）")
        below = (Choice(str(s.pk), f"{'　' * _deep(board, s.path)}{s.short_name}") for s in superiors)
        found.append(Field("under", "上级党组织", (here, *below), str(board.scope.place.pk)))
    liaisons = [*(board.scope.liaisons or ())]
    if board.scope.liaison and board.scope.liaison.value not in {c.value for c in liaisons}:
        liaisons.append(board.scope.liaison)
    if liaisons:
        found.append(Field("liaison", "联系领导、指导员", _with_all("全部", liaisons), asked.liaison))
    return found


def _deep(board: Board, path: str) -> int:
    """How many levels below the first a path lies."""
    return (len(path) - len(board.scope.place.path)) // type(board.scope.place).steplen - 1


def _pairs(pairs: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    """Pairs as choices."""
    return tuple(Choice(value, words) for value, words in pairs)


def _with_all(words: str, choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Choices, with none of them first."""
    return (Choice("", words), *choices)


def words_of(board: Board) -> str:
    """The filter in words, as far as it leaves something out."""
    asked, scope = board.asked, board.scope
    parts = [
        Category(asked.category).label if asked.category else "",
        board.step.label if board.step else "",
        SHOWN[board.show] if asked.show or board.show != "all" else "",
        "只看直属支部" if asked.direct else "",
        scope.liaison.words if scope.liaison else "",
        f"名称含“{asked.q}”" if asked.q else "",
    ]
    return "，".join(part for part in parts if part)


def tabs_of(board: Board) -> list[Link]:
    """The three ways to look at it; sums only where there is a level below."""
    return [
        Link(words, board.asked.url(tab=tab), tab == board.asked.tab)
        for tab, words in TABS.items()
        if tab != "sums" or board.scope.superiors
    ]


def crumbs_of(board: Board) -> list[Link]:
    """The way up the tree, the place itself last."""
    place = board.scope.place
    above = [
        Link(p.short_name, board.asked.url(under=str(p.pk), direct="", tab="")) for p in board.scope.crumbs
    ]
    return [*above, Link(place.name, "", current=True)]
