"""Who gets which page of a ballot: every person of the fixtures, also those who get nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Campaign, User
from tests.conftest import Tree
from tests.factories.evaluations import Evening, evening

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def people(
    secretary: User,
    organizer: User,
    teller: User,
    member: User,
    group_leader: User,
    supervisor: User,
    township: User,
    county: User,
    sibling_secretary: User,
    stranger: User,
    system: User,
    auditor: User,
) -> dict[str, User]:
    """Everybody by name; `teller` is not named at the meeting, those of the evening are."""
    return {
        "secretary": secretary,
        "organizer": organizer,
        "teller": teller,
        "member": member,
        "group_leader": group_leader,
        "supervisor": supervisor,
        "township": township,
        "county": county,
        "sibling": sibling_secretary,
        "stranger": stranger,
        "system": system,
        "auditor": auditor,
    }


def matched(tree: Tree, campaign: Campaign) -> Evening:
    return evening("matched", organization=tree.village, campaign=campaign, members=6)


NOTHING = dict.fromkeys(("teller", "member", "group_leader", "sibling", "stranger", "system", "auditor"), 404)
READ = {"secretary": 200, "organizer": 200, "named": 200, "scrutineer": 200}
ABOVE = ("supervisor", "township", "county")

EXPECTED: dict[str, dict[str, int]] = {
    "ballot": {**READ, **dict.fromkeys(ABOVE, 200)},
    "form_pdf": {**READ, **dict.fromkeys(ABOVE, 403)},
    "enter": {**dict.fromkeys(("secretary", "organizer", "scrutineer", *ABOVE), 403), "named": 302},
    "mismatches": {**dict.fromkeys(("secretary", "organizer", "scrutineer", *ABOVE), 403), "named": 302},
    "result": {**READ, **dict.fromkeys(ABOVE, 403)},
    "summary_pdf": {**READ, **dict.fromkeys(ABOVE, 403)},
    "summary_xlsx": {**READ, **dict.fromkeys(ABOVE, 403)},
    "certify": {**dict.fromkeys(("organizer", "named", "scrutineer", *ABOVE), 403), "secretary": 200},
    "recount": {**dict.fromkeys(("secretary", "organizer", "scrutineer", *ABOVE), 403), "named": 200},
    "void": {
        **dict.fromkeys(("organizer", "named", "scrutineer", "supervisor"), 403),
        **dict.fromkeys(("secretary", "township", "county"), 200),
    },
}


@pytest.mark.parametrize("page", EXPECTED)
def test_each_person_gets_the_page_or_is_told_why_not(
    page: str, tree: Tree, campaign: Campaign, people: dict[str, User], client_of: ClientOf
) -> None:
    made = matched(tree, campaign)
    assert made.scrutineer is not None
    everybody = {**people, "named": made.tellers[0], "scrutineer": made.scrutineer}
    url = reverse(f"evaluations:{page}", args=[made.ballot.pk])
    found = {name: client_of(user).get(url).status_code for name, user in everybody.items()}
    assert found == {**NOTHING, **EXPECTED[page]}
    assert Client().get(url).status_code == 302


STEPS = {
    "heads": {"secretary", "organizer", "named", "scrutineer"},
    "mode": {"secretary", "organizer", "named", "scrutineer"},
    "free": {"secretary", "organizer"},
    "again": {"secretary", "organizer"},
    "take": {"named"},
    "finish": {"named"},
    "match": {"named"},
    "confirm_paper": {"secretary", "organizer"},
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_post_only_and_refused_to_others(
    step: str, tree: Tree, campaign: Campaign, people: dict[str, User], client_of: ClientOf
) -> None:
    made = matched(tree, campaign)
    assert made.scrutineer is not None
    everybody = {**people, "named": made.tellers[0], "scrutineer": made.scrutineer}
    url = reverse(f"evaluations:{step}", args=[made.ballot.pk])
    assert client_of(made.secretary).get(url).status_code == 405
    for name, user in everybody.items():
        answer = client_of(user).post(url, {"version": made.ballot.version}).status_code
        wanted = 404 if name in NOTHING else 302 if name in STEPS[step] else 403
        assert answer == wanted, name
    assert made.reload().status == "matched"


def test_a_refusal_says_why_in_chinese(
    tree: Tree, campaign: Campaign, organizer: User, client_of: ClientOf
) -> None:
    made = matched(tree, campaign)
    answer = client_of(organizer).get(reverse("evaluations:certify", args=[made.ballot.pk]))
    assert "核定由支部书记（副书记）办理" in answer.content.decode()


@pytest.mark.parametrize("page", ["ballot", "result", "enter", "mismatches", "summary_pdf"])
def test_pages_of_a_ballot_are_never_kept_by_a_browser(
    page: str, tree: Tree, campaign: Campaign, client_of: ClientOf
) -> None:
    made = matched(tree, campaign)
    answer = client_of(made.tellers[0]).get(reverse(f"evaluations:{page}", args=[made.ballot.pk]))
    assert "no-store" in answer["Cache-Control"]


def test_the_meetings_ballots_are_seen_by_its_branch_and_above(
    tree: Tree, campaign: Campaign, people: dict[str, User], client_of: ClientOf
) -> None:
    made = matched(tree, campaign)
    url = reverse("evaluations:for_meeting", args=[made.meeting.pk])
    found = {name: client_of(user).get(url).status_code for name, user in people.items()}
    assert found == {**NOTHING, "secretary": 200, "organizer": 200, **dict.fromkeys(ABOVE, 200)}
    assert client_of(made.tellers[0]).get(url).status_code == 200
