"""Support views of people: lists only, nothing can be changed and no number is shown."""

from django.contrib import admin

from branches.admin import ReadOnlyAdmin
from members.models import ImportBatch, Member, Roster


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    """Members without their numbers."""

    list_display = ("name", "organization", "kind", "standing")
    search_fields = ("name",)
    list_select_related = ("organization",)
    fields = ("name", "organization", "group", "kind", "standing", "joined_on", "full_on", "version")


@admin.register(Roster)
class RosterAdmin(ReadOnlyAdmin):
    """Rosters."""

    list_display = ("organization", "campaign", "status", "version")


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    """Imports without what they hold."""

    list_display = ("file_name", "organization", "uploaded_by", "status", "row_count")
    fields = (
        "file_name",
        "organization",
        "uploaded_by",
        "status",
        "row_count",
        "new_count",
        "changed_count",
        "wrong_count",
    )
