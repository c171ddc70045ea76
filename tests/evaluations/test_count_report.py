"""《计票报告单》: how the count came about, on the screen and as PDF, the same before and after certification."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from branches.models import User
from evaluations.models import Ballot, CountReport, EntryMode
from evaluations.paper.form import FormRefused
from evaluations.reports.count_report import REASONS, count_report_view, reasons_of
from evaluations.services import (
    certifying,
    count_report,
    hand_pages,
    heads,
    matching,
    scan_pages,
    setup,
    urns,
)
from tests.factories.deciding import judge_all, scanned
from tests.factories.evaluations import Evening, evening, sign_all
from tests.factories.scanning import page, rejected, scanned_evening, upload
from tests.factories.voting import collect, count, type_papers_of, voting

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Evening:
    """Five papers: three read, one typed, one void; one page set aside, one that could not be read; matched."""
    monkeypatch.setattr("evaluations.rules.strips.CONTROLS_PER_HUNDRED", 0)
    made = scanned_evening(members=5)
    sheets = scanned(made, ["1111?", "11111", "11111"], ["11112", "11111", "11111"])
    aside, *_ = upload(made, [page("11111"), rejected()])
    scan_pages.set_aside(ballot=made.ballot, by=made.tellers[0], page=aside.pk, reason="rescanned")
    hand_pages.set_page_count(ballot=made.ballot, by=made.tellers[0], side=1, count=1)
    for by in made.tellers:
        hand_pages.save_hand_page(ballot=made.ballot, by=by, side=1, number=1, marks="11111")
    judge_all(made, sheets, void=1)
    matching.match(ballot=made.ballot, by=made.tellers[0])
    made.reload()
    return made


def certify(made: Evening) -> Ballot:
    """Signed and certified."""
    sign_all(made)
    certifying.certify(ballot=made.ballot, by=made.secretary)
    return made.reload()


def test_every_number_of_the_count_stands_on_it(made: Evening) -> None:
    view = count_report_view(made.ballot)
    assert view.state == "核对稿：尚未核定。"
    assert [(side.name, tuple(n for _, n in side.figures)) for side in view.sides] == [
        ("第 1 面", ("3", "0", "1", "1", "0")),
        ("认不出是哪一面", ("0", "0", "0", "0", "1")),
    ]
    assert "收回 5 = 读出 3 + 空白 0 + 手工录入 1 + 整张作废 1" in [i.text for i in view.identities]
    assert all(identity.holds for identity in view.identities)
    assert dict(view.reading) == {
        "机器读出、没有疑问": "14 行",
        "存疑、由两位计票人各自判读": "1 行",
        "机器读准的行混入抽查": "没有抽查",
        "两人先判（录）得不同、共同核定": "0 处",
    }
    assert view.reasons == (("太淡", "1 行"),)
    assert [one.name for one in view.fingerprints] == ["测评表", "图像", "计票记录"]
    assert view.device == ()


def test_certification_changes_no_number_but_ends_the_chain(made: Evening) -> None:
    before = count_report_view(made.ballot)
    after = count_report_view(certify(made))
    assert after.state == ""
    for name in ("title", "heads", "identities", "sides", "reading", "reasons", "device"):
        assert getattr(before, name) == getattr(after, name)
    assert before.fingerprints[:2] == after.fingerprints[:2]
    assert before.fingerprints[2] != after.fingerprints[2]
    assert after.fingerprints[2].whole == CountReport.objects.get(ballot=made.ballot).chain_head
    short = after.fingerprints[1].short
    assert (len(short), short.replace(" ", "")) == (19, after.fingerprints[1].whole[:16])


def test_a_voided_result_says_so(made: Evening) -> None:
    certify(made)
    setup.void_ballot(ballot=made.ballot, by=made.secretary, reason="票箱没有当场清点")
    assert count_report_view(made.reload()).state == "本轮已作废，不作依据。"


@pytest.mark.parametrize(
    ("mode", "how"),
    [(EntryMode.PAPERS, "两人各录一遍全部的票"), (EntryMode.TOTALS, "两人各录一遍每人的票数")],
)
def test_typed_ballots_have_one_too(mode: str, how: str) -> None:
    made = evening("matched", entry_mode=mode)
    view = count_report_view(made.ballot)
    assert dict(view.reading)["怎样计票"] == how
    assert view.sides == ()
    assert view.reasons == ()
    assert [one.name for one in view.fingerprints] == ["测评表", "计票记录"]


def test_an_unknown_reason_is_told_as_other(made: Evening) -> None:
    report = CountReport(ballot=made.ballot, details={"reasons": {"new": 2, "newer": 1, "faint": 4}})
    assert reasons_of(report) == ((REASONS["faint"], "4 行"), ("其他", "3 行"))


def test_a_form_that_can_no_longer_be_laid_out_has_no_fingerprint(
    made: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(ballot: Ballot) -> object:
        raise FormRefused("太长")

    monkeypatch.setattr(count_report, "form_template", too_long)
    other = evening("matched")
    assert count_report.count_report(other.ballot).form_hash == ""


class TestVotingOnADevice:
    """What the urn adds."""

    def test_the_slips_stand_on_it_and_nothing_is_said_of_paper(self) -> None:
        held = voting("certified", members=6, votes=5)
        view = count_report_view(held.ballot)
        assert view.device == (("发出电子票", "6"), ("已投", "5"), ("未用，已作废", "1"))
        assert view.mode == "现场电子票"
        assert dict(view.reading)["怎样计票"] == "两位计票人各持一半钥匙，一起打开电子票箱，系统合计"
        assert [one.name for one in view.fingerprints] == ["电子票回执", "计票记录"]
        assert all(identity.holds for identity in view.identities)
        assert "印制" not in "".join(identity.text for identity in view.identities)

    def test_votes_of_the_urn_are_a_part_of_their_own(self) -> None:
        held = voting("counted", members=12, channel="both", papers=6, votes=6)
        type_papers_of(held)
        report = count_report.count_report(held.ballot)
        assert set(report.parts) == {"typed", "device"}
        assert report.parts["device"] == {
            str(n): [*line.counts, line.abstained, line.invalid] for n, line in enumerate(held.sums(), 1)
        }
        assert both_parts(report.parts) == count_report.result_lines(held.ballot)
        assert "电子票回执" in [one.name for one in count_report_view(held.ballot).fingerprints]

    def test_scanned_sheets_and_the_urn_are_parts_beside_each_other(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("evaluations.rules.strips.CONTROLS_PER_HUNDRED", 0)
        held = voting("open", members=12, channel="both", papers=6, votes=6)
        made = held.made
        made.ballot = heads.set_entry_mode(ballot=held.ballot, mode=EntryMode.SCANNED, by=made.secretary)
        urns.close_voting(ballot=made.ballot, by=made.secretary)
        collect(held, papers=6)
        count(held)
        judge_all(made, scanned(made, ["1" * made.rows] * 6))
        matching.match(ballot=held.ballot, by=made.tellers[0])
        report = count_report.count_report(held.ballot)
        assert set(report.parts) == {"machine", "device"}
        assert both_parts(report.parts) == count_report.result_lines(held.ballot)
        assert count_report_view(held.ballot).device[0] == ("发出电子票", "6")


def both_parts(parts: dict[str, dict[str, list[int]]]) -> dict[str, list[int]]:
    """The parts of each row added up."""
    first, second = parts.values()
    return {row: [a + b for a, b in zip(first[row], second[row], strict=True)] for row in first}


def at(made: Evening, name: str = "count_report") -> str:
    """The address of the report."""
    return reverse(f"evaluations:{name}", args=[made.ballot.pk])


def test_it_is_read_on_the_screen(made: Evening, client_of: ClientOf) -> None:
    html = client_of(made.secretary).get(at(made)).content.decode()
    assert "计票报告单" in html
    assert "核对稿：尚未核定。" in html
    assert count_report_view(made.ballot).fingerprints[1].whole in html


def test_it_is_printed_on_one_page(made: Evening, client_of: ClientOf) -> None:
    certify(made)
    answer = client_of(made.secretary).get(at(made, "count_report_pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 1
    text = pages[0].extract_text().replace("\n", "")
    assert "监票人（签字）" in text
    assert CountReport.objects.get(ballot=made.ballot).merkle_root in text


def test_it_is_reached_from_result_and_from_the_ballots_page(made: Evening, client_of: ClientOf) -> None:
    client = client_of(made.secretary)
    assert at(made) in client.get(at(made, "result")).content.decode()
    certify(made)
    for name in ("result", "ballot"):
        assert at(made) in client.get(at(made, name)).content.decode()


def test_there_is_none_before_a_result_is_formed(client_of: ClientOf) -> None:
    made = scanned_evening(members=3)
    assert client_of(made.secretary).get(at(made)).status_code == 403
