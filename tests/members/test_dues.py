"""The dues ledger: terms, months paid, waived and taken back, whom to talk with, evidence, the table of rates."""

import datetime
from decimal import Decimal

import pytest
import time_machine

from branches.models import AuditEvent, Campaign, User
from branches.rules import Rules
from branches.workflow import NotAllowed
from members.models import DuesMonth, DuesRate, DuesTerms, Member, Standing
from members.permissions.dues import can_change_rates, can_keep_dues
from members.rules.dues import Rate, delivered
from members.services import dues
from members.services.dues_rates import copy_rates, drop_rates, rates_for, save_rates
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory
from tests.factories.members import MemberFactory, members_of

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def november() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def month(number: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, number, 1)


def terms(
    secretary: User, *members: Member, monthly: str = "0.50", since: datetime.date | None = None
) -> None:
    dues.set_terms(
        organization=members[0].organization,
        members=members,
        label="农民",
        monthly=Decimal(monthly),
        since=since or month(1),
        by=secretary,
    )


def pay(secretary: User, member: Member, *numbers: int, **more: object) -> dues.Recorded:
    cells = [(member.pk, month(number)) for number in numbers]
    values = {"paid_on": TODAY, **more}
    return dues.pay_months(organization=member.organization, cells=cells, by=secretary, **values)  # type: ignore[arg-type]


@pytest.fixture
def wang(tree: Tree) -> Member:
    made: Member = MemberFactory.create(organization=tree.village, name="王芳")
    return made


# Who


def test_who_keeps_the_ledger(
    tree: Tree,
    secretary: User,
    organizer: User,
    township: User,
    county: User,
    member: User,
    supervisor: User,
    stranger: User,
    group_leader: User,
) -> None:
    assert [bool(can_keep_dues(u, tree.village)) for u in (secretary, organizer, township, county)] == [
        True
    ] * 4
    others = (member, supervisor, stranger, group_leader)
    assert [bool(can_keep_dues(u, tree.village)) for u in others] == [False] * 4
    assert can_keep_dues(township, tree.township)
    assert not can_keep_dues(secretary, tree.township)


def test_rates_are_changed_by_offices_of_superiors(tree: Tree, secretary: User, township: User) -> None:
    assert can_change_rates(township, tree.township)
    assert not can_change_rates(township, tree.village)
    assert not can_change_rates(secretary, tree.village)


# Terms


def test_terms_are_kept_without_any_income(tree: Tree, secretary: User, wang: Member) -> None:
    terms(secretary, wang, monthly="43.22", since=datetime.date(2026, 3, 15))
    kept = DuesTerms.objects.get(member=wang)
    assert (kept.label, kept.monthly, kept.since) == ("农民", Decimal("43.22"), month(3))
    assert {f.name for f in DuesTerms._meta.get_fields()} == {"id", "member", "label", "monthly", "since"}
    terms(secretary, wang, monthly="1")
    assert DuesTerms.objects.get(member=wang).monthly == 1
    event = AuditEvent.objects.filter(action="set_terms").latest("sequence")
    assert event.detail == {"count": 1}


@pytest.mark.parametrize("monthly", ["0", "-1", "0.001", "1000000"])
def test_odd_terms_are_refused(secretary: User, wang: Member, monthly: str) -> None:
    with pytest.raises(NotAllowed, match="金额要大于 0"):
        terms(secretary, wang, monthly=monthly)


def test_terms_are_for_members_on_the_roll(tree: Tree, secretary: User, stranger: User, wang: Member) -> None:
    with pytest.raises(NotAllowed, match="支部书记"):
        terms(stranger, wang)
    Member.objects.filter(pk=wang.pk).update(standing=Standing.TRANSFERRED)
    with pytest.raises(NotAllowed, match="在册的党员"):
        terms(secretary, wang)


# Paid


def test_a_quarter_is_paid_at_once(tree: Tree, secretary: User, wang: Member) -> None:
    terms(secretary, wang)
    done = pay(secretary, wang, 10, 11, 12, note="女儿代交")
    assert (done.count, done.settled_before, done.late) == (3, 0, ())
    rows = list(DuesMonth.objects.filter(member=wang))
    assert [row.month for row in rows] == [month(10), month(11), month(12)]
    assert {(row.amount, row.paid_on, row.note) for row in rows} == {(Decimal("0.50"), TODAY, "女儿代交")}
    event = AuditEvent.objects.get(action="pay_dues")
    assert event.detail == {"count": 3, "months": ["2026-10", "2026-11", "2026-12"]}


def test_settled_months_stay_as_they_are(secretary: User, wang: Member) -> None:
    pay(secretary, wang, 1, amount=Decimal("5"))
    done = pay(secretary, wang, 1, 2, 2, amount=Decimal("9"))
    assert (done.count, done.settled_before) == (1, 1)
    assert DuesMonth.objects.get(month=month(1)).amount == 5
    assert pay(secretary, wang, 1, 2, amount=Decimal("9")).count == 0
    assert AuditEvent.objects.filter(action="pay_dues").count() == 2


def test_made_up_late_is_recorded_and_said(secretary: User, wang: Member) -> None:
    assert pay(secretary, wang, 4, 5, amount=Decimal("1")).late == (month(4),)
    assert DuesMonth.objects.count() == 2


def test_paying_without_terms_asks_for_an_amount(secretary: User, wang: Member) -> None:
    with pytest.raises(NotAllowed, match="还没有核定每月交多少：王芳"):
        pay(secretary, wang, 1)
    assert pay(secretary, wang, 1, amount=Decimal("2")).count == 1


def test_what_cannot_be_marked(tree: Tree, secretary: User, stranger: User, wang: Member) -> None:
    with pytest.raises(NotAllowed, match="不能晚于今天"):
        pay(secretary, wang, 1, paid_on=TODAY + datetime.timedelta(days=1))
    with pytest.raises(NotAllowed, match="金额要大于 0"):
        pay(secretary, wang, 1, amount=Decimal(0))
    with pytest.raises(NotAllowed, match="还没有选中月份"):
        pay(secretary, wang, amount=Decimal(1))
    with pytest.raises(NotAllowed, match="一年以后"):
        dues.pay_months(
            organization=wang.organization,
            cells=[(wang.pk, month(12, 2027))],
            paid_on=TODAY,
            amount=Decimal(1),
            by=secretary,
        )
    with pytest.raises(NotAllowed, match="支部书记"):
        pay(stranger, wang, 1, amount=Decimal(1))
    other = MemberFactory.create(organization=tree.sibling)
    with pytest.raises(NotAllowed, match="在册的党员"):
        dues.pay_months(
            organization=tree.village,
            cells=[(other.pk, month(1))],
            paid_on=TODAY,
            amount=Decimal(1),
            by=secretary,
        )
    assert not DuesMonth.objects.exists()


# Waived, taken back


def test_waiving_needs_the_reason(secretary: User, wang: Member) -> None:
    cells = [(wang.pk, month(3))]
    with pytest.raises(NotAllowed, match="写明原因"):
        dues.waive_months(organization=wang.organization, cells=cells, reason="  ", by=secretary)
    done = dues.waive_months(
        organization=wang.organization, cells=cells, reason="重病，镇党委批准", by=secretary
    )
    assert done.count == 1
    row = DuesMonth.objects.get()
    assert (row.is_waived, row.paid_on, row.note) == (True, None, "重病，镇党委批准")
    assert row.amount == 0
    assert "重病" not in str(AuditEvent.objects.get(action="waive_dues").detail)


def test_taking_back_leaves_a_record(secretary: User, stranger: User, wang: Member) -> None:
    pay(secretary, wang, 1, 2, amount=Decimal(1))
    with pytest.raises(NotAllowed):
        dues.undo_months(member=wang, months=[month(1)], by=stranger)
    assert dues.undo_months(member=wang, months=[month(1), month(7)], by=secretary) == 1
    assert [row.month for row in DuesMonth.objects.all()] == [month(2)]
    event = AuditEvent.objects.get(action="undo_dues")
    assert event.about_id == str(wang.pk)
    assert event.detail == {"count": 1, "months": ["2026-01"]}
    assert dues.undo_months(member=wang, months=[month(1)], by=secretary) == 0
    assert AuditEvent.objects.filter(action="undo_dues").count() == 1


# Months in a row


def counted(member: Member) -> int:
    return dues.unpaid_in_a_row([member], TODAY)[member.pk]


def test_a_member_the_ledger_does_not_know_owes_nothing(wang: Member) -> None:
    assert counted(wang) == 0


def test_months_count_since_the_terms_the_first_row_or_joining(secretary: User, wang: Member) -> None:
    terms(secretary, wang, since=month(6))
    assert counted(wang) == 5  # June to October; November is not over
    pay(secretary, wang, 3)
    assert counted(wang) == 7  # in the ledger since March: April to October
    Member.objects.filter(pk=wang.pk).update(joined_on=datetime.date(2026, 9, 20))
    wang.refresh_from_db()
    assert counted(wang) == 2
    pay(secretary, wang, 10)
    assert counted(wang) == 0
    Member.objects.filter(pk=wang.pk).update(joined_on=None)
    wang.refresh_from_db()
    assert counted(wang) == 0


def test_paid_ahead_settles_nothing_before(secretary: User, wang: Member) -> None:
    terms(secretary, wang, since=month(9))
    pay(secretary, wang, 12)
    assert counted(wang) == 2


def test_waived_months_are_settled(secretary: User, wang: Member) -> None:
    terms(secretary, wang)
    dues.waive_months(
        organization=wang.organization, cells=[(wang.pk, month(9))], reason="住院", by=secretary
    )
    assert counted(wang) == 1


def test_prompts_at_four_and_six_months(tree: Tree, secretary: User) -> None:
    people = members_of(tree.village, 4)
    for person, since in zip(people, (8, 7, 6, 5), strict=True):  # 3, 4, 5, 6 months to October
        terms(secretary, person, since=month(since))
    found = {p.member.pk: (p.months, p.is_long) for p in dues.prompts_for(tree.village, Rules(), TODAY)}
    assert found == {people[1].pk: (4, False), people[2].pk: (5, False), people[3].pk: (6, True)}
    Member.objects.filter(pk=people[3].pk).update(standing=Standing.TRANSFERRED)
    assert len(dues.prompts_for(tree.village, Rules(), TODAY)) == 2
    assert not any(event.action == "announce" for event in AuditEvent.objects.all())


def test_rules_come_from_the_campaign_that_asks(tree: Tree) -> None:
    assert dues.ledger_rules(tree.village) == dues.LedgerRules(Rules(), None)
    plain = CampaignFactory.create(
        issuer=tree.township, slug="a", status="running", rules={"lapse_warn_months": 3}
    )
    found = dues.ledger_rules(tree.village)
    assert (found.rules.lapse_warn_months, found.asked_by) == (3, None)
    asking: Campaign = CampaignFactory.create(
        issuer=tree.county, slug="b", status="running", year=plain.year - 1,
        rules={"dues_ledger": True, "lapse_warn_months": 2},
    )  # fmt: skip
    found = dues.ledger_rules(tree.village)
    assert (found.rules.lapse_warn_months, found.asked_by) == (2, asking)


def test_evidence_counts_months_that_are_over(secretary: User, wang: Member) -> None:
    assert dues.dues_evidence([wang], 2026) == {wang.pk: dues.DuesEvidence(0, 0, 0)}
    terms(secretary, wang, since=month(3))
    pay(secretary, wang, 3, 4, 12)
    dues.waive_months(
        organization=wang.organization, cells=[(wang.pk, month(5))], reason="住院", by=secretary
    )
    assert dues.dues_evidence([wang], 2026) == {wang.pk: dues.DuesEvidence(paid=3, waived=1, unpaid=5)}
    assert dues.dues_evidence([wang], 2025) == {wang.pk: dues.DuesEvidence(0, 0, 0)}


# Rates


def test_the_nearest_table_above_holds(tree: Tree, township: User, county: User) -> None:
    assert rates_for(tree.village).rates == delivered().rates
    assert rates_for(tree.village).source == delivered().document
    save_rates(organization=tree.county, rates=[Rate("党员", lowest=Decimal(3))], by=county)
    assert rates_for(tree.village).owner == tree.county
    save_rates(organization=tree.township, rates=[Rate("党员", lowest=Decimal(2))], by=township)
    assert rates_for(tree.village).rates == (Rate("党员", lowest=Decimal(2)),)
    assert rates_for(tree.village).source == "青石镇党委确定的标准"
    assert rates_for(tree.other_village).owner == tree.county
    drop_rates(organization=tree.township, by=township)
    drop_rates(organization=tree.township, by=township)
    assert rates_for(tree.village).owner == tree.county
    assert AuditEvent.objects.filter(action="drop_rates").count() == 1


def test_the_delivered_table_survives_being_copied(tree: Tree, township: User) -> None:
    assert copy_rates(organization=tree.township, by=township) == len(delivered().rates)
    assert copy_rates(organization=tree.township, by=township) == len(delivered().rates)
    applied = rates_for(tree.village)
    assert applied.owner == tree.township
    assert applied.rates == delivered().rates
    assert DuesRate.objects.count() == len(delivered().rates)


def test_tables_that_cannot_be_kept(tree: Tree, township: User, secretary: User) -> None:
    rate = Rate("党员", lowest=Decimal(2))
    with pytest.raises(NotAllowed, match="至少要有一行"):
        save_rates(organization=tree.township, rates=[], by=township)
    with pytest.raises(NotAllowed, match="完全相同"):
        save_rates(organization=tree.township, rates=[rate, rate], by=township)
    for organization, by in ((tree.village, secretary), (tree.township, secretary)):
        with pytest.raises(NotAllowed, match="党建办调整"):
            save_rates(organization=organization, rates=[rate], by=by)
        with pytest.raises(NotAllowed, match="党建办调整"):
            drop_rates(organization=organization, by=by)
    assert not DuesRate.objects.exists()
