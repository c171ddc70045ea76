"""The archive: everything settled, in order, as PDF/A; never what was said in talks, outlines or single papers."""

from __future__ import annotations

import datetime
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker

from branches.models import (
    Appointment,
    Campaign,
    Consultation,
    Job,
    JobState,
    Organization,
    PlanStatus,
    Role,
    User,
)
from branches.services.jobs import open_result, run_job
from branches.workflow import NotAllowed
from config.home import tasks
from config.home.archive.bundle import STAMP, safe, zipped
from config.home.archive.classes import classes
from config.home.archive.items import LISTS, Archive
from config.home.archive.making import TASK, ask_for_archive, write_archive
from meetings.models import (
    Capacity,
    Outline,
    OutlineStatus,
    Participant,
    Report,
    ReportStatus,
)
from meetings.services import minutes
from members.models import Member, StudyPart, StudySession
from members.services.talks import record_talk
from rectification.services.items import Typed, add
from tests.conftest import Tree
from tests.factories.archiving import PROPOSED, SEEN, VISITOR, fill_after
from tests.factories.archiving import RULES as AFTER
from tests.factories.branches import account_with
from tests.factories.evaluations import Evening, evening, published_campaign
from tests.factories.minutes import committee_meeting
from tests.factories.opinions import OpinionFactory, OpinionPointFactory, OpinionRoundFactory
from tests.factories.plans import PlanFactory
from tests.factories.preparing import MaterialFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
SECRET = "只在谈话里说的话"
FULL = {**AFTER, "talk_record_level": "full"}
OUTLINE = "只在提纲里写的话"
SAID = "在会上说的批评"


@pytest.fixture
def made() -> Evening:
    """A branch whose whole campaign is over: everything that can go into its archive is there."""
    found = evening("certified", members=7, rules=FULL)
    fill(found.organization, found.campaign, found.people, found.secretary)
    return found


def fill(branch: Organization, campaign: Campaign, people: list[Member], secretary: User) -> None:
    """Plan, study, opinions, a talk, outlines, materials, minutes, a report and a problem to be put right."""
    where: dict[str, Any] = {"campaign": campaign, "organization": branch}
    PlanFactory.create(**where, status=PlanStatus.APPROVED, requirements="上门听老党员意见")
    session = StudySession.objects.create(
        **where, held_on=timezone.localdate(), form="集中学习", topics=["党章"], place="活动室"
    )
    StudyPart.objects.create(session=session, member=people[0])
    asked = OpinionRoundFactory.create(**where)
    point = OpinionPointFactory.create(**where, text="路灯坏了没人修")
    OpinionFactory.create(round=asked, text="三组路灯不亮", point=point)
    talk = record_talk(
        **where,
        people=[f"m{people[0].pk.hex}", f"m{people[1].pk.hex}"],
        held_on=timezone.localdate(),
        by=secretary,
    )
    talk.words, talk.summary = SECRET, SECRET
    talk.save()
    outline = Outline(
        **where,
        author_key="m1",
        author_name="甲",
        target_key="m2",
        target_name="乙",
        status=OutlineStatus.DISCLOSED,
    )
    outline.text = OUTLINE
    outline.save()
    MaterialFactory.create(**where, status="passed", member=people[0])
    MaterialFactory.create(**where, status="draft", member=people[1])
    committee = committee_meeting(**where, starts_at=timezone.now() - datetime.timedelta(days=1))
    slot = committee.slots.all()[3]
    slot.notes = SAID
    slot.save()
    Participant.objects.create(
        meeting=committee, capacity=Capacity.SUPERIOR, ordinal=9, name="周敏", post="镇党委委员"
    )
    record = minutes.draft_minutes(meeting=committee, by=secretary)
    minutes.step_minutes(minutes=record, name="settle_minutes", by=secretary)
    Report.objects.create(
        **where,
        kind="special",
        title="组织生活会情况报告",
        status=ReportStatus.SUBMITTED,
        sections=[{"key": "a", "title": "会前准备", "text": "学习了一次。"}],
    )
    add(**where, typed=Typed(problem="会开得少。", term="lasting"), by=secretary)
    fill_after(branch, campaign, secretary)


@dataclass(frozen=True)
class Whole:
    """The bundle of a whole campaign, made twice a day apart, and the papers of its ballot."""

    content: bytes
    again: bytes
    meeting_day: datetime.date
    papers: frozenset[str]

    @property
    def file(self) -> zipfile.ZipFile:
        """The bundle, opened."""
        return zipfile.ZipFile(io.BytesIO(self.content))


@pytest.fixture(scope="module")
def whole(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Whole]:
    """Made once for all tests that only look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = evening("certified", members=7, rules=FULL)
        fill(made.organization, made.campaign, made.people, made.secretary)
        first = bundle(made)
        with time_machine.travel(timezone.now() + datetime.timedelta(minutes=3), tick=False):
            again = bundle(made)
        yield Whole(first, again, made.meeting.day, frozenset(paper.marks for paper in made.votes))
        transaction.set_rollback(True)


def bundle(made: Evening) -> bytes:
    """The bundle its secretary gets."""
    return zipped(Archive.of(made.campaign, made.organization, made.secretary))


def text_of(name: str, content: bytes) -> str:
    """What a file of the bundle says: PDF and workbooks are read, not only their bytes."""
    if name.endswith(".pdf"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(part).decode("utf-8", "replace") for part in parts.namelist())


def words_of(file: zipfile.ZipFile) -> str:
    """Everything the bundle says."""
    return "\n".join(name + text_of(name, file.read(name)) for name in file.namelist())


def test_everything_settled_is_there_in_its_order(whole: Whole) -> None:
    names = whole.file.namelist()
    assert names[:2] == ["目录.pdf", "目录.xlsx"]
    folders = list(dict.fromkeys(name.split("/")[0] for name in names[2:]))
    entries = [replace(one, title=LISTS) if one.key == "materials" else one for one in classes().entries]
    assert folders == [one.folder for one in entries]  # this campaign asks for lists only
    day = whole.meeting_day
    assert f"06会议通知/02-{day.month}月{day.day}日党员大会通知.pdf" in names
    assert [name for name in names if name.startswith("09")] == [
        "09民主测评汇总表/01-党员测评汇总表.pdf",
        "09民主测评汇总表/01-党员测评汇总表.xlsx",
    ]


def test_the_files_say_what_they_should(whole: Whole) -> None:
    said = words_of(whole.file).replace("\n", "")
    for wanted in ("上门听老党员意见", "党章", "路灯坏了没人修", SAID, "周敏（镇党委委员）", "学习了一次"):
        assert wanted in said


def test_words_of_talks_outlines_and_single_papers_are_nowhere(whole: Whole) -> None:
    said = words_of(whole.file)
    assert whole.papers, "there were papers to look for"
    for secret in (SECRET, OUTLINE, SEEN, PROPOSED, VISITOR, *whole.papers):
        assert secret not in said
        assert secret.encode() not in whole.content
        assert secret.encode("utf-16-be") not in whole.content


def test_equal_data_give_equal_bytes_whatever_the_minute(whole: Whole) -> None:
    assert whole.again == whole.content
    info = whole.file.infolist()[0]
    assert info.date_time == STAMP
    assert info.flag_bits & 0x800, "names are UTF-8"


def test_every_pdf_says_it_is_pdf_a_and_carries_its_fonts_and_colours(whole: Whole) -> None:
    names = [name for name in whole.file.namelist() if name.endswith(".pdf")]
    assert len(names) >= 12
    for name in names:
        reader = PdfReader(io.BytesIO(whole.file.read(name)))
        root: Any = reader.trailer["/Root"]
        assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1", name
        metadata = root["/Metadata"].get_object().get_data().decode()
        assert 'pdfaid:part="2"' in metadata, name
        assert 'pdfaid:conformance="B"' in metadata, name
        assert "/EmbeddedFiles" not in root.get("/Names", {})
        assert "/Encrypt" not in reader.trailer
        for page in reader.pages:
            resources: Any = page["/Resources"]
            for font in resources.get("/Font", {}).values():
                inner = font["/DescendantFonts"][0]["/FontDescriptor"]
                assert {"/FontFile2", "/FontFile3"} & set(inner), name


def test_the_index_numbers_and_seals_every_file(whole: Whole) -> None:
    file = whole.file
    book = openpyxl.load_workbook(io.BytesIO(file.read("目录.xlsx")))
    rows = [row for row in book["目录"].iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [row[5] for row in rows] == file.namelist()[2:]
    by_path = {row[5]: row for row in rows}
    for name in file.namelist()[2:]:
        content = file.read(name)
        assert by_path[name][6] == hashlib.sha256(content).hexdigest()
        if name.endswith(".pdf"):
            assert by_path[name][4] == len(PdfReader(io.BytesIO(content)).pages)
    assert str(by_path["09民主测评汇总表/01-党员测评汇总表.pdf"][3]).startswith("归入文书档案")
    said = text_of("目录.pdf", file.read("目录.pdf")).replace("\n", "")
    assert "按规定不收入：谈心谈话内容" in said


def test_an_empty_campaign_has_an_index_that_says_what_is_missing(
    tree: Tree, campaign: Campaign, secretary: User
) -> None:
    archive = Archive.of(campaign, tree.village, secretary)
    file = zipfile.ZipFile(io.BytesIO(zipped(archive)))
    assert file.namelist() == ["目录.pdf", "目录.xlsx"]
    assert "没有收入：" in text_of("目录.pdf", file.read("目录.pdf")).replace("\n", "")


def test_drafts_stay_out_and_the_index_says_so(made: Evening) -> None:
    minutes.draft_minutes(meeting=made.meeting, by=made.secretary)
    archive = Archive.of(made.campaign, made.organization, made.secretary)
    shelf = next(shelf for shelf in archive.shelves if shelf.filed.key == "minutes")
    assert len(shelf.items) == 1
    assert shelf.items[0].title.endswith("会议记录（未登记签字）")
    assert "还没有定稿" in shelf.lacks


def lacks(made: Evening, key: str, by: User) -> tuple[int, str]:
    """How many documents of a kind this person gets, and what is said to be missing."""
    archive = Archive.of(made.campaign, made.organization, by)
    shelf = next(shelf for shelf in archive.shelves if shelf.filed.key == key)
    return len(shelf.items), shelf.lacks


def test_nobody_gets_by_the_bundle_what_could_not_be_read_otherwise(made: Evening) -> None:
    above = made.organization.superior()
    assert above is not None
    office = account_with(Role.OFFICE, above)
    number, said = lacks(made, "materials", office)
    assert (number, "只给本人和支部书记看" in said) == (0, True)
    assert lacks(made, "materials", made.secretary)[0] == 1
    member = account_with(None, made.organization)
    for key in ("opinions", "talks", "attendance", "minutes"):
        assert lacks(made, key, member)[0] == 0


def test_a_table_of_few_papers_stays_with_the_branch() -> None:
    few = evening("certified", members=3, rules={"min_ballots_to_show_counts": 5})
    above = few.organization.superior()
    assert above is not None
    office = account_with(Role.OFFICE, above)
    number, said = lacks(few, "summary", office)
    assert (number, said) == (0, "票数少的汇总表只由支部签字保存，没有收入")
    assert lacks(few, "summary", few.secretary)[0] == 1


def test_the_consultation_stands_in_for_a_plan(made: Evening) -> None:
    Consultation.objects.create(
        campaign=made.campaign,
        organization=made.organization,
        held_on=timezone.localdate(),
        with_whom="镇党委副书记",
    )
    archive = Archive.of(made.campaign, made.organization, made.secretary)
    noted = archive.shelves[0].items[1]
    assert noted.title == "沟通记录"
    (ending, make), *_more = noted.makers
    assert "镇党委副书记" in text_of(f"沟通记录.{ending}", make())


@pytest.mark.parametrize(
    ("name", "found"),
    [("a/b:c", "a b c"), ("长" * 90, "长" * 80), ("..", "文件"), ("甲\n乙", "甲 乙")],
)
def test_names_can_be_unpacked_anywhere(name: str, found: str) -> None:
    assert safe(name) == found


def done(job: Job) -> Job:
    """The job after its task ran."""
    tasks.archive_file(str(job.pk))
    job.refresh_from_db()
    return job


def test_the_button_makes_a_sealed_file_with_a_chinese_name(made: Evening, client_of: ClientOf) -> None:
    client = client_of(made.secretary)
    where = [made.campaign.slug, made.organization.pk]
    page = client.get(reverse("archive", args=where)).content.decode()
    assert "整理成压缩包" in page
    assert "谈心谈话内容" in page
    answer = client.post(reverse("archive_make", args=where))
    job = Job.objects.get(kind=TASK)
    assert answer.headers["Location"] == reverse("branches:job", args=[job.pk])
    assert done(job).state == JobState.DONE, job.message
    assert job.result_name.endswith("档案.zip")
    raw = job.result_path.read_bytes()
    assert not raw.startswith(b"PK")
    with open_result(job) as file:
        assert len(zipfile.ZipFile(io.BytesIO(file.read())).namelist()) > 12


@dataclass(frozen=True)
class Place:
    """A branch with nothing in its campaign yet, and its secretary."""

    campaign: Campaign
    organization: Organization
    secretary: User

    def ask(self, by: User | None = None) -> Job:
        """Ask for the bundle."""
        return ask_for_archive(
            campaign=self.campaign, organization=self.organization, by=by or self.secretary
        )


@pytest.fixture
def empty(tree: Tree, campaign: Campaign, secretary: User) -> Place:
    """The village branch before anything was entered."""
    return Place(campaign, tree.village, secretary)


def test_asked_twice_it_is_one_job_and_each_person_has_an_own(empty: Place, township: User) -> None:
    assert empty.ask() == empty.ask()
    assert empty.ask(township) != empty.ask()


def test_a_killed_worker_costs_nothing_but_time(made: Evening) -> None:
    job = ask_for_archive(campaign=made.campaign, organization=made.organization, by=made.secretary)

    def dies(mine: Job, report: Any) -> None:
        def cut(number: int, total: int, said: str = "") -> None:
            report(number, total, said)
            if number == 3:
                raise MemoryError

        write_archive(mine, cut)

    run_job(str(job.pk), dies)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert not job.result_path.exists()
    assert done(job).state == JobState.DONE


@pytest.mark.parametrize("gone", ["post", "account", "campaign", "organization", "asker"])
def test_the_right_is_asked_again_when_it_runs(empty: Place, gone: str) -> None:
    job = empty.ask()
    if gone == "post":
        Appointment.objects.filter(user=empty.secretary).delete()
    elif gone == "account":
        User.objects.filter(pk=empty.secretary.pk).update(is_active=False)
    elif gone == "asker":
        Job.objects.filter(pk=job.pk).update(requested_by=None)
    else:
        Job.objects.filter(pk=job.pk).update(params={**job.params, gone: 0})
    assert done(job).state == JobState.FAILED
    assert job.message.startswith(("您已没有", "活动或党组织"))


def test_where_the_rules_make_no_archive_there_is_none(tree: Tree, client_of: ClientOf) -> None:
    campaign = published_campaign(tree.township, rules={"archive_bundle": False})
    secretary = account_with(Role.SECRETARY, tree.village)
    address = reverse("archive", args=[campaign.slug, tree.village.pk])
    assert client_of(secretary).get(address).status_code == 404
    with pytest.raises(NotAllowed, match="不要求整理档案"):
        ask_for_archive(campaign=campaign, organization=tree.village, by=secretary)


def test_the_steps_lead_to_it(empty: Place, supervisor: User, client_of: ClientOf) -> None:
    where = [empty.campaign.slug, empty.organization.pk]
    steps, address = reverse("org_steps", args=where), reverse("archive", args=where)
    assert address in client_of(empty.secretary).get(steps).content.decode()
    assert address not in client_of(supervisor).get(steps).content.decode()


def test_what_the_notice_does_not_ask_for_has_no_shelf(tree: Tree) -> None:
    campaign = published_campaign(tree.township, rules={"opinions_asked": False})
    archive = Archive.of(campaign, tree.village, account_with(Role.SECRETARY, tree.village))
    assert "opinions" not in {shelf.filed.key for shelf in archive.shelves}


def test_what_never_goes_in_is_told_only_where_there_is_such_a_thing(tree: Tree) -> None:
    secretary = account_with(Role.SECRETARY, tree.village)
    asked = {"outlines": "required", "meeting_form": "plenary_only"}
    campaign = published_campaign(tree.township, rules=asked)
    told = {one.title for one in Archive.of(campaign, tree.village, secretary).never}
    assert told == {"谈心谈话内容", "批评提纲", "民主测评票"}


def test_lists_of_problems_are_filed_under_their_name(tree: Tree) -> None:
    secretary = account_with(Role.SECRETARY, tree.village)
    lists = {"committee_material": "list", "head_material": "none", "member_material": "none"}
    titles = {}
    for form in ("list", "full"):
        campaign = published_campaign(tree.township, rules={**lists, "committee_material": form})
        archive = Archive.of(campaign, tree.village, secretary)
        titles[form] = next(shelf.filed.title for shelf in archive.shelves if shelf.filed.key == "materials")
    assert titles == {"list": "问题清单和整改措施", "full": "对照检查材料"}


def test_papers_of_both_ballots_come_into_the_minutes_and_no_votes(
    made: Evening, client_of: ClientOf
) -> None:
    record = minutes.draft_minutes(meeting=made.meeting, by=made.secretary)
    answer = client_of(made.secretary).post(reverse("minutes_ballot", args=[made.meeting.pk]), follow=True)
    assert "测评票数已填入" in answer.content.decode()
    record.refresh_from_db()
    ballot = next(one["text"] for one in record.sections if one["key"] == "ballot")
    heads = made.reload().heads
    assert f"发出测评表 {heads.issued} 张，收回 {heads.returned} 张" in ballot
    assert f"其中有效 {heads.valid} 张、无效 {heads.void} 张" in ballot


def test_a_ballot_that_is_not_counted_fills_nothing_in(client_of: ClientOf) -> None:
    early = evening("issued")
    minutes.draft_minutes(meeting=early.meeting, by=early.secretary)
    address = reverse("minutes_ballot", args=[early.meeting.pk])
    assert "还没有清点好" in client_of(early.secretary).post(address, follow=True).content.decode()
