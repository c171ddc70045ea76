"""Addresses of voting on a device: slips, the urn, and the pages for voters."""

from django.urls import path

from evaluations.views import urns, voting

urlpatterns = [
    path("ballots/<uuid:pk>/channel/", urns.channel, name="channel"),
    path("ballots/<uuid:pk>/urn/", urns.urn, name="urn"),
    path("ballots/<uuid:pk>/urn/slips.pdf", urns.slips, name="urn_slips"),
    path("ballots/<uuid:pk>/urn/half/", urns.half, name="urn_half"),
    path("ballots/<uuid:pk>/urn/void-slips/", urns.void, name="urn_void"),
    path("ballots/<uuid:pk>/urn/close/", urns.close, name="urn_close"),
    path("ballots/<uuid:pk>/urn/open/", urns.open_box, name="urn_open"),
    path("ballots/<uuid:pk>/urn/result/", urns.result, name="urn_result"),
    path("vote/<str:address>/", voting.vote, name="vote"),
    path("vote/<str:address>/big/", voting.vote, {"mode": "big"}, name="vote_big"),
    path("vote/<str:address>/kiosk/", voting.vote, {"mode": "kiosk"}, name="vote_kiosk"),
]
