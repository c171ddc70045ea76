"""Who can read a draft, a returned and a settled material; nothing of the text at rest, in the record, in lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Role, User
from members.models import Material, MaterialStatus, Member, SpotCheck, SpotCheckItem
from members.reports.material_pages import told_author, told_reviewer
from members.rules.paper import Item, Paper, new_id
from members.services.material_copies import Alike, as_text
from members.services.materials import open_material, save_material, submit_material, withdraw_material
from members.services.review_decisions import add_remark, return_slot
from tests.conftest import Tree
from tests.factories.branches import CampaignFactory, account_with
from tests.factories.members import MemberFactory, members_of

ClientOf = Callable[[User], Client]
SECRET = "对门前修路的事推诿了三个月"
PAGES = (
    "material_show",
    "material_edit",
    "material_check",
    "material_versions",
    "material_upload",
    "material_public",
)


@pytest.fixture
def reviewed(tree: Tree) -> Campaign:
    """Every member's list is reviewed by the secretary."""
    made: Campaign = CampaignFactory.create(
        issuer=tree.township,
        slug="reviewed",
        status="running",
        rules={
            "committee_material": "list",
            "member_material": "list",
            "member_reviewer": "own_head",
            "material_public_notice": True,
        },
    )
    return made


@pytest.fixture
def writer(tree: Tree, member: User) -> Member:
    """The member with an account, on the roll."""
    made: Member = MemberFactory.create(organization=tree.village, name="吴长河", user=member)
    return made


@pytest.fixture
def draft(reviewed: Campaign, writer: Member, member: User, tree: Tree) -> Material:
    """A draft with the secret in it."""
    row = open_material(campaign=reviewed, organization=tree.village, key=f"m{writer.pk.hex}", by=member)
    paper = Paper(items=(Item(new_id(), problem=SECRET),))
    return save_material(material=row, revision=0, paper=paper, by=member)


def answers(client: Client, material: Material) -> dict[str, int]:
    """The status of every page."""
    return {name: client.get(reverse(f"members:{name}", args=[material.pk])).status_code for name in PAGES}


def reads(client: Client, material: Material) -> bool:
    """Whether the text can be seen anywhere, also in files and lists."""
    addresses = [reverse(f"members:{name}", args=[material.pk]) for name in PAGES]
    where = [material.campaign.slug, material.organization_id]
    addresses += [reverse(f"members:{name}", args=where) for name in ("materials", "material")]
    if any(SECRET in client.get(one, follow=True).content.decode() for one in addresses):
        return True
    file = reverse("members:material_file", args=[material.pk, "sheet", "docx"])
    return client.get(file).status_code == 200


class TestReaders:
    """Role by state."""

    def test_a_draft_is_the_authors_alone(
        self,
        draft: Material,
        member: User,
        client_of: ClientOf,
        secretary: User,
        organizer: User,
        township: User,
        county: User,
        supervisor: User,
        teller: User,
        group_leader: User,
        system: User,
    ) -> None:
        assert reads(client_of(member), draft)
        for other in (secretary, organizer, township, county, supervisor, teller, group_leader, system):
            client = client_of(other)
            assert not reads(client, draft), other
            assert set(answers(client, draft).values()) <= {403, 404}

    def test_another_branchs_secretary_gets_404(
        self, draft: Material, sibling_secretary: User, stranger: User, client_of: ClientOf
    ) -> None:
        for other in (sibling_secretary, stranger):
            client = client_of(other)
            assert set(answers(client, draft).values()) == {404}
            for name in ("material_edit", "material_withdraw"):
                assert client.post(reverse(f"members:{name}", args=[draft.pk])).status_code == 404
            where = [draft.campaign.slug, draft.organization_id]
            for name in ("materials", "material"):
                assert client.get(reverse(f"members:{name}", args=where)).status_code == 404

    def test_handed_in_the_secretary_reads_it_and_returned_the_reviewer(
        self,
        draft: Material,
        member: User,
        secretary: User,
        township: User,
        organizer: User,
        client_of: ClientOf,
    ) -> None:
        deputy = account_with(Role.DEPUTY, draft.organization)
        sent = submit_material(material=draft, revision=draft.revision, by=member)
        assert reads(client_of(secretary), sent)
        assert reads(client_of(deputy), sent)
        assert not reads(client_of(organizer), sent)
        assert not reads(client_of(township), sent)
        slot = sent.versions.get().slots.get()
        block = Paper.loads(sent.content).items[0].id
        add_remark(slot=slot, block=block, paragraph=0, text="写明是哪条路。", by=secretary)
        return_slot(slot=slot, note="再具体一些", checklist={}, by=secretary)
        back = Material.objects.get(pk=sent.pk)
        assert back.status == MaterialStatus.RETURNED
        assert reads(client_of(secretary), back)  # who reviewed it
        assert not reads(client_of(deputy), back)
        said = client_of(member).get(reverse("members:material_edit", args=[sent.pk])).content.decode()
        assert "再具体一些" in said
        beside = said.split(f'id="item-{block}"')[1]
        assert "写明是哪条路。" in beside

    def test_the_reviewer_reads_what_was_handed_in_not_what_is_being_mended(
        self, draft: Material, member: User, secretary: User, client_of: ClientOf
    ) -> None:
        sent = submit_material(material=draft, revision=draft.revision, by=member)
        return_slot(slot=sent.versions.get().slots.get(), note="再具体一些", checklist={}, by=secretary)
        mended = Paper(items=(Item(new_id(), problem="改到一半的话"),))
        back = Material.objects.get(pk=sent.pk)
        save_material(material=back, revision=back.revision, paper=mended, by=member)
        said = client_of(secretary).get(reverse("members:material_show", args=[sent.pk])).content.decode()
        assert SECRET in said
        assert "改到一半的话" not in said

    def test_what_reviewers_said_is_for_the_author_and_for_them(
        self, draft: Material, tree: Tree, member: User, secretary: User, client_of: ClientOf
    ) -> None:
        deputy = account_with(Role.DEPUTY, draft.organization)
        sent = submit_material(material=draft, revision=draft.revision, by=member)
        return_slot(slot=sent.versions.get().slots.get(), note="再具体一些", checklist={}, by=secretary)
        back = Material.objects.get(pk=sent.pk)
        check = SpotCheck.objects.create(
            campaign=back.campaign,
            organization=tree.township,
            seed="1",
            size=1,
            pool=[],
            drawn_at=timezone.now(),
            drawn_by="周敏",
        )
        drawn = SpotCheckItem(check_of=check, material=back, position=1, checked_on=timezone.localdate())
        drawn.wants_more = True
        drawn.save()
        drawn.finding = "第一条没有写事例"
        drawn.save()
        submit_material(material=back, revision=back.revision, by=member)
        address = reverse("members:material_show", args=[sent.pk])
        for reader, hears in ((member, True), (secretary, True), (deputy, False)):
            page = client_of(reader).get(address).content.decode()
            assert SECRET in page
            assert ("再具体一些" in page, "第一条没有写事例" in page) == (hears, hears), reader

    def test_what_was_taken_back_is_the_authors_again_at_the_seat_too(
        self, draft: Material, member: User, secretary: User, client_of: ClientOf
    ) -> None:
        sent = submit_material(material=draft, revision=draft.revision, by=member)
        seat = reverse("members:review", args=[sent.versions.get().slots.get().pk])
        assert SECRET in client_of(secretary).get(seat).content.decode()
        withdraw_material(material=sent, by=member)
        typed = client_of(secretary).post(f"{seat}return/", {"note": "第一条太空"})
        for page in (client_of(secretary).get(seat), typed):
            assert "由本人收回修改" in page.content.decode()
            assert SECRET not in page.content.decode()
        assert "第一条太空" in typed.content.decode(), "what was typed is still there"

    def test_the_hint_is_the_authors_and_the_reviewers(
        self, draft: Material, member: User, secretary: User, client_of: ClientOf
    ) -> None:
        sent = submit_material(material=draft, revision=draft.revision, by=member)
        version = sent.versions.get()
        version.alike = as_text([Alike("other", "郑芳", "9/10"), Alike("own", "去年的活动", "4/5")])
        version.save()
        address = reverse("members:material_show", args=[sent.pk])
        said = client_of(member).get(address).content.decode()
        assert "90.00% 相同" in said
        assert "郑芳" not in said
        deputy = account_with(Role.DEPUTY, draft.organization)
        assert "90.00%" not in client_of(deputy).get(address).content.decode()
        assert [one.whose for one in told_reviewer(version)] == ["郑芳的材料", "本人在“去年的活动”里的材料"]
        assert told_author(()) == ()


class TestAtRest:
    """What lies in the database."""

    def test_no_text_lies_open(self, draft: Material, member: User, secretary: User) -> None:
        sent = submit_material(material=draft, revision=draft.revision, by=member)
        return_slot(slot=sent.versions.get().slots.get(), note=f"{SECRET}要写清", checklist={}, by=secretary)
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    assert SECRET[:6] not in repr(row), table
        assert SECRET in Material.objects.get(pk=sent.pk).content


def test_the_list_asks_the_same_number_of_queries_for_any_branch(
    reviewed: Campaign, tree: Tree, secretary: User, client_of: ClientOf
) -> None:
    client = client_of(secretary)
    address = reverse("members:materials", args=[reviewed.slug, tree.village.pk])

    def cost(count: int) -> int:
        for person in members_of(tree.village, count):
            person.user = account_with(None, tree.village)
            person.save()
            row = open_material(
                campaign=reviewed, organization=tree.village, key=f"m{person.pk.hex}", by=person.user
            )
            paper = Paper(items=(Item(new_id(), problem="走访少"),))
            row = save_material(material=row, revision=0, paper=paper, by=person.user)
            submit_material(material=row, revision=1, by=person.user)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    assert cost(2) == cost(10)
    assert Material.objects.aggregate(most=Max("revision"))["most"] == 1
