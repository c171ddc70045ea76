"""Pages of minutes: read, draft, write, take over, settle, sign, print."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from branches.models import Campaign, User
from meetings.models import Meeting, MeetingStatus, Minutes, MinutesStatus
from meetings.reports.minutes import MinutesSheet
from meetings.services import mark_all_present
from meetings.services import minutes as services
from tests.conftest import Tree
from tests.factories.minutes import committee_meeting

pytestmark = pytest.mark.django_db
Logged = Callable[[User], Client]


@pytest.fixture
def held(tree: Tree, campaign: Campaign) -> Meeting:
    """A 支委会 of five that went through all its 31 slots."""
    return committee_meeting(organization=tree.village, campaign=campaign)


@pytest.fixture
def drafted(held: Meeting, secretary: User) -> Minutes:
    """Its minutes."""
    return services.draft_minutes(meeting=held, by=secretary)


def at(meeting: Meeting, page: str = "minutes", **more: Any) -> str:
    """The address of a page of its minutes."""
    return reverse(f"meetings:{page}", kwargs={"pk": meeting.pk, **more})


def test_before_the_draft_the_page_shows_what_it_will_be(
    held: Meeting, secretary: User, client_of: Logged
) -> None:
    page = client_of(secretary).get(at(held)).content.decode()
    assert "还没有整理" in page
    assert "王桂兰（批评意见）：" in page
    assert "整理会议记录" in page


def test_one_press_drafts_and_leads_to_writing(held: Meeting, secretary: User, client_of: Logged) -> None:
    answer = client_of(secretary).post(at(held, "minutes_draft"))
    assert answer.headers["Location"] == at(held, "minutes_edit")
    assert Minutes.objects.get(meeting=held).status == MinutesStatus.DRAFT


def posted(minutes: Minutes, **more: str) -> dict[str, str]:
    """What the page of writing posts when nothing but `more` was changed."""
    record = services.record_of(minutes)
    values = {"revision": str(minutes.revision)}
    values |= {f"h-{one.key}": one.text for one in record.head}
    for one in record.sections:
        values |= {f"t-{one.key}": one.title, f"s-{one.key}": one.text}
    return values | more


def test_writing_saves_text_titles_and_what_is_left_out(
    drafted: Minutes, secretary: User, client_of: Logged
) -> None:
    first = drafted.sections[0]["key"]
    data = posted(
        drafted, **{"s-resolution": "会议同意\r\n整改方案。", f"t-{first}": "班子", "o-comments": "on"}
    )
    answer = client_of(secretary).post(at(drafted.meeting, "minutes_edit"), data)
    assert answer.headers["Location"] == at(drafted.meeting)
    drafted.refresh_from_db()
    pieces = services.record_of(drafted).pieces()
    assert pieces["resolution"].text == "会议同意\n整改方案。"
    assert pieces[first].title == "班子"
    assert pieces["comments"].is_off
    page = client_of(secretary).get(at(drafted.meeting)).content.decode()
    assert "上级点评" not in page


def test_the_page_without_changes_saves_nothing_new(
    drafted: Minutes, secretary: User, client_of: Logged
) -> None:
    client_of(secretary).post(at(drafted.meeting, "minutes_edit"), posted(drafted))
    drafted.refresh_from_db()
    assert drafted.revision == 0


def test_an_overtaken_page_keeps_what_was_typed_and_shows_what_is_saved(
    drafted: Minutes, secretary: User, client_of: Logged
) -> None:
    old = posted(drafted, **{"s-resolution": "我写的决议"})
    services.save_minutes(minutes=drafted, revision=0, texts={"resolution": "别人写的"}, by=secretary)
    answer = client_of(secretary).post(at(drafted.meeting, "minutes_edit"), old)
    page = answer.content.decode()
    assert "刚才在另一处" in page
    assert "我写的决议" in page
    assert "别人写的" in page
    again = {**old, "revision": "1"}
    assert 'name="revision" value="1"' in page
    client_of(secretary).post(at(drafted.meeting, "minutes_edit"), again)
    drafted.refresh_from_db()
    assert services.record_of(drafted).pieces()["resolution"].text == "我写的决议"


def test_a_text_that_is_too_long_stays_on_the_page(
    drafted: Minutes, secretary: User, client_of: Logged
) -> None:
    data = posted(drafted, **{"h-place": "长" * 2_100})
    page = client_of(secretary).post(at(drafted.meeting, "minutes_edit"), data).content.decode()
    assert "长" * 2_100 in page
    drafted.refresh_from_db()
    assert drafted.revision == 0


def test_a_page_left_open_over_the_settling_is_told(
    drafted: Minutes, secretary: User, client_of: Logged
) -> None:
    services.step_minutes(minutes=drafted, name="settle_minutes", by=secretary)
    data = posted(drafted, **{"s-resolution": "晚写的"})
    page = client_of(secretary).post(at(drafted.meeting, "minutes_edit"), data).content.decode()
    assert "已经定稿" in page
    assert "晚写的" in page
    assert client_of(secretary).get(at(drafted.meeting, "minutes_edit")).status_code == 302


def test_the_page_saves_by_itself(drafted: Minutes, secretary: User, client_of: Logged) -> None:
    client, address = client_of(secretary), at(drafted.meeting, "minutes_edit")

    def post(**more: str) -> Any:
        return client.post(address, posted(drafted, **more), headers={"HX-Request": "true"})

    assert post(**{"s-resolution": "同意。"}).json()["revision"] == 1
    assert post(**{"s-resolution": "不同意。"}).status_code == 409
    assert post(**{"h-place": "长" * 2_100}).status_code == 400
    drafted.refresh_from_db()
    services.step_minutes(minutes=drafted, name="settle_minutes", by=secretary)
    drafted.refresh_from_db()
    answer = post(**{"s-resolution": "晚写的"})
    assert answer.status_code == 400
    assert "已经定稿" in answer.json()["error"]


def test_a_corrected_place_is_offered_and_taken_over(
    drafted: Minutes, secretary: User, client_of: Logged
) -> None:
    meeting, client = drafted.meeting, client_of(secretary)
    Meeting.objects.filter(pk=meeting.pk).update(place="党员活动室")
    page = client.get(at(meeting)).content.decode()
    assert "登记的内容有变化" in page
    client.post(at(meeting, "minutes_take"), {"revision": "0", "part": ["place"], "do": "take"})
    page = client.get(at(meeting)).content.decode()
    assert "登记的内容有变化" not in page
    assert "党员活动室" in page


def test_what_is_written_may_stay(drafted: Minutes, secretary: User, client_of: Logged) -> None:
    meeting, client = drafted.meeting, client_of(secretary)
    Meeting.objects.filter(pk=meeting.pk).update(place="党员活动室")
    client.post(at(meeting, "minutes_take"), {"revision": "0", "part": ["place"], "do": "keep"})
    page = client.get(at(meeting)).content.decode()
    assert "登记的内容有变化" not in page
    assert "党员活动室" not in page.replace(str(meeting), "")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"revision": "0"}, "请先勾选"),
        ({"part": "place", "revision": "x"}, "请先勾选"),
        ({"part": "place", "revision": "9"}, "刚才又改过"),
    ],
)
def test_a_choice_that_cannot_be_made_says_why(
    drafted: Minutes, secretary: User, client_of: Logged, data: dict[str, str], said: str
) -> None:
    answer = client_of(secretary).post(at(drafted.meeting, "minutes_take"), data, follow=True)
    assert said in answer.content.decode()


def test_settled_minutes_take_nothing_over(drafted: Minutes, secretary: User, client_of: Logged) -> None:
    services.step_minutes(minutes=drafted, name="settle_minutes", by=secretary)
    data = {"part": "place", "revision": "0"}
    answer = client_of(secretary).post(at(drafted.meeting, "minutes_take"), data, follow=True)
    assert "已经定稿" in answer.content.decode()


def test_settle_rework_and_sign(drafted: Minutes, secretary: User, client_of: Logged) -> None:
    meeting, client = drafted.meeting, client_of(secretary)
    assert "已定稿" in client.post(at(meeting, "minutes_settle"), follow=True).content.decode()
    assert "又可以修改" in client.post(at(meeting, "minutes_rework"), follow=True).content.decode()
    assert "现在是「整理中」" in client.post(at(meeting, "minutes_rework"), follow=True).content.decode()
    assert client.get(at(meeting, "minutes_sign")).status_code == 302
    client.post(at(meeting, "minutes_settle"))
    form = client.get(at(meeting, "minutes_sign")).content.decode()
    assert 'value="刘德福"' in form
    day = f"{meeting.day:%Y-%m-%d}"
    data = {"revision": "0", "chair": "刘德福", "recorder": "王桂兰", "day": day}
    early = client.post(at(meeting, "minutes_sign"), {**data, "day": "2001-01-01"}).content.decode()
    assert "不能早于开会那天" in early
    overtaken = client.post(at(meeting, "minutes_sign"), {**data, "revision": "7"}).content.decode()
    assert "请按现在的内容重新打印" in overtaken
    client.post(at(meeting, "minutes_sign"), data)
    drafted.refresh_from_db()
    assert drafted.status == MinutesStatus.SIGNED
    page = client.get(at(meeting)).content.decode()
    assert "不能再改" in page
    assert "定稿</button>" not in page


def words(content: bytes) -> str:
    """Everything a Word document says."""
    file = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(line.text for line in file.paragraphs)])


def test_the_word_document_says_what_the_page_says(
    drafted: Minutes, secretary: User, client_of: Logged
) -> None:
    answer = client_of(secretary).get(at(drafted.meeting, "minutes_file", ending="docx"))
    said = words(answer.content)
    for wanted in (
        "会议记录",
        "新河村党支部支委会",
        "5 名",
        "一、刘德福代表班子对照检查",
        "六、何秀兰个人对照检查",
        "吴长河（批评意见）：",
        "何秀兰（表态）：",
        "七、决议",
        "主持人（签字）：",
        "记录人（签字）：",
    ):
        assert wanted in said
    assert said.count("（批评意见）：") == 20
    assert said.count("（自我批评）：") == said.count("（表态）：") == 5
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_pdf_of_a_plenary_leaves_room_for_writing_by_hand(
    meeting: Meeting, secretary: User, client_of: Logged
) -> None:
    mark_all_present(meeting=meeting, by=secretary)
    answer = client_of(secretary).get(at(meeting, "minutes_file", ending="pdf"))
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "个人自评" in said
    assert "正式党员" in said
    assert client_of(secretary).get(at(meeting, "minutes_file", ending="txt")).status_code == 404


def test_signed_names_are_printed(drafted: Minutes, secretary: User, client_of: Logged) -> None:
    settled = services.step_minutes(minutes=drafted, name="settle_minutes", by=secretary)
    services.sign_minutes(
        minutes=settled,
        revision=0,
        chair="刘德福",
        recorder="王桂兰",
        day=drafted.meeting.day,
        by=secretary,
    )
    said = words(client_of(secretary).get(at(drafted.meeting, "minutes_file", ending="docx")).content)
    assert "主持人（签字）：刘德福" in said
    day = drafted.meeting.day
    assert f"{day.year}年{day.month}月{day.day}日" in said


def test_the_meetings_page_leads_to_its_minutes(
    planned: Meeting, secretary: User, member: User, client_of: Logged
) -> None:
    address = reverse("meetings:detail", args=[planned.pk])
    assert "打印空白会议记录" in client_of(secretary).get(address).content.decode()
    Meeting.objects.filter(pk=planned.pk).update(status=MeetingStatus.OPENED)
    assert at(planned) in client_of(secretary).get(address).content.decode()
    assert at(planned) not in client_of(member).get(address).content.decode()


def test_both_signatures_and_their_day_stay_on_one_page(held: Meeting) -> None:
    file = docx.Document(io.BytesIO(MinutesSheet.of(held, None).to_docx()))
    kept = [
        line.text for line in file.paragraphs if "签字" in line.text and line.paragraph_format.keep_with_next
    ]
    assert kept == ["主持人（签字）：", "记录人（签字）："]
