"""manage.py import_roster for office scripts."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from branches.models import User
from members.models import BatchStatus, ImportBatch, Member
from tests.conftest import Tree
from tests.factories.members import invented_id_number

ROWS = [["姓名", "身份证号", "入党时间"], ["王芳", invented_id_number(1), "1985.7"], ["李强", "1.1E+17", ""]]


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A roster with one right row and one wrong row."""
    path = tmp_path / "名册.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(ROWS)
    return path


def run(path: Path, *options: str, code: str = "YL-QS-01") -> str:
    out = StringIO()
    call_command("import_roster", str(path), "--organization", code, *options, stdout=out)
    return out.getvalue()


def test_a_dry_run_prints_what_would_happen_and_writes_nothing(
    tree: Tree, secretary: User, roster: Path
) -> None:
    text = run(roster, "--dry-run")
    assert "新增 1，有变化 0，无变化 0，有问题 1" in text
    assert "第3行 李强：身份证号被Excel改成科学计数" in text
    assert "提示：入党时间只写到月" in text
    assert not Member.objects.exists()
    assert not ImportBatch.objects.exists()


def test_wrong_rows_stop_the_import_unless_only_the_right_ones_are_wanted(
    tree: Tree, secretary: User, roster: Path
) -> None:
    with pytest.raises(CommandError, match="有1行有问题"):
        run(roster)
    assert not Member.objects.exists()
    given_up = ImportBatch.objects.get()
    assert (given_up.status, bytes(given_up.rows_sealed)) == (BatchStatus.DISCARDED, b"")
    assert "刘德福（liudefu）" in run(roster, "--only-correct")
    assert Member.objects.get().name == "王芳"


def test_the_account_that_answers_can_be_named(
    tree: Tree, secretary: User, township: User, stranger: User, roster: Path
) -> None:
    assert "周敏（zhoumin）" in run(roster, "--only-correct", "--as", "zhoumin")
    with pytest.raises(CommandError, match="权限"):
        run(roster, "--as", "zhaowen")
    with pytest.raises(CommandError, match="没有账号"):
        run(roster, "--as", "nobody")


def test_what_is_missing_is_said(tree: Tree, supervisor: User, tmp_path: Path, roster: Path) -> None:
    with pytest.raises(CommandError, match="没有编码为"):
        run(roster, code="NONE")
    with pytest.raises(CommandError, match="没有可以导入名册的账号"):
        run(roster)


def test_a_file_that_is_no_roster_is_refused(tree: Tree, secretary: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="打不开"):
        run(tmp_path / "missing.xlsx")
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(CommandError, match="空的"):
        run(empty)
    other = tmp_path / "other.csv"
    other.write_text("单位,电话\n甲,乙\n", encoding="utf-8")
    with pytest.raises(CommandError, match="没有找到表头"):
        run(other)


def test_a_long_list_of_wrong_rows_is_cut(tree: Tree, secretary: User, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    rows = [["姓名", "身份证号"], *([f"王{chr(0x4E00 + n)}", "123"] for n in range(60))]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    assert "还有10行有问题" in run(path, "--dry-run")
