"""The pages of slips: for the two who hold the survey, and for whoever has a slip, who is asked for nothing and kept nowhere."""

from __future__ import annotations

import datetime
import logging
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.apps import apps
from django.conf import settings as conf
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.log import AdminEmailHandler

from branches.models import User
from config.lib.logs import HideSecretAddresses
from evaluations.models import UrnState
from evaluations.services import casting
from evaluations.urn.codes import shown_code
from rectification.models import SurveyRound, SurveyUrn
from rectification.reports.survey_page import FEW_ON_PAGE, survey_page
from rectification.reports.survey_slips import slips_pdf
from rectification.services import survey_answers, survey_slips
from tests.factories.survey_slips import Slips, collect, slips_of
from tests.factories.surveys import surveyed

pytestmark = pytest.mark.django_db
ADDRESS, AGENT = "203.0.113.78", "canary-phone/8.12"


@pytest.fixture(autouse=True)
def quick(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of this test only; wrong codes are not waited for."""
    settings.BALLOT_KEY_DIR = str(tmp_path / "keys")
    monkeypatch.setattr(casting, "DELAY_SECONDS", 0)


def at(found: Slips) -> str:
    return reverse("survey_answer", args=[found.address])


def post(found: Slips, step: str, code: str = "", choice: str = "") -> Any:
    """One step of somebody with a slip, who has no cookie at all."""
    client = Client(
        enforce_csrf_checks=True, REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=AGENT, raise_request_exception=False
    )
    answer = client.post(at(found), {"step": step, "code": code or found.codes[1][0], "r0": choice})
    assert not client.cookies
    return answer


def text(answer: Any) -> str:
    return str(answer.content.decode())


def of(found: Slips, name: str) -> str:
    return reverse(f"rectification:{name}", args=[found.made.round.pk])


def test_from_the_slip_to_the_receipt() -> None:
    found = slips_of("begun", numbers={1: 6, 2: 2})
    first = text(Client().get(at(found)))
    assert "票条上的填表码" in first
    choose = text(post(found, "choose"))
    assert "您对这次活动的效果满意吗" in choose
    assert choose.count('type="radio"') == 5
    assert "checked" not in choose
    assert f"填表人：{found.respondents().name}" in choose
    assert "只发了" not in choose
    assert "只发了 2 张票条" in text(post(found, "choose", code=found.codes[2][0]))
    check = text(post(found, "check", choice="2"))
    assert f"您选的是：{found.made.now().scale[1][1]}" in check
    assert text(post(found, "choose", choice="2")).count("checked") == 1
    done = text(post(found, "cast", choice="2"))
    assert "已交，谢谢您" in done
    receipt = done.split("回执 <b>")[1][:10]
    assert "已经计入" in text(post(found, "cast", choice="1"))
    found.shut()
    assert f"<li>{receipt}</li>" in text(Client().get(at(found)))
    assert "填表已经结束" in text(post(found, "cast", code=found.codes[1][1], choice="1"))


def test_every_answer_is_quiet_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    found = slips_of("begun")
    monkeypatch.setattr(casting, "WRONG_A_SECOND", 0)
    answers = [
        Client().get(at(found)),
        Client().get(reverse("survey_answer", args=["nowhere"])),
        post(found, "choose"),
        post(found, "choose", code="x"),
        post(found, "check"),
        post(found, "cast", choice="1"),
        post(found, "cast", choice="1"),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 200, 429, 200, 200, 200]
    for answer in answers:
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert not answer.cookies
        assert "Vary" not in answer
    assert Session.objects.count() == 0


def test_who_is_logged_in_on_the_same_phone_is_not_asked_for(
    secretary: User, client_of: Any, django_assert_num_queries: Any
) -> None:
    found = slips_of("begun")
    browser = client_of(secretary)
    before = dict(Session.objects.get(pk=browser.session.session_key).get_decoded())
    with django_assert_num_queries(1):
        assert secretary.full_name not in text(browser.get(at(found)))
    assert Session.objects.get(pk=browser.session.session_key).get_decoded() == before


@pytest.mark.parametrize("step", ["check", "cast"])
@pytest.mark.parametrize("choice", ["", "9", "?"])
def test_nothing_chosen_is_told_and_nothing_lost(step: str, choice: str) -> None:
    found = slips_of("begun")
    page = text(post(found, step, choice=choice))
    assert "还没有选" in page
    assert shown_code(found.codes[1][0]) in page
    assert found.filled() == 0


def test_a_wrong_code_stays_in_the_box_and_before_and_after_it_says_so() -> None:
    found = slips_of("shown")
    assert "还没有开始填表" in text(Client().get(at(found)))
    end = timezone.now() + datetime.timedelta(hours=2)
    survey_slips.begin(survey_round=found.made.now(), closes_at=end, by=found.made.secretary)
    assert "截止" in text(Client().get(at(found)))
    page = text(post(found, "choose", code="ABCDE-FGHJK"))
    assert "没有这个填表码" in page
    assert 'value="ABCDE-FGHJK"' in page
    SurveyUrn.objects.update(closes_at=timezone.now())
    assert "填表已经结束" in text(Client().get(at(found)))


def test_floods_are_told_to_wait_and_a_good_slip_still_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = slips_of("begun")
    monkeypatch.setattr(survey_answers, "MOST_OPENED", 1)
    monkeypatch.setattr(survey_answers, "MOST_WRONG", 1)
    answers = [Client().get(at(found)) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "60"
    assert [Client().post("/wenjuan/wrong/").status_code for _ in range(3)][-1] == 429
    assert "已交" in text(post(found, "cast", choice="1"))


def everything_kept() -> str:
    """All rows of all tables, the cache and the mail, as text."""
    rows = [
        f"{model._meta.label} {row}" for model in apps.get_models() for row in model._base_manager.values()
    ]
    return " ".join(
        [*rows, repr(getattr(cache, "_cache", {})), *(f"{m.subject} {m.body}" for m in mail.outbox)]
    )


def test_nothing_of_an_answer_is_kept_but_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found = slips_of("begun", numbers={1: 8})
    codes = [form for code in found.codes[1] for form in (code, shown_code(code), code.lower())]
    hidden = [*codes, ADDRESS, AGENT, *found.halves]
    statements: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql + repr(params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        for number, code in enumerate(found.codes[1][:6]):
            for step in ("choose", "check", "cast"):
                assert post(found, step, code, str(number % 4)).status_code == 200
        post(found, "choose", code="ABCDEFGHJK")
        found.shut()
        post(found, "cast", found.codes[1][7], "1")
        collect(found)
    logged = [record.getMessage() + repr(record.__dict__) for record in caplog.records]
    assert len(statements) > 50
    for told in (*statements, *logged, everything_kept()):
        assert not [word for word in hidden if word in told], told[:300]
    assert found.address not in everything_kept()


def test_an_error_report_holds_neither_code_nor_choice(
    settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ADMINS = [("值班", "ops@example.org")]
    found = slips_of("begun")
    hidden = [*found.codes[1], shown_code(found.codes[1][0]), ADDRESS, AGENT, "'choice'", "'marks'"]

    def break_down(urn: Any, sealed: bytes) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(casting, "_place", break_down)
    handler, logger = AdminEmailHandler(include_html=True), logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        assert post(found, "cast", choice="3").status_code == 500
    finally:
        logger.removeHandler(handler)
    told = "".join(f"{report.body} {getattr(report, 'alternatives', '')}" for report in mail.outbox)
    assert "RuntimeError" in told
    assert not [word for word in hidden if word in told + caplog.text]
    assert found.states() == {"live": 6}


def test_the_address_is_masked_in_logs_and_left_out_by_the_sample_site() -> None:
    line = logging.LogRecord("django.request", 30, "", 0, "Not Found: %s", ("/wenjuan/abcd/",), None)
    assert HideSecretAddresses().filter(line)
    assert line.getMessage() == "Not Found: /wenjuan/…/"
    sample = (Path(conf.BASE_DIR) / "deploy/nginx.conf").read_text(encoding="utf-8")
    assert "~^/wenjuan/  0;" in sample
    assert "access_log off;" in sample.split("location ~ ^/(vote|wenjuan)/")[1].split("}")[0]


# For those who hold the survey


def test_slips_are_printed_begun_and_closed_on_the_pages(client_of: Any) -> None:
    found = slips_of("open")
    made, first = found.made, found.respondents()
    clerk, other = client_of(made.secretary), client_of(made.second)
    page = text(clerk.get(reverse("rectification:survey", args=[made.survey.pk])))
    assert of(found, "survey_slips") in page
    assert "要印" not in text(clerk.get(of(found, "survey_slips")))
    empty = clerk.post(of(found, "survey_slips_pdf"), {})
    assert "至少一张" in text(empty)
    answer = clerk.post(of(found, "survey_slips_pdf"), {f"s{first.pk}": "3"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"%PDF")
    again = clerk.post(of(found, "survey_slips_pdf"), {f"s{first.pk}": "4"})
    assert "票条已经印过" in text(again)
    assert "少于 5 张" in text(clerk.get(of(found, "survey_slips")))
    assert clerk.post(of(found, "survey_slips_begin"), {}).status_code == 200  # refused, and said
    for client in (clerk, other):
        assert "拿我的半把钥匙" in text(client.get(of(found, "survey_slips")))
        token = (
            text(client.get(of(found, "survey_slips_half")))
            .split('name="submission" value="')[1]
            .split('"')[0]
        )
        data = {"submission": token}
        shown = client.post(of(found, "survey_slips_half"), data)
        found.halves.append(text(shown).split('class="half mono">')[1].split("<")[0])
        assert client.post(of(found, "survey_slips_half"), data).status_code == 302
    for wrong in ({"at": "18:00"}, {"day": "x"}, {"day": "2001-01-01"}):
        assert "错误：" in text(clerk.post(of(found, "survey_slips_begin"), wrong))
    until = timezone.localdate() + datetime.timedelta(days=3)
    clerk.post(of(found, "survey_slips_begin"), {"day": f"{until:%Y-%m-%d}"})
    assert found.urn.state == UrnState.OPEN
    assert "正在填表" in text(other.get(of(found, "survey_slips")))
    close = of(found, "survey_slips_close")
    assert "关闭网页填表" in text(other.get(close))
    wrong_half = text(other.post(close, {"half_1": "x", "half_2": found.halves[1]}))
    assert "第一半抄错了" in wrong_half
    assert found.halves[1] in wrong_half
    assert other.post(close, {"half_1": found.halves[0], "half_2": found.halves[1]}).status_code == 302
    assert found.urn.state == UrnState.COUNTED
    assert other.get(close).status_code == 302
    assert other.post(close, {"half_1": found.halves[0], "half_2": found.halves[1]}).status_code == 302
    assert clerk.post(of(found, "survey_slips_half"), {"submission": "x" * 22}).status_code in (302, 200)
    assert "网页填表已经关闭" in text(clerk.get(of(found, "survey_slips")))


def test_slips_are_dropped_on_the_page(client_of: Any) -> None:
    found = slips_of("printed")
    clerk = client_of(found.made.secretary)
    assert "取消票条" in text(clerk.get(of(found, "survey_slips")))
    for said in ("票条已取消", "没有印票条"):
        assert said in text(clerk.post(of(found, "survey_slips_drop"), follow=True))


def test_where_the_rules_forbid_it_the_page_says_so_and_nothing_leads_there(client_of: Any) -> None:
    made = surveyed("open")
    clerk, at_slips = client_of(made.secretary), reverse("rectification:survey_slips", args=[made.round.pk])
    assert at_slips not in text(clerk.get(reverse("rectification:survey", args=[made.survey.pk])))
    page = text(clerk.get(at_slips))
    assert "规则不允许在网页上填满意度表" in page
    assert "印票条（PDF）" not in page


def test_the_number_given_moves_in_steps(client_of: Any) -> None:
    found = slips_of("answered", answers="11", numbers={1: 6})
    clerk = client_of(found.made.secretary)
    assert "刚开始" in text(clerk.get(of(found, "survey_slips")))
    found.answer(2, "1")
    assert "3 以上" in text(clerk.get(of(found, "survey_slips")))
    for number in (3, 4, 5):
        found.answer(number, "1")
    assert '<td class="r">6</td><td class="r">6</td>' in text(clerk.get(of(found, "survey_slips")))
    SurveyUrn.objects.update(closes_at=timezone.now())
    assert "已到截止时间" in text(clerk.get(of(found, "survey_slips")))


def test_a_lost_key_is_said(client_of: Any) -> None:
    found = slips_of("begun")
    for key in Path(conf.BALLOT_KEY_DIR).iterdir():
        key.unlink()
    clerk = client_of(found.made.secretary)
    assert "密钥不在这台服务器上" in text(clerk.get(of(found, "survey_slips")))
    assert "没有这个填表码" in text(post(found, "choose"))


def test_slips_handed_out_are_noted_with_the_papers_and_the_result_formed_without_a_count(
    client_of: Any,
) -> None:
    found = slips_of("shut", answers="11123")
    made, clerk = found.made, client_of(found.made.secretary)
    page = text(clerk.get(reverse("rectification:survey", args=[made.survey.pk])))
    assert "网页上填了 5 份" in page
    data = {"version": str(made.now().version), "day": f"{timezone.localdate():%Y-%m-%d}", "then": "collect"}
    data |= {f"{letter}{row.pk}": "0" for row in made.now().classes.all() for letter in "ir"}
    clerk.post(of(found, "survey_heads"), data | {f"s{found.respondents().pk}": "6"})
    counting = text(clerk.get(reverse("rectification:survey", args=[made.survey.pk])))
    assert "没有纸质表，不用数" in counting
    assert "票条发出 6 张，网页上填 5 份" in counting
    assert "形成测评结果" in text(clerk.get(of(found, "survey_compare")))
    clerk.post(of(found, "survey_agree"))
    page = text(clerk.get(reverse("rectification:survey", args=[made.survey.pk])))
    assert "4 × 3 = 12 ≥ 5 × 2 = 10" in page
    paper = clerk.get(of(found, "survey_result_pdf"))
    assert paper.content.startswith(b"%PDF")


def test_few_answers_are_not_listed() -> None:
    found = slips_of("closed", answers="112")
    page = survey_page(found.made.survey, found.made.secretary)
    result = page.rounds[0].result
    assert result is not None
    assert result.hidden == FEW_ON_PAGE
    assert not result.lines
    assert SurveyRound.objects.get(pk=found.made.round.pk).few


def test_a_class_with_a_very_long_name_leaves_its_slips_whole() -> None:
    found = slips_of("open")
    first = found.respondents()
    first.name = "机关各科室、" * 80
    printed = survey_slips.PrintedSlips("abcdefghjk", ((first, ("ABCDEFGHJK",)),))
    document = pypdfium2.PdfDocument(
        slips_pdf(found.made.now(), printed, lambda a: f"https://x.example/{a}/")
    )
    page = document[0]
    words = page.get_textpage().get_text_bounded()
    left, top = 105 / 25.4 * 72, (297 - 297 / 4) / 25.4 * 72
    low = page.get_textpage().get_text_bounded(left=0, bottom=0, right=left, top=top)
    assert "ABCDE-FGHJK" in words
    assert "机关各科室" in words
    assert low.strip() == ""
    document.close()
