"""From the certified tally to the closed campaign by four notices, on branches of 3, 27 and 80 members, real services only.

What each notice says is looked at on the way: who is graded, the cap, whether a meeting decides, who reads it above.
"""

from __future__ import annotations

import datetime
import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Role, User
from branches.workflow import CAMPAIGN, NotAllowed, perform
from branches.workflow.closing import holding
from evaluations.models import (
    AssessmentStatus,
    DisposalCase,
    Feedback,
    FeedbackMode,
    FeedbackStatus,
    HelpPlan,
)
from evaluations.services import assessing_decisions, feedback, follow_up
from tests.factories.assessing import REASON, Assessed, assessed, decide, write_all
from tests.factories.branches import account_with
from tests.factories.evaluations import account_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]

VOTES = re.compile(r"(?:优秀|好) \d+\s+(?:合格|一般) \d+")  # as the sheet shows them beside each other
UNGRADED = "预备党员，不评定等次"
NO_GRADE = "不评定等次|不要求评定等次|不定等次|不看等次"  # words that say there is none
WITHHELD = "票数只在签字的汇总表上"
ROLES_ABOVE = (Role.OFFICE, Role.SECRETARY, Role.SUPERVISOR)


@dataclass(frozen=True)
class Notice:
    """What a notice says of the assessment."""

    graded: bool
    met: bool  # a meeting decides
    above: bool  # superiors read the result


NOTICES = {
    "xianning_2015": Notice(graded=False, met=False, above=True),
    "luoyang_2014": Notice(graded=False, met=True, above=True),
    "xinyi_2018": Notice(graded=True, met=True, above=False),
    "current_year": Notice(graded=True, met=True, above=True),
}


@dataclass
class Walk:
    """One branch on its way, and what its pages say."""

    found: Assessed
    client_of: ClientOf

    def page(self, name: str, *args: object, by: User | None = None) -> str:
        """The words of a page as this person (usually the secretary) reads them."""
        answer = self.client_of(by or self.found.secretary).get(reverse(f"evaluations:{name}", args=args))
        assert answer.status_code == 200, (name, answer.status_code)
        return words_of(answer.content.decode())

    def writing(self) -> list[str]:
        """The pages on which the assessment is written and decided."""
        pk = self.found.sheet.pk
        rows = (self.found.rows[0], self.found.rows[-1])
        shown = [self.page("assessment_row", pk, row.pk) for row in rows]
        return [self.page("assessment", pk), *shown, self.page("assessment_decide", pk)]

    def following(self) -> list[str]:
        """The pages of what follows, the member's own among them, and the form that is signed."""
        sheet, row = self.found.sheet, self.found.rows[0]
        form = self.client_of(self.found.secretary).post(
            reverse("evaluations:registration_one", args=[sheet.pk, row.pk]), {"format": "pdf"}
        )
        printed = pypdf.PdfReader(io.BytesIO(b"".join(form))).pages
        return [
            self.page("assessment", sheet.pk),
            self.page("feedback", sheet.pk),
            self.page("feedback_one", row.feedback.pk),
            self.page("registration", sheet.pk),
            self.page("retype", sheet.pk),
            self.page("follow_up", sheet.organization.pk),
            self.page("own_result", by=account_of(row.entry.member)),
            "".join(part.extract_text() for part in printed),
        ]


def words_of(page: str) -> str:
    """What stands in the main part, without tags."""
    main = page[page.index("<main") : page.index("</main")]
    return html.unescape(re.sub(r"<[^>]+>", "", main))


def begin(preset: str, members: int, client_of: ClientOf) -> Walk:
    """A branch of so many full members and one on probation whose assessment has just been begun."""
    return Walk(assessed("draft", members=members, probationary=1, preset=preset), client_of)


def grades_over_the_cap(found: Assessed) -> dict[int, str]:
    """One more of the best grade than a third, and one to be helped."""
    graded = [place for place, row in enumerate(found.rows) if row.graded]
    return {**dict.fromkeys(graded[: len(graded) // 3 + 1], "excellent"), graded[-1]: "basic"}


def without_meeting(found: Assessed) -> None:
    """Decide without naming a meeting."""
    sheet = found.reload()
    assessing_decisions.decide(
        sheet=sheet,
        version=sheet.version,
        meeting=None,
        decided_on=None,
        cap_reason="",
        by=found.secretary,
    )
    found.reload()


def over_the_cap(walk: Walk, members: int) -> None:
    """Over a third needs a reason and the superior's word, and nobody is told before that."""
    found = walk.found
    write_all(found, grades_over_the_cap(found))
    with pytest.raises(NotAllowed, match="请写明理由"):
        decide(found, cap_reason="")
    assert decide(found, cap_reason=REASON).status == AssessmentStatus.AWAITING
    assert not Feedback.objects.exists()
    said = walk.page("assessment", found.sheet.pk, by=found.office)
    assert f"组织关系在本支部的正式党员 {members} 人 × 1/3 = {members // 3} 人" in said
    assert "超过 1 人" in said
    with pytest.raises(NotAllowed, match="还没有评定"):
        close(found)
    assessing_decisions.confirm(sheet=found.sheet, version=found.sheet.version, note="同意", by=found.office)
    found.reload()
    cap = found.sheet.decided_cap
    assert cap is not None
    assert (cap.base, cap.number, cap.most, cap.over) == ("full_members", members, members // 3, 1)


def take(walk: Walk, notice: Notice, members: int) -> None:
    """Write and decide as the notice wants it."""
    found = walk.found
    if notice.graded:
        over_the_cap(walk, members)
    elif notice.met:
        write_all(found)
        with pytest.raises(NotAllowed, match="请选择作出评定的会议"):
            without_meeting(found)
        decide(found, cap_reason="")
    else:
        assert {row.opinion for row in found.rows} == {""}  # nothing has to be written
        without_meeting(found)
    assert found.sheet.status == AssessmentStatus.EFFECTIVE
    assert bool(found.sheet.meeting) == notice.met


def tell(found: Assessed, owed: list[Feedback]) -> None:
    """Note that these were told today."""
    feedback.give_all(
        feedbacks=owed,
        given_by="何文",
        given_on=timezone.localdate(),
        mode=FeedbackMode.TALK,
        by=found.secretary,
    )


def help_one(found: Assessed, notice: Notice) -> HelpPlan:
    """The plan the grade opened, or one that a person opens where there is no grade; set and running."""
    if notice.graded:
        plan = HelpPlan.objects.get()
        assert plan.assessment.grade == "basic"
    else:
        assert not HelpPlan.objects.exists()
        plan = follow_up.open_plan(assessment=found.rows[0], by=found.secretary)
    return follow_up.start(
        plan=plan,
        version=plan.version,
        measures="每月谈一次心",
        helper="何文",
        review_on=timezone.localdate() + datetime.timedelta(days=90),
        by=found.secretary,
    )


def close(found: Assessed) -> Campaign:
    """The office ends the campaign."""
    return perform(CAMPAIGN, Campaign.objects.get(pk=found.sheet.campaign_id), "close", by=found.office)


def check_pages(pages: list[str], notice: Notice, *, small: bool) -> None:
    """No votes on a small branch's pages; where no grade is given, no word of a grade or a cap."""
    for page in pages:
        if small:
            assert not VOTES.search(page), page
        if not notice.graded:
            assert "优秀比例" not in page
            said = re.sub(NO_GRADE, "", page)
            assert "等次" not in said, said


CASES = [(preset, members) for preset in NOTICES for members in (3, 27)]


@pytest.mark.parametrize(("preset", "members"), [*CASES, ("current_year", 80)])
def test_from_the_tally_to_the_closed_campaign(preset: str, members: int, client_of: ClientOf) -> None:
    notice, walk = NOTICES[preset], begin(preset, members, client_of)
    found, small = walk.found, members == 3
    pages = walk.writing()
    check_pages(pages, notice, small=small)
    assert (WITHHELD in pages[0]) == small
    assert bool(VOTES.search(pages[0])) != small
    assert UNGRADED in pages[0]
    take(walk, notice, members)
    (ungraded,) = (row for row in found.rows if not row.graded)
    assert (ungraded.note, ungraded.grade, ungraded.use) == (UNGRADED, "", "")
    assert {bool(row.grade) for row in found.rows if row.graded} == {notice.graded}
    owed = list(Feedback.objects.filter(status=FeedbackStatus.OWED).order_by("pk"))
    assert len(owed) == members + 1  # those without a grade are told as well
    tell(found, owed[:-1])
    with pytest.raises(NotAllowed, match="1 人还没有反馈"):
        close(found)
    tell(found, owed[-1:])
    plan = help_one(found, notice)
    check_pages(
        [*walk.following(), walk.page("help_plan", plan.pk)],
        notice,
        small=small,
    )
    assert holding(found.sheet.campaign) == []
    assert close(found).status == "closed"
    assert not DisposalCase.objects.exists()
    follow_up.review(
        plan=plan,
        version=plan.version,
        reviewed_on=timezone.localdate(),
        outcome="有改进",
        by=found.secretary,
    )  # help goes on after the campaign
    told = Feedback.objects.get(pk=owed[0].pk)
    with pytest.raises(NotAllowed, match="活动还没有发布或者已经结束"):
        feedback.acknowledge(feedback=told, on_paper=True, by=found.secretary)


@pytest.mark.parametrize("preset", NOTICES)
def test_who_opens_sheet_forms_and_numbers_by_the_notice(preset: str, client_of: ClientOf) -> None:
    notice, walk = NOTICES[preset], begin(preset, 3, client_of)
    take(walk, notice, 3)
    found = walk.found
    sheet, issuer = found.sheet, found.sheet.campaign.issuer
    names = ("assessment", "registration", "retype")

    def opens(user: User) -> list[str]:
        answers = {n: client_of(user).get(reverse(f"evaluations:{n}", args=[sheet.pk])) for n in names}
        assert {answer.status_code for answer in answers.values()} <= {200, 403, 404}
        return [name for name, answer in answers.items() if answer.status_code == 200]

    assert opens(found.secretary) == list(names)
    above = {role: opens(account_with(role, issuer)) for role in ROLES_ABOVE}
    reads = ["assessment"] if notice.above else []
    assert above == {
        Role.OFFICE: list(names) if notice.above else [],
        Role.SECRETARY: reads,
        Role.SUPERVISOR: reads,
    }
    for user in (account_with(None, sheet.organization), account_of(found.rows[0].entry.member)):
        assert opens(user) == []
    summary = client_of(found.office).get(reverse("evaluations:graded", args=[sheet.campaign.slug]))
    assert ("由支部掌握" in summary.content.decode()) != notice.above


def test_sheet_and_feedback_ask_as_many_queries_for_80_members_as_for_3(client_of: ClientOf) -> None:
    def counted(members: int) -> list[int]:
        found = assessed("decided", members=members, rules={"min_ballots_to_show_counts": 1})
        browser, numbers = client_of(found.secretary), []
        for name in ("assessment", "feedback"):
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(reverse(f"evaluations:{name}", args=[found.sheet.pk])).status_code == 200
            numbers.append(len(asked))
        return numbers

    few, many = counted(3), counted(80)
    assert few == many
