"""The workflow engine. Nothing else assigns a status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.db import models, transaction
from django.utils import timezone

from branches.models import AuditEvent, AuditHead, Organization, User
from branches.permissions import Answer, Denied
from branches.rules.chain import chain_hash

Document = TypeVar("Document", bound=models.Model)


class NotAllowed(Exception):
    """A step that may not be taken; the message is the Chinese reason for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def insist(*answers: Answer) -> None:
    """Go on when all answers are yes; raises NotAllowed with the first reason that speaks against it."""
    for answer in answers:
        if isinstance(answer, Denied):
            raise NotAllowed(answer.reason)


@dataclass(frozen=True)
class Transition(Generic[Document]):
    """One step: its button, where from, where to, who may, and what must hold before."""

    label: str
    sources: frozenset[str]
    target: str
    allowed: Callable[[Any, Document], Answer]
    guard: Callable[[Document], Answer] | None = None
    note_required: bool = False


@dataclass(frozen=True)
class Workflow(Generic[Document]):
    """All steps of one kind of document."""

    name: str
    model: type[Document]
    transitions: dict[str, Transition[Document]]

    def step(self, document: Document, name: str, user: Any, note: str = "") -> Answer:
        """Whether the step may be taken now: source state, permission, guard and note, in this order."""
        transition = self.transitions[name]
        status = cast(Any, document).status
        if status not in transition.sources:
            shown = cast(Any, document).get_status_display()
            return Denied(f"现在是「{shown}」，不能再{transition.label}。请刷新页面查看最新情况。")
        answer = transition.allowed(user, document)
        if not answer:
            return answer
        if transition.guard is not None:
            held = transition.guard(document)
            if not held:
                return held
        if transition.note_required and not note.strip():
            return Denied(f"{transition.label}须写明原因。")
        return True

    def available(self, document: Document, user: Any) -> list[tuple[str, Transition[Document]]]:
        """The steps to show as buttons: right state and permission (guards speak when pressed)."""
        status = cast(Any, document).status
        return [
            (name, t)
            for name, t in self.transitions.items()
            if status in t.sources and t.allowed(user, document)
        ]


def perform(
    workflow: Workflow[Document],
    document: Document,
    name: str,
    *,
    by: User,
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> Document:
    """Take one step: lock the row, check, set the status, save, write the record.

    Returns the locked document with its new status. Raises NotAllowed with the Chinese reason.
    """
    with transaction.atomic():
        manager = cast(Any, workflow.model)._base_manager
        locked = cast(Document, manager.select_for_update().get(pk=document.pk))
        answer = workflow.step(locked, name, by, note)
        if not answer:
            raise NotAllowed(answer.reason)
        moving = cast(Any, locked)
        source = moving.status
        moving.status = workflow.transitions[name].target
        moving.save(update_fields=["status"])
        extra = {"from": source, "to": moving.status, **(detail or {})}
        if note:
            extra["note_length"] = len(note)
        append_event(by=by, action=name, about=locked, detail=extra)
    return locked


def append_event(*, by: User | None, action: str, about: models.Model, detail: dict[str, Any]) -> AuditEvent:
    """Add one event to the end of the chain; must run inside a transaction. Returns the event.

    `detail` holds ids, counts and states, never a personal value.
    """
    head = AuditHead.objects.select_for_update().get_or_create(pk=1)[0]
    event = AuditEvent(
        sequence=head.sequence + 1,
        at=timezone.now(),
        actor_id=None if by is None else by.pk,
        action=action,
        about=about._meta.label_lower,
        about_id=str(about.pk),
        organization_path=organization_path(about),
        detail=detail,
        previous_hash=head.hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    head.sequence, head.hash = event.sequence, event.hash
    head.save(update_fields=["sequence", "hash"])
    return event


def event_hash(event: AuditEvent) -> str:
    """The hash of an event over the one before it and everything the event says."""
    return chain_hash(
        event.previous_hash,
        [
            event.sequence,
            event.at.isoformat(),
            event.actor_id,
            event.action,
            event.about,
            event.about_id,
            event.organization_path,
            event.detail,
        ],
    )


def organization_path(about: models.Model) -> str:
    """The path of the organisation a document belongs to; empty when it belongs to none."""
    for name in ("organization", "issuer", "home"):
        owner = getattr(about, name, None)
        if isinstance(owner, Organization):
            return str(owner.path)
    return str(about.path) if isinstance(about, Organization) else ""
