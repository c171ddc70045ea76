"""Addresses of feedback, the member's own result, help plans, disposals and commendation."""

from django.urls import path

from evaluations.views import feedback, own_result, redeciding

urlpatterns = [
    path("my/result/", own_result.own_result, name="own_result"),
    path("my/result/<int:pk>/acknowledge/", own_result.acknowledge, name="own_acknowledge"),
    path("my/result/<int:pk>/object/", own_result.object_to, name="own_object"),
    path("assessments/<uuid:pk>/feedback/", feedback.feedback_list, name="feedback"),
    path("feedback/<int:pk>/", feedback.feedback_one, name="feedback_one"),
    path("feedback/<int:pk>/redecide/", redeciding.redecide, name="redecide"),
    path("feedback/<int:pk>/<slug:step>/", feedback.step, name="feedback_step"),
]
