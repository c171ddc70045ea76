"""Forms of the meetings app, one page a file."""

from meetings.forms.attendance import AttendanceRow, AttendanceSheet
from meetings.forms.officers import OfficersForm
from meetings.forms.planning import ChangeForm, PlanForm

__all__ = ["AttendanceRow", "AttendanceSheet", "ChangeForm", "OfficersForm", "PlanForm"]
