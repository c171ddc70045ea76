"""Word documents: hostile uploads refused quickly, text taken out, the official layout written."""

from __future__ import annotations

import io
import struct
import time
import warnings
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx.enum.section import WD_ORIENT

from branches.models import Role, User
from config.lib.docx_reading import MAX_DEPTH, DocxText, read_docx
from config.lib.docx_writing import OfficialPaper
from config.lib.uploads import UploadRefused
from members.models import Material
from members.reports.material_papers import MaterialSheet, PublicVersion, numeral
from members.rules.paper import Answer, Item, Paper, Section, new_id
from members.services.materials import key_of, open_material, save_material, submit_material
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.members import MemberFactory
from tests.pace import allowed

ClientOf = Callable[[User], Client]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def document(body: str = "<w:p><w:r><w:t>走访少</w:t></w:r></w:p>", head: str = "", **parts: bytes) -> bytes:
    """A .docx of this body; `parts` are put in beside, __ for / in names and _dot_ for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"{head}<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def refusal(data: bytes) -> str:
    """Why the file is not taken; within a second."""
    begun = time.process_time()
    with pytest.raises(UploadRefused) as refused:
        read_docx(io.BytesIO(data))
    assert time.process_time() - begun < allowed(1)
    return str(refused.value)


def encrypted_part(data: bytes) -> bytes:
    """The container with its parts marked as encrypted."""
    changed = bytearray(data)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            flags = struct.unpack_from("<H", changed, at + place)[0]
            struct.pack_into("<H", changed, at + place, flags | 1)
            at = changed.find(signature, at + 4)
    return bytes(changed)


def workbook() -> bytes:
    """A real .xlsx."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


class TestRefused:
    """The corpus of what must not pass, each refused in less than a second."""

    def test_bombs(self) -> None:
        assert "大得不正常" in refusal(document(word__media__x_dot_bin=b"\0" * (60 << 20)))
        assert "大得不正常" in refusal(document("<w:p/>" * 900_000))
        assert "大得不正常" in refusal(
            document(
                f"<!--{'x' * 300}-->"
                + "<w:p><w:r><w:t>甲乙丙丁</w:t></w:r></w:p>" * 40_000
                + "y" * 30_000_000
            )
        )
        assert "大得不正常" in refusal(document("<w:p>" * (MAX_DEPTH + 1) + "</w:p>" * (MAX_DEPTH + 1)))

    def test_a_part_larger_than_it_claims(self) -> None:
        honest = document(
            "<w:p><w:r><w:t>" + "字" * 8_000_000 + "</w:t></w:r></w:p>", pad=bytes(range(256)) * 4000
        )
        lying = honest
        with zipfile.ZipFile(io.BytesIO(honest)) as archive:
            info = archive.getinfo("word/document.xml")
            lying = honest.replace(struct.pack("<I", info.file_size), struct.pack("<I", 1000))
        assert refusal(lying)

    def test_billion_laughs_and_outer_entities(self) -> None:
        assert "不该有的内容" in refusal(document("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", LAUGHS))
        outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        assert "不该有的内容" in refusal(document("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", outside))

    def test_macros(self) -> None:
        assert "宏" in refusal(document(word__vbaProject_dot_bin=b"\0"))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(
                "[Content_Types].xml", "<Types x='application/vnd.ms-word.document.macroEnabled.main+xml'/>"
            )
            archive.writestr("word/document.xml", f"<w:document {W}/>")
        assert ".docm" in refusal(out.getvalue())

    def test_other_files_renamed(self) -> None:
        assert "Excel" in refusal(workbook())
        assert "演示文稿" in refusal(_zip("ppt/presentation.xml"))
        assert "压缩包" in refusal(_zip("a.txt"))
        assert "PDF" in refusal(b"%PDF-1.7 ...")
        assert "图片" in refusal(b"\xff\xd8\xff...")
        assert "不是 Word" in refusal("走访少".encode())
        assert "空的" in refusal(b"")

    def test_old_and_encrypted_documents(self) -> None:
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        assert ".doc" in refusal(ole + "WordDocument".encode("utf-16-le"))
        assert "密码" in refusal(ole + "EncryptedPackage".encode("utf-16-le"))
        assert "密码" in refusal(encrypted_part(document()))

    def test_damaged_documents(self) -> None:
        whole = document()
        for cut in range(0, len(whole), 37):
            assert refusal(whole[:cut])
        assert "不该有的内容" in refusal(document("<w:p>"))
        twice = io.BytesIO()
        with zipfile.ZipFile(twice, "w") as archive, warnings.catch_warnings(action="ignore"):
            archive.writestr("[Content_Types].xml", "<Types/>")
            for _ in range(2):
                archive.writestr("word/document.xml", f"<w:document {W}/>")
        assert "不该有的内容" in refusal(twice.getvalue())
        assert "不该有的内容" in refusal(_zip("word/document.xml"))

    def test_pictures_only(self) -> None:
        picture = "<w:p><w:r><w:drawing/></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
        assert "没有文字" in refusal(document(picture, word__media__a_dot_png=b"\x89PNG"))


def _zip(name: str) -> bytes:
    """A container of one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


class TestReading:
    """What comes out."""

    def test_words_as_they_are_read(self) -> None:
        body = (
            "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>"
            "<w:ins><w:r><w:t>增</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
            "<w:hyperlink><w:r><w:t>链</w:t></w:r></w:hyperlink><!-- x --></w:p>"
            "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>一</w:t></w:r></w:p><w:p><w:r><w:t>二</w:t></w:r></w:p></w:tc>"
            "<w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>内</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>"
        )
        found = read_docx(io.BytesIO(document(body)))
        assert found == DocxText(("甲\t乙\n丙增链", "控件", (("一\n二", "内"),)))

    def test_what_is_written_here_is_read_here(self) -> None:
        paper = OfficialPaper(title="甲", author="乙")
        paper.title("对照检查材料")
        paper.head("一、作风建设")
        paper.paragraph("走访少。𠮷㐂")
        paper.table([["序号", "问题"], ["1", "拖拉\n散漫"]], widths=[2, 9])
        found = read_docx(io.BytesIO(paper.to_bytes()))
        assert found.blocks == (
            "对照检查材料",
            "一、作风建设",
            "走访少。𠮷㐂",
            (("序号", "问题"), ("1", "拖拉\n散漫")),
        )


@pytest.fixture
def material(tree: Tree, member: User) -> Material:
    """The list of a member, begun."""
    campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="lists",
        status="running",
        rules={"member_material": "list", "member_heads": ["作风建设", "执行纪律"]},
    )
    person = MemberFactory.create(organization=tree.village, name=member.full_name, user=member)
    return open_material(campaign=campaign, organization=tree.village, key=f"m{person.pk.hex}", by=member)


class TestUpload:
    """A draft as a start."""

    def test_the_form_is_filled_and_nothing_is_handed_in(
        self, material: Material, member: User, client_of: ClientOf
    ) -> None:
        client, address = client_of(member), reverse("members:material_upload", args=[material.pk])
        assert "multipart/form-data" in client.get(address).content.decode()
        draft = OfficialPaper(title="", author="", landscape=True)
        draft.table([["序号", "问题", "整改措施"], ["1", "走访少", "每月走访"]], widths=[2, 9, 9])
        file = SimpleUploadedFile("草稿.docx", draft.to_bytes())
        answer = client.post(address, {"file": file})
        assert answer.url == reverse("members:material_edit", args=[material.pk])  # type: ignore[attr-defined]
        said = client.get(answer.url).content.decode()  # type: ignore[attr-defined]
        assert "请逐项核对" in said
        assert "走访少" in said
        kept = Material.objects.get(pk=material.pk)
        assert (kept.status, kept.versions.count()) == ("draft", 0)

    def test_a_refused_file_changes_nothing_and_says_why(
        self, material: Material, member: User, client_of: ClientOf
    ) -> None:
        client, address = client_of(member), reverse("members:material_upload", args=[material.pk])
        answer = client.post(address, {"file": SimpleUploadedFile("名册.docx", workbook())})
        assert "这是 Excel 表格" in answer.content.decode()
        assert "请先选择" in client.post(address, {}).content.decode()
        long = OfficialPaper(title="", author="")
        long.paragraph("长" * 60_000)
        answer = client.post(address, {"file": SimpleUploadedFile("长.docx", long.to_bytes())})
        assert "内容太多" in answer.content.decode()
        assert Material.objects.get(pk=material.pk).revision == 0


PAPER = Paper(
    (
        Section("作风建设", "存在的问题", "走访少。\n会议多。"),
        Section("作风建设", "改进措施", "每月走访。"),
        Section("", "", "别的。"),
    ),
    (Item(new_id(), "执行纪律", "拖拉", "两次", "怕麻烦", "当天办", "吴长河", "6月底"), Item(new_id())),
    (Answer("q", "是否存在“裸官”情况", "不存在。"),),
)


class TestWriting:
    """Files in official layout."""

    def test_the_list_as_a_word_document(self, material: Material) -> None:
        file = docx.Document(io.BytesIO(MaterialSheet.of(material, PAPER).to_docx()))
        section = file.sections[0]
        assert (section.page_width or 0) > (section.page_height or 0)
        head, table = file.tables
        assert [cell.text for cell in head.rows[0].cells] == [
            "单位",
            "新河村党支部",
            "姓名、职务",
            "吴长河　党员",
        ]
        assert head.rows[1].cells[2].text == "审核人意见（签字）"
        assert head.rows[1].cells[1].text == f"{PAPER.chars}字"
        assert [cell.text for cell in table.rows[1].cells] == [
            "1",
            "执行纪律",
            "拖拉",
            "两次",
            "怕麻烦",
            "当天办",
            "吴长河",
            "6月底",
        ]
        texts = [line.text for line in file.paragraphs]
        assert "一、作风建设" in texts
        assert "（一）存在的问题" in texts
        assert "二、需要说明和回应的问题" in texts
        fonts = {f for line in file.paragraphs for f in line._p.xpath(".//w:rFonts/@w:eastAsia")}
        assert {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"} <= fonts

    def test_downloads(self, material: Material, member: User, client_of: ClientOf) -> None:
        material.content = PAPER.dumps()
        material.save()
        client = client_of(member)

        def get(kind: str, ending: str) -> bytes:
            answer = client.get(reverse("members:material_file", args=[material.pk, kind, ending]))
            assert answer.status_code == 200
            return answer.content

        for kind in ("sheet", "public"):
            assert get(kind, "docx").startswith(b"PK")
            pages = pypdfium2.PdfDocument(get(kind, "pdf"))
            text = "".join(page.get_textpage().get_text_range() for page in pages)
            assert "走访少" in text
            assert ("审核人意见" in text) == (kind == "sheet")
        for wrong in (("sheet", "exe"), ("other", "pdf")):
            assert client.get(reverse("members:material_file", args=[material.pk, *wrong])).status_code == 404

    def test_texts_of_a_leading_body(self, tree: Tree, client_of: ClientOf) -> None:
        town = CampaignFactory.create(
            issuer=tree.county,
            slug="town",
            preset="town_leadership_2014",
            status="running",
            rules={"plan_gate": "none"},
        )
        town.addressees.create(organization=tree.township, audience="bodies")
        boss = account_with(Role.SECRETARY, tree.township, full_name="周建国")
        text = Paper((Section("“四风”问题", "", "会议多。"), Section("空", "", "")))
        for key, words in (("", "青石镇班子"), (f"a{boss.appointments.get().pk}", "周建国　书记")):
            made = open_material(campaign=town, organization=tree.township, key=key, by=boss)
            assert key_of(made) == key
            save_material(material=made, revision=0, paper=text, by=boss)
            sheet = MaterialSheet.of(made, text)
            file = docx.Document(io.BytesIO(sheet.to_docx()))
            assert file.sections[0].orientation == WD_ORIENT.PORTRAIT
            assert words in [cell.text for row in file.tables[0].rows for cell in row.cells]
            assert "一、“四风”问题" in [line.text for line in file.paragraphs]
            assert b"%PDF" in sheet.to_pdf()[:10]
            public = PublicVersion.of(made, text).sheet.to_docx()
            assert not docx.Document(io.BytesIO(public)).tables
        said = (
            client_of(boss)
            .get(reverse("members:materials", args=["town", tree.township.pk]))
            .content.decode()
        )
        assert "周建国" in said
        assert "接着写" in said

    def test_the_secretary_of_a_branch(self, tree: Tree, secretary: User) -> None:
        campaign = CampaignFactory.create(
            issuer=tree.township, slug="heads", status="running", rules={"head_material": "list"}
        )
        person = MemberFactory.create(organization=tree.village, name=secretary.full_name, user=secretary)
        made = open_material(
            campaign=campaign, organization=tree.village, key=f"m{person.pk.hex}", by=secretary
        )
        assert MaterialSheet.of(made, Paper()).post == "书记"

    def test_others_download_what_was_handed_in(
        self, material: Material, member: User, secretary: User, client_of: ClientOf
    ) -> None:
        row = save_material(material=material, revision=0, paper=PAPER, by=member)
        submit_material(material=row, revision=1, by=member)
        address = reverse("members:material_file", args=[material.pk, "sheet", "docx"])
        answer = client_of(secretary).get(address)
        assert "每月走访。" in [p.text for p in docx.Document(io.BytesIO(answer.content)).paragraphs]

    def test_numerals(self) -> None:
        assert [numeral(n) for n in (1, 10, 11, 20, 35)] == ["一", "十", "十一", "二十", "三十五"]
