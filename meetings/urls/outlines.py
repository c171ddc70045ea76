"""Addresses of outlines of criticism."""

from django.urls import path

from meetings.views import outline_vetting, outlines

PLACE = "outlines/<slug:slug>/<int:pk>/"

urlpatterns = [
    path("outlines/vetting/", outline_vetting.outline_queue, name="outline_queue"),
    path("outlines/vetting/<uuid:pk>/", outline_vetting.outline_vet, name="outline_vet"),
    path("outlines/vetting/<uuid:pk>/pass/", outline_vetting.outline_pass, name="outline_pass"),
    path("outlines/vetting/<uuid:pk>/return/", outline_vetting.outline_return, name="outline_return"),
    path("outlines/<uuid:pk>/withdraw/", outlines.outline_withdraw, name="outline_withdraw"),
    path(PLACE, outlines.outlines, name="outlines"),
    path(f"{PLACE}mine/", outlines.outlines_mine, name="outlines_mine"),
    path(f"{PLACE}mine/check/", outlines.outlines_check, name="outlines_check"),
    path(f"{PLACE}to-me/", outlines.outlines_to_me, name="outlines_to_me"),
    path(f"{PLACE}receive/", outlines.outlines_receive, name="outlines_receive"),
    path(f"{PLACE}disclose/", outlines.outlines_disclose, name="outlines_disclose"),
    path(f"{PLACE}consulted/", outlines.outlines_consulted, name="outlines_consulted"),
    path(f"{PLACE}<str:key>.pdf", outlines.outlines_sheet, name="outlines_sheet"),
]
