"""The address on the slips of a survey, short enough to be typed; mounted at the top."""

from django.urls import path

from rectification.views.survey_answers import answering

urlpatterns = [path("<str:address>/", answering, name="survey_answer")]
