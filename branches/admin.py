"""Support views: read-only lists; editing only of organisations, accounts and posts."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from treebeard.admin import TreeAdmin
from treebeard.forms import movenodeform_factory

from branches.models import Appointment, Campaign, Job, Notice, Organization, User


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows, never changes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody deletes here."""
        return False


@admin.register(Organization)
class OrganizationAdmin(TreeAdmin):  # type: ignore[misc]
    """The tree; branches move with all below them."""

    form = movenodeform_factory(Organization)
    list_display = ("name", "code", "kind", "category", "status")
    search_fields = ("name", "code")
    readonly_fields = ("status",)


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Accounts; passwords are reset on the account page, not here."""

    fields = ("username", "full_name", "home", "is_active", "must_change_password")
    list_display = ("username", "full_name", "home", "is_active")
    search_fields = ("username", "full_name")


@admin.register(Appointment)
class AppointmentAdmin(admin.ModelAdmin[Appointment]):
    """Posts."""

    list_display = ("holder_name", "role", "organization", "starts_on", "ends_on")
    list_filter = ("role",)
    raw_id_fields = ("user", "organization")


admin.site.register([Campaign, Job, Notice], ReadOnlyAdmin)
