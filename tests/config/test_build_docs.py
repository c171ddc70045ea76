"""The generated pages: complete, and stale ones are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from branches import permissions
from branches.workflow import CAMPAIGN
from config.management.commands.build_docs import permissions_page, workflows_page
from members.permissions import dues, materials, opinions, spot_checks, studies, talks


def test_the_pages_of_the_repository_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("build_docs", "--check")
    assert "fresh" in capsys.readouterr().out


def test_a_stale_page_fails_the_check_and_is_written_without_it(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"stale: workflows\.md, permissions\.md") as failure:
        call_command("build_docs", "--check", folder=tmp_path)
    assert failure.value.returncode == 1
    assert list(tmp_path.iterdir()) == []
    call_command("build_docs", folder=tmp_path)
    call_command("build_docs", "--check", folder=tmp_path)
    (tmp_path / "workflows.md").write_text("old")
    with pytest.raises(CommandError, match=r"stale: workflows\.md;"):
        call_command("build_docs", "--check", folder=tmp_path)


def test_every_step_of_a_document_is_drawn_and_listed() -> None:
    page = workflows_page()
    for name, step in CAMPAIGN.transitions.items():
        assert f"{step.label} `{name}`" in page
        for source in step.sources:
            assert f"{source} --> {step.target}: {step.label}" in page
    assert "[*] --> draft" in page
    assert "closed --> [*]" in page


def test_every_permission_is_listed_with_its_arguments() -> None:
    page = permissions_page()
    for name in vars(permissions):
        if name.startswith("can_"):
            assert f"| `{name}(" in page
    assert "`can_appoint(organization, role)`" in page


def test_permissions_that_a_package_does_not_pass_on_are_listed_once() -> None:
    page = permissions_page()
    for module in (dues, materials, opinions, spot_checks, studies, talks):
        own = [name for name, f in vars(module).items() if getattr(f, "__module__", "") == module.__name__]
        asked = [name for name in own if name.startswith("can_")]
        assert asked
        for name in asked:
            assert page.count(f"| `{name}(") == 1, name
