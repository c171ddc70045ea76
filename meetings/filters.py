"""List filter of meetings."""

import django_filters

from meetings.models import Meeting, MeetingStatus


class MeetingFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Meetings by the branch's name and by state."""

    q = django_filters.CharFilter(label="党支部", field_name="organization__name", lookup_expr="icontains")
    status = django_filters.ChoiceFilter(label="状态", choices=MeetingStatus.choices, empty_label="全部")

    class Meta:
        model = Meeting
        fields: tuple[str, ...] = ("q", "status")
