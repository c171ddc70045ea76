"""Who may upload sheets, see pages and judge them, at each stage of the evening."""

import pytest

from branches.models import Role, User
from branches.permissions import Denied
from evaluations.models import Channel, EntryMode
from evaluations.permissions import can_judge_page, can_see_scans, can_try_sheet, can_upload_scans
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, evening

pytestmark = pytest.mark.django_db


def people(made: Evening) -> dict[str, User]:
    above = made.organization.superior()
    assert above is not None
    assert made.scrutineer is not None
    return {
        "teller": made.tellers[0],
        "scrutineer": made.scrutineer,
        "secretary": made.secretary,
        "organizer": account_with(Role.ORGANIZER, made.organization),
        "member": account_with(None, made.organization),
        "township": account_with(Role.OFFICE, above),
    }


COUNTS_HEADS = {"teller", "scrutineer", "secretary", "organizer"}


@pytest.mark.parametrize("stage", ["setup", "issued", "collected", "void"])
def test_what_is_allowed_at_each_stage(stage: str) -> None:
    made = evening(stage, entry_mode=EntryMode.PAPERS if stage == "void" else EntryMode.SCANNED)
    who = people(made)
    may = {
        rule.__name__: {name for name, user in who.items() if rule(user, made.ballot) is True}
        for rule in (can_see_scans, can_upload_scans, can_try_sheet, can_judge_page)
    }
    collected = stage == "collected"
    assert may == {
        "can_see_scans": COUNTS_HEADS,
        "can_upload_scans": COUNTS_HEADS if collected else set(),
        "can_try_sheet": COUNTS_HEADS if stage == "setup" else set(),
        "can_judge_page": {"teller"} if collected else set(),
    }


def test_each_refusal_says_why() -> None:
    typed, early = evening("collected"), evening("issued", entry_mode=EntryMode.SCANNED)
    said = [
        can_upload_scans(typed.secretary, typed.ballot),
        can_upload_scans(early.secretary, early.ballot),
        can_try_sheet(early.secretary, early.ballot),
        can_judge_page(typed.tellers[0], typed.ballot),
        can_judge_page(typed.secretary, typed.ballot),
        can_upload_scans(account_with(None, typed.organization), typed.ballot),
        can_try_sheet(account_with(None, typed.organization), typed.ballot),
    ]
    reasons = [answer.reason for answer in said if isinstance(answer, Denied)]
    assert len(reasons) == len(said)
    assert "不扫描" in reasons[0]
    assert "先当众清点" in reasons[1]
    assert "发票以前试" in reasons[2]
    assert "不扫描" in reasons[3]
    assert "计票人" in reasons[4]
    early.ballot.channel = Channel.DEVICE
    answer = can_upload_scans(early.secretary, early.ballot)
    assert isinstance(answer, Denied)
    assert "没有纸质票" in answer.reason
    matched = evening("void")
    matched.ballot.entry_mode = EntryMode.SCANNED
    answer = can_upload_scans(matched.secretary, matched.ballot)
    assert isinstance(answer, Denied)
    assert "已作废" in answer.reason
