"""Channels of an organisation: list with the last messages, add, change, switch, remove, try, send again."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from branches.forms.channels import ChannelForm
from branches.http import Request, answered, posted_before, require, signed_in
from branches.models import Channel, Delivery, Organization
from branches.permissions import can_manage_channels
from branches.services import channels, deliveries
from branches.workflow import NotAllowed
from config.lib.outgoing import NotSent
from config.lib.paging import page_of


@signed_in
def channel_list(request: Request, pk: int) -> HttpResponse:
    """The channels of one organisation, and what went out by them."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_manage_channels(request.user, organization))
    visible = Channel.objects.visible_to(request.user).filter(organization=organization)
    sent = Delivery.objects.visible_to(request.user).filter(channel__organization=organization)
    latest = Prefetch("deliveries", sent.order_by("-day", "-pk")[:1], to_attr="latest")
    rows = [(channel, channels.mask(channel)) for channel in visible.prefetch_related(latest).order_by("pk")]
    context = {
        "organization": organization,
        "rows": rows,
        "page": page_of(request, sent.select_related("channel")),
        "may_add": len(rows) < channels.MOST_CHANNELS,
    }
    return render(request, "branches/channels.html", context)


@signed_in
def channel_add(request: Request, pk: int) -> HttpResponse:
    """Add a channel."""
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    require(can_manage_channels(request.user, organization))
    form = ChannelForm(request.POST or None)
    if earlier := posted_before(request, form):
        return earlier
    if request.method == "POST" and form.is_valid():
        try:
            added = channels.add_channel(organization=organization, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, f"已添加“{added.label}”。请发一条测试消息，看看能不能收到。")
            return answered(request, redirect("branches:channels", pk=pk))
    context = {"form": form, "organization": organization, "channel": None}
    return render(request, "branches/channel_edit.html", context)


@signed_in
def channel_edit(request: Request, pk: int) -> HttpResponse:
    """Change name, address and quiet hours of a channel."""
    channel = _channel(request, pk)
    require(can_manage_channels(request.user, channel.organization))
    form = ChannelForm(request.POST or None, channel=channel)
    if request.method == "POST" and form.is_valid():
        channels.change_channel(channel=channel, by=request.user, **form.cleaned_data)
        messages.success(request, f"“{channel.label}”已保存。")
        return redirect("branches:channels", pk=channel.organization_id)
    context = {
        "form": form,
        "organization": channel.organization,
        "channel": channel,
        "address": channels.mask(channel),
    }
    return render(request, "branches/channel_edit.html", context)


@signed_in
@require_POST
def channel_switch(request: Request, pk: int) -> HttpResponse:
    """Switch a channel on or off."""
    channel = _channel(request, pk)
    require(can_manage_channels(request.user, channel.organization))
    on = request.POST.get("on") == "1"
    kept = channels.switch_channel(channel=channel, on=on, by=request.user)
    held = f"还没发出的 {kept} 条留在下面，可以再发。" if kept else ""
    messages.success(request, f"“{channel.label}”已{'启用' if on else '停用'}。{held}")
    return redirect("branches:channels", pk=channel.organization_id)


@signed_in
def channel_remove(request: Request, pk: int) -> HttpResponse:
    """Remove a channel, after a page that says what goes with it."""
    channel = _channel(request, pk)
    require(can_manage_channels(request.user, channel.organization))
    if request.method == "POST":
        channels.remove_channel(channel=channel, by=request.user)
        messages.success(request, f"“{channel.label}”已删除。")
        return redirect("branches:channels", pk=channel.organization_id)
    context = {"channel": channel, "address": channels.mask(channel), "count": channel.deliveries.count()}
    return render(request, "branches/channel_remove.html", context)


@signed_in
@require_POST
def channel_test(request: Request, pk: int) -> HttpResponse:
    """Send a test message at once, and say what became of it."""
    channel = _channel(request, pk)
    require(can_manage_channels(request.user, channel.organization))
    try:
        remark = channels.try_channel(channel=channel, by=request.user)
    except NotSent as failure:
        messages.error(request, f"“{channel.label}”的测试消息没有发成功：{failure.reason}")
    else:
        note = remark or "请到群里或邮箱里看看。"
        messages.success(request, f"“{channel.label}”的测试消息发送成功。{note}")
    return redirect("branches:channels", pk=channel.organization_id)


@signed_in
@require_POST
def delivery_again(request: Request, pk: int) -> HttpResponse:
    """Queue a message once more that did not leave."""
    visible = Delivery.objects.visible_to(request.user).select_related("channel__organization")
    delivery = get_object_or_404(visible, pk=pk)
    require(can_manage_channels(request.user, delivery.channel.organization))
    try:
        deliveries.send_again(delivery=delivery, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "已重新排队，几分钟内发出；免打扰时间内的，结束以后发出。")
    return redirect("branches:channels", pk=delivery.channel.organization_id)


def _channel(request: Request, pk: int) -> Channel:
    """A channel within reach, else 404."""
    return get_object_or_404(Channel.objects.visible_to(request.user).select_related("organization"), pk=pk)
