"""Support views: read-only lists; editing only of organisations, accounts and posts, always recorded."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from treebeard.admin import TreeAdmin
from treebeard.forms import movenodeform_factory

from branches.models import Appointment, Campaign, Job, Notice, Organization, User
from branches.services.audit import record


class RecordedAdmin(admin.ModelAdmin[Any]):
    """Adds and changes; each is written into the record like any other, and nothing is deleted."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        """Save, and record which fields were changed (never what they hold)."""
        super().save_model(request, obj, form, change)
        action = "admin_change" if change else "admin_add"
        record(by=_operator(request), action=action, about=obj, detail={"fields": sorted(form.changed_data)})

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody deletes here."""
        return False


def _operator(request: HttpRequest) -> User | None:
    """Who is at work; always somebody, since the site lets nobody else in."""
    return request.user if isinstance(request.user, User) else None


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
class OrganizationAdmin(RecordedAdmin, TreeAdmin):  # type: ignore[misc]
    """The tree; branches move with all below them."""

    form = movenodeform_factory(Organization)
    list_display = ("name", "code", "kind", "category", "status")
    search_fields = ("name", "code")
    readonly_fields = ("status",)

    def move_node(self, request: HttpRequest) -> HttpResponse:
        """Move by dragging; recorded with the move."""
        with transaction.atomic():
            answer: HttpResponse = super().move_node(request)
            if answer.status_code == 200:
                moved = Organization.objects.get(pk=request.POST["node"])
                record(by=_operator(request), action="admin_move", about=moved)
        return answer


@admin.register(User)
class UserAdmin(RecordedAdmin):
    """Accounts; passwords are reset on the account page, not here."""

    fields = ("username", "full_name", "home", "is_active", "must_change_password")
    list_display = ("username", "full_name", "home", "is_active")
    search_fields = ("username", "full_name")


@admin.register(Appointment)
class AppointmentAdmin(RecordedAdmin):
    """Posts."""

    list_display = ("holder_name", "role", "organization", "starts_on", "ends_on")
    list_filter = ("role",)
    raw_id_fields = ("user", "organization")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Long work: what waits, runs, was tried how often, and how it ended."""

    list_display = ("title", "state", "attempts", "requested_at", "finished_at")
    list_filter = ("state",)


admin.site.register([Campaign, Notice], ReadOnlyAdmin)
# Rights are roles in code; groups would be a second, unread place for them.
admin.site.unregister(Group)
