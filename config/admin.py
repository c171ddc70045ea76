"""The support pages under office-admin/: for the operators of the server only."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


class OfficeAdmin(AdminSite):
    """Django's admin without a login page of its own: logins go through the one that is throttled."""

    site_header = site_title = index_title = "运维管理"

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers marked as staff only."""
        user = request.user
        return bool(user.is_active and user.is_staff and user.is_superuser)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the login page; a person who is logged in already may not come in."""
        if request.user.is_authenticated:
            raise PermissionDenied("这里只供系统运维人员使用。")
        return redirect_to_login(request.get_full_path())
