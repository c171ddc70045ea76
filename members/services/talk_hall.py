"""Gathers the people of a talk grid: somebody with several posts, or on the roll too, is one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from branches.models import Appointment
from members.models import Member, Outsider
from members.rules.talk_people import Person


@dataclass
class _Guest:
    """One person while being gathered."""

    name: str
    group: str = ""
    posts: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    titles: list[str] = field(default_factory=list)


class Hall:
    """The people so far, in the order they came in."""

    def __init__(self, roll: Iterable[Member] = ()) -> None:
        """`roll`: members whose posts are theirs; they come in only when they are added."""
        self._roll = {f"m{member.pk.hex}": member for member in roll}
        names = Counter(member.name for member in self._roll.values())
        self._by_name = {m.name: key for key, m in self._roll.items() if names[m.name] == 1}
        self._by_user = {m.user_id: key for key, m in self._roll.items() if m.user_id is not None}
        self._guests: dict[str, _Guest] = {}
        self.aliases: dict[str, str] = {}

    def add_member(self, member: Member, post: str, flags: Iterable[str] = ()) -> str:
        """Bring in somebody of the roll."""
        key = f"m{member.pk.hex}"
        guest = self._guest(key, member.name)
        guest.posts.add(post)
        guest.flags.update(flags)
        guest.group = member.group.short_name if member.group is not None else ""
        return key

    def add_holder(
        self, post: Appointment, posts: Iterable[str], title: str, *, by_name: bool = False, flag: str = ""
    ) -> str:
        """Bring in the holder of a post: with `by_name` also the only one of that name on the roll."""
        key = self.key_of_holder(post, by_name=by_name)
        guest = self._guest(key, post.holder_name)
        guest.posts.update(posts)
        if title not in guest.titles:
            guest.titles.append(title)
        if flag:
            guest.flags.add(flag)
        return key

    def key_of_holder(self, post: Appointment, *, by_name: bool) -> str:
        """The key of the holder of a post: the roll's by account (else by name), else of an earlier post, else new."""
        own = f"a{post.pk}"
        key = self.aliases.get(own) or self._by_user.get(post.user_id or 0, "")
        if not key and by_name:
            key = self._named(post)
        key = key or own
        if post.user_id is not None:
            self._by_user.setdefault(post.user_id, key)
        if by_name and key == own:
            self._by_name.setdefault(post.holder_name, own)
        if key != own:
            self.aliases[own] = key
        return key

    def _named(self, post: Appointment) -> str:
        """Who goes by the holder's name, unless the two have different accounts."""
        key = self._by_name.get(post.holder_name, "")
        other = next((user for user, known in self._by_user.items() if known == key), None)
        return "" if None not in (other, post.user_id) and other != post.user_id else key

    def add_outsider(self, outsider: Outsider, posts: Iterable[str]) -> str:
        """Bring in a partner who is not on the roll."""
        key = f"o{outsider.pk.hex}"
        guest = self._guest(key, outsider.name)
        guest.posts.update(posts)
        guest.titles.append(outsider.title or outsider.get_capacity_display())
        return key

    def _guest(self, key: str, name: str) -> _Guest:
        member = self._roll.get(key)
        return self._guests.setdefault(key, _Guest(member.name if member is not None else name))

    def key_of_member(self, member: Member) -> str:
        """The key of a member who is in the grid, maybe under the key of a post; empty for others."""
        own = f"m{member.pk.hex}"
        found = (
            own if own in self._guests or member.user_id is None else self._by_user.get(member.user_id, "")
        )
        return found if found in self._guests else ""

    def flag(self, key: str, flag: str) -> None:
        """Mark somebody in the grid."""
        self._guests[key].flags.add(flag)

    def people(self) -> tuple[Person, ...]:
        """Everybody, in the order they came in."""
        return tuple(
            Person(
                key,
                guest.name,
                frozenset(guest.posts),
                frozenset(guest.flags),
                guest.group,
                "、".join(guest.titles),
            )
            for key, guest in self._guests.items()
        )
