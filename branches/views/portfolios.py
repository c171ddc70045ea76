"""What a member of a leading body looks after (分管、分工联系): the lines of one post, added and removed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from branches.forms.portfolios import PortfolioForm
from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Appointment, Portfolio
from branches.permissions.portfolios import can_assign_portfolio
from branches.services.portfolios import add_portfolio, remove_portfolio
from branches.workflow import NotAllowed


@signed_in
def portfolio(request: Request, pk: int) -> HttpResponse:
    """The portfolio of one post, and a form to add a line."""
    visible = Appointment.objects.visible_to(request.user).select_related("organization")
    post = get_object_or_404(visible, pk=pk)
    require(can_assign_portfolio(request.user, post))
    form = PortfolioForm(request.POST or None, post=post)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            line = add_portfolio(post=post, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已登记：{post.holder_name}{line.get_kind_display()}{line.where}。")
            return answered(request, redirect("branches:portfolio", pk=pk))
    context = {
        "post": post,
        "organization": post.organization,
        "form": form,
        "lines": post.portfolios.select_related("organization"),
    }
    return render(request, "branches/portfolio.html", context)


@signed_in
@require_POST
def portfolio_remove(request: Request, pk: int) -> HttpResponse:
    """Remove one line."""
    visible = Portfolio.objects.visible_to(request.user)
    line = get_object_or_404(visible.select_related("appointment__organization", "organization"), pk=pk)
    require(can_assign_portfolio(request.user, line.appointment))
    remove_portfolio(line=line, by=request.user)
    messages.success(request, f"已删去：{line.get_kind_display()}{line.where}。")
    return redirect("branches:portfolio", pk=line.appointment_id)
