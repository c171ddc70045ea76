"""The home page: what is mine to do now, and nothing else."""

from django.http import HttpResponse
from django.shortcuts import render

from branches.http import Request, signed_in


@signed_in
def home(request: Request) -> HttpResponse:
    """The page after logging in."""
    return render(request, "home/home.html", {})
