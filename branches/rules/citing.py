"""What a page quotes for a rule: the clause that supports the value as it is, or where else it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from branches.rules.describing import FROM_CAMPAIGN, FROM_SYSTEM
from branches.rules.presets import Clause
from branches.rules.resolving import to_json
from branches.rules.ruleset import Rules

NEVER = "任何活动都不要求"
OWN_PROMISE = "本系统的承诺，与通知无关"
REFUSING = r"(?:不要求|不需要|不必|不得|不搞|不再)[^。；;！]*"


@dataclass(frozen=True)
class Duty:
    """One sentence about what is asked, or not asked; without a clause `origin` says where it comes from.

    `heading` and `part` (会前, 会上, 会后) are where the page puts it; `due_words` say by when.
    """

    text: str
    clause: Clause | None
    rule_key: str
    due_words: str = ""
    origin: str = FROM_SYSTEM
    heading: str = ""
    part: str = ""


class Citing:
    """The clauses that hold for one category: only those that support the value the rules have."""

    def __init__(self, rules: Rules, clauses: Mapping[str, Clause], category: str) -> None:
        self.rules = rules
        written, default = to_json(rules), to_json(Rules())
        self.holding: dict[str, Clause] = {}
        self.origins: dict[str, str] = {}
        for key, value in written.items():
            found = (clauses.get(f"{category}.{key}"), clauses.get(key))
            fitting = [clause for clause in found if clause is not None and clause.value == value]
            quoted = next((clause for clause in fitting if clause.text), None)
            if quoted is not None:
                self.holding[key] = quoted
            elif not fitting and value != default[key]:
                self.origins[key] = FROM_CAMPAIGN

    def refusal(self, *nouns: str) -> Clause | None:
        """The clause that says in so many words that one of `nouns` is not asked for."""
        wanted = re.compile(REFUSING + f"(?:{'|'.join(map(re.escape, nouns))})")
        return next((clause for clause in self.holding.values() if wanted.search(clause.text)), None)

    def duty(
        self,
        text: str,
        key: str,
        *,
        due_words: str = "",
        heading: str = "",
        part: str = "",
        clause: Clause | None = None,
    ) -> Duty:
        """One sentence that follows from the rule `key`, with its clause (or the one given)."""
        return Duty(
            text=text,
            clause=clause or self.holding.get(key),
            rule_key=key,
            due_words=due_words,
            origin=self.origins.get(key, FROM_SYSTEM),
            heading=heading,
            part=part,
        )

    def never(self, what: str, key: str, clause: Clause | None) -> Duty:
        """What no campaign may ask for, whatever its rules: `key` names no rule."""
        return Duty(f"{NEVER}{what}。", clause, key, origin=OWN_PROMISE)
