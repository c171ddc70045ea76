"""Addresses of study."""

from django.urls import path

from members.views import studies

urlpatterns = [
    path("studies/<slug:slug>/<int:pk>/", studies.studies, name="studies"),
    path("studies/<slug:slug>/<int:pk>/new/", studies.study_new, name="study_new"),
    path("studies/<slug:slug>/<int:pk>/makeup/", studies.study_makeup, name="study_makeup"),
    path("studies/<slug:slug>/<int:pk>/makeup/<int:part>/undo/", studies.study_unmake, name="study_unmake"),
    path("studies/<slug:slug>/<int:pk>/<uuid:key>/", studies.study_edit, name="study_edit"),
    path("studies/<slug:slug>/<int:pk>/<uuid:key>/remove/", studies.study_remove, name="study_remove"),
]
