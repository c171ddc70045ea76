"""List filter of meetings."""

import django_filters

from meetings.models import Meeting, MeetingKind, MeetingStatus


class MeetingFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Meetings by the organisation's name, by kind and by state."""

    q = django_filters.CharFilter(label="党组织", field_name="organization__name", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label="会议类型", choices=MeetingKind.choices, empty_label="全部")
    status = django_filters.ChoiceFilter(label="状态", choices=MeetingStatus.choices, empty_label="全部")

    class Meta:
        model = Meeting
        fields: tuple[str, ...] = ("q", "kind", "status")
