"""Addresses of the register of problems and measures."""

from django.urls import path

from rectification.views import items, ledger, pulling

urlpatterns = [
    path("mine/", ledger.mine, name="mine"),
    path("campaigns/<slug:slug>/overview/", ledger.overview, name="overview"),
    path("campaigns/<slug:slug>/<int:pk>/", ledger.ledger, name="ledger"),
    path("campaigns/<slug:slug>/<int:pk>/progress/", ledger.marking, name="marking"),
    path("campaigns/<slug:slug>/<int:pk>/file.<str:ending>", ledger.ledger_file, name="ledger_file"),
    path("campaigns/<slug:slug>/<int:pk>/new/", items.new, name="item_new"),
    path("campaigns/<slug:slug>/<int:pk>/pull/", pulling.pull, name="pull"),
    path("items/<uuid:pk>/", items.item, name="item"),
    path("items/<uuid:pk>/<slug:step>/", items.step, name="item_step"),
]
