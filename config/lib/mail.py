"""E-mail to a few addresses through the SMTP server of the settings, with every refusal told."""

from __future__ import annotations

import contextlib
import re
import smtplib
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email

from config.lib.outgoing import BadAddress, NotSent

MOST_ADDRESSES = 5
_BETWEEN = re.compile(r"[\s,;，；、]+")
_REFUSED_FOR_SURE = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
)


class PartlyRefused(smtplib.SMTPException):
    """The server took a message for some addresses and refused these."""

    def __init__(self, refused: Sequence[str]) -> None:
        super().__init__(f"{len(refused)} refused")
        self.refused = refused


class _Plain(smtplib.SMTP):
    def sendmail(self, *args: Any, **options: Any) -> Any:
        """As usual, but a refusal of some addresses is an error: else nobody would hear of it."""
        if refused := super().sendmail(*args, **options):
            raise PartlyRefused(list(refused))
        return {}


class _Encrypted(_Plain, smtplib.SMTP_SSL):
    pass


class Backend(smtp.EmailBackend):
    """Django's SMTP that knows when no server is set, and passes on what Django drops: partial refusals."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The connection that tells partial refusals."""
        return _Encrypted if self.use_ssl else _Plain

    def open(self) -> bool | None:
        """Connect; NotSent when the server has no mail server in its settings."""
        if not self.host:
            raise NotSent("本系统还没有设置发信邮箱，请系统管理员设置以后再发。")
        return super().open()


def read_addresses(pasted: str) -> str:
    """The addresses of a text, one to five, separated by 「, 」; BadAddress says which one is wrong."""
    found = list(dict.fromkeys(word for word in _BETWEEN.split(pasted) if word))
    if not found:
        raise BadAddress("请填写邮箱地址，例如 dangjian@example.gov.cn")
    if len(found) > MOST_ADDRESSES:
        raise BadAddress(
            f"一个渠道最多填 {MOST_ADDRESSES} 个邮箱，现填 {len(found)} 个；其余的请另设一个渠道"
        )
    for number, address in enumerate(found, 1):
        try:
            validate_email(address)
        except ValidationError:
            raise BadAddress(f"第 {number} 个邮箱地址不完整，请核对，例如 dangjian@example.gov.cn") from None
    return ", ".join(found)


def send(addresses: str, subject: str, text: str) -> str:
    """Send one plain letter; returns a remark for the page when some addresses were refused, else nothing.

    Raises NotSent with a Chinese reason, unsure when the connection broke after the letter had left.
    """
    to = addresses.split(", ")
    connection = get_connection()
    letter = EmailMessage(
        subject=" ".join(subject.split()),
        body=text,
        to=to,
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    try:
        _open(connection)
        letter.send()
    except PartlyRefused as answer:
        places = "、".join(str(n) for n, address in enumerate(to, 1) if address in answer.refused)
        return f"{f'第 {places} 个' if places else '有'}邮箱被对方拒收，请核对地址。"
    except _REFUSED_FOR_SURE as answer:
        code = getattr(answer, "smtp_code", "")
        raise NotSent(f"邮件服务器拒收{f'（代码 {code}）' if code else ''}，请核对邮箱地址。") from None
    except (OSError, smtplib.SMTPException):
        raise NotSent("发送时连接中断，不知道是否送达。", unsure=True) from None
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.close()
    return ""


def _open(connection: BaseEmailBackend) -> None:
    """Connect before anything is sent, so that a failure here is known to have sent nothing."""
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        raise NotSent("发信邮箱的账号或密码不对，请系统管理员核对设置。") from None
    except (OSError, smtplib.SMTPException):
        raise NotSent("连不上发信服务器，请系统管理员核对设置和网络。") from None
