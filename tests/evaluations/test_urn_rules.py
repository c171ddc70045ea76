"""Codes, halves, sealed votes, slips, turnout: plain Python."""

from __future__ import annotations

import io
from collections import Counter

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from evaluations.rules import Heads, Line, add_lines, check_collected, check_issued, check_known, check_voters
from evaluations.rules.heads import identities
from evaluations.rules.tally import base_number
from evaluations.urn import codes, halves, votes
from evaluations.urn.letters import ALPHABET, check_letter, grouped, random_letters, tidied
from evaluations.urn.slips import CARD_TITLE, Slips, draw_slips
from evaluations.urn.turnout import shown_turnout

KEY, BALLOT = b"k" * 32, b"b" * 16
letters = st.text(st.sampled_from(ALPHABET), min_size=19, max_size=19)


def test_the_alphabet_has_no_two_characters_that_look_alike() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set("0O1IL") & set(ALPHABET)


def test_codes_are_different_random_and_in_no_order() -> None:
    made = codes.new_codes(400)
    assert len(set(made)) == 400
    assert {len(code) for code in made} == {codes.CODE_LENGTH}
    assert made != sorted(made)
    spread = Counter("".join(made))
    assert set(spread) == set(ALPHABET)
    assert max(spread.values()) < 2.2 * min(spread.values())
    assert not set(made) & set(codes.new_codes(400))


@pytest.mark.parametrize(
    "typed",
    [
        "abcde-fghjk",
        "ABCDE FGHJK",
        "ａｂｃｄｅ－ｆｇｈｊｋ",
        " a b c d e f g h j k ",
        "ABCDE—FGHJK\r\n",
        "https://x.example/vote/k7m2pq9xwa/#ABCDEFGHJK",
    ],
    ids=["small", "space", "full-width", "spaced-out", "dash", "address"],
)
def test_a_code_is_read_in_whatever_way_it_is_typed(typed: str) -> None:
    assert codes.read_code(typed) == "ABCDEFGHJK"
    assert codes.shown_code("ABCDEFGHJK") == "ABCDE-FGHJK"


@pytest.mark.parametrize(
    "typed", ["", "ABCDEFGHJ", "ABCDEFGHJKM", "ABCDE0FGHJ", "ABCDEIFGHJ", "一二三四五六七八九十"]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert codes.read_code(typed) is None
    assert tidied("A" * 500, 10) is None


def test_a_digest_needs_the_key_and_tells_codes_apart() -> None:
    one = codes.code_digest(KEY, "ABCDEFGHJK")
    assert len(one) == 64
    assert one == codes.code_digest(KEY, "ABCDEFGHJK")
    assert one not in {codes.code_digest(b"x" * 32, "ABCDEFGHJK"), codes.code_digest(KEY, "ABCDEFGHJM")}


def test_the_address_is_short_and_known_by_its_digest_only() -> None:
    address = codes.new_address()
    assert len(address) == codes.ADDRESS_LENGTH
    assert address == address.lower()
    assert codes.address_digest(address) == codes.address_digest(address.upper())
    assert codes.address_digest(address) != codes.address_digest(codes.new_address())
    assert codes.address_digest("no address") == codes.address_digest("")


@given(letters, st.integers(0, 18), st.sampled_from(ALPHABET))
def test_one_wrong_character_of_a_half_is_noticed(plain: str, place: int, wrong: str) -> None:
    half = plain + check_letter(plain)
    assert halves.read_half(halves.shown_half(half)) == half
    changed = plain[:place] + wrong + plain[place + 1 :] + half[-1]
    assert (halves.read_half(changed) is None) == (changed != half)


@given(letters, st.integers(0, 17))
def test_two_swapped_characters_of_a_half_are_noticed(plain: str, place: int) -> None:
    half = plain + check_letter(plain)
    swapped = half[:place] + half[place + 1] + half[place] + half[place + 2 :]
    assert (halves.read_half(swapped) is None) == (swapped != half)


def test_a_half_is_long_enough_and_shown_in_groups() -> None:
    made = {halves.new_half() for _ in range(50)}
    assert len(made) == 50
    assert all(halves.read_half(half.lower()) == half for half in made)
    assert halves.shown_half("A" * 20) == "AAAA-AAAA-AAAA-AAAA-AAAA"
    assert grouped("ABC", 5) == "ABC"
    assert halves.RANDOM_LETTERS * 4.95 > 80


def test_a_box_needs_its_half_its_seat_its_ballot_and_the_key() -> None:
    half = halves.new_half()
    own = halves.public_part(KEY, BALLOT, 1, half)
    assert own == halves.public_part(KEY, BALLOT, 1, half)
    others = [
        halves.public_part(b"x" * 32, BALLOT, 1, half),
        halves.public_part(KEY, b"x" * 16, 1, half),
        halves.public_part(KEY, BALLOT, 2, half),
        halves.public_part(KEY, BALLOT, 1, halves.new_half()),
    ]
    assert own not in others
    assert len({own, *others}) == 5


ROWS = st.integers(1, 40)


@given(st.data(), ROWS, st.integers(2, 6))
def test_a_vote_comes_out_as_it_went_in_and_all_have_one_length(
    data: st.DataObject, rows: int, options: int
) -> None:
    marks = data.draw(st.text(st.sampled_from("0123456"[: options + 1]), min_size=rows, max_size=rows))
    first, second = PrivateKey.generate(), PrivateKey.generate()
    public = bytes(first.public_key) + bytes(second.public_key)
    sealed = votes.seal(public, votes.pack(marks, rows, options))
    assert len(sealed) == votes.sealed_length(rows) == len(votes.noise(rows))
    assert votes.unpack(votes.unseal(first, second, sealed), rows, options) == marks
    assert votes.seal(public, votes.pack(marks, rows, options)) != sealed


@pytest.mark.parametrize("marks", ["", "12", "1234", "125", "1x1", "1?1", "1 1", "１11"])
def test_a_vote_with_an_open_row_or_another_mark_is_refused(marks: str) -> None:
    with pytest.raises(votes.VoteRefused):
        votes.pack(marks, 3, 4)


def test_one_half_alone_opens_nothing_and_a_changed_vote_neither() -> None:
    first, second, other = (PrivateKey.generate() for _ in range(3))
    sealed = votes.seal(bytes(first.public_key) + bytes(second.public_key), votes.pack("123", 3, 4))
    for keys in ((first, other), (other, second), (second, first), (other, other)):
        with pytest.raises(votes.Unreadable):
            votes.unseal(*keys, sealed)
    changed = bytes([sealed[0] ^ 1]) + sealed[1:]
    for wrong in (changed, sealed[:-1], votes.noise(3), b""):
        with pytest.raises(votes.Unreadable):
            votes.unseal(first, second, wrong)
    for packed in (b"V2123", b"V112", b"V1129", b"\xff\xff123"):
        with pytest.raises(votes.Unreadable):
            votes.unpack(packed, 3, 4)


def test_a_receipt_says_that_a_vote_is_there_and_nothing_of_it() -> None:
    assert votes.receipt(b"a") == "ca978112ca"
    roots = {votes.receipts_root([votes.receipt(b"a"), votes.receipt(b"b")]) for _ in range(2)}
    assert roots == {votes.receipts_root([votes.receipt(b"b"), votes.receipt(b"a")])}
    assert votes.receipts_root([]) == ""


@given(st.integers(0, 150), st.integers(1, 150))
def test_turnout_moves_in_steps_until_all_are_in(used: int, issued: int) -> None:
    shown = shown_turnout(used, issued)
    assert shown <= used < shown + 3
    assert shown % 3 == 0 or used >= issued
    assert shown_turnout(issued, issued) == issued


SLIPS = Slips(
    "青石镇新河村党支部",
    "2026年度民主评议党员",
    "https://dangjian.example.gov.cn/vote/k7m2pq9xwa/",
    "https://dangjian.example.gov.cn/vote/k7m2pq9xwa/kiosk/",
    tuple(codes.new_codes(11)),
)


def test_slips_are_alike_but_for_the_code_which_stands_behind_the_hash() -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(draw_slips(SLIPS)))
    assert len(document) == 3
    texts = [page.get_textpage().get_text_range() for page in document]
    printed = [code for text in texts for code in SLIPS.codes if codes.shown_code(code) in text]
    assert sorted(printed) == sorted(SLIPS.codes)
    alike = list(texts[:2])
    for code in SLIPS.codes:
        alike = [text.replace(codes.shown_code(code), "") for text in alike]
    assert set(alike[1].split()) == set(alike[0].split())
    read = [
        found.text
        for page in list(document)[:2]
        for found in zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    ]
    assert sorted(read) == sorted(f"{SLIPS.address}#{code}" for code in SLIPS.codes)
    assert CARD_TITLE in texts[2]
    assert not [code for code in SLIPS.codes if code in texts[2]]
    (kiosk,) = zxingcpp.read_barcodes(document[2].render(scale=2).to_pil())
    assert kiosk.text == SLIPS.kiosk
    document.close()


@pytest.mark.parametrize("code", ["MMMMMWWWWW", "2222222222"])
def test_the_widest_code_stays_on_its_slip(code: str) -> None:
    wide = Slips(
        "云岭县青石镇宏达纺织有限责任公司第一车间联合党支部",
        "2026年度评议支委会",
        f"https://{'a' * 60}.example.gov.cn/vote/k7m2pq9xwa/",
        "https://x.example/",
        (code,),
    )
    document = pypdfium2.PdfDocument(io.BytesIO(draw_slips(wide)))
    half = document[0].get_width() / 2
    texts = [thing for thing in document[0].get_objects() if thing.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT]
    assert len(texts) > 8
    for thing in texts:
        left, _, right, _ = thing.get_bounds()
        assert right <= half + 1 or left >= half - 1
    document.close()


DEVICE = Heads(expected=25, present=22, codes=20, cast=18, on_paper=False, on_device=True)
BOTH = Heads(expected=25, present=22, printed=9, issued=8, replaced=0, unused=1, returned=7, void=1, codes=12, cast=11, on_device=True)  # fmt: skip


def test_heads_of_a_device_need_no_paper() -> None:
    assert check_collected(DEVICE) == []
    assert check_known(DEVICE, ("printed", "issued", "codes", "cast")) == []
    assert (DEVICE.valid, DEVICE.all_issued, DEVICE.all_returned, DEVICE.codes_left) == (18, 20, 18, 2)
    assert (DEVICE.all_void, DEVICE.all_not_returned, DEVICE.valid_papers) == (0, 2, None)
    assert [(i.text, i.holds) for i in identities(DEVICE)] == [
        ("应到 25 ≥ 实到 22 ≥ 发出 20", True),
        ("发出电子票 20 = 已投 18 + 未用 2", True),
    ]
    assert base_number("returned", DEVICE) == 18


def test_heads_of_both_add_up() -> None:
    assert check_collected(BOTH) == []
    assert (BOTH.valid, BOTH.all_issued, BOTH.all_returned, BOTH.all_void) == (17, 20, 18, 1)
    texts = [i.text for i in identities(BOTH)]
    assert texts[0] == "应到 25 ≥ 实到 22 ≥ 发出 20（纸质票 8 + 电子票 12）"
    assert texts[-1] == "有效 17 = 纸质有效 6 + 电子票 11"
    assert all(i.holds for i in identities(BOTH))
    unknown = Heads(issued=8, on_device=True)
    assert unknown.all_issued is None
    assert identities(unknown)[-1].holds is None


def test_problems_with_codes_say_what_to_do() -> None:
    told = {
        "至少为 1": check_issued(Heads(codes=0, on_paper=False, on_device=True)),
        "不能多于实到": check_issued(Heads(present=5, codes=6, on_paper=False, on_device=True)),
        "纸质票加电子票": check_issued(Heads(present=9, printed=9, issued=6, codes=6, on_device=True)),
        "多于发出的 5 张": check_collected(Heads(present=9, codes=5, cast=6, on_paper=False, on_device=True)),
        "可以填票的有 9 人": check_voters(Heads(issued=4, codes=6, on_device=True), 9),
        "请填写已投电子票": check_known(Heads(on_device=True, on_paper=False), ("printed", "cast")),
    }
    for words, problems in told.items():
        assert [words in p.message for p in problems] == [True], words
    assert check_collected(Heads(codes=5, cast=6, on_device=True))[-1].final
    assert check_voters(Heads(codes=4, on_paper=False, on_device=True), 3)[0].field == "codes"


def test_two_counts_of_the_same_rows_add_up() -> None:
    one, two = [Line((3, 1), 1, 0), Line((0, 5), 0, 0)], [Line((2, 0), 0, 2), Line((1, 1), 0, 0)]
    assert add_lines(one, two) == [Line((5, 1), 1, 2), Line((1, 6), 0, 0)]
    with pytest.raises(ValueError, match="shorter"):
        add_lines(one, two[:1])


def test_random_letters_are_of_the_alphabet() -> None:
    assert set(random_letters(500)) <= set(ALPHABET)
