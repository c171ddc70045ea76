"""The leading group and its office; attachments of the notice."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from branches.models import AuditEvent, Body, Campaign, CampaignFile, LeadingSeat, User
from branches.services import campaigns
from branches.services.campaigns import MOST_FILES, filing
from branches.workflow import CAMPAIGN, NotAllowed, perform

PDF = b"%PDF-1.7 notice"


def seats(campaign: Campaign, body: str = Body.GROUP) -> list[str]:
    """Names in order."""
    return list(campaign.seats.filter(body=body).values_list("name", flat=True))


def seat(campaign: Campaign, by: User, name: str, **fields: Any) -> LeadingSeat:
    """A seat of the leading group."""
    said = {"body": Body.GROUP, "title": "成员", **fields}
    return campaigns.add_seat(campaign=campaign, name=name, by=by, **said)


class TestSeats:
    """Filled, changed, ordered and removed while the campaign runs."""

    def test_seats_stand_in_the_order_they_were_added(self, campaign: Campaign, township: User) -> None:
        for name in ("何长河", "魏敏", "姜文"):
            seat(campaign, township, name)
        seat(campaign, township, "陶芳", body=Body.OFFICE, title="主任", post="组织委员", duty="日常工作")
        assert seats(campaign) == ["何长河", "魏敏", "姜文"]
        assert str(campaign.seats.get(body=Body.OFFICE)) == "办公室主任 陶芳"

    @pytest.mark.parametrize(
        ("name", "up", "order"),
        [
            ("姜文", True, ["何长河", "姜文", "魏敏"]),
            ("何长河", False, ["魏敏", "何长河", "姜文"]),
            ("何长河", True, ["何长河", "魏敏", "姜文"]),
            ("姜文", False, ["何长河", "魏敏", "姜文"]),
        ],
    )
    def test_a_seat_changes_places_with_its_neighbour(
        self, name: str, up: bool, order: list[str], campaign: Campaign, township: User
    ) -> None:
        rows = {n: seat(campaign, township, n) for n in ("何长河", "魏敏", "姜文")}
        LeadingSeat.objects.update(position=1)
        campaigns.move_seat(seat=rows[name], up=up, by=township)
        assert seats(campaign) == order

    def test_a_seat_is_changed_and_moves_to_the_end_of_the_other_body(
        self, campaign: Campaign, township: User
    ) -> None:
        first = seat(campaign, township, "何长河")
        seat(campaign, township, "魏敏", body=Body.OFFICE)
        campaigns.change_seat(
            seat=first, body=Body.GROUP, title="组长", name="何长河", post="党委书记", by=township
        )
        assert str(LeadingSeat.objects.get(pk=first.pk)) == "领导小组组长 何长河"
        campaigns.change_seat(seat=first, body=Body.OFFICE, title="成员", name="何长河", by=township)
        assert seats(campaign, Body.OFFICE) == ["魏敏", "何长河"]

    def test_a_seat_is_removed_once(self, campaign: Campaign, township: User) -> None:
        row = seat(campaign, township, "何长河")
        pk = row.pk
        campaigns.remove_seat(seat=LeadingSeat.objects.get(pk=pk), by=township)
        assert seats(campaign) == []
        with pytest.raises(NotAllowed, match="刷新"):
            campaigns.remove_seat(seat=row, by=township)
        with pytest.raises(NotAllowed, match="刷新"):
            campaigns.move_seat(seat=row, up=True, by=township)

    def test_the_record_names_no_person(self, campaign: Campaign, township: User) -> None:
        row = seat(campaign, township, "何长河")
        last = AuditEvent.objects.latest("sequence")
        assert (last.action, last.detail) == ("add_seat", {"seat": row.pk, "body": "group"})

    def test_nobody_else_and_nothing_after_the_end(
        self, campaign: Campaign, township: User, secretary: User
    ) -> None:
        with pytest.raises(NotAllowed, match="党建办"):
            seat(campaign, secretary, "何长河")
        perform(CAMPAIGN, campaign, "close", by=township)
        with pytest.raises(NotAllowed, match="已经结束"):
            seat(campaign, township, "何长河")


class TestFiles:
    """Kept as they came, all or none, gone for good when removed."""

    def add(self, campaign: Campaign, by: User, *names: str, data: bytes = PDF) -> list[CampaignFile]:
        """Attach files with this content."""
        return campaigns.add_files(campaign=campaign, files=[(n, io.BytesIO(data)) for n in names], by=by)

    def test_bytes_lie_outside_the_web_root_under_a_key(self, campaign: Campaign, township: User) -> None:
        (row,) = self.add(campaign, township, "通知正文.pdf")
        assert row.path.read_bytes() == PDF
        assert row.path.name == str(row.pk)
        assert row.path.stat().st_mode & 0o777 == 0o600
        assert (str(row), row.size, row.content_type) == ("通知正文.pdf", len(PDF), "application/pdf")
        assert AuditEvent.objects.latest("sequence").detail == {"files": [str(row.pk)]}

    def test_of_several_files_all_are_taken_or_none(self, campaign: Campaign, township: User) -> None:
        with pytest.raises(NotAllowed, match=r"“坏的.exe”没有上传：不收"):
            self.add(campaign, township, "好的.pdf", "坏的.exe")
        assert not campaign.files.exists()
        assert len(self.add(campaign, township, "一.pdf", "二.pdf")) == 2

    def test_a_full_disk_leaves_nothing_behind(
        self, campaign: Campaign, township: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written: list[Path] = []

        def write(path: Path, data: bytes) -> None:
            if written:
                raise OSError("no space left")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            written.append(path)

        monkeypatch.setattr(filing, "write_whole", write)
        with pytest.raises(OSError, match="no space"):
            self.add(campaign, township, "一.pdf", "二.pdf")
        assert not campaign.files.exists()
        assert not written[0].exists()

    def test_there_are_so_many_and_no_more(self, campaign: Campaign, township: User) -> None:
        self.add(campaign, township, *(f"{n}.pdf" for n in range(MOST_FILES)))
        with pytest.raises(NotAllowed, match="最多"):
            self.add(campaign, township, "多一个.pdf")
        assert campaign.files.count() == MOST_FILES

    def test_a_removed_file_is_gone_from_the_disk(
        self, campaign: Campaign, township: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        (row,) = self.add(campaign, township, "错发.pdf")
        with django_capture_on_commit_callbacks(execute=True):
            campaigns.remove_file(file=row, by=township)
        assert not campaign.files.exists()
        assert not row.path.exists()

    def test_branches_attach_and_remove_nothing(
        self, campaign: Campaign, township: User, secretary: User
    ) -> None:
        (row,) = self.add(campaign, township, "通知.pdf")
        with pytest.raises(NotAllowed, match="党建办"):
            self.add(campaign, secretary, "别的.pdf")
        with pytest.raises(NotAllowed, match="党建办"):
            campaigns.remove_file(file=row, by=secretary)
        assert row.path.exists()
