"""All addresses of organisations and what they ask: one module a topic."""

from branches.urls import base, campaigns, channels, duties, feeds, jobs, plans, portfolios

app_name = "branches"
urlpatterns = [
    *base.urlpatterns,
    *campaigns.urlpatterns,
    *channels.urlpatterns,
    *duties.urlpatterns,
    *feeds.urlpatterns,
    *jobs.urlpatterns,
    *plans.urlpatterns,
    *portfolios.urlpatterns,
]
