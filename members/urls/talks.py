"""Addresses of heart-to-heart talks; `pk` is the organisation."""

from django.urls import URLPattern, path

from members.views import talk_marks, talk_pages, talk_reports, talks

BASE = "talks/<slug:slug>/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path(BASE, talks.talk_list, name="talks"),
    path(f"{BASE}new/", talks.talk_new, name="talk_new"),
    path(f"{BASE}together/", talks.talk_sitting, name="talk_sitting"),
    path(f"{BASE}sittings/", talk_reports.sittings, name="sittings"),
    path(f"{BASE}sittings.pdf", talk_reports.sittings_paper, name="sittings_paper"),
    path(f"{BASE}table/", talk_reports.talk_table, name="talk_table"),
    path(f"{BASE}table.<str:ending>", talk_reports.talk_table_file, name="talk_table_file"),
    path(f"{BASE}blank.pdf", talk_pages.talk_blank, name="talk_blank"),
    path(f"{BASE}waive/", talk_marks.talk_waive, name="talk_waive"),
    path(f"{BASE}waive/<int:waiver>/end/", talk_marks.talk_unwaive, name="talk_unwaive"),
    path(f"{BASE}concerns/", talk_marks.talk_concerns, name="talk_concerns"),
    path(f"{BASE}concerns/<int:concern>/end/", talk_marks.talk_unmark, name="talk_unmark"),
    path(f"{BASE}remind/", talk_marks.talk_remind, name="talk_remind"),
    path(f"{BASE}others/", talk_marks.outsiders, name="outsiders"),
    path(f"{BASE}others/<uuid:person>/end/", talk_marks.outsider_end, name="outsider_end"),
    path(f"{BASE}<uuid:talk>/", talk_pages.talk_detail, name="talk"),
    path(f"{BASE}<uuid:talk>/change/", talk_pages.talk_change, name="talk_change"),
    path(f"{BASE}<uuid:talk>/remove/", talks.talk_remove, name="talk_remove"),
    path(f"{BASE}<uuid:talk>/sheet.pdf", talk_pages.talk_sheet, name="talk_sheet"),
]
