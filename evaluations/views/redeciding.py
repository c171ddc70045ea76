"""After an objection: what a meeting decided anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from branches.http import Request, answered, posted_before, require, signed_in
from branches.workflow import NotAllowed
from evaluations.forms.redeciding import RedecideForm
from evaluations.permissions import can_answer_objection
from evaluations.services.redeciding import redecide as decide_anew
from evaluations.views.feedback import find_one


@signed_in
@never_cache
def redecide(request: Request, pk: int) -> HttpResponse:
    """The decision of a meeting in place of the one objected to; what was typed is kept when it is refused."""
    row = find_one(request, pk)
    require(can_answer_objection(request.user, row))
    form = RedecideForm(request.POST or None, assessment=row.assessment)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            decide_anew(feedback=row, decided=form.decided(), by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, "已登记重新评定。请再向本人反馈。")
            return answered(request, redirect("evaluations:feedback_one", pk=pk))
    context = {"feedback": row, "assessment": row.assessment, "sheet": row.assessment.sheet, "form": form}
    return render(request, "evaluations/feedback_redecide.html", context)
