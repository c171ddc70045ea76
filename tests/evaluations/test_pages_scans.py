"""The pages of scanned sheets: upload, live fates, doubles, blanks, pages not counted, the test sheet."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import AuditEvent, Job, JobState, User
from branches.services.jobs import cancel_job
from evaluations.models import EntryMode, PageFate, ScanBatch, ScanPage
from evaluations.paper.form import draw_form
from evaluations.paper.reading import NOTICES
from evaluations.reports.next_step import next_scanned
from evaluations.services import scan_trying
from evaluations.services.entry import take_slot
from evaluations.services.form import ballot_form
from evaluations.services.scan_counting import finish_judging
from evaluations.services.scan_files import scan_folder
from evaluations.services.sealing import destroy_key
from evaluations.tasks import read_scans
from evaluations.views import scan_upload
from meetings.models import Duty, DutyKind
from tests.factories.deciding import decide_all, scanned
from tests.factories.evaluations import Evening, account_of, evening
from tests.factories.scanning import (
    as_pdf,
    as_photo,
    blank,
    page,
    read_upload,
    real_sheets,
    rejected,
    scanned_evening,
    take_upload,
    upload,
)

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.SCAN_DIR = tmp_path / "scans"


@pytest.fixture
def made() -> Evening:
    return scanned_evening()


def at(made: Evening, name: str = "scans", **more: object) -> str:
    return reverse(f"evaluations:{name}", kwargs={"pk": made.ballot.pk, **more})


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def live(answer: Any) -> str:
    """The part of the page that says what became of each page."""
    return text(answer).split('<section id="live"')[1].split("</section>")[0]


def sheets(*names: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"{n}.pdf", data) for n, data in enumerate(names)]


def on_disk(made: Evening) -> list[Path]:
    folder = scan_folder(made.ballot.pk)
    return list(folder.iterdir()) if folder.exists() else []


class TestUpload:
    def test_several_files_are_sealed_and_queued(self, made: Evening, client_of: ClientOf) -> None:
        client = client_of(made.tellers[0])
        assert "先把一摞票打乱，再扫描" in text(client.get(at(made)))
        data = {"files": sheets(b"first" * 100_000, b"second")}
        answer = client.post(at(made), data, follow=True)
        assert "第 1 次上传已收到 2 个文件" in text(answer)
        batch = ScanBatch.objects.get()
        assert [file["size"] for file in batch.files] == [500_000, 6]
        assert all(b"first" not in path.read_bytes() for path in on_disk(made))
        assert Job.objects.get(key=str(batch.pk)).kind == "evaluations.tasks.read_scans"

    @pytest.mark.parametrize("who", ["secretary", "scrutineer"])
    def test_clerks_and_scrutineers_upload_too(self, made: Evening, client_of: ClientOf, who: str) -> None:
        client_of(getattr(made, who)).post(at(made), {"files": sheets(b"x")})
        assert ScanBatch.objects.get().uploaded_by == getattr(made, who)

    def test_a_script_is_told_where_to_go_on(self, made: Evening, client_of: ClientOf) -> None:
        client = client_of(made.tellers[0])
        script = {"X-Upload": "1"}
        for data in ({"files": sheets(b"x")}, {}):
            assert client.post(at(made), data, headers=script).json() == {"to": at(made)}
        said = text(client.get(at(made)))
        assert ("已收到 1 个文件" in said, "还没有选文件" in said) == (True, True)
        assert "/login/" in Client().post(at(made), {}, headers=script).json()["to"]

    def test_an_upload_of_nothing_says_so(self, made: Evening, client_of: ClientOf) -> None:
        client = client_of(made.tellers[0])
        for data in ({}, {"files": sheets(b"")}, {"other": sheets(b"x")}):
            assert "还没有选文件" in text(client.post(at(made), data, follow=True))
        assert not ScanBatch.objects.exists()
        assert on_disk(made) == []

    @pytest.mark.parametrize(
        ("limit", "least", "said"),
        [
            ("MOST_FILE_BYTES", 3, "有文件超过"),
            ("MOST_UPLOAD_BYTES", 7, "合起来超过"),
            ("MOST_FILES", 1, "一次最多上传"),
        ],
    )
    def test_too_much_is_refused_whole_and_leaves_nothing(
        self,
        made: Evening,
        client_of: ClientOf,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
        least: int,
        said: str,
    ) -> None:
        monkeypatch.setattr(scan_upload, limit, least)
        answer = client_of(made.tellers[0]).post(at(made), {"files": sheets(b"1234", b"5678")}, follow=True)
        assert said in text(answer)
        assert not ScanBatch.objects.exists()
        assert on_disk(made) == []

    def test_the_same_form_posted_twice_is_one_upload(self, made: Evening, client_of: ClientOf) -> None:
        client = client_of(made.tellers[0])
        key = text(client.get(at(made))).split('name="submission" value="')[1].split('"')[0]
        for _ in range(2):
            client.post(at(made), {"submission": key, "files": sheets(b"x")})
        assert ScanBatch.objects.count() == 1
        assert len(on_disk(made)) == 1

    def test_an_upload_without_the_token_of_the_form_is_refused_and_leaves_nothing(
        self, made: Evening
    ) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(made.tellers[0], backend="django.contrib.auth.backends.ModelBackend")
        assert client.post(at(made), {"files": sheets(b"x")}).status_code == 403
        assert not ScanBatch.objects.exists()
        assert on_disk(made) == []
        client.get(at(made))
        data = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "files": sheets(b"x")}
        assert client.post(at(made), data).status_code == 302
        assert ScanBatch.objects.count() == 1

    def test_a_connection_that_breaks_off_leaves_nothing(self, made: Evening, client_of: ClientOf) -> None:
        class Broken(io.BytesIO):
            def read(self, *args: Any) -> bytes:
                got = super().read(*args)
                if not got:
                    raise OSError("gone")
                return got

        body = (
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n' + b"1" * 200_000
        )
        breaking: dict[str, Any] = {"wsgi.input": Broken(body), "CONTENT_LENGTH": str(len(body) + 1000)}
        with pytest.raises(OSError, match="gone"):
            client_of(made.tellers[0]).post(
                at(made), content_type="multipart/form-data; boundary=x", **breaking
            )
        assert on_disk(made) == []

    def test_before_the_hand_count_the_reason_is_said(self, client_of: ClientOf) -> None:
        made = evening("issued", entry_mode=EntryMode.SCANNED)
        client = client_of(made.tellers[0])
        assert "先当众清点收回的票" in text(client.get(at(made)))
        assert "先当众清点收回的票" in text(client.post(at(made), {"files": sheets(b"x")}, follow=True))
        assert on_disk(made) == []

    def test_a_ballot_that_is_typed_is_not_scanned(self, client_of: ClientOf) -> None:
        made = evening("collected")
        assert "计票方式是「逐票录入」" in text(client_of(made.tellers[0]).get(at(made)))

    def test_without_the_key_nothing_is_taken(self, made: Evening, client_of: ClientOf) -> None:
        destroy_key(made.ballot.pk)
        answer = client_of(made.tellers[0]).post(at(made), {"files": sheets(b"x")}, follow=True)
        assert "密钥不在这台服务器上" in text(answer)
        assert not ScanBatch.objects.exists()


class TestFates:
    def test_each_page_and_what_to_do(self, made: Evening, client_of: ClientOf) -> None:
        upload(
            made, [page("1?11?"), rejected("no_form"), rejected("no_form"), rejected("unheard_of"), blank()]
        )
        shown = text(client_of(made.secretary).get(at(made)))
        assert "已读 <b>5</b> / 5 页，存疑 2 行" in shown
        assert "读不了 3 页" in shown
        assert "读不了：第 2 页、第 3 页" in shown
        assert "读不了：第 4 页" in shown
        assert "请把这一张重新扫描" in shown
        assert "2 行存疑" in shown
        assert "由计票人登录判断" in shown
        assert "hx-get" not in shown, "nothing is being read"

    def test_what_to_know_of_pages_that_were_read(self, made: Evening, client_of: ClientOf) -> None:
        dim, small = page("11111", warnings=["pale_ink", "low_dpi"]), page("11111", warnings=["low_dpi"])
        found = upload(made, [dim, page("11111", warnings=["corner_missing"]), dim, *[small] * 9])
        assert [one.reason for one in found[:4]] == ["pale_ink", "", "pale_ink", "low_dpi"]
        shown = live(client_of(made.secretary).get(at(made)))
        assert "请留意：第 1 页、第 3 页。" in shown
        assert NOTICES["pale_ink"] in shown
        assert "请留意：共 9 页。" in shown
        assert shown.index(NOTICES["pale_ink"]) < shown.index(NOTICES["low_dpi"])
        assert NOTICES["streaks"] not in shown
        upload(made, [page("11111", warnings=["streaks"])] * 2)
        assert NOTICES["streaks"] not in live(client_of(made.secretary).get(at(made)))
        upload(made, [page("11111", warnings=["streaks"])] * 3)
        assert NOTICES["streaks"] in live(client_of(made.secretary).get(at(made)))
        upload(made, [page("11111"), *[dim] * 9])
        assert "第 10 页。</b>" in live(client_of(made.secretary).get(at(made))), "each paper is looked at"
        upload(made, [dim] * 9)
        assert "请留意：全部 9 页。" in live(client_of(made.secretary).get(at(made)))
        put_aside = {"page": str(found[0].pk), "reason": "typed"}
        client_of(made.tellers[0]).post(at(made, "scan_aside"), put_aside)
        assert "请留意：第 3 页。" in live(client_of(made.secretary).get(at(made)))

    def test_a_long_pile_asks_no_more_than_a_short_one(self, made: Evening, client_of: ClientOf) -> None:
        client = client_of(made.tellers[0])
        upload(made, [page("1?111"), rejected(), blank()])
        client.get(at(made))
        with CaptureQueriesContext(connection) as few:
            client.get(at(made))
        upload(made, *[[page("1?111"), rejected(), blank()] * 15 for _ in range(3)])
        with CaptureQueriesContext(connection) as many:
            client.get(at(made))
        assert len(many) == len(few)

    def test_never_a_mark_or_a_name(self, made: Evening, client_of: ClientOf) -> None:
        upload(made, [page("1?234")])
        shown = live(client_of(made.tellers[0]).get(at(made)))
        assert not any(person.name in shown for person in made.people)
        assert not any(label in shown for label in made.ballot.options)

    def test_while_it_is_read_the_page_renews_itself(self, made: Evening, client_of: ClientOf) -> None:
        batch = take_upload(made, [page("11111")], [page("22222")])
        client = client_of(made.tellers[0])
        shown = text(client.get(at(made)))
        assert ("hx-get" in shown, "排队中" in shown) == (True, True)
        Job.objects.filter(key=str(batch.pk)).update(state=JobState.RUNNING)
        part = text(client.get(at(made), headers={"HX-Request": "true"}))
        assert ("<html" in part, "正在读" in part) == (False, True)
        for turn in ("449", "x"):
            late = text(client.get(at(made) + f"?turn={turn}", headers={"HX-Request": "true"}))
            assert ("hx-get" in late, "刷新本页" in late) == (False, True)
        Job.objects.filter(key=str(batch.pk)).update(state=JobState.QUEUED)
        read_upload(batch)
        part = text(client.get(at(made), headers={"HX-Request": "true"}))
        assert ("hx-get" in part, "已读完" in part) == (False, True)
        assert "第 2 张" in part, "photos are counted as sheets"

    def test_files_with_several_pages_are_told_apart(self, made: Evening, client_of: ClientOf) -> None:
        upload(made, [page("11111"), rejected()], [rejected()])
        shown = text(client_of(made.tellers[0]).get(at(made)))
        assert "文件 1 第 2 页、文件 2 第 1 页" in shown

    def test_a_stopped_upload_is_read_on(self, made: Evening, client_of: ClientOf) -> None:
        batch = take_upload(made, [page("11111")])
        cancel_job(job=Job.objects.get(key=str(batch.pk)), by=made.tellers[0])
        client = client_of(made.tellers[0])
        assert "继续读" in text(client.get(at(made)))
        assert "接着读" in text(client.post(at(made, "scan_go_on"), {"upload": "1"}, follow=True))
        for wrong in ("9", "x"):
            assert "已经读完" in text(client.post(at(made, "scan_go_on"), {"upload": wrong}, follow=True))
        read_upload(batch)
        assert ScanPage.objects.count() == 1

    def test_why_a_job_failed_is_said(self, made: Evening, client_of: ClientOf) -> None:
        batch = take_upload(made, [page("11111")])
        Job.objects.filter(key=str(batch.pk)).update(state=JobState.FAILED, message="处理时间过长，已停止。")
        shown = text(client_of(made.tellers[0]).get(at(made)))
        assert ("停住了" in shown, "处理时间过长" in shown) == (True, True)

    def test_a_side_without_rows_is_no_failure(self, made: Evening, client_of: ClientOf) -> None:
        upload(made, [page("11111"), rejected("side_without_rows"), rejected("empty_page")])
        shown = live(client_of(made.tellers[0]).get(at(made)))
        assert "没有要划的一面：第 2 页" in shown
        assert "白纸：第 3 页" in shown
        assert "读不了：" not in shown

    def test_when_all_is_accounted_for_it_is_said(self, client_of: ClientOf) -> None:
        made = scanned_evening(returned=1)
        upload(made, [page("11111")])
        assert "收回的票都有着落了" in text(client_of(made.tellers[0]).get(at(made)))


class TestJudging:
    def test_a_pair_is_shown_side_by_side_and_settled(self, made: Evening, client_of: ClientOf) -> None:
        upload(made, [page("11111", ink="a"), page("11111", ink="a")])
        client = client_of(made.tellers[0])
        assert "看 1 对疑似重复的票" in text(client.get(at(made)))
        shown = text(client.get(at(made, "scan_doubles")))
        pages = list(ScanPage.objects.all())
        for one in pages:
            picture = client.get(at(made, "scan_picture", page=one.pk))
            assert picture.headers["Content-Type"] == "image/jpeg"
            assert "no-store" in picture.headers["Cache-Control"]
            assert at(made, "scan_picture", page=one.pk) in shown
        key = shown.split('name="double" value="')[1].split('"')[0]
        data = {"double": key, "verdict": "perhaps"}
        assert "请选" in text(client.post(at(made, "scan_double_settle"), data, follow=True))
        data["verdict"] = "same"
        answer = client.post(at(made, "scan_double_settle"), data, follow=True)
        assert "其中一页不计" in text(answer)
        assert "没有要判断的重复票" in text(answer)
        assert "已经判断过了" in text(client.post(at(made, "scan_double_settle"), data, follow=True))
        assert client.get(at(made, "scan_picture", page=pages[0].pk)).status_code == 404
        assert "不计（和另一页是同一张）" in text(client.get(at(made)))

    def test_two_papers_stay_two(self, made: Evening, client_of: ClientOf) -> None:
        upload(made, [page("11111", ink="a"), page("11111", ink="a")])
        client = client_of(made.tellers[0])
        key = text(client.get(at(made, "scan_doubles"))).split('name="double" value="')[1].split('"')[0]
        data = {"double": key, "verdict": "different"}
        assert "两张不同的票，都计" in text(client.post(at(made, "scan_double_settle"), data, follow=True))
        assert ScanPage.objects.filter(fate=PageFate.READ).count() == 2

    def test_blank_pages_are_confirmed(self, made: Evening, client_of: ClientOf) -> None:
        one, two = upload(made, [blank(), blank()])
        client = client_of(made.tellers[0])
        assert "确认 2 页空白票" in text(client.get(at(made)))
        assert "第 1 次上传，第 2 页" in text(client.get(at(made, "scan_blanks")))
        url = at(made, "scan_blank_judge")
        assert "请选" in text(client.post(url, {"page": str(one.pk)}, follow=True))
        said = text(client.post(url, {"page": str(one.pk), "verdict": "vote"}, follow=True))
        assert "已确认为空白票" in said
        said = text(client.post(url, {"page": str(two.pk), "verdict": "none"}, follow=True))
        assert ("这一页不计" in said, "没有要确认的空白票" in said) == (True, True)
        assert "没有这一页" in text(client.post(url, {"page": "x", "verdict": "vote"}, follow=True))

    def test_a_page_is_taken_out_and_put_back(self, made: Evening, client_of: ClientOf) -> None:
        (one,) = upload(made, [page("1?111")])
        client = client_of(made.tellers[0])
        assert "有一页不该算" in text(client.get(at(made)))
        data = {"page": str(one.pk), "reason": "rescanned"}
        shown = text(client.post(at(made, "scan_aside"), data, follow=True))
        assert "不计（这一张已经重扫，这一页不算）" in shown
        assert "重新计入第 1 页" in shown
        assert "请选一个" in text(client.post(at(made, "scan_aside"), {"page": str(one.pk)}, follow=True))
        assert "重新计入了" in text(client.post(at(made, "scan_again"), {"page": str(one.pk)}, follow=True))
        assert ScanPage.objects.get().fate == PageFate.READ


class TestCockpit:
    def shown(self, made: Evening, client_of: ClientOf, who: User | None = None) -> str:
        return text(client_of(who or made.tellers[0]).get(at(made, "ballot")))

    def test_from_the_hand_count_to_the_result(self, made: Evening, client_of: ClientOf) -> None:
        assert "扫描或拍照上传" in self.shown(made, client_of, made.secretary)
        batch = take_upload(made, [page("1?111", ink="a"), page("1?111", ink="a"), blank()])
        assert "看读票进度" in self.shown(made, client_of)
        read_upload(batch)
        assert "看疑似重复的票" in self.shown(made, client_of)
        assert "等计票人看几页票" in self.shown(made, client_of, made.secretary)
        client = client_of(made.tellers[0])
        key = text(client.get(at(made, "scan_doubles"))).split('name="double" value="')[1].split('"')[0]
        client.post(at(made, "scan_double_settle"), {"double": key, "verdict": "different"})
        assert "确认空白票" in self.shown(made, client_of)
        empty = ScanPage.objects.get(fate=PageFate.BLANK)
        client.post(at(made, "scan_blank_judge"), {"page": str(empty.pk), "verdict": "vote"})
        shown = self.shown(made, client_of)
        assert ("开始判读" in shown, "还有 2 张没有着落" in shown) == (True, True)
        assert "正在判读存疑的行" in self.shown(made, client_of, made.secretary)

    def test_the_two_judge_each_alone_and_then_together(self, client_of: ClientOf) -> None:
        made = scanned_evening(returned=2)
        sheets = scanned(made, ["1?111", "22222"], ["13111", "22222"])
        first, second = made.tellers
        answer = client_of(first).post(at(made, "take"))
        assert answer.headers["Location"] == at(made, "strips")
        assert "继续判读" in self.shown(made, client_of)
        decide_all(made, first, sheets)
        assert "我已判完" in self.shown(made, client_of)
        finish_judging(ballot=made.ballot, by=first, void=0)
        assert "您已判完" in self.shown(made, client_of)
        take_slot(ballot=made.ballot, by=second)
        third = Duty.objects.filter(meeting=made.meeting, kind=DutyKind.TELLER).order_by("pk")[:1].get()
        holder = third.member
        Duty.objects.filter(pk=third.pk).update(member=made.people[1])
        other = account_of(made.people[1])
        assert "甲、乙两席都已有人在判" in self.shown(made, client_of, other)
        Duty.objects.filter(pk=third.pk).update(member=holder)
        decide_all(made, second, sheets)
        finish_judging(ballot=made.ballot, by=second, void=0)
        assert "核对两人判的行" in self.shown(made, client_of)
        assert "两人都判完了" in self.shown(made, client_of, made.secretary)

    def test_who_only_looks_on_waits(self, made: Evening) -> None:
        member = account_of(made.people[0])
        assert next_scanned(made.ballot, member, (), False).label == "等待扫描"
        batch = take_upload(made, [page("11111")])
        assert next_scanned(made.ballot, member, (), False).label == "正在读票"
        read_upload(batch)
        assert next_scanned(made.ballot, member, (), False).kind == "wait"

    def test_more_than_came_back_stops(self, client_of: ClientOf) -> None:
        made = scanned_evening(returned=1)
        upload(made, [page("11111"), page("22222")])
        shown = self.shown(made, client_of)
        assert ("查多出来的票" in shown, "比收回的多 1 张" in shown) == (True, True)
        assert "作废重来" in text(client_of(made.tellers[0]).get(at(made)))

    def test_somebody_above_sees_that_it_goes_on_and_no_page(
        self, made: Evening, client_of: ClientOf, township: User
    ) -> None:
        upload(made, [page("11111")])
        assert client_of(township).get(at(made)).status_code in (403, 404)

    def test_the_way_is_chosen_and_kept_once_sheets_are_uploaded(
        self, made: Evening, client_of: ClientOf
    ) -> None:
        client = client_of(made.secretary)
        shown = text(client.get(at(made, "ballot")))
        assert ("改为逐票录入" in shown, "改为录入每人票数" in shown) == (True, True)
        assert "已改为「逐票录入」" in text(client.post(at(made, "mode"), {"mode": "papers"}, follow=True))
        assert "已改为「扫描或拍照读票」" in text(
            client.post(at(made, "mode"), {"mode": "scanned"}, follow=True)
        )
        take_upload(made, [page("11111")])
        assert "换一种计票方式" not in text(client.get(at(made, "ballot")))
        assert "已经开始录票或者扫描" in text(client.post(at(made, "mode"), {"mode": "papers"}, follow=True))

    def test_a_lost_key_means_scanning_again(self, made: Evening, client_of: ClientOf) -> None:
        upload(made, [page("11111")])
        destroy_key(made.ballot.pk)
        client = client_of(made.secretary)
        assert "清空已读，重新扫描" in text(client.get(at(made, "ballot")))
        assert "重新扫描上传" in text(client.post(at(made, "again"), follow=True))
        assert not ScanBatch.objects.exists()
        upload(made, [page("11111")])
        assert ScanPage.objects.count() == 1


class TestTryingASheet:
    @pytest.fixture
    def made(self) -> Evening:
        return evening("setup", entry_mode=EntryMode.SCANNED)

    def test_a_good_print_can_be_used(self, made: Evening, client_of: ClientOf) -> None:
        client = client_of(made.secretary)
        assert "可以使用" not in text(client.get(at(made, "scan_test")))
        sheet = SimpleUploadedFile("t.pdf", draw_form(ballot_form(made.ballot, test=True)))
        shown = text(client.post(at(made, "scan_test"), {"sheet": sheet}))
        assert "可以使用。" in shown
        assert not ScanPage.objects.exists()
        assert AuditEvent.objects.get(action="try_sheet").detail == {"usable": True}

    def test_the_real_form_is_no_test_sheet(self, made: Evening, client_of: ClientOf) -> None:
        sheet = SimpleUploadedFile("t.pdf", draw_form(ballot_form(made.ballot)))
        assert "还不能使用" in text(client_of(made.secretary).post(at(made, "scan_test"), {"sheet": sheet}))

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "还没有选文件"),
            (draw_form, "页数太多"),
            (b"not a picture", "还不能使用"),
        ],
        ids=["empty", "many pages", "no picture"],
    )
    def test_what_is_no_scan_of_one_sheet_is_refused(
        self, made: Evening, client_of: ClientOf, data: Any, said: str
    ) -> None:
        content = data if isinstance(data, bytes) else data(ballot_form(made.ballot, test=True), 9)
        sheet = SimpleUploadedFile("t.pdf", content)
        assert said in text(client_of(made.secretary).post(at(made, "scan_test"), {"sheet": sheet}))

    def test_too_large_a_file_is_refused(self, made: Evening, client_of: ClientOf, settings: Any) -> None:
        settings.UPLOAD_MAX_BYTES = 1 << 20
        sheet = SimpleUploadedFile("t.pdf", b"x" * ((1 << 20) + 1))
        shown = text(client_of(made.secretary).post(at(made, "scan_test"), {"sheet": sheet}))
        assert "文件超过 1 MB" in shown

    def test_nothing_of_it_lies_on_a_disk(self, made: Evening, client_of: ClientOf, settings: Any) -> None:
        settings.FILE_UPLOAD_TEMP_DIR = "/there/is/no/such/folder"
        sheet = SimpleUploadedFile("t.pdf", b"x" * (3 << 20))
        assert "还不能使用" in text(client_of(made.secretary).post(at(made, "scan_test"), {"sheet": sheet}))

    def test_without_the_token_of_the_form_nothing_is_tried(self, made: Evening) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(made.secretary, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.post(at(made, "scan_test"), {"sheet": SimpleUploadedFile("t.pdf", b"x")})
        assert answer.status_code == 403
        assert not AuditEvent.objects.filter(action="try_sheet").exists()

    def test_once_papers_are_handed_out_it_is_over(self, client_of: ClientOf) -> None:
        made = evening("issued", entry_mode=EntryMode.SCANNED)
        client = client_of(made.secretary)
        assert "试票在发票以前试" in text(client.get(at(made, "scan_test")))
        sheet = SimpleUploadedFile("t.pdf", b"x")
        assert "试票在发票以前试" in text(client.post(at(made, "scan_test"), {"sheet": sheet}))

    def test_no_page_can_not_be_used(self, made: Evening) -> None:
        verdict = scan_trying.try_sheet(
            ballot=made.ballot, by=made.secretary, data=b"x", check=lambda d, t: ()
        )
        assert not verdict.usable


class TestRealSheets:
    def test_a_pile_of_sheets_is_read_by_the_real_machine(self, client_of: ClientOf) -> None:
        made = scanned_evening(members=8, returned=4)
        papers = real_sheets(made.ballot, 4)
        pictures = [paper.image for paper in papers]
        files = [
            SimpleUploadedFile("scan.pdf", as_pdf(pictures[:3])),
            SimpleUploadedFile("photo.jpg", as_photo(pictures[3])),
            SimpleUploadedFile("again.jpg", as_photo(pictures[0])),
            SimpleUploadedFile("cat.jpg", b"\xff\xd8 no cat"),
        ]
        client = client_of(made.tellers[0])
        client.post(at(made), {"files": files})
        batch = ScanBatch.objects.get()
        read_scans(str(batch.job_id))
        batch.refresh_from_db()
        assert batch.read
        fates = list(batch.pages.order_by("file_no", "position").values_list("fate", flat=True))
        assert fates == ["read"] * 5 + ["rejected"]
        shown = text(client.get(at(made)))
        assert "看 1 对疑似重复的票" in shown
        assert "读不了 1 页" in shown
