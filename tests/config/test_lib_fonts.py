"""The vendored typeface is there, prints rare names, and its absence is loud."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from config.lib import fontprobe, fonts, glyphs
from config.lib.pdf import render_pdf


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    fonts.problem.cache_clear()
    yield
    fonts.problem.cache_clear()


def test_rare_names_of_the_national_list_can_be_printed() -> None:
    assert glyphs.missing("王堃喆昇犇璟玥翀垚燚㛃䶮𬭎㐂𠮷〇 √①℃×·☐☑") == ""


def test_characters_without_a_glyph_are_named_once() -> None:
    assert glyphs.missing("王\U0002ebf0\U0002ebf0\ue000") == "\U0002ebf0\ue000"


def test_the_licence_stands_beside_the_fonts_and_they_stay_small() -> None:
    assert "SIL Open Font License" in (fonts.FOLDER / "OFL.txt").read_text()
    assert fonts.REGULAR.stat().st_size + fonts.BOLD.stat().st_size < 22_000_000


def test_the_check_passes_here() -> None:
    call_command("check", "--deploy", "--tag", "fonts")


def test_the_check_fails_loudly_without_the_font(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "BOLD", tmp_path / "none.ttf")
    with pytest.raises(SystemCheckError, match=r"config\.E001"):
        call_command("check", "--deploy", "--tag", "fonts")


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [("Traceback\nOSError: libpango", "OSError: libpango"), ("", "没有说明原因")],
)
def test_a_broken_system_library_is_reported(
    monkeypatch: pytest.MonkeyPatch, stderr: str, reason: str
) -> None:
    def broken(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", stderr)

    monkeypatch.setattr(subprocess, "run", broken)
    assert fonts.problem() == reason


def test_a_renderer_that_hangs_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(command: list[str], **options: Any) -> None:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(subprocess, "run", hangs)
    assert "没有生成 PDF" in fonts.problem()


def test_the_probe_sees_an_empty_document() -> None:
    assert fontprobe.main() == 0
    assert fontprobe.complaint(render_pdf("<p></p>")) == "PDF 里没有嵌入中文字体"
    assert "读不到" in fontprobe.complaint(render_pdf("<p>支部</p>"))


def test_the_probe_exits_with_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fontprobe, "SAMPLE", "")
    assert fontprobe.main() == 1
    assert "没有嵌入" in capsys.readouterr().err
