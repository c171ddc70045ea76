"""Accounts and posts: made by the level above, with a one-time password on a slip."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable

from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from branches.models import Appointment, Organization, User
from branches.permissions import Answer, can_appoint, can_open_account, can_reset_password
from branches.services.audit import record
from branches.workflow import NotAllowed

# Letters and digits that are not mistaken for one another when read from a slip.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_LENGTH = 12
FAILURES_KEPT_DAYS = 90


def _require(answer: Answer) -> None:
    """Raise NotAllowed with the reason of a refusal."""
    if not answer:
        raise NotAllowed(answer.reason)


def one_time_password() -> str:
    """A random password of 12 easily read characters (about 59 bits), in groups of four."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))
    return "-".join(letters[i : i + 4] for i in range(0, PASSWORD_LENGTH, 4))


def open_account(*, full_name: str, username: str, organization: Organization, by: User) -> tuple[User, str]:
    """Make an account in the organisation; returns it with its one-time password, shown only now."""
    _require(can_open_account(by, organization))
    password = one_time_password()
    with transaction.atomic():
        user = User(username=username, full_name=full_name, home=organization, must_change_password=True)
        user.set_password(password)
        user.save()
        record(by=by, action="open_account", about=user)
    return user, password


def _require_account(account: User, by: User) -> None:
    """Raise NotAllowed unless `by` may take this account in hand; posts that begin later count too."""
    _require(can_reset_password(by, account))
    later = account.appointments.filter(starts_on__gt=timezone.localdate()).select_related("organization")
    if not all(can_appoint(by, post.organization, post.role) for post in later):
        raise NotAllowed("这个账号已被任命将要开始的职务，请由任命的上级办理。")


def reset_password(*, account: User, by: User) -> str:
    """Give the account a new one-time password, end its sessions and its lock; returns it, shown only now."""
    _require_account(account, by)
    password = one_time_password()
    with transaction.atomic():
        account.set_password(password)
        account.must_change_password = True
        account.save(update_fields=["password", "must_change_password"])
        known = Q(username__startswith=f"{account.username}:")  # as `branches.http` counts known browsers
        AccessAttempt.objects.filter(Q(username=account.username) | known).delete()
        record(by=by, action="reset_password", about=account)
    return password


def close_account(*, account: User, by: User) -> None:
    """Switch the account off; what it did stays on record."""
    _require_account(account, by)
    with transaction.atomic():
        account.is_active = False
        account.save(update_fields=["is_active"])
        record(by=by, action="close_account", about=account)


def appoint(
    *,
    organization: Organization,
    role: str,
    holder_name: str,
    by: User,
    starts_on: datetime.date,
    ends_on: datetime.date | None = None,
    user: User | None = None,
) -> Appointment:
    """Give a post from a day; only the level above may, and never to itself."""
    _require(can_appoint(by, organization, role))
    if user is not None and user.pk == by.pk:
        raise NotAllowed("不能给自己任职。")
    with transaction.atomic():
        post = Appointment.objects.create(
            organization=organization,
            role=role,
            holder_name=holder_name,
            user=user,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        record(by=by, action="appoint", about=post, detail={"role": role})
    return post


def end_appointment(*, post: Appointment, by: User, last_day: datetime.date) -> Appointment:
    """Let a post end after `last_day`."""
    _require(can_appoint(by, post.organization, post.role))
    if last_day < post.starts_on:
        raise NotAllowed("任职止不能早于任职起。")
    if post.ends_on is not None and post.ends_on <= last_day:
        raise NotAllowed("这项任职已经有更早的结束日期，没有任何改变。")
    with transaction.atomic():
        post.ends_on = last_day
        post.save(update_fields=["ends_on"])
        record(by=by, action="end_appointment", about=post)
    return post


def read_posts(people: Iterable[User]) -> None:
    """Read today's posts of many people by one query; afterwards `posts()` asks nothing more."""
    found: dict[int, list[Appointment]] = {person.pk: [] for person in people}
    held = Appointment.objects.current(timezone.localdate()).filter(user__in=list(found))
    for post in held.select_related("organization").order_by("organization__path", "pk"):
        found[post.user_id or 0].append(post)
    for person in people:
        person.remember_posts(found[person.pk])


def recent_wrong_passwords() -> int:
    """How many wrong passwords were typed by anybody within the last minute."""
    since = timezone.now() - datetime.timedelta(minutes=1)
    return int(AccessFailureLog.objects.filter(attempt_time__gte=since).count())


def choose_text_size(*, size: str, by: User) -> None:
    """Keep the person's choice of text size with the account."""
    by.text_size = size
    by.save(update_fields=["text_size"])


def forget_old_sessions() -> int:
    """Delete expired sessions; returns how many."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def forget_old_failures() -> int:
    """Delete the log of wrong passwords (account names, addresses) after three months; returns how many."""
    limit = timezone.now() - datetime.timedelta(days=FAILURES_KEPT_DAYS)
    return int(AccessFailureLog.objects.filter(attempt_time__lt=limit).delete()[0])
