"""Addresses of portfolios: the lines of a post, and one line."""

from django.urls import path

from branches.views import portfolios

urlpatterns = [
    path("posts/<int:pk>/portfolio/", portfolios.portfolio, name="portfolio"),
    path("portfolios/<int:pk>/remove/", portfolios.portfolio_remove, name="portfolio_remove"),
]
