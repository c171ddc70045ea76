"""The address of the page everybody may read, short enough to be typed; mounted at the top."""

from django.urls import path

from rectification.views.public_notice import public_notice

urlpatterns = [path("<str:token>/", public_notice, name="public_notice")]
