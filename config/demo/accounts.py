"""Logins of the demo, with random passwords written to one private file."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from branches.models import Appointment, Organization, Role, User
from branches.services.accounts import one_time_password
from config.lib.files import write_whole
from members.models import Member

SINCE = datetime.date(2024, 1, 15)


@dataclass(frozen=True)
class Login:
    """One login of the demo."""

    who: str
    username: str
    password: str
    what: str


def account(username: str, full_name: str, home: Organization) -> tuple[User, str]:
    """An account with a random password that need not be changed at the first login."""
    password = one_time_password()
    user = User(username=username, full_name=full_name, home=home)
    user.set_password(password)
    user.save()
    return user, password


def office_login(
    username: str, full_name: str, role: str, home: Organization, what: str
) -> tuple[User, Login]:
    """Somebody with a post in an organisation above the branches."""
    user, password = account(username, full_name, home)
    Appointment.objects.create(
        user=user, holder_name=full_name, role=role, organization=home, starts_on=SINCE
    )
    label = Role(role).label
    return user, Login(f"{home.short_name}{label} {full_name}", username, password, what)


def member_login(username: str, member: Member, what: str) -> tuple[User, Login]:
    """A member of a branch; the branch posts of that name become the account's."""
    user, password = account(username, member.name, member.organization)
    Member.objects.filter(pk=member.pk).update(user=user)
    posts = Appointment.objects.filter(
        organization=member.organization, holder_name=member.name, user__isnull=True
    )
    labels = "、".join(post.get_role_display() for post in posts)
    posts.update(user=user)
    place = member.organization.short_name
    return user, Login(f"{place}{labels} {member.name}", username, password, what)


def write_logins(path: Path, logins: list[Login]) -> str:
    """Write the logins to a file only its owner can read; returns its text."""
    lines = ["演示账号（随机密码，仅供本机演示）", ""]
    lines += [f"{x.username:<10} {x.password}   {x.who}：{x.what}" for x in logins]
    text = "\n".join(lines) + "\n"
    write_whole(path, text.encode())
    return text
