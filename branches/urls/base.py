"""Addresses of organisations and accounts."""

from django.urls import path

from branches.views import accounts, login, organizations

urlpatterns = [
    path("login/", login.login, name="login"),
    path("logout/", login.logout, name="logout"),
    path("password/", login.password, name="password"),
    path("held/", login.held, name="held"),
    path("text-size/", login.text_size, name="text_size"),
    path("organizations/", organizations.organization_list, name="organizations"),
    path("organizations/<int:pk>/", organizations.organization_detail, name="organization"),
    path("organizations/<int:pk>/add/", organizations.organization_add, name="organization_add"),
    path("organizations/<int:pk>/edit/", organizations.organization_edit, name="organization_edit"),
    path(
        "organizations/<int:pk>/<slug:name>/",
        organizations.organization_step,
        name="organization_step",
    ),
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/new/", accounts.account_new, name="account_new"),
    path("accounts/<int:pk>/", accounts.account_detail, name="account"),
    path("accounts/<int:pk>/reset/", accounts.account_reset, name="account_reset"),
    path("accounts/<int:pk>/close/", accounts.account_close, name="account_close"),
    path("posts/new/", accounts.post_new, name="post_new"),
    path("posts/<int:pk>/end/", accounts.post_end, name="post_end"),
]
