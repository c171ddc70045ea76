"""Addresses of opinions asked for, compiled and answered; `pk` is the organisation."""

from django.urls import path

from members.views import opinion_pages, opinion_points, opinions

PLACE = "opinions/<slug:slug>/<int:pk>/"
ROUND = PLACE + "rounds/<uuid:key>/"
POINT = PLACE + "points/<uuid:key>/"
urlpatterns = [
    path(PLACE, opinions.overview, name="opinions"),
    path(PLACE + "rounds/new/", opinions.round_new, name="opinion_round_new"),
    path(ROUND, opinions.round_edit, name="opinion_round"),
    path(ROUND + "type/", opinions.type_in, name="opinion_type"),
    path(ROUND + "told/", opinions.feed_back, name="opinion_feed_back"),
    path(ROUND + "page/", opinion_pages.page_edit, name="opinion_page_edit"),
    path(ROUND + "page/close/", opinion_pages.page_close, name="opinion_page_close"),
    path(ROUND + "page/notice/", opinion_pages.page_notice, name="opinion_page_notice"),
    path(ROUND + "<slug:name>/", opinions.round_step, name="opinion_step"),
    path(PLACE + "moderation/", opinion_pages.moderation, name="opinion_moderation"),
    path(PLACE + "points/", opinion_points.compiling, name="opinion_points"),
    path(PLACE + "points/rest/", opinion_points.single_out, name="opinion_rest"),
    path(PLACE + "points/new/", opinion_points.point_new, name="point_new"),
    path(POINT, opinion_points.point, name="opinion_point"),
    path(POINT + "<slug:name>/", opinion_points.point_step, name="opinion_point_step"),
    path(PLACE + "form/", opinions.blank_form, name="opinion_form"),
    path(PLACE + "table/<slug:kind>/", opinions.table, name="opinion_table"),
    path(PLACE + "mine/", opinions.mine, name="opinion_mine"),
    path("say/<str:token>/", opinion_pages.say, name="opinion_page"),
]
