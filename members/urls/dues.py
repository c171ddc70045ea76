"""Addresses of the dues ledger; `pk` is the organisation."""

from django.urls import path

from members.views import dues, dues_tables

urlpatterns = [
    path("dues/mine/", dues.my_dues, name="my_dues"),
    path("dues/<int:pk>/", dues.ledger, name="dues"),
    path("dues/<int:pk>/members/<uuid:member>/", dues.member_year, name="dues_member"),
    path("dues/<int:pk>/terms/", dues.terms, name="dues_terms"),
    path("dues/<int:pk>/rates/", dues_tables.rates, name="dues_rates"),
    path("dues/<int:pk>/rates/<slug:name>/", dues_tables.rates_step, name="dues_rates_step"),
    path("dues/<int:pk>/import/", dues_tables.dues_import, name="dues_import"),
    path("dues/<int:pk>/import/confirm/", dues_tables.import_confirm, name="dues_import_confirm"),
    path("dues/<int:pk>/ledger.pdf", dues.sheet, {"ending": "pdf"}, name="dues_pdf"),
    path("dues/<int:pk>/ledger.xlsx", dues.sheet, {"ending": "xlsx"}, name="dues_xlsx"),
]
