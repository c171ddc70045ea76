"""The tables of steps of this app's documents, one module a document."""

from evaluations.workflow.assessments import ASSESSMENT
from evaluations.workflow.ballots import BALLOT, heads_now
from evaluations.workflow.disposals import DISPOSAL, HELP
from evaluations.workflow.feedback import FEEDBACK
from evaluations.workflow.result_notices import RESULT_NOTICE

__all__ = ["ASSESSMENT", "BALLOT", "DISPOSAL", "FEEDBACK", "HELP", "RESULT_NOTICE", "heads_now"]
