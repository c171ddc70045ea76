"""Pages on the net: no notice speaks of them, so no preset allows them and the office decides."""

from __future__ import annotations

import pytest

from branches.rules import CATEGORIES, PRESETS, SPECS, load_preset, resolve


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_no_preset_allows_pages_on_the_net(preset: str) -> None:
    chosen = load_preset(preset)
    for category in CATEGORIES:
        assert resolve({**chosen.values, **chosen.overlays.get(category, {})}).public_page is False


def test_the_notices_leave_it_open() -> None:
    spec = SPECS["public_page"]
    assert spec.open_point
    assert spec.group == "反馈公开"
