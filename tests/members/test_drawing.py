"""A draw by lot: the same for everybody who repeats it, and fair to every subset."""

from __future__ import annotations

import subprocess
from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from members.rules.drawing import digest, draw, is_machine_seed, ranked, size_of_share

KEYS = st.lists(st.uuids().map(str), max_size=30, unique=True)
SEEDS = st.text(max_size=20)


@given(KEYS, SEEDS, st.integers(0, 40), st.randoms())
def test_the_order_of_the_pool_is_of_no_account(
    pool: list[str], seed: str, size: int, chance: object
) -> None:
    other = list(pool)
    chance.shuffle(other)  # type: ignore[attr-defined]
    drawn = draw(pool, seed, size)
    assert draw(other, seed, size) == drawn
    assert len(drawn) == len(set(drawn)) == min(size, len(pool))
    assert set(drawn) <= set(pool)


@given(KEYS, SEEDS, st.integers(0, 30))
def test_a_larger_draw_only_adds(pool: list[str], seed: str, size: int) -> None:
    assert draw(pool, seed, size + 1)[:size] == draw(pool, seed, size)


def test_a_key_given_twice_is_drawn_once() -> None:
    assert sorted(draw(["a", "a", "b"], "3", 5)) == ["a", "b"]


def test_a_negative_size_draws_nothing() -> None:
    assert draw(["a", "b"], "3", -1) == ()


def test_every_subset_comes_about_equally_often() -> None:
    pool = [f"k{n}" for n in range(5)]
    counts = Counter(frozenset(draw(pool, f"{seed:016x}", 2)) for seed in range(10_000))
    assert set(counts) == {frozenset(pair) for pair in combinations(pool, 2)}
    assert all(880 <= count <= 1120 for count in counts.values()), counts  # 1,000 expected, sigma 30


def test_every_place_comes_about_equally_often() -> None:
    pool = [f"k{n}" for n in range(4)]
    firsts = Counter(draw(pool, str(seed), 1)[0] for seed in range(8_000))
    assert all(1_850 <= firsts[key] <= 2_150 for key in pool), firsts


def test_the_lots_are_those_of_any_other_tool() -> None:
    """The figures of `printf '骰子6-3key-b' | sha256sum`: written down once, and asked of the machine again."""
    tool = subprocess.run(["sha256sum"], input="骰子6-3key-b".encode(), capture_output=True, check=True)
    assert digest("骰子6-3", "key-b") == tool.stdout.decode().split()[0]
    assert digest("", "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    lots = ranked(["key-b", "key-a"], "骰子6-3")
    assert [lot for lot, _key in lots] == sorted(digest("骰子6-3", key) for key in ("key-a", "key-b"))


@given(st.integers(1, 5000), st.integers(1, 100))
def test_a_share_is_rounded_up_and_never_more_than_all(pool: int, percent: int) -> None:
    size = size_of_share(pool, percent)
    assert 1 <= size <= pool
    assert (size - 1) * 100 < pool * percent <= size * 100


def test_a_share_of_nothing_is_nothing() -> None:
    assert size_of_share(0, 10) == 0


def test_a_seed_made_by_the_program_can_be_told_from_a_typed_one() -> None:
    assert is_machine_seed("0123456789abcdef")
    for typed in ("6-3-1", "0123456789ABCDEF", "0123456789abcdef0", "", "二〇一四年八月六日"):
        assert not is_machine_seed(typed), typed
