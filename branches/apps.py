"""Organisations and what they ask: tree, accounts, posts, campaigns; approval, record, announcement."""

from django.apps import AppConfig


class BranchesConfig(AppConfig):
    """The lowest app: everything else stands on it."""

    name = "branches"
    verbose_name = "党组织"
