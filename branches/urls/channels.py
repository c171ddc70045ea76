"""Addresses of the channels by which messages leave."""

from django.urls import path

from branches.views import channels

urlpatterns = [
    path("channels/of/<int:pk>/", channels.channel_list, name="channels"),
    path("channels/of/<int:pk>/add/", channels.channel_add, name="channel_add"),
    path("channels/<int:pk>/", channels.channel_edit, name="channel"),
    path("channels/<int:pk>/switch/", channels.channel_switch, name="channel_switch"),
    path("channels/<int:pk>/remove/", channels.channel_remove, name="channel_remove"),
    path("channels/<int:pk>/test/", channels.channel_test, name="channel_test"),
    path("channels/deliveries/<int:pk>/again/", channels.delivery_again, name="delivery_again"),
]
