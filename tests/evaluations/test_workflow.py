"""The ballot's steps: every step from every state, and who sees which button."""

import pytest

from branches.workflow import NotAllowed, perform
from evaluations.models import BallotStatus
from evaluations.workflow import BALLOT
from meetings.services.agenda import draw_up
from meetings.services.speaking import tick_slots
from tests.factories.evaluations import Evening, ballots_at_every_stage, evening, issue_papers, sign_all

pytestmark = pytest.mark.django_db

TABLE = {
    "issue": ({"setup"}, "issued"),
    "collect": ({"issued"}, "collected"),
    "match": ({"collected"}, "matched"),
    "recount": ({"matched"}, "collected"),
    "certify": ({"matched"}, "certified"),
    "void": ({"setup", "issued", "collected", "matched", "certified"}, "void"),
}


@pytest.fixture
def evenings() -> dict[str, Evening]:
    """A ballot at each state."""
    return ballots_at_every_stage(members=3)


def test_the_table_is_the_table() -> None:
    assert {name: (set(t.sources), t.target) for name, t in BALLOT.transitions.items()} == TABLE
    assert {name for name, t in BALLOT.transitions.items() if t.note_required} == {"recount", "void"}


def test_a_step_from_a_wrong_state_says_which_state_it_is(evenings: dict[str, Evening]) -> None:
    for state, made in evenings.items():
        for name, (sources, _) in TABLE.items():
            if state not in sources:
                label = BALLOT.transitions[name].label
                with pytest.raises(NotAllowed) as refusal:
                    perform(BALLOT, made.ballot, name, by=made.secretary, note="原因")
                shown = BallotStatus(state).label
                assert refusal.value.reason == f"现在是「{shown}」，不能再{label}。请刷新页面查看最新情况。"
                assert made.reload().status == state


def test_the_buttons_of_each_person_in_each_state(evenings: dict[str, Evening]) -> None:
    secretary = {
        "setup": {"issue", "void"},
        "issued": {"collect", "void"},
        "collected": {"void"},
        "matched": {"certify", "void"},
        "certified": {"void"},
        "void": set(),
    }
    teller = {
        "setup": {"issue"},
        "issued": {"collect"},
        "collected": {"match"},
        "matched": {"recount"},
        "certified": set(),
        "void": set(),
    }
    scrutineer = {"setup": {"issue"}, "issued": {"collect"}}
    for state, made in evenings.items():
        assert made.scrutineer is not None
        for wanted, person in (
            (secretary[state], made.secretary),
            (teller[state], made.tellers[0]),
            (scrutineer.get(state, set()), made.scrutineer),
        ):
            assert {name for name, _ in BALLOT.available(made.ballot, person)} == wanted


def test_nothing_leads_out_of_void_and_only_void_out_of_certified() -> None:
    for name, (sources, target) in TABLE.items():
        assert "void" not in sources
        assert "certified" not in sources or target == "void", name


def test_a_stale_document_is_judged_by_what_stands_in_the_database() -> None:
    made = evening("matched", members=3)
    sign_all(made)
    stale = made.ballot
    perform(BALLOT, stale, "void", by=made.secretary, note="重来")
    assert stale.status == "matched"
    with pytest.raises(NotAllowed, match="现在是「已作废」"):
        perform(BALLOT, stale, "certify", by=made.secretary)


def test_no_paper_is_given_out_before_what_comes_first_on_a_kept_agenda_is_over() -> None:
    made = evening("setup", members=3, preset="luoyang_2014")
    draw_up(meeting=made.meeting, by=made.secretary)
    with pytest.raises(NotAllowed, match="个人自评、党员互评还没有结束，不能发票"):
        issue_papers(made)
    tick_slots(meeting=made.meeting, by=made.secretary)
    assert issue_papers(made).status == "issued"
