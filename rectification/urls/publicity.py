"""Addresses of what is put up in public."""

from django.urls import path

from rectification.views import publications

urlpatterns = [
    path("publicity/<slug:slug>/", publications.publicity_queue, name="publicity_queue"),
    path("publicity/<slug:slug>/<int:pk>/", publications.publications, name="publications"),
    path("publications/<uuid:pk>/", publications.publication, name="publication"),
    path("publications/<uuid:pk>/notice.pdf", publications.publication_pdf, name="publication_pdf"),
    path("publications/<uuid:pk>/again/", publications.publication_copy, name="publication_copy"),
    path("publications/<uuid:pk>/<slug:step>/", publications.publication_step, name="publication_step"),
]
