"""The pages of what is put up in public: the list, the draft with its preview, the steps, the paper; nothing typed is lost."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, User
from rectification.models import Publication, PublicationObjection
from rectification.reports.publications import notice_pdf
from rectification.services import public_pages
from rectification.services import publications as p
from tests.conftest import Tree
from tests.factories.members import MemberFactory
from tests.factories.preparing import MaterialFactory
from tests.factories.publicity import TEXT, drafted, posted, publicity_campaign, released, typed

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def campaign(tree: Tree) -> Campaign:
    """A campaign of the township that asks for everything."""
    return publicity_campaign(tree.township, slug="pages")


def text_of(client: Client, url: str) -> str:
    """The page."""
    return client.get(url).content.decode()


def test_the_pages_lead_from_the_steps_to_the_end(
    campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
) -> None:
    client, above = client_of(secretary), client_of(township)
    listing = reverse("rectification:publications", args=[campaign.slug, tree.village.pk])
    assert listing in text_of(client, reverse("org_steps", args=[campaign.slug, tree.village.pk]))
    assert "起草公示" in text_of(client, listing)
    assert "起草公示" not in text_of(above, listing)
    page = client.post(listing, {"kind": "measures"})["Location"]
    assert client.post(f"{page}approve/", {"approve-version": "0"}).status_code == 200
    assert "请写公示正文" in text_of(client, page)
    made = Publication.objects.get()
    assert "只写姓" in text_of(client, page)
    assert client.post(page, typed(made)).status_code == 302
    assert "别人刚刚保存过" in client.post(f"{page}approve/", {"approve-version": "0"}).content.decode()
    assert client.post(f"{page}approve/", {"approve-version": "1"}).status_code == 302
    for step, version in (("ask", 2), ("post", 3)):
        assert client.post(f"{page}{step}/", {f"{step}-version": str(version)}).status_code == 302
    assert "等上级批准上网" in text_of(client, page)
    assert "批准网上公示" in text_of(above, page)
    assert above.post(f"{page}release/", {"release-version": "4"}).status_code == 302
    assert "/gongshi/" in text_of(client, page)
    today = str(timezone.localdate())
    said = {"object-version": "5", "object-on": today, "object-text": "没有做"}
    assert client.post(f"{page}object/", said).status_code == 302
    assert "1 条待答复" in text_of(client, listing)
    one = PublicationObjection.objects.get()
    answer = {"answer-version": "5", "answer-objection": str(one.pk), "answer-answer": "已核实"}
    assert client.post(f"{page}answer/", {**answer, "answer-to_rectify": "on"}).status_code == 302
    assert "列入整改" in text_of(client, page)
    again = client.post(f"{page}answer/", answer).content.decode()
    assert "已经答复过" in again
    Publication.objects.update(to_on=today)
    assert client.post(f"{page}take_down/", {"take_down-version": "5"}).status_code == 302
    assert "公示结束" in text_of(client, page)
    assert client.post(f"{page}nothing/").status_code == 404
    copied = client.post(f"{page}again/")["Location"]
    assert copied != page
    assert "每月走完一个组" in text_of(client, copied)


def test_nothing_typed_is_lost(campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf) -> None:
    made = drafted(campaign, tree.village, secretary)
    client, page = client_of(secretary), reverse("rectification:publication", args=[made.pk])
    old = typed(made, text="我写的正文")
    p.save(publication=made, by=secretary, **typed(made))
    answer = client.post(page, old)
    assert answer.status_code == 409
    assert "我写的正文" in answer.content.decode()
    old["version"] += 1
    assert client.post(page, old).status_code == 302
    wrong = {**old, "version": old["version"] + 1, "text": "另写的", "to_on": "2000-01-01"}
    refused = client.post(page, wrong).content.decode()
    assert "早于开始" in refused
    assert "另写的" in refused
    assert "请填写标题" in client.post(page, {"text": "x"}).content.decode()
    withdrawn = client.post(f"{page}withdraw/", {"withdraw-version": "9", "withdraw-note": "因为"})
    assert "因为" in withdrawn.content.decode()


def test_a_form_sent_twice_begins_one_draft_and_a_refusal_says_why(
    campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    listing = reverse("rectification:publications", args=[campaign.slug, tree.village.pk])
    sent = {"kind": "other", "submission": "5b1c0f6a2d3e4f508192a3b4c5d6e7f8"}
    first = client.post(listing, sent)["Location"]
    assert client.post(listing, sent)["Location"] == first
    assert Publication.objects.count() == 1
    assert "请选择公示什么" in client.post(listing, {"kind": ""}).content.decode()
    page = client.post(f"{first}again/", follow=True).content.decode()
    assert "才能照样再起草" in page
    gone = p.withdraw(publication=Publication.objects.get(), version=0, note="不用了", by=secretary)
    twice = {"submission": "6b1c0f6a2d3e4f508192a3b4c5d6e7f8"}
    url = reverse("rectification:publication_copy", args=[gone.pk])
    assert client.post(url, twice)["Location"] == client.post(url, twice)["Location"]
    paper = publicity_campaign(tree.township, {"result_publicity": "scoped_notice"}, slug="results")
    results = reverse("rectification:publications", args=[paper.slug, tree.village.pk])
    assert "公示评议结果" in text_of(client, results)
    assert "还没有张贴" in client.post(results, {"kind": "results"}).content.decode()


def test_materials_are_offered_where_the_rules_put_them_up(
    campaign: Campaign, tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    own = MaterialFactory.create(
        campaign=campaign, organization=tree.village, role="committee", status="done"
    )
    client = client_of(secretary)
    listing = reverse("rectification:publications", args=[campaign.slug, tree.village.pk])
    assert "从哪些材料起草" in text_of(client, listing)
    noting = reverse("members:materials", args=[campaign.slug, tree.village.pk])
    assert noting in text_of(client, listing)
    page = client.post(listing, {"kind": "material", "materials": [str(own.pk)]})["Location"]
    assert "入户走访少" in text_of(client, page)
    off = {"material_public_notice": False, "material_pledge": False, "rectification_public": False}
    plain = publicity_campaign(tree.township, {**off, "public_page": False}, slug="plain")
    text = text_of(client, reverse("rectification:publications", args=[plain.slug, tree.village.pk]))
    assert "没有要求公示材料" in text
    assert "只在纸上公示" in text
    assert "从哪些材料起草" not in text


def test_the_preview_marks_what_is_hidden_and_shows_the_page_only_where_allowed(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    MemberFactory.create(organization=tree.village, name="王小明")
    client = client_of(secretary)
    for allowed in (True, False):
        campaign = publicity_campaign(tree.township, {"public_page": allowed}, slug=f"net-{allowed}")
        made = drafted(campaign, tree.village, secretary, text="王小明没有走访\n\n第二条", names="surname")
        page = text_of(client, reverse("rectification:publication", args=[made.pk]))
        assert '<mark title="姓名">王××</mark>没有走访' in page
        assert "姓名 1 处" in page
        assert ("网上的样子" in page) is allowed
        assert "申请网上公示" not in page  # not before it is approved


def test_a_page_that_cannot_be_says_why(
    campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
) -> None:
    made = posted(campaign, tree.village, secretary, contact="请打13812345678")
    page = text_of(client_of(secretary), reverse("rectification:publication", args=[made.pk]))
    assert "不能上网：</b>“意见反映方式”里有" in page
    assert "申请网上公示" not in page


def test_measures_to_be_filed_offer_the_day_of_filing(
    tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    campaign = publicity_campaign(tree.township, {"rectification_filed": True}, slug="filed")
    made = posted(campaign, tree.village, secretary)
    client, page = client_of(secretary), reverse("rectification:publication", args=[made.pk])
    assert "登记向上级报备" in text_of(client, page)
    sent = {"file-version": str(made.version), "file-on": str(timezone.localdate())}
    assert client.post(f"{page}file/", sent).status_code == 302
    assert "报备" in text_of(client, page)


def test_the_paper_shows_what_was_approved_and_the_way_to_the_page_once_released(
    campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf, tmp_path: Path
) -> None:
    MemberFactory.create(organization=tree.village, name="王小明")
    made = drafted(campaign, tree.village, secretary, text=f"{TEXT}\n王小明户")
    client, page = client_of(secretary), reverse("rectification:publication", args=[made.pk])
    url = reverse("rectification:publication_pdf", args=[made.pk])
    assert "批准以后才能打印" in client.get(url, follow=True).content.decode()
    found = p.approve(publication=made, version=made.version, by=secretary)

    def printed(publication: Publication, address: str = "") -> str:
        file = tmp_path / "notice.pdf"
        file.write_bytes(notice_pdf(publication, address))
        asked = ["pdftotext", "-layout", str(file), "-"]
        return str(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)

    text = printed(found)
    assert "整改措施公示" in text
    assert "村务公开栏" in text
    assert "王小明" not in text
    assert "扫码" not in text
    found = released(found, secretary, township)
    assert found.page_token in text_of(client, page)
    assert "扫码在网上看" in printed(found, f"https://dangjian.example.gov.cn/gongshi/{found.page_token}/")
    answer = client.get(url)
    assert answer["Content-Type"] == "application/pdf"
    assert public_pages.find_page(found.page_token) is None  # not posted yet


def test_the_pages_ask_the_same_questions_for_any_number(
    campaign: Campaign, tree: Tree, secretary: User, township: User, client_of: ClientOf
) -> None:
    listing = reverse("rectification:publications", args=[campaign.slug, tree.village.pk])
    queue = reverse("rectification:publicity_queue", args=[campaign.slug])
    found = posted(campaign, tree.village, secretary)
    public_pages.ask_page(publication=found, version=found.version, by=secretary)
    pages = ((secretary, listing), (township, queue))
    asked: list[list[int]] = []
    for _ in range(2):
        counts = []
        for who, url in pages:
            client = client_of(who)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
        asked.append(counts)
        fields = {
            field.name: getattr(found, field.name)
            for field in Publication._meta.concrete_fields
            if field.name not in ("id", "page_digest", "page_token_sealed")
        }
        Publication.objects.bulk_create(
            Publication(**{**fields, "asked_on": timezone.localdate()}) for _ in range(40)
        )
    assert asked[0] == asked[1]
