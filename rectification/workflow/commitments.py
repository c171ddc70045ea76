"""The steps of a member's promise: made, kept; or taken back."""

from __future__ import annotations

from branches.workflow import Transition, Workflow
from rectification.models import Commitment, CommitmentStatus
from rectification.permissions import can_settle_commitment

COMMITMENT: Workflow[Commitment] = Workflow(
    "整改承诺",
    Commitment,
    {
        "fulfil_pledge": Transition(
            "登记已兑现",
            frozenset({CommitmentStatus.MADE}),
            CommitmentStatus.FULFILLED,
            can_settle_commitment,
        ),
        "resume_pledge": Transition(
            "继续履行",
            frozenset({CommitmentStatus.FULFILLED}),
            CommitmentStatus.MADE,
            can_settle_commitment,
        ),
        "withdraw_pledge": Transition(
            "撤销承诺",
            frozenset({CommitmentStatus.MADE}),
            CommitmentStatus.WITHDRAWN,
            can_settle_commitment,
            note_required=True,
        ),
    },
)
