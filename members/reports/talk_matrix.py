"""The matrix of talks, half of it, built as one text: 200 people are 19,900 cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from members.rules.talk_people import Person

CellOf = Callable[[str, str], str]
# State of a cell → its class, and the word a screen reader says.
CLASSES = {"owed": "o", "choice": "h", "done": "d", "waived": "w", "free": "f"}
WORDS = {"owed": "还没谈", "choice": "可以选谈", "done": "已谈", "waived": "不要求谈", "free": "没有要求"}
MOST_LINKED = 40  # people; beyond, cells carry no address of their own, the names lead on


def matrix_html(
    people: Sequence[Person], cell: CellOf, *, page: str, form: str = "", own: frozenset[str] | None = None
) -> SafeString:
    """The table: a row for everybody from the second on, with a cell for each one before.

    `page`: address of a person's own view; `form`: address of the form of a pair, empty for readers.
    `own`: only cells of these people lead to the form (None: all do).
    """
    keys = [person.key for person in people]
    names = [escape(person.name) for person in people]
    linked = bool(form) and len(people) <= MOST_LINKED
    found = [
        f'<table class="talks" data-form="{escape(form)}" data-own="{" ".join(sorted(own or ()))}">'
        "<thead><tr><td></td>"
    ]
    found += [
        f'<th scope="col" data-key="{key}"><span>{name}</span></th>' for key, name in _heads(keys, names)
    ]
    found.append("</tr></thead><tbody>")
    for row in range(1, len(keys)):
        key = keys[row]
        may = own is None or key in own
        found.append(
            f'<tr data-key="{key}"><th scope="row"><a href="{escape(page)}?person={key}">{names[row]}</a></th>'
        )
        if linked:
            found += [
                _linked(
                    cell(key, keys[column]), f"{form}?a={key}&amp;b={keys[column]}", names[row], names[column]
                )
                if may or keys[column] in (own or ())
                else _plain(cell(key, keys[column]))
                for column in range(row)
            ]
        else:
            found += [_plain(cell(key, keys[column])) for column in range(row)]
        found.append("</tr>")
    found.append("</tbody></table>")
    return mark_safe("".join(found))  # noqa: S308  names are escaped, keys are our own


def _heads(keys: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
    """The columns: everybody but the last."""
    return list(zip(keys, names, strict=True))[:-1]


_PLAIN = {state: f'<td class="{name}"></td>' for state, name in CLASSES.items()}


def _plain(state: str) -> str:
    """A cell without an address."""
    return _PLAIN[state]


def _linked(state: str, address: str, row: str, column: str) -> str:
    """A cell that leads to the form of the pair."""
    return (
        f'<td class="{CLASSES[state]}"><a href="{address}" title="{row}、{column}：{WORDS[state]}"></a></td>'
    )
