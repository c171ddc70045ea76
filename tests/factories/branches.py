"""Organisations, accounts, posts and campaigns for tests; every name is invented."""

from __future__ import annotations

import datetime
from typing import Any

import factory
from django.utils import timezone

from branches.models import (
    Appointment,
    Campaign,
    Category,
    Job,
    Kind,
    Notice,
    Organization,
    Role,
    RuleSet,
    User,
)
from branches.rules import load_preset

PASSWORD = "jiu-shan-yun-hai-7"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
# None of these is the name of somebody whom a test names itself: two of one name are told apart by nobody.
GIVEN = ("守田", "春燕", "启明", "洁", "志远", "玉洁", "向东", "莉", "勇", "海波", "月娥", "广林")


def invented_name(number: int) -> str:
    """The n-th invented name; the first 372 differ."""
    return SURNAMES[number % len(SURNAMES)] + GIVEN[number // len(SURNAMES) % len(GIVEN)]


class OrganizationFactory(factory.django.DjangoModelFactory):
    """One organisation; `parent=` puts it below another, else it is a root."""

    class Meta:
        model = Organization

    code = factory.Sequence(lambda n: f"T{n:05d}")
    short_name = factory.Sequence(lambda n: f"{SURNAMES[n % len(SURNAMES)]}家湾{n}村支部")
    name = factory.LazyAttribute(lambda o: f"青石镇{o.short_name}")
    kind = Kind.BRANCH
    category = Category.VILLAGE

    @classmethod
    def _create(cls, model_class: Any, *args: Any, parent: Organization | None = None, **kwargs: Any) -> Any:
        """Add to the tree the way treebeard wants it."""
        if parent is None:
            return model_class.objects.add_root(kwargs)
        return model_class.objects.add_child(parent, kwargs)


class UserFactory(factory.django.DjangoModelFactory):
    """An account that has changed its first password; the password is `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"138{n:08d}")
    full_name = factory.Sequence(invented_name)
    password = factory.django.Password(PASSWORD)
    must_change_password = False


class AppointmentFactory(factory.django.DjangoModelFactory):
    """A current post, begun a year ago, without an end."""

    class Meta:
        model = Appointment

    role = Role.SECRETARY
    holder_name = factory.LazyAttribute(lambda o: o.user.full_name if o.user else "尚未登记账号者")
    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=365))
    ends_on = None


class CampaignFactory(factory.django.DjangoModelFactory):
    """A campaign with version 1 of the rules of `preset`; `rules={...}` changes single keys."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"{2020 + n % 10}年度组织生活会和民主评议党员（{n}）")
    slug = factory.Sequence(lambda n: f"campaign-{n}")
    year = 2026
    issuer = factory.SubFactory(OrganizationFactory, kind=Kind.COMMITTEE)
    preset = "current_year"
    finish_by = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=30))

    @factory.post_generation
    def rules(self, create: bool, extracted: dict[str, Any] | None, **kwargs: Any) -> None:
        """Copy the preset's rules, then put single keys over them."""
        chosen = load_preset(self.preset)
        clauses = {
            key: {"text": c.text, "source": c.source, "value": c.value} for key, c in chosen.clauses.items()
        }
        RuleSet.objects.create(
            campaign=self,
            values={**chosen.values, **(extracted or {})},
            overlays=chosen.overlays,
            clauses=clauses,
        )


class JobFactory(factory.django.DjangoModelFactory):
    """A queued job of a person."""

    class Meta:
        model = Job

    kind = "tests.nothing"
    key = factory.Sequence(lambda n: f"key-{n}")
    title = factory.Sequence(lambda n: f"测评汇总表 {n}")
    requested_by = factory.SubFactory(UserFactory)
    requested_at = factory.LazyFunction(timezone.now)


class NoticeFactory(factory.django.DjangoModelFactory):
    """A delivered notice."""

    class Meta:
        model = Notice

    kind = "test"
    about_id = factory.Sequence(lambda n: f"tests:{n}")
    day = factory.LazyFunction(timezone.localdate)
    recipient = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"提醒 {n}")
    delivered_at = factory.LazyFunction(timezone.now)


def account_with(role: str | None, organization: Organization, **fields: Any) -> User:
    """An account at home in the organisation, holding `role` there (None: no post)."""
    user: User = UserFactory.create(home=organization, **fields)
    if role is not None:
        AppointmentFactory.create(user=user, role=role, organization=organization)
    return user
