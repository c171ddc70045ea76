"""Support views of ballots: read-only, and nothing that anybody typed of a paper."""

from django.contrib import admin

from branches.admin import ReadOnlyAdmin
from evaluations.models import Ballot


@admin.register(Ballot)
class BallotAdmin(ReadOnlyAdmin):
    """How far ballots are; no votes."""

    list_display = ("organization", "campaign", "subject_kind", "round_no", "status")
    list_filter = ("status", "subject_kind")
    fields = ("organization", "campaign", "meeting", "subject_kind", "round_no", "entry_mode", "status")
