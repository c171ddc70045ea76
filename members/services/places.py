"""Finds the branch and the group a roster file means by the names written in it."""

from __future__ import annotations

from branches.models import Kind, Organization

_ENDINGS = ("党支部委员会", "支部委员会", "党支部", "支部")


def plain_name(text: str) -> str:
    """Returns a branch's name without 中共, blanks and its ending, for comparing: 中共柳林村党支部委员会 → 柳林村."""
    name = "".join(text.split()).removeprefix("中国共产党").removeprefix("中共")
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending)
    return name


class Places:
    """The branches and groups at and below one organisation, by every name they go by."""

    def __init__(self, organization: Organization) -> None:
        self.own = organization if organization.kind == Kind.BRANCH else None
        self.branches: dict[int, Organization] = {}
        self._by_name: dict[str, set[int]] = {}
        self._groups: dict[tuple[str, str], int] = {}
        for place in Organization.objects.in_subtree(organization):
            if place.kind == Kind.GROUP:
                for name in (place.name, place.short_name, place.code):
                    self._groups.setdefault((place.path[: -Organization.steplen], name), place.pk)
            elif place.kind == Kind.BRANCH:
                self.branches[place.pk] = place
                for name in (
                    place.name,
                    place.short_name,
                    place.code,
                    plain_name(place.name),
                    plain_name(place.short_name),
                ):
                    self._by_name.setdefault(name, set()).add(place.pk)

    def branch(self, written: str) -> tuple[Organization | None, str]:
        """Returns (branch, reason): the branch a row belongs to, or the Chinese reason why it cannot be told."""
        if not written:
            if self.own is not None:
                return self.own, ""
            return None, "没有写所在党支部"
        found = (
            self._by_name.get(written) or self._by_name.get(plain_name(written)) or self._by_ending(written)
        )
        if len(found) == 1:
            return self.branches[next(iter(found))], ""
        if self.own is not None:
            return None, f"所在党支部写的是“{written[:40]}”，不是本支部"
        if found:
            return None, f"有几个党支部都叫“{written[:40]}”，请写全称"
        return None, f"没有找到党支部“{written[:40]}”，请核对名称（以系统中的党组织名称为准）"

    def _by_ending(self, written: str) -> set[int]:
        """A name written with the township before it, or the full name where only its end was written."""
        wanted = plain_name(written)
        close = [
            pks
            for name, pks in self._by_name.items()
            if len(name) > 1 and (wanted.endswith(name) or name.endswith(wanted))
        ]
        return set().union(*close)

    def group(self, branch: Organization, written: str) -> int | None:
        """Returns the key of the branch's group of this name, or None."""
        return self._groups.get((branch.path, "".join(written.split())))
