"""Addresses of feedback, the member's own result, help plans, disposals and commendation."""

from django.urls import path

from evaluations.views import disposals, feedback, follow_up, own_result, redeciding

urlpatterns = [
    path("my/result/", own_result.own_result, name="own_result"),
    path("my/result/<int:pk>/acknowledge/", own_result.acknowledge, name="own_acknowledge"),
    path("my/result/<int:pk>/object/", own_result.object_to, name="own_object"),
    path("assessments/<uuid:pk>/feedback/", feedback.feedback_list, name="feedback"),
    path("feedback/<int:pk>/", feedback.feedback_one, name="feedback_one"),
    path("feedback/<int:pk>/redecide/", redeciding.redecide, name="redecide"),
    path("feedback/<int:pk>/<slug:step>/", feedback.step, name="feedback_step"),
    path("follow-up/<int:pk>/", follow_up.follow_up, name="follow_up"),
    path("follow-up/<int:pk>/help/", follow_up.help_new, name="help_new"),
    path("help/<int:pk>/", follow_up.help_plan, name="help_plan"),
    path("help/<int:pk>/<slug:step>/", follow_up.help_step, name="help_step"),
    path("disposals/", disposals.disposals, name="disposals"),
    path("disposals/new/<slug:slug>/<int:pk>/", disposals.disposal_new, name="disposal_new"),
    path("disposals/<uuid:pk>/", disposals.disposal, name="disposal"),
    path("disposals/<uuid:pk>/following/", disposals.disposal_follow, name="disposal_follow"),
    path("disposals/<uuid:pk>/<slug:step>/", disposals.disposal_step, name="disposal_step"),
    path("commend/<slug:slug>/<int:pk>/", disposals.commend, name="commend"),
]
