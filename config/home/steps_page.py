"""One organisation's steps in one campaign: where each stands, and what this person may do about it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.forms import Form
from django.utils import timezone

from branches.models import (
    Campaign,
    DecisionKind,
    Organization,
    Run,
    StepDecision,
    User,
)
from branches.permissions import can_note_step, can_order_redo, can_postpone, can_waive
from branches.rules import Clause, clause_for
from branches.rules.standing import Standing
from branches.rules.steps import MEETINGS
from branches.services import steps
from branches.services.plans import gate_refusal
from branches.workflow import NotAllowed
from config.home.archive.making import wants_archive
from config.home.days import deadline, said
from config.home.earlier import Round, earlier_rounds
from config.home.forms import STEP_FORMS
from config.home.standings import TONES, Standings, came_back
from config.home.step_links import page_of
from evaluations.models import Ballot
from evaluations.services.setup import void_ballot
from meetings.permissions.archive import can_make_archive
from meetings.services.postponing import postpone_for_step
from rectification.services.supervision import has_supervision


@dataclass(frozen=True)
class Line:
    """One step with the clause that asks for it, the decision that holds, and the forms on offer."""

    standing: Standing
    tone: str
    url: str  # the step's own page where it has one …
    action: str  # … and the words of its button
    when: str
    clause: Clause | None
    decision: StepDecision | None
    forms: tuple[tuple[str, str, Form], ...]  # action, words of the button, form
    wrong: bool

    @property
    def ticks_now(self) -> bool:
        """Whether the form to tick stands open: what may be done now and has no page; all else is folded."""
        return self.standing.is_owed and not self.url


@dataclass(frozen=True)
class StepsPage:
    """Everything the page of one organisation's steps shows."""

    campaign: Campaign
    organization: Organization
    parts: tuple[tuple[str, tuple[Line, ...]], ...]
    redo: Run | None
    earlier: tuple[Round, ...]
    may_redo: bool
    may_archive: bool
    is_watched: bool  # somebody from above looks in, by the rules

    @property
    def round_no(self) -> int:
        """The round the page shows; a post tells it, lest it land in a newer one."""
        return self.redo.round_no if self.redo is not None else 1

    @classmethod
    def of(
        cls,
        campaign: Campaign,
        organization: Organization,
        user: User,
        posted: tuple[str, str, Form] | None = None,
    ) -> StepsPage:
        """The page for this person; `posted` is (step, action, form) of a form that was refused."""
        only = Organization.objects.filter(pk=organization.pk)
        standings = Standings.of(campaign, only, timezone.localdate())
        runs = list(Run.objects.filter(campaign=campaign, organization=organization))
        number = standings.rounds.get(organization.pk, 1)
        holding = StepDecision.objects.filter(
            campaign=campaign, organization=organization, round_no=number, ended_at=None
        )
        decisions = {decision.step: decision for decision in holding}
        rights = _Rights.of(campaign, organization, user)
        clauses = campaign.rule_set().quoted()
        lines = []
        for found in standings.rows[organization.pk]:
            decision = decisions.get(found.step.key)
            url, action = page_of(found, campaign, organization, user)
            line = Line(
                standing=found,
                tone="bad" if came_back(found) else TONES[found.state],
                url=url,
                action=action if found.is_owed and rights.note else "",
                when=_when(found),
                clause=clause_for(found.step.rule, clauses, organization.category),
                decision=decision,
                forms=tuple(rights.offers(found, decision, posted)),
                wrong=posted is not None and posted[0] == found.step.key,
            )
            lines.append(line)
        parts: dict[str, list[Line]] = {}
        for line in lines:
            parts.setdefault(line.standing.step.part, []).append(line)
        return cls(
            campaign=campaign,
            organization=organization,
            parts=tuple((part, tuple(found)) for part, found in parts.items()),
            redo=runs[-1] if runs else None,
            earlier=tuple(earlier_rounds(campaign, organization, number)),
            may_redo=rights.redo,
            may_archive=wants_archive(campaign, organization) and bool(can_make_archive(user, organization)),
            is_watched=has_supervision(campaign, organization),
        )


@dataclass(frozen=True)
class _Rights:
    """What the person may do at the organisation."""

    campaign: Campaign
    note: bool
    shut: bool  # the plan must be approved before anything after it is ticked
    postpone: bool
    waive: bool
    redo: bool

    @classmethod
    def of(cls, campaign: Campaign, organization: Organization, user: User) -> _Rights:
        """In a campaign that is not open nothing, but for the steps whose clocks run on (`offers`)."""
        return cls(
            campaign=campaign,
            note=bool(can_note_step(user, organization)),
            shut=not gate_refusal(campaign, organization),
            postpone=bool(can_postpone(user, organization)),
            waive=bool(can_waive(user, organization)),
            redo=campaign.is_open and bool(can_order_redo(user, organization)),
        )

    def offers(
        self,
        found: Standing,
        decision: StepDecision | None,
        posted: tuple[str, str, Form] | None,
    ) -> list[tuple[str, str, Form]]:
        """The forms on offer for one step."""
        work = steps.is_worked_on(self.campaign, found.step.key)
        postponed = decision is not None and decision.kind == DecisionKind.POSTPONED
        note = work and self.note and found.step.may_tick and not (self.shut and "plan" in found.step.after)
        offered = (
            (
                "note",
                "改日期" if found.by_hand else "登记完成日期",
                note and (not found.is_settled or found.by_hand),
            ),
            ("unnote", "取消登记", work and self.note and found.by_hand),
            ("postpone", "延期", work and self.postpone and not found.is_settled),
            ("waive", "同意不做", work and self.waive and not found.is_settled),
            (
                "end",
                "解除",
                work and decision is not None and (self.waive or (self.postpone and postponed)),
            ),
        )
        return [
            (action, words, _form(found.step.key, action, posted))
            for action, words, shown in offered
            if shown or (posted is not None and posted[:2] == (found.step.key, action))
        ]


def _form(step: str, action: str, posted: tuple[str, str, Form] | None) -> Form:
    """The form that was refused, with what was typed; else an empty one."""
    if posted is not None and posted[:2] == (step, action):
        return posted[2]
    return STEP_FORMS[action](prefix=f"{step}-{action}", auto_id="id_%s")


def _when(found: Standing) -> str:
    """The day done, or the due day with the remainder."""
    if found.done_on is not None:
        late = f"，晚 {found.late} 天" if found.late else ""
        return f"{said(found.done_on)}完成{late}"
    if found.is_settled:
        return ""
    if found.due is not None:
        return deadline(found.due, timezone.localdate())[0]
    return found.step.due.words


def take(
    *,
    campaign: Campaign,
    organization: Organization,
    step: str,
    action: str,
    values: dict[str, Any],
    by: User,
    seen: int | None = None,
) -> None:
    """Take one of the actions of `STEP_FORMS`, on a page that showed round `seen`.

    Raises NotAllowed with the Chinese reason.
    """
    steps.check_round(campaign, organization, seen)
    place: dict[str, Any] = {"campaign": campaign, "organization": organization, "step": step, "by": by}
    if action == "note":
        steps.note_step(**place, done_on=values["done_on"])
    elif action == "unnote":
        steps.unnote_step(**place)
    elif action == "postpone":
        postpone_for_step(**place, reason=values["reason"], until=values["until"])
    elif action == "waive":
        steps.waive_step(**place, reason=values["reason"])
    else:
        decision = StepDecision.objects.filter(
            campaign=campaign, organization=organization, step=step, ended_at=None
        ).last()
        if decision is None:
            raise NotAllowed("已经解除，请刷新页面查看。")
        steps.end_decision(decision=decision, by=by)


def redo(
    *,
    campaign: Campaign,
    organization: Organization,
    reason: str,
    by: User,
    seen: int | None = None,
    until: datetime.date | None = None,
) -> Run:
    """Order another round and void the ballots of the one before (责令重新进行), all or nothing.

    With `until` the meetings of the new round are put off to that day, so that nothing of it is late
    at once.
    """
    with transaction.atomic():
        # Locked before the record is, as by those who count: else each would wait for the other.
        standing = Ballot.objects.standing().filter(campaign=campaign, organization=organization)
        ballots = list(standing.select_for_update(of=("self",)).order_by("pk"))
        run = steps.order_redo(campaign=campaign, organization=organization, reason=reason, by=by, seen=seen)
        for ballot in ballots:
            void_ballot(ballot=ballot, by=by, reason=f"上级责令重新进行：{reason}"[:300])
        meetings = [s for s in steps.steps_for(campaign, organization) if s.kind in MEETINGS and until]
        for step in meetings:
            steps.postpone_step(
                campaign=campaign,
                organization=organization,
                step=step.key,
                reason="上级责令重新进行，期限另定",
                until=until,
                by=by,
            )
    return run
