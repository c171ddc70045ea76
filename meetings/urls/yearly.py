"""Addresses of the yearly checks."""

from django.urls import path

from meetings.views import yearly

urlpatterns = [
    path("yearly/", yearly.yearly_list, name="yearly_list"),
    path("yearly/<int:pk>/<int:year>/", yearly.yearly, name="yearly"),
    path("yearly/<int:pk>/<int:year>/note/", yearly.held_note, name="held_note"),
    path("yearly/<int:pk>/<int:year>/leader/", yearly.leader_note, name="leader_note"),
    path("yearly/<int:pk>/<int:year>/remove/<int:note>/", yearly.held_remove, name="held_remove"),
]
