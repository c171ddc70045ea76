"""The printed form of a ballot: what goes into its hash, the sheet to try out, and the choice of large type."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import AuditEvent, User
from branches.workflow import NotAllowed
from evaluations.paper.template import template_of
from evaluations.services.form import ballot_form
from evaluations.services.setup import choose_print
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, evening, save_heads

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def at(made: Evening, name: str = "ballot") -> str:
    return reverse(f"evaluations:{name}", args=[made.ballot.pk])


def test_the_form_carries_its_ballot_so_that_last_years_sheets_are_not_read() -> None:
    first, second = evening(members=4), evening(members=4)
    form = ballot_form(first.ballot)
    assert form.ballot == str(first.ballot.pk)
    assert form.remark_heading == "存在问题（备注）"
    assert not form.test
    assert template_of(form).form_hash != template_of(ballot_form(second.ballot)).form_hash


def test_large_type_is_chosen_for_all_sheets_and_recorded() -> None:
    made = evening(members=4)
    assert choose_print(ballot=made.ballot, large=True, by=made.secretary).large_print
    assert ballot_form(made.reload()).large
    entry = AuditEvent.objects.filter(action="choose_print").get()
    assert entry.detail == {"large": True}
    assert not choose_print(ballot=made.ballot, large=False, by=made.tellers[0]).large_print
    assert not ballot_form(made.reload()).large


def test_only_who_prints_the_form_chooses() -> None:
    made = evening(members=4)
    with pytest.raises(NotAllowed, match="书记、副书记或组织委员"):
        choose_print(ballot=made.ballot, large=True, by=account_with(None, made.organization))
    assert not made.reload().large_print


def test_what_is_printed_stays_as_it_is() -> None:
    made = evening(members=4)
    save_heads(made, printed=6)
    with pytest.raises(NotAllowed, match="已经印好"):
        choose_print(ballot=made.ballot, large=True, by=made.secretary)
    later = evening("issued", members=4)
    with pytest.raises(NotAllowed, match="已经印好"):
        choose_print(ballot=later.ballot, large=True, by=later.secretary)
    assert not AuditEvent.objects.filter(action="choose_print").exists()


def test_the_page_offers_the_choice_until_the_forms_are_printed(client_of: ClientOf) -> None:
    made = evening(members=4)
    client = client_of(made.secretary)
    page = client.get(at(made)).content.decode()
    assert "现在是普通版" in page
    assert "一看就知道是谁填的" in page
    page = client.post(at(made, "print_size"), {"large": "1"}, follow=True).content.decode()
    assert "已改为大字版" in page
    assert "现在是大字版" in page
    assert "改为普通版" in page
    page = client.post(at(made, "print_size"), {"large": "0"}, follow=True).content.decode()
    assert "已改为普通版" in page
    save_heads(made, printed=6)
    page = client.post(at(made, "print_size"), {"large": "1"}, follow=True).content.decode()
    assert "不能再换大字版或普通版" in page
    assert "改为大字版" not in page


def test_one_sheet_to_try_out_whatever_number_is_asked_for(client_of: ClientOf) -> None:
    made = evening(members=4)
    client = client_of(made.secretary)
    assert "?test=1" in client.get(at(made)).content.decode()
    official = client.get(at(made, "form_pdf"))
    trial = client.get(at(made, "form_pdf") + "?test=1&copies=all")
    assert trial.content.count(b"/Type /Page\n") == official.content.count(b"/Type /Page\n") == 1
    assert trial.content != official.content
    assert "%E8%AF%95%E7%A5%A8" in trial["Content-Disposition"]
    assert "%E8%AF%95%E7%A5%A8" not in official["Content-Disposition"]


@pytest.mark.parametrize(("points", "large"), [(14, False), (18, True)])
def test_the_rules_may_ask_for_large_type_from_the_start(points: int, large: bool) -> None:
    made = evening("setup", rules={"form_font_points": points})
    assert made.ballot.large_print is large
    assert ballot_form(made.ballot).large is large
