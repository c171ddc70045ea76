"""What the program itself knows of a member when the branch decides: meetings attended, dues paid. Facts, no points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Attended:
    """The campaign's meetings at which a member's attendance was noted."""

    present: int = 0
    elsewhere: int = 0
    leave: int = 0
    absent: int = 0

    @property
    def expected(self) -> int:
        """How many there were."""
        return self.present + self.elsewhere + self.leave + self.absent

    @property
    def words(self) -> str:
        """One line, without what did not occur."""
        if not self.expected:
            return "没有到会登记"
        parts = ((self.elsewhere, "流入地参加"), (self.leave, "请假"), (self.absent, "缺席"))
        more = "".join(f"，{word} {number} 次" for number, word in parts if number)
        return f"应到会 {self.expected} 次，到会 {self.present} 次{more}"


@dataclass(frozen=True)
class DuesPaid:
    """A member's months of the campaign's year in the dues ledger."""

    paid: int = 0
    waived: int = 0
    unpaid: int = 0

    @property
    def words(self) -> str:
        """One line, without what did not occur."""
        if not (self.paid or self.waived or self.unpaid):
            return "台账里没有登记"
        parts = ((self.waived, "免交"), (self.unpaid, "未交"))
        more = "".join(f"，{word} {number} 个月" for number, word in parts if number)
        return f"已交 {self.paid} 个月{more}"


@dataclass(frozen=True)
class KnownFacts:
    """Both; None where the rules do not ask for it."""

    attended: Attended | None = None
    dues: DuesPaid | None = None

    def stored(self) -> dict[str, dict[str, int]]:
        """As they are kept with the decision, to be printed the same for ever."""
        parts = (("attended", self.attended), ("dues", self.dues))
        return {key: asdict(part) for key, part in parts if part is not None}

    @classmethod
    def read(cls, stored: Mapping[str, Mapping[str, int]]) -> KnownFacts:
        """What was kept."""
        return cls(
            Attended(**stored["attended"]) if "attended" in stored else None,
            DuesPaid(**stored["dues"]) if "dues" in stored else None,
        )
