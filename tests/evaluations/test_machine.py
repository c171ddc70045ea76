"""Any order of the evening's steps: the identities always hold, and the result is the recount of a model.

The machine takes steps at random through the real services and keeps its own idea of what is in the
box, what each has typed and who has vouched. A refused step must change nothing in the database.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from branches.workflow import NotAllowed
from evaluations.models import Ballot, EntryMode, EntrySlot, PaperEntry, TallyLine, TotalsEntry
from evaluations.rules import Paper, identities
from evaluations.services import certifying, entry, heads, matching, sealing, setup
from evaluations.services.heads import HeadProblems, SavedMeanwhile
from tests.factories.evaluations import Evening, evening

MEMBERS, OPTIONS = 3, 4
marks = st.text(alphabet="12340x", min_size=MEMBERS, max_size=MEMBERS)
papers = st.builds(Paper, marks, st.sampled_from([False, False, False, True]))
small = st.none() | st.integers(-1, 6)
TYPISTS = st.integers(0, 1)


class EveningMachine(RuleBasedStateMachine):
    """One branch, one evening after the other; `made` is prepared once, each run is rolled back."""

    made: Evening

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.ballots = [self.made.ballot]
        self.new_round(self.made.ballot)

    def teardown(self) -> None:
        """Leave the database and the keys as they were."""
        event(f"ended {self.status} in round {len(self.ballots)}")
        for ballot in self.ballots:
            sealing.destroy_key(ballot.pk)
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    def new_round(self, ballot: Ballot) -> None:
        """What the model knows of a new round: nothing."""
        self.ballot = ballot
        self.status = "setup"
        self.box: list[Paper] = []
        self.typed: list[dict[int, Paper]] = [{}, {}]
        self.finished = [False, False]
        self.settled: dict[int, Paper] = {}
        self.signed: set[str] = set()

    def current(self) -> Ballot:
        """The ballot as it is in the database."""
        return Ballot.objects.get(pk=self.ballot.pk)

    def snapshot(self) -> Any:
        """Everything of this round in the database."""
        tables = (TallyLine, PaperEntry, TotalsEntry, EntrySlot)
        rows = [list(t.objects.filter(ballot=self.ballot).order_by("pk").values()) for t in tables]
        signed = list(self.ballot.signatures.order_by("pk").values())
        return Ballot.objects.filter(pk=self.ballot.pk).values().get(), rows, signed

    def attempt(self, step: Any) -> Any:
        """The answer of a step, or None when it was refused; a refusal changes nothing."""
        before = self.snapshot()
        try:
            with transaction.atomic():
                return step() or True
        except (NotAllowed, HeadProblems, SavedMeanwhile):
            assert self.snapshot() == before
            return None

    @property
    def returned(self) -> int:
        """收回."""
        return self.current().returned or 0

    @rule(
        numbers=st.dictionaries(
            st.sampled_from(["printed", "issued", "replaced", "unused", "returned"]), small
        ),
        stale=st.booleans(),
    )
    def write_any_heads(self, numbers: dict[str, int | None], stale: bool) -> None:
        version = self.current().version - (1 if stale else 0)
        before = self.returned
        saved = self.attempt(
            lambda: heads.save_heads(
                ballot=self.ballot, by=self.made.secretary, version=version, numbers=numbers
            )
        )
        assert not (saved and stale)
        if saved and self.returned != before:
            self.finished = [False, False]

    @rule(issued=st.integers(1, MEMBERS), kept=st.integers(0, 1))
    def write_fitting_heads(self, issued: int, kept: int) -> None:
        numbers: dict[str, int | None] = {"printed": issued + 2, "issued": issued}
        if self.status in ("issued", "collected"):
            numbers |= {"replaced": 1, "unused": 1, "returned": max(issued - kept, 0)}
        self.write_any_heads(numbers, stale=False)

    @rule()
    def hand_out(self) -> None:
        if self.attempt(lambda: heads.issue(ballot=self.ballot, by=self.made.secretary)):
            assert self.status == "setup"
            self.status = "issued"

    @rule(data=st.data())
    def collect(self, data: st.DataObject) -> None:
        if self.attempt(lambda: heads.collect(ballot=self.ballot, by=self.made.tellers[0])):
            assert self.status == "issued"
            self.status = "collected"
            self.box = [data.draw(papers) for _ in range(MEMBERS)]

    @precondition(lambda self: self.status != "setup")
    @rule(who=TYPISTS, number=st.integers(1, MEMBERS), slip=st.none() | papers | st.just(Paper("1")))
    def type_paper(self, who: int, number: int, slip: Paper | None) -> None:
        paper = slip or (self.box[number - 1] if self.box else Paper("111"))
        saved = self.attempt(
            lambda: entry.save_paper(
                ballot=self.ballot,
                by=self.made.tellers[who],
                paper_no=number,
                marks=paper.marks,
                void=paper.void,
            )
        )
        if saved:
            assert self.status == "collected"
            assert number <= self.returned
            place = self.place(who)
            if self.typed[place].get(number) != saved:
                self.finished[place] = False
                self.settled.pop(number, None)
            self.typed[place][number] = saved

    def place(self, who: int) -> int:
        """Which of the two places this teller holds."""
        return EntrySlot.objects.get(ballot=self.ballot, holder=self.made.tellers[who]).number - 1

    @precondition(lambda self: self.status == "collected")
    @rule(who=TYPISTS, slip=st.none() | papers)
    def type_all_and_finish(self, who: int, slip: Paper | None) -> None:
        for number in range(1, self.returned + 1):
            self.type_paper(who, number, slip if number == 1 else None)
        self.finish(who)

    @rule(who=TYPISTS)
    def finish(self, who: int) -> None:
        if self.attempt(lambda: entry.finish_slot(ballot=self.ballot, by=self.made.tellers[who])):
            place = self.place(who)
            assert all(self.typed[place][n].complete for n in range(1, self.returned + 1))
            self.finished[place] = True

    @precondition(lambda self: self.status == "collected" and all(self.finished))
    @rule(number=st.integers(1, MEMBERS))
    def read_again(self, number: int) -> None:
        truth = self.box[number - 1]
        first, second = (typed.get(number) for typed in self.typed)
        settled = self.attempt(
            lambda: matching.read_paper_again(
                ballot=self.ballot,
                by=self.made.tellers[0],
                paper_no=number,
                marks=dict(enumerate(truth.marks)),
                void=truth.void,
            )
        )
        if settled:
            assert first is not None
            assert second is not None
            assert first != second
            self.settled[number] = settled

    def agreed(self) -> list[Paper] | None:
        """The papers both agree on, worked out without the code under test."""
        chosen = []
        for number in range(1, self.returned + 1):
            first, second = (typed.get(number) for typed in self.typed)
            if number in self.settled:
                chosen.append(self.settled[number])
            elif first is None or second is None:
                return None
            elif first == second or (first.void and second.void):
                chosen.append(first)
            else:
                return None
        return chosen

    @rule()
    def match(self) -> None:
        matched = self.attempt(lambda: matching.match(ballot=self.ballot, by=self.made.tellers[1]))
        wanted = self.agreed()
        assert bool(matched) == (self.status == "collected" and all(self.finished) and wanted is not None)
        if matched:
            self.status = "matched"
            self.agreed_papers = wanted or []

    @rule(reason=st.sampled_from(["", "再数一遍"]))
    def send_back(self, reason: str) -> None:
        if self.attempt(lambda: matching.recount(ballot=self.ballot, by=self.made.tellers[0], reason=reason)):
            assert self.status == "matched"
            assert reason
            self.status = "collected"
            self.finished = [False, False]
            self.settled, self.signed = {}, set()

    @rule(duty=st.sampled_from(["scrutineer", "teller", "secretary"]))
    def sign(self, duty: str) -> None:
        person = {
            "scrutineer": self.made.scrutineer,
            "teller": self.made.tellers[0],
            "secretary": self.made.secretary,
        }
        by = person[duty]
        assert by is not None
        if self.attempt(lambda: certifying.sign(ballot=self.ballot, duty=duty, by=by)):
            assert self.status == "matched"
            self.signed.add(duty)

    @precondition(lambda self: self.status == "matched")
    @rule()
    def all_sign_and_certify(self) -> None:
        for duty in ("scrutineer", "teller", "secretary"):
            self.sign(duty)
        self.certify()

    @rule()
    def certify(self) -> None:
        done = self.attempt(lambda: certifying.certify(ballot=self.ballot, by=self.made.secretary))
        assert bool(done) == (self.status == "matched" and len(self.signed) == 3)
        if done:
            self.status = "certified"

    @rule()
    def void_and_begin_again(self) -> None:
        was = self.status
        assert self.attempt(
            lambda: setup.void_ballot(ballot=self.ballot, by=self.made.secretary, reason="重来")
        )
        kept = TallyLine.objects.filter(ballot=self.ballot).count()
        assert kept == (MEMBERS if was in ("matched", "certified") else 0)
        assert (
            self.attempt(lambda: setup.void_ballot(ballot=self.ballot, by=self.made.secretary, reason="又"))
            is None
        )
        ballot = setup.prepare_ballot(meeting=self.made.meeting, by=self.made.secretary)
        assert ballot.round_no == len(self.ballots) + 1
        self.ballots.append(ballot)
        self.new_round(ballot)

    @invariant()
    def the_state_is_the_models(self) -> None:
        assert self.current().status == self.status
        assert Ballot.objects.standing().filter(meeting=self.made.meeting).count() == 1

    @invariant()
    def identities_hold(self) -> None:
        """What is saved never contradicts itself; from the count on nothing is missing."""
        ballot = self.current()
        assert all(line.holds is not False for line in identities(ballot.heads))
        if self.status in ("collected", "matched", "certified"):
            people, printed, back, _ = (line.holds for line in identities(ballot.heads))
            assert (people, printed, back) == (True, True, True)
            assert (ballot.returned or 0) <= (ballot.issued or 0)

    @invariant()
    def the_result_is_the_recount(self) -> None:
        ballot = self.current()
        if self.status not in ("matched", "certified"):
            assert not TallyLine.objects.filter(ballot=ballot).exists()
            return
        valid = [paper.marks for paper in self.agreed_papers if not paper.void]
        assert (ballot.heads.valid, ballot.void_papers) == (len(valid), len(self.agreed_papers) - len(valid))
        lines = TallyLine.objects.filter(ballot=ballot).order_by("subject__ordinal")
        assert len(lines) == MEMBERS
        for row, line in enumerate(lines):
            heap = Counter(paper[row] for paper in valid)
            assert line.counts == [heap[str(n)] for n in range(1, OPTIONS + 1)]
            assert (line.abstained, line.invalid) == (heap["0"], heap["x"])

    @invariant()
    def nothing_typed_is_left_after_certification(self) -> None:
        if self.status == "certified":
            for table in (PaperEntry, TotalsEntry, EntrySlot):
                assert not table.objects.filter(ballot=self.ballot).exists()


@pytest.mark.django_db
def test_any_order_of_steps_keeps_every_identity() -> None:
    EveningMachine.made = evening("setup", members=MEMBERS, entry_mode=EntryMode.PAPERS)
    run_state_machine_as_test(
        EveningMachine,
        settings=settings(
            max_examples=max(settings().max_examples // 5, 10),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_the_machine_reaches_a_certified_result_and_a_second_round() -> None:
    """A walk by hand, so that the machine above is known to get that far."""
    EveningMachine.made = evening("setup", members=MEMBERS)
    machine = EveningMachine()
    try:
        machine.write_fitting_heads(3, 0)
        machine.hand_out()
        machine.write_fitting_heads(3, 0)
        assert machine.attempt(lambda: heads.collect(ballot=machine.ballot, by=machine.made.tellers[0]))
        machine.status, machine.box = "collected", [Paper("123"), Paper("0x4"), Paper("111", void=True)]
        machine.type_all_and_finish(0, None)
        machine.type_all_and_finish(1, Paper("321"))
        machine.match()
        machine.read_again(1)
        machine.match()
        machine.all_sign_and_certify()
        assert machine.status == "certified"
        machine.the_result_is_the_recount()
        machine.nothing_typed_is_left_after_certification()
        machine.void_and_begin_again()
        machine.identities_hold()
    finally:
        transaction.set_rollback(True)
        machine.run.__exit__(None, None, None)
