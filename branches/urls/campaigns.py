"""Addresses of campaigns: the notice, its parts, its rules and their versions."""

from django.urls import path

from branches.views import addressees, attachments, campaigns, rules, seats

ONE = "campaigns/<slug:slug>/"

urlpatterns = [
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.campaign_new, name="campaign_new"),
    path(ONE, campaigns.campaign_detail, name="campaign"),
    path(f"{ONE}edit/", campaigns.campaign_edit, name="campaign_edit"),
    path(f"{ONE}clone/", campaigns.campaign_clone, name="campaign_clone"),
    path(f"{ONE}do/<slug:name>/", campaigns.campaign_step, name="campaign_step"),
    path(f"{ONE}addressees/", addressees.campaign_addressees, name="campaign_addressees"),
    path(f"{ONE}addressees/<int:pk>/remove/", addressees.addressee_remove, name="addressee_remove"),
    path(f"{ONE}seats/", seats.campaign_seats, name="campaign_seats"),
    path(f"{ONE}seats/<int:pk>/", seats.seat_change, name="seat_change"),
    path(f"{ONE}seats/<int:pk>/<slug:name>/", seats.seat_step, name="seat_step"),
    path(f"{ONE}files/", attachments.campaign_files, name="campaign_files"),
    path(f"{ONE}files/<uuid:pk>/", attachments.campaign_file, name="campaign_file"),
    path(f"{ONE}files/<uuid:pk>/remove/", attachments.file_remove, name="file_remove"),
    path(f"{ONE}rules/", rules.campaign_rules, name="campaign_rules"),
    path(f"{ONE}rules/change/", rules.rule_change, name="rule_change"),
    path(f"{ONE}rules/reset/", rules.rule_reset, name="rule_reset"),
    path(f"{ONE}rules/publish/", rules.revision_publish, name="revision_publish"),
    path(f"{ONE}rules/revision/<slug:name>/", rules.revision_step, name="revision_step"),
    path(f"{ONE}rules/versions/", rules.rule_versions, name="rule_versions"),
    path(f"{ONE}rules/versions/<int:version>/", rules.rule_version, name="rule_version"),
]
