"""Whole files or none."""

from pathlib import Path

import pytest

from config.lib.files import replacing, write_whole


def test_a_file_is_written_whole_and_only_for_its_owner(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "table.xlsx"
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["table.xlsx"]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "table.xlsx"
    target.write_bytes(b"old")

    def half() -> None:
        with replacing(target) as out:
            out.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
