"""Forms of the parts of a notice: addressees, seats of the leading group, attachments."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet

from branches.models import Addressee, Campaign, Category, Kind, LeadingSeat, Organization
from branches.models.organization import OrganizationStatus
from branches.permissions import SUPERIOR_KINDS
from config.lib.documents import ACCEPTED, INPUT_ACCEPT

MOST_OFFERED = 200
LONGEST_NUMBER = 18  # digits of the number of an organisation; more is not one of ours


class AddresseeForm(forms.ModelForm[Addressee]):
    """One line of the addressees; `found` are the words an organisation is looked for by.

    Without words the superior organisations are offered; a county has too many branches for one list.
    """

    class Meta:
        model = Addressee
        fields = ("organization", "category", "audience")
        help_texts = {"category": "只发给其中一个领域的，在这里选。"}

    def __init__(self, *args: Any, campaign: Campaign, found: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = cast("forms.ModelChoiceField[Organization]", self.fields["organization"])
        below = Organization.objects.in_subtree(campaign.issuer).filter(status=OrganizationStatus.ACTIVE)
        below = below.exclude(kind=Kind.GROUP)
        place.queryset = below
        asked = self.data.get("organization", "") if self.is_bound else ""
        shown = offered(below, campaign, found, asked)
        self.offered = len(shown)
        place.choices = [("", "请选择"), *((o.pk, _indented(o, campaign.issuer)) for o in shown)]
        category = cast("forms.ChoiceField", self.fields["category"])
        category.choices = [("", "全部领域"), *Category.choices]


def offered(below: QuerySet[Organization], campaign: Campaign, found: str, asked: str) -> list[Organization]:
    """The organisations in the list: those found by name or code, else the superior ones; and the one chosen."""
    if found:
        wanted = Q(name__icontains=found) | Q(short_name__icontains=found) | Q(code__icontains=found)
    elif below.count() <= MOST_OFFERED:
        wanted = Q()
    else:
        wanted = Q(kind__in=SUPERIOR_KINDS)
    if asked.isdecimal() and len(asked) <= LONGEST_NUMBER and wanted:
        wanted |= Q(pk=asked)
    return list(below.filter(wanted)[:MOST_OFFERED])


def _indented(organization: Organization, issuer: Organization) -> str:
    """The name, moved in by its depth below the issuer."""
    return "　" * (organization.depth - issuer.depth) + organization.name


class SeatForm(forms.ModelForm[LeadingSeat]):
    """A seat of the leading group or its office; the person needs no account."""

    class Meta:
        model = LeadingSeat
        fields = ("body", "title", "name", "post", "duty")
        help_texts = {
            "title": "例如组长、副组长、成员、主任。",
            "post": "例如镇党委书记。",
            "duty": "例如联系新河村、负责材料审核。",
        }


class SeveralFilesInput(forms.ClearableFileInput):
    """The browser's file picker, several files at once."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """One or more uploaded files; the value is their list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file by the usual checks; together no more than one page may send."""
        files = [super(SeveralFiles, self).clean(one, initial) for one in data or [None]]
        if sum(file.size or 0 for file in files) > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES >> 20
            raise forms.ValidationError(f"一次上传的文件合计不能超过 {limit} MB，请分几次上传。")
        return files


class FilesForm(forms.Form):
    """Attachments to be added."""

    attachments = SeveralFiles(label="附件", help_text=f"可以一次选几个文件。收 {ACCEPTED}。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attachments"].widget.attrs["accept"] = INPUT_ACCEPT

    def named(self) -> list[tuple[str, BinaryIO]]:
        """The files with their names, once the form is valid."""
        return [(file.name, file) for file in self.cleaned_data["attachments"]]
