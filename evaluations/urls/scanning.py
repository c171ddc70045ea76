"""Addresses of scanned sheets: upload, pages, strips, reconciliation, report."""

from django.urls import path

from evaluations.views import scan_judging, scan_trying, scans

urlpatterns = [
    path("ballots/<uuid:pk>/scans/", scans.scans, name="scans"),
    path("ballots/<uuid:pk>/scans/test/", scan_trying.scan_test, name="scan_test"),
    path("ballots/<uuid:pk>/scans/go-on/", scans.go_on, name="scan_go_on"),
    path("ballots/<uuid:pk>/scans/doubles/", scan_judging.doubles, name="scan_doubles"),
    path("ballots/<uuid:pk>/scans/doubles/settle/", scan_judging.double_settle, name="scan_double_settle"),
    path("ballots/<uuid:pk>/scans/blanks/", scan_judging.blanks, name="scan_blanks"),
    path("ballots/<uuid:pk>/scans/blanks/judge/", scan_judging.blank_judge, name="scan_blank_judge"),
    path("ballots/<uuid:pk>/scans/aside/", scan_judging.aside, name="scan_aside"),
    path("ballots/<uuid:pk>/scans/again/", scan_judging.again, name="scan_again"),
    path("ballots/<uuid:pk>/scans/pages/<uuid:page>.jpg", scan_judging.picture, name="scan_picture"),
]
