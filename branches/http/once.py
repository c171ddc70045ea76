"""Forms that count once, however often they are posted."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from branches.http.base import Request
from branches.models import Submission


def _submission(request: Request) -> uuid.UUID | None:
    """The key of the posted form; None without one, or with one that this system did not make."""
    try:
        return uuid.UUID(request.POST.get("submission", ""))
    except ValueError:
        return None


def once(request: Request) -> str | None:
    """Whether this form was already posted: None the first time, else where its answer was sent.

    The form carries a hidden `submission` field; a form without one is always taken as new.
    """
    key = _submission(request)
    if key is None:
        return None
    try:
        with transaction.atomic():
            Submission.objects.create(key=key, user=request.user)
    except IntegrityError:
        return _answer_to(request, Submission.objects.filter(key=key, user=request.user).first())
    return None


def posted_before(request: Request, form: BaseForm) -> HttpResponseRedirect | None:
    """The way to the answer of a form that was posted before; None for a new one, which is taken note of.

    Asked before the form is judged: posted a second time it may find its own names taken. A form with
    mistakes in it is not taken note of.
    """
    if request.method != "POST":
        return None
    earlier = earlier_answer(request)
    if not earlier and form.is_valid():
        earlier = once(request)
    return redirect(earlier) if earlier else None


def _answer_to(request: Request, earlier: Submission | None) -> str:
    """Where the first post of a form was answered to; home, with a word, when it never got an answer."""
    if earlier is not None and earlier.url:
        return earlier.url
    messages.warning(request, "这份表单已经提交过一次，但没有办完。请先看看是否已经保存，没有的再填一次。")
    return reverse("home")


def earlier_answer(request: Request) -> str | None:
    """Where this very form was answered to before; None when it is new. Ask before the form is judged:

    posted a second time it may find its own names taken.
    """
    key = _submission(request)
    earlier = key and Submission.objects.filter(key=key, user=request.user).first()
    return _answer_to(request, earlier) if earlier else None


def answered(request: Request, response: HttpResponseRedirect) -> HttpResponseRedirect:
    """Remember where a posted form was answered to, for a second post of the same form."""
    if key := _submission(request):
        Submission.objects.filter(key=key, user=request.user, url="").update(url=response.url)
    return response
