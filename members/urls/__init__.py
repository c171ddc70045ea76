"""All addresses of people and of what each prepares: one module a topic."""

from members.urls import dues, materials, opinions, people, reviews, spot_checks, studies, talks

app_name = "members"
urlpatterns = [
    *dues.urlpatterns,
    *materials.urlpatterns,
    *opinions.urlpatterns,
    *reviews.urlpatterns,
    *spot_checks.urlpatterns,
    *studies.urlpatterns,
    *talks.urlpatterns,
    *people.urlpatterns,
]
