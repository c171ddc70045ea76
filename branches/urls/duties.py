"""The address of what a campaign asks and what it does not."""

from django.urls import path

from branches.views import duties

urlpatterns = [
    path("campaigns/<slug:slug>/duties/", duties.duties, name="duties"),
]
