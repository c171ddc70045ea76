"""Addresses of deciding scanned rows, typing sides by hand, and the count's report."""

from django.urls import path

from evaluations.views import count_report, hand_pages, strips

urlpatterns = [
    path("ballots/<uuid:pk>/strips/", strips.strips, name="strips"),
    path("ballots/<uuid:pk>/strips/save/", strips.strip_save, name="strip_save"),
    path("ballots/<uuid:pk>/strips/judged/", strips.judged, name="judged"),
    path("ballots/<uuid:pk>/strips/together/", strips.together, name="strips_together"),
    path("ballots/<uuid:pk>/hand-pages/", hand_pages.hand_page, name="hand_page"),
    path("ballots/<uuid:pk>/hand-pages/count/", hand_pages.count, name="hand_count"),
    path("ballots/<uuid:pk>/hand-pages/save/", hand_pages.hand_save, name="hand_save"),
    path("ballots/<uuid:pk>/count-report/", count_report.count_report, name="count_report"),
    path("ballots/<uuid:pk>/count-report.pdf", count_report.count_report_pdf, name="count_report_pdf"),
]
