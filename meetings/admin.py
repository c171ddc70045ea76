"""Support view: meetings, read only."""

from django.contrib import admin

from branches.admin import ReadOnlyAdmin
from meetings.models import Meeting

admin.site.register(Meeting, ReadOnlyAdmin)
