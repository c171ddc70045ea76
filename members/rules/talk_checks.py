"""What to point out when a talk was recorded: never a reason to refuse it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from branches.rules import Rules
from members.rules.talk_book import REMOTE, VISIT
from members.rules.talk_key_people import FLOATING, expected_between, expected_mode
from members.rules.talk_people import Person

AT_HOME, FAR = "visit", ("phone", "network")  # ways of a talk as they are stored
PAIR = 2


@dataclass(frozen=True)
class Occasion:
    """A talk as it was recorded: who, on which day, which way."""

    people: tuple[Person, ...]
    held_on: date
    mode: str
    together: bool = True


def warnings_for(
    rules: Rules, talk: Occasion, *, met_on: date | None = None, finish: date | None = None
) -> tuple[str, ...]:
    """What about this talk is not as the rules ask, in words.

    `met_on`: the day of the meeting, `finish`: the last day of the campaign, as far as they are known.
    """
    return (*_day(rules, talk, met_on, finish), *_way(rules, talk), *_size(rules, talk))


def _day(rules: Rules, talk: Occasion, met_on: date | None, finish: date | None) -> Iterator[str]:
    """The day against the meeting, else against the last day."""
    if not rules.talk_before_meeting:
        return
    if met_on is not None and talk.held_on > met_on:
        yield f"这次谈心在会议（{met_on.month}月{met_on.day}日）以后，通知要求会前谈完。"
    elif met_on is None and finish is not None and talk.held_on > finish:
        yield f"这次谈心在完成期限（{finish.month}月{finish.day}日）以后，通知要求会前谈完。"


def _way(rules: Rules, talk: Occasion) -> Iterator[str]:
    """The way against what those people need."""
    at_home = [person.name for person in talk.people if expected_mode(rules, person) == VISIT]
    by_telephone = talk.mode in FAR and expected_between(rules, talk.people) == REMOTE
    if at_home and talk.mode != AT_HOME and not by_telephone:
        yield f"通知要求上门和{'、'.join(at_home)}谈；已经上门谈的，请把方式改成上门走访。"
    away = any(FLOATING in person.flags for person in talk.people)
    if talk.mode in FAR and not away:
        yield "电话、网络谈心一般只用于外出的流动党员，其他同志请当面谈。"
    elif talk.mode in FAR and not rules.talk_remote_allowed:
        yield "通知没有说可以用电话、网络谈心，请尽量当面谈。"


def _size(rules: Rules, talk: Occasion) -> Iterator[str]:
    """How many sat together against how many count."""
    most = rules.talk_sitting_most or PAIR
    if talk.together and len(talk.people) > most:
        said = f"{most} 人以内才算相互谈过" if most > PAIR else "只算一对一谈"
        yield f"一共 {len(talk.people)} 人坐在一起谈，按规则{said}，这次没有算到应谈里。"


def asks_the_way(rules: Rules, people: Collection[Person]) -> bool:
    """Whether the form asks how they talked: only where the rules expect a certain way with one of these."""
    return any(expected_mode(rules, person) for person in people)
