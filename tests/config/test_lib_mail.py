"""E-mail: which addresses are taken, what a real server receives, how every refusal is told."""

import email
import email.policy
import smtplib
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail as django_mail

from config.lib import mail
from config.lib.outgoing import BadAddress, NotSent
from tests.factories.channels import Letters, mail_server

TWO = "yi@example.gov.cn, er@example.gov.cn"


@pytest.fixture
def server(settings: Any) -> Iterator[Letters]:
    """A mail server of our own, in the settings."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "config.lib.mail.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.DEFAULT_FROM_EMAIL = "zuzhi@example.gov.cn"
        yield running


def test_addresses_are_read_however_they_are_separated() -> None:
    assert mail.read_addresses(" yi@example.gov.cn，er@example.gov.cn；\nyi@example.gov.cn ") == TWO


@pytest.mark.parametrize(
    ("pasted", "word"),
    [
        ("  ", "请填写邮箱地址"),
        ("yi@example.gov.cn 党建办", "第 2 个"),
        ("yi@example.gov.cn\nBcc:er@example.gov.cn", "第 2 个"),
        (" ".join(f"a{n}@example.gov.cn" for n in range(6)), "现填 6 个"),
    ],
)
def test_what_is_no_address_is_refused_with_what_to_do(pasted: str, word: str) -> None:
    with pytest.raises(BadAddress, match=word):
        mail.read_addresses(pasted)


def test_one_letter_arrives_at_all_addresses(server: Letters) -> None:
    assert mail.send(TWO, "有 3 个支部\n未报", "新河村支部：方案，8月8日前。") == ""
    (letter,) = server.got
    assert letter.rcpt_tos == ["yi@example.gov.cn", "er@example.gov.cn"]
    assert letter.mail_from == "zuzhi@example.gov.cn"
    assert isinstance(letter.content, bytes)
    read = email.message_from_bytes(letter.content, policy=email.policy.default)
    assert read["Subject"] == "有 3 个支部 未报"
    assert read["Auto-Submitted"] == "auto-generated"
    body = read.get_body()
    assert body is not None
    assert body.get_content().strip() == "新河村支部：方案，8月8日前。"


def test_an_address_the_server_refuses_is_named_by_its_place(server: Letters) -> None:
    server.refused = {"er@example.gov.cn"}
    assert mail.send(TWO, "提醒", "内容") == "第 2 个邮箱被对方拒收，请核对地址。"
    assert [letter.rcpt_tos for letter in server.got] == [["yi@example.gov.cn"]]


def test_an_address_sent_in_another_spelling_is_still_told(
    server: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail._Plain, "sendmail", lambda *_: (_ for _ in ()).throw(mail.PartlyRefused(["x"])))
    assert mail.send(TWO, "提醒", "内容") == "有邮箱被对方拒收，请核对地址。"


def test_when_all_are_refused_the_letter_did_not_leave(server: Letters) -> None:
    server.refused = {"yi@example.gov.cn", "er@example.gov.cn"}
    with pytest.raises(NotSent, match="邮件服务器拒收") as failure:
        mail.send(TWO, "提醒", "内容")
    assert not failure.value.unsure


def test_a_letter_refused_after_its_text_did_not_leave(server: Letters) -> None:
    server.data_answer = "554 looks like spam"
    with pytest.raises(NotSent, match="代码 554") as failure:
        mail.send(TWO, "提醒", "内容")
    assert not failure.value.unsure


def test_when_the_line_breaks_after_the_text_nobody_knows(server: Letters) -> None:
    server.data_answer = "drop"
    with pytest.raises(NotSent, match="不知道是否送达") as failure:
        mail.send(TWO, "提醒", "内容")
    assert failure.value.unsure


def test_without_a_mail_server_in_the_settings_the_reason_says_so(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "config.lib.mail.Backend", ""
    with pytest.raises(NotSent, match="还没有设置发信邮箱"):
        mail.send(TWO, "提醒", "内容")


def test_when_the_mail_server_is_away_the_letter_did_not_leave(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "config.lib.mail.Backend",
        "127.0.0.1",
        port,
    )
    with pytest.raises(NotSent, match="连不上发信服务器") as failure:
        mail.send(TWO, "提醒", "内容")
    assert not failure.value.unsure


def test_a_wrong_password_of_the_mail_account_is_named(
    server: Letters, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def login(*_: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"bad")

    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "zuzhi", "secret-word"
    monkeypatch.setattr(smtplib.SMTP, "login", login)
    with pytest.raises(NotSent, match="账号或密码不对") as failure:
        mail.send(TWO, "提醒", "内容")
    assert "secret-word" not in failure.value.reason


def test_encrypted_connections_tell_refusals_too() -> None:
    assert issubclass(mail.Backend(use_ssl=True).connection_class, smtplib.SMTP_SSL)
    assert mail.Backend(use_ssl=True).connection_class.sendmail is mail._Plain.sendmail


def test_the_letters_of_other_tests_stay_in_the_house() -> None:
    mail.send(TWO, "提醒", "内容")
    assert [letter.to for letter in django_mail.outbox] == [["yi@example.gov.cn", "er@example.gov.cn"]]
