"""What is hidden before a material is put up in public: names of other people, and hints at health and family.

A help, not a judgement: people must read the result before it is put up.
"""

from __future__ import annotations

import re
from collections.abc import Collection

MASK = "×××"
_HEALTH = (
    "癌症|癌|肿瘤|尿毒症|抑郁症|抑郁|焦虑症|精神疾病|精神病|精神分裂症|残疾|瘫痪|中风|脑梗|糖尿病|高血压|"
    "心脏病|冠心病|肝炎|肺结核|艾滋病|白血病|重病|大病|患病|住院|手术|透析|化疗|流产|怀孕"
)
_FAMILY = (
    "离婚|离异|丧偶|再婚|婚外情|分居|家庭矛盾|夫妻矛盾|夫妻不和|妻子|丈夫|爱人|老伴|前妻|前夫|儿子|女儿|"
    "儿媳|女婿|父亲|母亲|岳父|岳母|公公|婆婆|孙子|孙女"
)
HINTS = re.compile(f"{_HEALTH}|{_FAMILY}")
_NUMBER = re.compile(r"(?<!\d)(?:1\d{10}|\d{17}[\dXx])(?!\d)")
SHORTEST_NAME = 2


def redact(text: str, others: Collection[str]) -> str:
    """The text with the names of others, words on health and family, and phone and ID numbers as ×××."""
    names = sorted({name for name in others if len(name) >= SHORTEST_NAME}, key=len, reverse=True)
    if names:
        text = re.sub("|".join(map(re.escape, names)), MASK, text)
    return HINTS.sub(MASK, _NUMBER.sub(MASK, text))


def named_in(text: str, others: Collection[str]) -> tuple[str, ...]:
    """The others who are named in the text, for the one who checks it."""
    return tuple(sorted(name for name in set(others) if len(name) >= SHORTEST_NAME and name in text))
