"""Who talks with whom (谈心谈话), in words: for a branch, for a body above branches, for one person."""

from __future__ import annotations

from branches.rules.resolving import SPECS
from branches.rules.ruleset import Rules

BRANCH_WORDS = {
    "secretary_committee": "书记和支委（班子成员）相互谈。",
    "secretary_member": "书记和每名党员谈。",
    "deputy_member": "副书记和党员谈。",
    "committee_committee": "支委（班子成员）之间相互谈。",
    "committee_member": "支委和党员谈。",
    "member_member": "党员之间相互谈。",
    "leader_portfolio": "班子成员和分管部门负责同志谈。",
}
UPPER_WORDS = {
    "secretary_committee": "书记带头和班子成员谈。",
    "secretary_lower": "书记和下一级党组织书记谈。",
    "secretary_own_branch": "书记和所在支部的党员谈。",
    "committee_committee": "委员之间相互谈。",
    "committee_liaison": "委员和分工联系的下一级党组织书记谈。",
}
UPPER_PERSON_WORDS: dict[str, dict[str, str]] = {
    "secretary": {
        "secretary_committee": "带头和每名班子成员谈。",
        "secretary_lower": "和下一级党组织书记谈。",
        "secretary_own_branch": "和所在支部的党员谈。",
    },
    "committee": {
        "secretary_committee": "和书记谈。",
        "committee_committee": "和其他委员谈。",
        "committee_liaison": "和分工联系的下一级党组织书记谈。",
    },
    "member": {},
}
AMONG_COMMITTEE = ("secretary_committee", "committee_committee")
# What each person is told; a pair not named here is not that person's.
PERSON_WORDS: dict[str, dict[str, str]] = {
    "secretary": {
        "secretary_committee": "和每名支委（班子成员）谈。",
        "secretary_member": "和每名党员谈。",
        "committee_committee": "和每名支委（班子成员）谈。",
        "committee_member": "和党员谈。",
        "leader_portfolio": "和分管部门负责同志谈。",
    },
    "committee": {
        "secretary_committee": "和书记谈。",
        "secretary_member": "和书记谈。",
        "deputy_member": "和副书记谈。",
        "committee_committee": "和其他支委（班子成员）谈。",
        "committee_member": "和党员谈。",
        "member_member": "和其他党员谈。",
        "leader_portfolio": "和分管部门负责同志谈。",
    },
    "member": {
        "secretary_member": "和书记谈。",
        "deputy_member": "和副书记谈。",
        "committee_member": "和支委谈。",
        "member_member": "和其他党员谈。",
    },
}


def branch_pairs(rules: Rules, has_committee: bool) -> list[str]:
    """The pairs of a branch, one sentence each; without a committee its secretary stands for it."""
    if has_committee:
        return [BRANCH_WORDS[key] for key in rules.talk_pairs]
    alone = {"committee_member": "书记和每名党员谈。"}
    kept = [key for key in rules.talk_pairs if key not in AMONG_COMMITTEE]
    return list(dict.fromkeys(alone.get(key, BRANCH_WORDS[key]) for key in kept))


def upper_pairs(rules: Rules) -> list[str]:
    """The pairs of a 党委（总支）, one sentence each."""
    return [UPPER_WORDS[key] for key in rules.talk_upper_pairs]


def committee_mode(rules: Rules, has_committee: bool) -> str:
    """How many of the committee talk with each member, where that is asked; else empty."""
    if not has_committee or "committee_member" not in rules.talk_pairs:
        return ""
    return f"支委和党员谈：{SPECS['committee_member_mode'].kind.show(rules.committee_member_mode)}。"


def person_pairs(rules: Rules, audience: str, has_committee: bool) -> list[str]:
    """With whom the secretary, somebody of the committee or a member talks, each partner once."""
    found = []
    for key in rules.talk_pairs:
        words = PERSON_WORDS[audience].get(key)
        if words is None or (not has_committee and key in AMONG_COMMITTEE):
            continue
        if audience == "secretary" and key == "committee_member" and "secretary_member" in rules.talk_pairs:
            continue
        if not has_committee and key == "committee_member":
            found.append("和每名党员谈。" if audience == "secretary" else "和书记谈。")
        else:
            found.append(words)
    return list(dict.fromkeys(found))


def upper_person_pairs(rules: Rules, audience: str) -> list[str]:
    """With whom somebody of a 党委（总支）班子 talks."""
    words = UPPER_PERSON_WORDS[audience]
    return [words[key] for key in rules.talk_upper_pairs if key in words]
