"""Whatever a file says: import and undo restore everything, and nobody outside the uploader's scope is touched."""

import datetime
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import User
from branches.workflow import NotAllowed
from members.models import Member
from members.services.imports import check_import, confirm_import, open_import, undo_import
from tests.conftest import Tree
from tests.factories.members import MemberFactory, invented_id_number

BIRTH = datetime.date(1970, 1, 1)
NAMES = ["王芳", "李强", "赵六", "王方", "", "合计", "=1+1", "歐陽修", "名" * 41]
NUMBERS = [None, *(invented_id_number(n, BIRTH) for n in range(6)), "1.1E+17", "12345"]
DATES = [None, "1985.7", "19850701", 31229.0, "2030-01-01", "不详", datetime.date(1990, 1, 1)]
PLACES = [None, "新河村党支部", "白沙村党支部", "双桥村党支部", "村", "没有的支部"]
HEADER = ["姓名", "身份证号", "入党时间", "所在党支部", "联系电话", "备注", "是否困难党员", "党小组"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(NUMBERS),
        st.sampled_from(DATES),
        st.sampled_from(PLACES),
        st.sampled_from([None, "13855550001", 13855550002.0, "无"]),
        st.text(max_size=10),
        st.sampled_from([None, "是", "否"]),
        st.sampled_from([None, "一组"]),
    ),
    max_size=8,
)
SLOW = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


def everything() -> list[Any]:
    return list(Member.objects.order_by("pk").values())


def populate(tree: Tree) -> None:
    for number, branch in enumerate((tree.village, tree.village, tree.sibling, tree.other_village)):
        MemberFactory.create(
            organization=branch,
            name=NAMES[number],
            birth_on=BIRTH,
            id_number=invented_id_number(number, BIRTH),
        )
    MemberFactory.create(organization=tree.village, name="赵六", birth_on=None)


@SLOW
@given(rows=ROWS)
def test_import_and_undo_are_the_identity(tree: Tree, township: User, rows: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        populate(tree)
        before = everything()
        batch = open_import(
            rows=[HEADER, *rows, [None]], file_name="a", organization=tree.township, by=township
        )
        batch = check_import(batch=batch, by=township)
        assert everything() == before
        if batch.new_count + batch.changed_count:
            done = confirm_import(batch=batch, by=township, only_correct=True)
            assert Member.objects.count() == len(before) + batch.new_count
            undo_import(batch=done, by=township)
        assert everything() == before
        transaction.set_rollback(True)


@SLOW
@given(rows=ROWS)
def test_a_secretary_changes_nobody_outside_the_branch(
    tree: Tree, secretary: User, rows: list[tuple[Any, ...]]
) -> None:
    with transaction.atomic():
        populate(tree)

        def others() -> list[Any]:
            return list(Member.objects.exclude(organization=tree.village).order_by("pk").values())

        before, gone = others(), Member.objects.values_list("pk", flat=True)
        kept = set(gone)
        batch = open_import(
            rows=[HEADER, *rows, [None]], file_name="a", organization=tree.village, by=secretary
        )
        batch = check_import(batch=batch, by=secretary)
        try:
            confirm_import(batch=batch, by=secretary, only_correct=True)
        except NotAllowed as refusal:
            assert "没有可以导入的变化" in refusal.reason  # noqa: PT017
        assert others() == before
        assert kept <= set(Member.objects.values_list("pk", flat=True))
        transaction.set_rollback(True)
