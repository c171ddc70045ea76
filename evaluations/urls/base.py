"""Addresses of ballots, results and roll-ups."""

from django.urls import path

from evaluations.views import ballots, cockpit, entry, mismatches, result, rollup

urlpatterns = [
    path("meetings/<uuid:pk>/ballots/", ballots.for_meeting, name="for_meeting"),
    path("meetings/<uuid:pk>/ballots/prepare/", ballots.prepare, name="prepare"),
    path("ballots/<uuid:pk>/", cockpit.ballot, name="ballot"),
    path("ballots/<uuid:pk>/form.pdf", ballots.form_pdf, name="form_pdf"),
    path("ballots/<uuid:pk>/print-size/", ballots.print_size, name="print_size"),
    path("ballots/<uuid:pk>/heads/", cockpit.heads, name="heads"),
    path("ballots/<uuid:pk>/mode/", cockpit.mode, name="mode"),
    path("ballots/<uuid:pk>/free/", cockpit.free, name="free"),
    path("ballots/<uuid:pk>/again/", cockpit.again, name="again"),
    path("ballots/<uuid:pk>/void/", cockpit.void, name="void"),
    path("ballots/<uuid:pk>/take/", entry.take, name="take"),
    path("ballots/<uuid:pk>/enter/", entry.enter, name="enter"),
    path("ballots/<uuid:pk>/enter/save/", entry.autosave, name="autosave"),
    path("ballots/<uuid:pk>/enter/finish/", entry.finish, name="finish"),
    path("ballots/<uuid:pk>/mismatches/", mismatches.mismatches, name="mismatches"),
    path("ballots/<uuid:pk>/match/", mismatches.form_result, name="match"),
    path("ballots/<uuid:pk>/result/", result.result, name="result"),
    path("ballots/<uuid:pk>/confirm/", result.confirm, name="confirm"),
    path("ballots/<uuid:pk>/confirm-paper/", result.confirm_paper, name="confirm_paper"),
    path("ballots/<uuid:pk>/recount/", result.send_back, name="recount"),
    path("ballots/<uuid:pk>/certify/", result.certify_result, name="certify"),
    path("ballots/<uuid:pk>/summary.pdf", result.summary_pdf, name="summary_pdf"),
    path("ballots/<uuid:pk>/summary.xlsx", result.summary_xlsx, name="summary_xlsx"),
    path("rollup/", rollup.rollups, name="rollups"),
    path("rollup/<slug:slug>/", rollup.rollup_detail, name="rollup"),
    path("rollup/<slug:slug>/file/", rollup.rollup_file, name="rollup_file"),
    path("rollup/<slug:slug>/retally/", rollup.retally, name="retally"),
]
