"""Addresses of self-examination materials; `pk` is the organisation in a list, else the material."""

from django.urls import path

from members.views import material_files, material_notes, material_writing, materials

urlpatterns = [
    path("materials/<slug:slug>/<int:pk>/", materials.material_list, name="materials"),
    path("materials/<slug:slug>/<int:pk>/own/", materials.material_own, name="material"),
    path("materials/<slug:slug>/<int:pk>/open/", materials.material_open, name="material_open"),
    path("materials/<slug:slug>/<int:pk>/shown/", material_notes.shown, name="materials_shown"),
    path("materials/<slug:slug>/<int:pk>/paper/", material_notes.receive, name="material_receive"),
    path("materials/<uuid:pk>/", materials.material_show, name="material_show"),
    path("materials/<uuid:pk>/edit/", material_writing.edit, name="material_edit"),
    path("materials/<uuid:pk>/upload/", material_files.upload, name="material_upload"),
    path("materials/<uuid:pk>/check/", material_writing.check, name="material_check"),
    path("materials/<uuid:pk>/withdraw/", materials.material_withdraw, name="material_withdraw"),
    path("materials/<uuid:pk>/versions/", materials.material_versions, name="material_versions"),
    path("materials/<uuid:pk>/stages/", material_notes.stages, name="material_stages"),
    path("materials/<uuid:pk>/public/", material_files.public, name="material_public"),
    path("materials/<uuid:pk>/<slug:kind>/<slug:ending>/", material_files.download, name="material_file"),
]
