"""What members of leading bodies look after: who may say so, of what, and that it ends with the post."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.forms.organizations import OrganizationForm
from branches.models import Appointment, AuditEvent, Organization, Portfolio, PortfolioKind, Role, User
from branches.permissions.portfolios import can_assign_portfolio, has_portfolio
from branches.services.accounts import end_appointment
from branches.services.portfolios import add_portfolio, may_look_after, remove_portfolio
from branches.workflow import NotAllowed
from tests.conftest import Tree
from tests.factories.branches import AppointmentFactory, OrganizationFactory

ClientOf = Callable[[User], Client]
CHARGE, LIAISON = PortfolioKind.CHARGE, PortfolioKind.LIAISON
YES = {
    "committee": {"township", "county", "system"},
    "secretary": {"county", "system"},
    "deputy": {"county", "system"},
}


def post_at(organization: Organization, role: str = Role.COMMITTEE, **more: Any) -> Appointment:
    """A current post there, held by somebody without an account."""
    made: Appointment = AppointmentFactory.create(
        organization=organization, role=role, user=None, holder_name="沈国栋", **more
    )
    return made


@pytest.fixture
def post(tree: Tree) -> Appointment:
    """A plain member of the township committee."""
    return post_at(tree.township)


class TestPermission:
    """Who may give the post may say what it looks after."""

    @pytest.mark.parametrize("role", sorted(YES))
    def test_every_person(self, request: pytest.FixtureRequest, tree: Tree, role: str) -> None:
        names = (
            "secretary",
            "organizer",
            "member",
            "group_leader",
            "supervisor",
            "township",
            "county",
            "sibling_secretary",
            "stranger",
            "system",
            "auditor",
        )
        people: dict[str, Any] = {name: request.getfixturevalue(name) for name in names}
        people["anonymous"] = AnonymousUser()
        asked = post_at(tree.township, role)
        assert {name for name, who in people.items() if can_assign_portfolio(who, asked)} == YES[role]

    def test_only_members_of_leading_bodies_today(self, tree: Tree, county: User) -> None:
        today = timezone.localdate()
        day = datetime.timedelta(days=1)
        for place in (tree.township, tree.general):
            assert has_portfolio(post_at(place))
        for other in (
            post_at(tree.village),
            post_at(tree.township, Role.OFFICE),
            post_at(tree.township, ends_on=today - day),
            post_at(tree.township, starts_on=today + day),
        ):
            assert not has_portfolio(other)
            assert "现任" in getattr(can_assign_portfolio(county, other), "reason", "")
        assert has_portfolio(post_at(tree.township, ends_on=today)), "the last day counts"


class TestService:
    """Lines are added and removed."""

    def test_what_a_post_can_look_after(self, tree: Tree, post: Appointment) -> None:
        tree.other_village.line_superior = tree.township
        tree.other_village.save()
        gone = OrganizationFactory.create(parent=tree.township, status="abolished")
        offered = set(may_look_after(post))
        assert {tree.village, tree.school, tree.general, tree.mill, tree.other_village} <= offered
        assert not offered & {tree.township, tree.county, tree.other_township, tree.group, gone}

    def test_an_organisation(self, tree: Tree, post: Appointment, township: User) -> None:
        line = add_portfolio(post=post, kind=CHARGE, organization=tree.school, by=township)
        assert str(line) == "分管镇中心学校支部"
        assert line.where == "镇中心学校党支部"
        event = AuditEvent.objects.get(action="add_portfolio")
        assert event.detail == {"kind": "分管", "organization": tree.school.pk}
        assert event.organization_path == tree.township.path

    def test_a_department_with_its_head(self, post: Appointment, township: User) -> None:
        line = add_portfolio(post=post, kind=LIAISON, unit="财政所", unit_head="何长河", by=township)
        assert line.where == "财政所（负责同志：何长河）"
        assert str(line) == "分工联系财政所"
        assert Portfolio(appointment=post, unit="财政所").where == "财政所"
        detail = AuditEvent.objects.get(action="add_portfolio").detail
        assert detail == {"kind": "分工联系", "organization": None}, "no names in the record"

    def test_once_only_but_both_kinds(self, tree: Tree, post: Appointment, township: User) -> None:
        add_portfolio(post=post, kind=CHARGE, organization=tree.school, by=township)
        add_portfolio(post=post, kind=LIAISON, organization=tree.school, by=township)
        with pytest.raises(NotAllowed, match="已经登记过"):
            add_portfolio(post=post, kind=CHARGE, organization=tree.school, by=township)
        assert post.portfolios.count() == 2

    def test_refusals(self, tree: Tree, post: Appointment, township: User, secretary: User) -> None:
        with pytest.raises(NotAllowed, match="选填一项"):
            add_portfolio(post=post, kind=CHARGE, by=township)
        with pytest.raises(NotAllowed, match="选填一项"):
            add_portfolio(post=post, kind=CHARGE, organization=tree.school, unit="财政所", by=township)
        with pytest.raises(NotAllowed, match="只能登记"):
            add_portfolio(post=post, kind=CHARGE, organization=tree.other_village, by=township)
        with pytest.raises(NotAllowed, match="由上一级"):
            add_portfolio(post=post, kind=CHARGE, organization=tree.school, by=secretary)
        assert not Portfolio.objects.exists()

    def test_removed(self, tree: Tree, post: Appointment, township: User, secretary: User) -> None:
        line = add_portfolio(post=post, kind=CHARGE, organization=tree.school, by=township)
        with pytest.raises(NotAllowed, match="由上一级"):
            remove_portfolio(line=line, by=secretary)
        remove_portfolio(line=line, by=township)
        assert not Portfolio.objects.exists()
        assert AuditEvent.objects.filter(action="remove_portfolio").count() == 1

    def test_it_ends_with_the_post(self, tree: Tree, post: Appointment, township: User) -> None:
        today = timezone.localdate()
        line = add_portfolio(post=post, kind=CHARGE, organization=tree.school, by=township)
        end_appointment(post=post, by=township, last_day=today)
        assert list(Portfolio.objects.current(today)) == [line]
        assert not Portfolio.objects.current(today + datetime.timedelta(days=1)).exists()
        assert list(Portfolio.objects.visible_to(township)) == [line]


class TestPages:
    """The page of the organisation leads to the portfolio of each post."""

    def test_shown_at_the_post(
        self, tree: Tree, post: Appointment, township: User, supervisor: User, client_of: ClientOf
    ) -> None:
        add_portfolio(post=post, kind=CHARGE, organization=tree.school, by=township)
        head = post_at(tree.township, Role.SECRETARY)
        url = reverse("branches:organization", args=[tree.township.pk])
        page = client_of(township).get(url).content.decode()
        assert "分管：镇中心学校党支部" in page
        assert reverse("branches:portfolio", args=[post.pk]) in page
        assert reverse("branches:portfolio", args=[head.pk]) not in page, "given from above"
        read = client_of(supervisor).get(url).content.decode()
        assert "分管：镇中心学校党支部" in read
        assert "修改分工" not in read
        Appointment.objects.filter(pk=post.pk).update(
            ends_on=timezone.localdate() - datetime.timedelta(days=1)
        )
        assert "分管：" not in client_of(township).get(url).content.decode()

    def test_no_query_a_post(self, tree: Tree, township: User, client_of: ClientOf) -> None:
        url = reverse("branches:organization", args=[tree.township.pk])
        client = client_of(township)
        client.get(url)
        counts = []
        for _ in range(2):
            for _ in range(5):
                one = post_at(tree.township)
                Portfolio.objects.create(appointment=one, organization=tree.school)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(url)
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_added_once_and_removed(
        self, tree: Tree, post: Appointment, township: User, client_of: ClientOf
    ) -> None:
        client, url = client_of(township), reverse("branches:portfolio", args=[post.pk])
        assert "还没有登记分工" in client.get(url).content.decode()
        typed = {"kind": "liaison", "organization": tree.village.pk, "submission": str(uuid.uuid4())}
        for _ in range(2):
            assert client.post(url, typed).headers["Location"] == url
        line = Portfolio.objects.get()
        assert (line.kind, line.organization) == ("liaison", tree.village)
        page = client.get(url).content.decode()
        assert "已登记：沈国栋分工联系新河村党支部" in page
        client.post(reverse("branches:portfolio_remove", args=[line.pk]))
        assert not Portfolio.objects.exists()

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({}, "不在其中的，请填写部门"),
            ({"unit": "财政所"}, "负责同志的姓名"),
            ({"organization": "school", "unit": "财政所", "unit_head": "何长河"}, "分两次添加"),
            ({"organization": "other_village"}, "不在可选的范围内"),
            ({"kind": "none", "unit": "财政所"}, "不在可选的范围内"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(
        self,
        tree: Tree,
        post: Appointment,
        township: User,
        client_of: ClientOf,
        typed: dict[str, str],
        said: str,
    ) -> None:
        data: dict[str, Any] = {"kind": "charge", **typed}
        if "organization" in data:
            data["organization"] = getattr(tree, data["organization"]).pk
        response = client_of(township).post(reverse("branches:portfolio", args=[post.pk]), data)
        page = response.content.decode()
        assert response.status_code == 200
        assert said in page
        assert "财政所" in page or "unit" not in typed
        assert not Portfolio.objects.exists()

    def test_a_line_that_is_there_already(
        self, tree: Tree, post: Appointment, township: User, client_of: ClientOf
    ) -> None:
        add_portfolio(post=post, kind=CHARGE, organization=tree.school, by=township)
        url = reverse("branches:portfolio", args=[post.pk])
        page = client_of(township).post(url, {"kind": "charge", "organization": tree.school.pk})
        assert "已经登记过" in page.content.decode()


class TestLineSuperior:
    """The 系统主管 of a school or hospital can be named on its page."""

    def test_named_and_taken_away(self, tree: Tree, township: User, client_of: ClientOf) -> None:
        bureau = OrganizationFactory.create(parent=tree.county, name="县教育局党委", kind="committee")
        client, url = client_of(township), reverse("branches:organization_edit", args=[tree.school.pk])
        assert "县教育局党委" in client.get(url).content.decode()
        typed = {
            "name": tree.school.name,
            "short_name": tree.school.short_name,
            "category": "school",
            "committee_override": "unknown",
        }
        client.post(url, {**typed, "line_superior": bureau.pk})
        tree.school.refresh_from_db()
        assert tree.school.line_superior == bureau
        client.post(url, {**typed, "line_superior": ""})
        tree.school.refresh_from_db()
        assert tree.school.line_superior is None

    def test_offered_are_bodies_in_reach_and_sisters_of_those_above(self, tree: Tree, township: User) -> None:
        bureau = OrganizationFactory.create(parent=tree.county, kind="committee")
        far = OrganizationFactory.create(parent=tree.other_township, kind="committee")
        offered = set(OrganizationForm(instance=tree.school, user=township).fields["line_superior"].queryset)  # type: ignore[attr-defined]
        assert {bureau, tree.general, tree.other_township} <= offered
        assert not offered & {far, tree.village, tree.school}
        tree.school.line_superior = far
        kept = OrganizationForm(instance=tree.school, user=township).fields["line_superior"]
        assert far in set(kept.queryset), "what is named stays"  # type: ignore[attr-defined]

    def test_never_itself_nor_what_is_below(self, tree: Tree, county: User) -> None:
        field = OrganizationForm(instance=tree.township, user=county).fields["line_superior"]
        offered = set(field.queryset)  # type: ignore[attr-defined]
        assert not offered & {tree.township, tree.general}
        assert tree.other_township in offered

    def test_a_new_organisation(self, tree: Tree, township: User, client_of: ClientOf) -> None:
        bureau = OrganizationFactory.create(parent=tree.county, kind="committee")
        client_of(township).post(
            reverse("branches:organization_add", args=[tree.township.pk]),
            {
                "name": "镇第二中学党支部",
                "short_name": "二中支部",
                "code": "YL-QS-09",
                "kind": "branch",
                "category": "school",
                "committee_override": "unknown",
                "line_superior": bureau.pk,
            },
        )
        assert Organization.objects.get(code="YL-QS-09").line_superior == bureau
