"""The task list of one branch in one campaign: what is done, and the one thing to do now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone

from branches.models import Campaign, Organization, PlanVersion, Run
from branches.rules import Clause
from branches.rules.duties import spared
from branches.rules.standing import OPEN, OVERDUE, POSTPONED, WAIVED, Standing
from config.home.branch_facts import Facts
from config.home.branch_tasks import NOW, PARTS, Task, evening_tasks
from config.home.days import deadline, said
from config.home.standings import TONES, Standings, came_back
from config.home.step_links import was_returned, where_to
from members.services.must_answer import unanswered_points

# Steps the tasks of the evening stand for; they appear by themselves only when let off or postponed.
EVENING = ("meeting", "ballot", "committee_ballot", "masses_ballot", "summary")


@dataclass(frozen=True)
class TaskList:
    """Everything the secretary's home shows for one branch."""

    branch: Organization
    campaign: Campaign
    parts: tuple[tuple[str, tuple[Task, ...]], ...]
    next: Task | None
    done: int
    total: int
    deadline: str
    urgency: str
    not_needed: tuple[str, ...]
    clauses: tuple[Clause, ...]
    facts: Facts
    redo: Run | None
    returned: PlanVersion | None
    unanswered: int
    settled: frozenset[str]  # the steps that are done or waived

    @classmethod
    def of(cls, branch: Organization, campaign: Campaign) -> TaskList:
        """The list of the branch in the campaign, on today's date."""
        today = timezone.localdate()
        standings = Standings.of(campaign, Organization.objects.filter(pk=branch.pk), today)
        standing = standings.rows[branch.pk]
        redo = Run.objects.filter(campaign=campaign, organization=branch).order_by("round_no").last()
        facts = Facts.of(branch, campaign, {branch.pk: redo.opened_at} if redo else None)
        held = {s.step.key for s in standing if s.step.key in EVENING and s.state in (WAIVED, POSTPONED)}
        spared_meeting = any(s.step.key == "meeting" and s.state == WAIVED for s in standing)
        evening = [] if spared_meeting else evening_tasks(facts, branch, campaign)
        steps = [
            _task(s, campaign, branch) for s in standing if s.step.key not in EVENING or s.step.key in held
        ]
        tasks = _numbered(steps, evening)
        parts = {
            part: tuple(t for t in tasks if t.part == part) for part in dict.fromkeys(t.part for t in tasks)
        }
        finish = next((s.due for s in standing if s.step.part == "会上" and s.due), campaign.finish_by)
        words, urgency = deadline(finish, today)
        not_needed, clauses = spared(facts.rules, campaign.rule_set().quoted(), branch.category)
        return cls(
            branch=branch,
            campaign=campaign,
            parts=tuple(parts.items()),
            next=_next(standing, tasks),
            done=sum(task.is_done for task in tasks),
            total=len(tasks),
            deadline=words,
            urgency=urgency,
            not_needed=not_needed,
            clauses=clauses,
            facts=facts,
            redo=redo,
            returned=_returned(campaign, branch) if any(was_returned(s) for s in standing) else None,
            unanswered=len(unanswered_points(campaign, branch)),
            settled=frozenset(s.step.key for s in standing if s.is_settled),
        )

    @property
    def unanswered_url(self) -> str:
        """The page with the points nobody has answered."""
        return reverse("members:opinions", args=[self.campaign.slug, self.branch.pk])


def _returned(campaign: Campaign, branch: Organization) -> PlanVersion | None:
    """The version of the plan that came back, with what the superior said of it."""
    versions = PlanVersion.objects.filter(plan__campaign=campaign, plan__organization=branch)
    return versions.order_by("plan__round_no", "number").last()


def _numbered(steps: list[Task], evening: list[Task]) -> list[Task]:
    """All tasks by part, numbered: before the meeting the notice's steps come first, later the evening's."""
    stages = [task.part for task in steps if task.part not in PARTS]  # 三个阶段: stages a notice names itself
    places = {part: number for number, part in enumerate(dict.fromkeys([*stages, *PARTS]))}
    first = [*(t for t in steps if t.part not in PARTS[1:]), *evening]
    ordered = [*first, *(t for t in steps if t.part in PARTS[1:])]
    ordered.sort(key=lambda task: places[task.part])
    return [replace(task, number=number) for number, task in enumerate(ordered, 1)]


def _task(standing: Standing, campaign: Campaign, branch: Organization) -> Task:
    """One prescribed step as a line of the list."""
    step = standing.step
    settled = standing.is_settled
    url, action = where_to(standing, campaign, branch)
    said_word = "待办" if standing.state == OPEN and standing.word == "可以办理" else standing.word
    return Task(
        part=step.part,
        title=f"{step.label}：延期" if step.key in EVENING and standing.state == POSTPONED else step.label,
        text=_text(standing),
        is_done=settled,
        url=url,
        action=action,
        at_any_time=True,
        state="bad" if came_back(standing) else TONES[standing.state],
        said=said_word,
    )


def _text(standing: Standing) -> str:
    """The day it was done, or the due day with the remainder, and the reason."""
    if standing.done_on is not None:
        return said(standing.done_on)
    when = ""
    if standing.due is not None and standing.state in (OPEN, OVERDUE) and not standing.handed_in:
        when = deadline(standing.due, timezone.localdate())[0]
    elif standing.due is None and not standing.is_settled:
        when = standing.step.due.words
    reason = standing.reason if standing.state != OVERDUE or standing.reason != standing.word else ""
    return "；".join(part for part in (when, reason) if part)


def _next(standings: tuple[Standing, ...], tasks: list[Task]) -> Task | None:
    """The one button: a plan that holds everything up, then the evening, then what is owed after it."""
    blocking = {key for s in standings if not s.is_settled for key in s.step.after}
    owed = {s.step.label for s in standings if s.is_owed}
    first = {s.step.label for s in standings if s.step.key == "plan" and s.is_owed and "plan" in blocking}
    evening = [t for t in tasks if not t.said and t.state == NOW]
    held_up = [t for t in tasks if t.title in first]
    later = [t for t in tasks if t.title in owed and t.part != PARTS[0]]
    return next(iter([*held_up, *evening, *later]), None)
