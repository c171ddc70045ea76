"""Forms of members, uploads, columns and exemptions; those of the preparation stand in their own modules."""

from members.forms.people import ColumnsForm, DayField, ExemptForm, MemberForm, StandingForm, UploadForm

__all__ = ["ColumnsForm", "DayField", "ExemptForm", "MemberForm", "StandingForm", "UploadForm"]
