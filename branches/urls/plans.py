"""Addresses of plans and of the 沟通记录; `pk` is the organisation."""

from django.urls import path

from branches.views import plan_reviews, plans

urlpatterns = [
    path("campaigns/<slug:slug>/plans/", plan_reviews.plan_list, name="plans"),
    path("campaigns/<slug:slug>/plans/<int:pk>/", plans.plan_detail, name="plan"),
    path("campaigns/<slug:slug>/plans/<int:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("campaigns/<slug:slug>/plans/<int:pk>/check/", plans.plan_check, name="plan_check"),
    path("campaigns/<slug:slug>/plans/<int:pk>/history/", plans.plan_history, name="plan_history"),
    path("campaigns/<slug:slug>/plans/<int:pk>/review/", plan_reviews.plan_review, name="plan_review"),
    path("campaigns/<slug:slug>/plans/<int:pk>/do/<slug:name>/", plans.plan_step, name="plan_step"),
    path("campaigns/<slug:slug>/consultations/<int:pk>/", plans.consultation, name="consultation"),
]
