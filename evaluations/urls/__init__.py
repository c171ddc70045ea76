"""Addresses of ballots, scanned sheets, voting on a device, results and roll-ups; one module a topic."""

from evaluations.urls import assessing, base, deciding, exporting, following, publicity, scanning, voting

app_name = "evaluations"
urlpatterns = [
    *base.urlpatterns,
    *scanning.urlpatterns,
    *deciding.urlpatterns,
    *voting.urlpatterns,
    *assessing.urlpatterns,
    *following.urlpatterns,
    *exporting.urlpatterns,
    *publicity.urlpatterns,
]
