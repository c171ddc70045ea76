"""Addresses of the review of materials; `pk` is the seat."""

from django.urls import path

from members.views import reviews

urlpatterns = [
    path("reviews/", reviews.review_list, name="reviews"),
    path("reviews/<uuid:pk>/", reviews.review, name="review"),
    path("reviews/<uuid:pk>/keep/", reviews.review_keep, name="review_keep"),
    path("reviews/<uuid:pk>/pass/", reviews.review_pass, name="review_pass"),
    path("reviews/<uuid:pk>/return/", reviews.review_return, name="review_return"),
]
