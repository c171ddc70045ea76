"""Materials and their review for tests: at any stage; every text is invented."""

from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone

from members.models import Material, MaterialForm, MaterialRole, MaterialStatus, MaterialVersion, ReviewSlot
from members.rules.paper import Item, Paper, Section
from members.services.reviewing import open_review
from tests.factories.branches import CampaignFactory, OrganizationFactory, UserFactory
from tests.factories.members import MemberFactory

ITEM_ID = "5b1c0f6a2d3e4f508192a3b4c5d6e7f8"
PAPER = Paper(
    sections=(
        Section("学习方面", "", "学得不深，读报多、想得少。\n用新办法解决老问题的劲头不足。"),
        Section("服务群众方面", "", "修渠的事拖了半年，没有回村民的话。"),
    ),
    items=(
        Item(
            ITEM_ID,
            heading="作风方面",
            problem="入户走访少。",
            example="三组有两户全年没有去过。",
            cause="坐等上门。",
            measure="每月走完一个组。",
            owner="本人",
            due="12月底",
        ),
    ),
)


class MaterialFactory(factory.django.DjangoModelFactory):
    """A head's list of problems, being written; `paper=` is its text, `version=` fields of its version.

    With a `status=` beyond the draft it has one version, without any seats: see `reviewed`.
    """

    class Meta:
        model = Material
        skip_postgeneration_save = True

    campaign = factory.SubFactory(CampaignFactory)
    organization = factory.SubFactory(OrganizationFactory)
    role = MaterialRole.HEAD
    member = factory.Maybe(
        factory.LazyAttribute(lambda o: o.role != MaterialRole.COMMITTEE and o.appointment is None),
        factory.SubFactory(MemberFactory, organization=factory.SelfAttribute("..organization")),
        None,
    )
    appointment = None
    form = MaterialForm.LIST
    status = MaterialStatus.DRAFT

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        """Seal the text after the row has its key."""
        paper = kwargs.pop("paper", PAPER)
        material = model_class(**kwargs)
        material.content = paper.dumps()
        material.chars = paper.chars
        material.save(force_insert=True)
        return material

    @factory.post_generation
    def version(self, create: bool, extracted: dict[str, Any] | None, **kwargs: Any) -> None:
        """The version handed in, as far as there is one."""
        if self.status != MaterialStatus.DRAFT or extracted is not None:
            MaterialVersionFactory.create(material=self, **(extracted or {}))


class MaterialVersionFactory(factory.django.DjangoModelFactory):
    """The material as it is now, as its next version; `paper=` is another text."""

    class Meta:
        model = MaterialVersion

    material = factory.SubFactory(MaterialFactory)
    number = factory.LazyAttribute(lambda o: o.material.versions.count() + 1)
    submitted_at = factory.LazyFunction(timezone.now)
    submitted_by = "刘德福"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        """Seal the text."""
        paper = kwargs.pop("paper", None) or Paper.loads(kwargs["material"].content)
        alike = kwargs.pop("alike", "")
        version = model_class(**{"chars": paper.chars, **kwargs})
        version.content = paper.dumps()
        version.alike = alike
        version.save(force_insert=True)
        return version


def in_review(**fields: Any) -> tuple[Material, list[ReviewSlot]]:
    """A material that was handed in, and the seats of its review as the rules of its campaign want them."""
    material: Material = MaterialFactory.create(status=MaterialStatus.SUBMITTED, **fields)
    version = material.versions.get()
    return material, open_review(version=version, by=material.author or UserFactory.create())
