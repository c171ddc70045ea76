"""Addresses of people, imports and rosters."""

from django.urls import path

from members.views import imports, people, rosters

urlpatterns = [
    path("", people.member_list, name="list"),
    path("new/", people.member_new, name="new"),
    path("export/", people.export, name="export"),
    path("import/", imports.import_new, name="import_new"),
    path("import/template/", imports.template, name="template"),
    path("import/<uuid:pk>/", imports.import_batch, name="import_batch"),
    path("import/<uuid:pk>/columns/", imports.columns, name="import_columns"),
    path("import/<uuid:pk>/wrong/", imports.wrong_rows, name="import_wrong"),
    path("import/<uuid:pk>/<slug:name>/", imports.step, name="import_step"),
    path("rosters/<int:organization>/<slug:campaign>/", rosters.roster, name="roster"),
    path("rosters/<int:organization>/<slug:campaign>/freeze/", rosters.freeze, name="roster_freeze"),
    path("rosters/<int:organization>/<slug:campaign>/<uuid:pk>/exempt/", rosters.exempt, name="exempt"),
    path("rosters/<int:organization>/<slug:campaign>/<uuid:pk>/count/", rosters.count, name="count"),
    path("rosters/<int:organization>/<slug:campaign>/<uuid:pk>/add/", rosters.add, name="roster_add"),
    path("<uuid:pk>/", people.member_detail, name="detail"),
    path("<uuid:pk>/edit/", people.member_edit, name="edit"),
    path("<uuid:pk>/numbers/", people.numbers, name="numbers"),
    path("<uuid:pk>/standing/", people.standing, name="standing"),
]
