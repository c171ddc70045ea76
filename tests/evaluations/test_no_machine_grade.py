"""The machine writes no grade (R34): a test that greps, and tests that try."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings

from evaluations.models import Assessment
from evaluations.rules import Paper
from evaluations.services import assessing
from tests.factories.assessing import assessed
from tests.factories.evaluations import evening

APPS = ("branches", "members", "meetings", "evaluations", "rectification", "config")
# Where a person's choice is kept: what was typed on a member's row, and what a meeting decided anew.
MAY = {"evaluations/services/assessing.py", "evaluations/services/redeciding.py"}
WRITING = {
    "update",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "Assessment",
    "setattr",
}


def writes_grade(source: str) -> list[int]:
    """The lines that assign an attribute `grade`, or pass one to something that writes rows."""
    found = []
    for node in ast.walk(ast.parse(source)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        flat = [one for target in targets for one in ast.walk(target)]
        found += [one.lineno for one in flat if isinstance(one, ast.Attribute) and one.attr == "grade"]
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            words = [k.arg for k in node.keywords] + [
                a.value for a in node.args if isinstance(a, ast.Constant)
            ]
            if name in WRITING and "grade" in words:
                found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "line",
    [
        "row.grade = 'excellent'",
        "row.opinion, row.grade = said",
        "row.grade: str = ''",
        "rows.update(grade='qualified')",
        "Assessment(sheet=sheet, grade='excellent')",
        "setattr(row, 'grade', best)",
    ],
)
def test_the_grep_sees_every_way_to_write_one(line: str) -> None:
    assert writes_grade(line) == [1]


@pytest.mark.parametrize(
    "line", ["grade = row.grade", "if row.grade == best: pass", "Cap(grade='优秀')", "rows.filter(grade='')"]
)
def test_the_grep_lets_reading_be(line: str) -> None:
    assert writes_grade(line) == []


def test_nothing_but_the_two_services_that_keep_a_persons_choice_writes_a_grade() -> None:
    root = Path(settings.BASE_DIR)
    files = [file for app in APPS for file in (root / app).rglob("*.py") if "migrations" not in file.parts]
    found = {
        file.relative_to(root).as_posix() for file in files if writes_grade(file.read_text(encoding="utf-8"))
    }
    assert found == MAY


def test_the_services_that_keep_a_choice_never_look_at_the_votes() -> None:
    for name in MAY:
        tree = ast.parse((Path(settings.BASE_DIR) / name).read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not (names | attributes) & {"TallyLine", "lines", "counts", "BranchResult", "tally"}, name


@pytest.mark.django_db
@pytest.mark.parametrize("mark", ["1", "2", "4"])
def test_certifying_and_beginning_give_nobody_a_grade_however_the_votes_fell(mark: str) -> None:
    made = evening("certified", members=5, votes=[Paper(mark * 5)] * 5)
    assert not Assessment.objects.exists()
    sheet = assessing.begin_assessment(
        campaign=made.campaign, organization=made.organization, by=made.secretary
    )
    assert {row.grade for row in sheet.assessments.all()} == {""}


@pytest.mark.django_db
def test_saving_without_a_grade_keeps_it_empty_and_begin_again_too() -> None:
    found = assessed("draft", members=5)
    for row in found.rows:
        assessing.save_assessment(
            assessment=row,
            version=0,
            opinion="肯吃苦。",
            grade="",
            evidence={"performance": "好"},
            by=found.secretary,
        )
    made = found.evening
    assessing.begin_assessment(campaign=made.campaign, organization=made.organization, by=made.secretary)
    assert {row.grade for row in found.rows} == {""}
