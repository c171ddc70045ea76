"""`manage.py build_docs [--check]`: docs/workflows.md and docs/permissions.md, made from the code."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from branches.workflow import Transition, Workflow

APPS = ("branches", "members", "meetings", "evaluations", "rectification")
MADE = "<!-- Made by `manage.py build_docs` from the code; do not edit. -->\n"


def modules(name: str) -> list[tuple[str, ModuleType]]:
    """The module of that name in each app that has one, with the app's Chinese name."""
    found = []
    for app in APPS:
        if importlib.util.find_spec(f"{app}.{name}") is not None:
            label = str(apps.get_app_config(app).verbose_name)
            found.append((f"{label} `{app}`", importlib.import_module(f"{app}.{name}")))
    return found


def parts(package: ModuleType) -> list[ModuleType]:
    """The module itself, or of a package its modules in alphabetical order, so that what it does not pass on is there too."""
    inside = pkgutil.iter_modules(getattr(package, "__path__", ()), f"{package.__name__}.")
    return [importlib.import_module(found.name) for found in inside] or [package]


def asking(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    """The permission functions written in this module, in the order of the source."""
    return [
        (name, function)
        for name, function in vars(module).items()
        if name.startswith("can_") and getattr(function, "__module__", "") == module.__name__
    ]


def first_line(function: Callable[..., Any]) -> str:
    """The first sentence of a docstring, on one line."""
    return " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split()).replace("|", "\\|")


def workflows_of(module: ModuleType) -> list[Workflow[Any]]:
    """The tables written in this module, in the order of the source."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, Workflow)
        and value.model.__module__.split(".")[0] == module.__name__.split(".")[0]
    ]


def diagram(workflow: Workflow[Any]) -> list[str]:
    """The states and steps as a mermaid diagram."""
    field = workflow.model._meta.get_field("status")
    lines = ["```mermaid", "stateDiagram-v2", "    direction LR"]
    lines += [f'    state "{label}" as {value}' for value, label in field.choices]
    lines.append(f"    [*] --> {field.default}")
    for step in workflow.transitions.values():
        lines += [f"    {source} --> {step.target}: {step.label}" for source in sorted(step.sources)]
    leaving = {source for step in workflow.transitions.values() for source in step.sources}
    ends = [value for value, _label in field.choices if value not in leaving]
    return [*lines, *(f"    {value} --> [*]" for value in ends), "```"]


def table_row(name: str, step: Transition[Any], labels: dict[str, str]) -> str:
    """One step as a row."""
    cells = (
        f"{step.label} `{name}`",
        "、".join(labels[value] for value in sorted(step.sources)),
        labels[step.target],
        f"`{step.allowed.__name__}` {first_line(step.allowed)}",
        first_line(step.guard) if step.guard else "—",
        "须写" if step.note_required else "—",
    )
    return "| " + " | ".join(cells) + " |"


def workflows_page() -> str:
    """All documents, their states and steps."""
    lines = [
        MADE,
        "# Workflows",
        "",
        "Nothing but `perform()` moves a document from one state to another.",
        "",
    ]
    for app, module in modules("workflow"):
        for workflow in workflows_of(module):
            labels = dict(workflow.model._meta.get_field("status").choices)
            lines += [f"## {workflow.name}", "", f"{app}, model `{workflow.model.__name__}`", ""]
            lines += [
                *diagram(workflow),
                "",
                "| 步骤 | 从 | 到 | 谁可以 | 前提 | 原因 |",
                "|---|---|---|---|---|---|",
            ]
            lines += [table_row(name, step, labels) for name, step in workflow.transitions.items()]
            lines.append("")
    return "\n".join(lines)


def permissions_page() -> str:
    """Every permission function with what it says about itself."""
    lines = [
        MADE,
        "# Permissions",
        "",
        "An answer is `True` or a falsy `Denied` with its Chinese reason.",
        "",
    ]
    for app, module in modules("permissions"):
        lines += [f"## {app}", "", "| Function | Who may |", "|---|---|"]
        for name, function in [found for part in parts(module) for found in asking(part)]:
            asked = ", ".join(list(inspect.signature(function).parameters)[1:])
            lines.append(f"| `{name}({asked})` | {first_line(function)} |")
        lines.append("")
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {"workflows.md": workflows_page, "permissions.md": permissions_page}


class Command(BaseCommand):
    """Writes the generated pages of docs/, or says which are stale."""

    help = "Write docs/workflows.md and docs/permissions.md from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--check writes nothing and fails when a page is stale; --folder writes elsewhere."""
        parser.add_argument("--check", action="store_true", help="only compare; exit 1 when stale")
        parser.add_argument("--folder", type=Path, default=Path(settings.BASE_DIR) / "docs")

    def handle(self, *args: Any, check: bool, folder: Path, **options: Any) -> None:
        """Write or compare."""
        stale = []
        for name, page in PAGES.items():
            path, text = folder / name, page()
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
        if check and stale:
            raise CommandError(
                f"stale: {', '.join(stale)}; run `manage.py build_docs` and commit", returncode=1
            )
        self.stdout.write(f"docs: {'written ' + ', '.join(stale) if stale else 'fresh'}")
