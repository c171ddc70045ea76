"""Accounts. They are made by the level above; there is no self-registration."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils import timezone

from branches.models.organization import Organization, reach

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from branches.models.appointment import Appointment


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB of memory, two passes, one lane: about 30 ms on a small server."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class TextSize(models.TextChoices):
    """The size of the pages' text, kept with the account."""

    STANDARD = "standard", "标准"
    LARGE = "large", "大字"
    HUGE = "huge", "特大"


class UserQuerySet(models.QuerySet["User"]):
    """Accounts by scope."""

    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        """Accounts at home in an organisation the user's posts reach."""
        return self.filter(reach(user, "home__path"))


class AccountManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager of accounts with the scope added."""

    def create_superuser(
        self, username: str, email: None = None, password: str | None = None, **fields: Any
    ) -> User:
        """Make an account of the server's own staff (`manage.py createsuperuser`); accounts have no e-mail."""
        user: User = self.model(username=username, is_staff=True, is_superuser=True, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person who logs in; what the person may do comes from current posts only."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = None  # type: ignore[assignment]
    full_name = models.CharField("姓名", max_length=40)
    home = models.ForeignKey(
        Organization,
        models.PROTECT,
        verbose_name="所在党组织",
        null=True,
        blank=True,
        related_name="accounts",
    )
    must_change_password = models.BooleanField("须修改密码", default=False)
    text_size = models.CharField("字号", max_length=10, choices=TextSize, default=TextSize.STANDARD)

    objects: ClassVar[AccountManager] = AccountManager()

    EMAIL_FIELD = ""
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined,misc]
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """The person's name."""
        return self.full_name

    def get_short_name(self) -> str:
        """The person's name."""
        return self.full_name

    def posts(self) -> list[Appointment]:
        """Posts held today (Asia/Shanghai), with organisations; read once per request and day."""
        today = timezone.localdate()
        cached: tuple[datetime.date, list[Appointment]] | None = getattr(self, "_posts", None)
        if cached is None or cached[0] != today:
            held = self.appointments.current(today).select_related("organization")
            cached = (today, list(held.order_by("organization__path", "pk")))
            self._posts = cached
        return cached[1]

    def remember_posts(self, posts: list[Appointment]) -> None:
        """Take today's posts as read, where a list has read them for many people at once."""
        self._posts = (timezone.localdate(), posts)

    def refresh_from_db(self, *args: object, **kwargs: object) -> None:
        """Reload the row and forget the posts read before."""
        self.__dict__.pop("_posts", None)
        super().refresh_from_db(*args, **kwargs)  # type: ignore[arg-type]
