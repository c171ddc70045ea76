"""The form of a ballot: as it is printed, as the reader of sheets knows it, and which rows stand on which side."""

from __future__ import annotations

from evaluations.models import Ballot, BallotSubject, SubjectKind
from evaluations.paper.form import BallotForm, FormRow
from evaluations.paper.template import FormTemplate, template_of

# The rules' 填表说明 speaks of members and their names; what is rated of a committee are headings.
COMMITTEE_NOTES = (
    "请实事求是，以无记名方式测评，在每项内容右边相应空格内划“√”。",
    "每项只能选择一个等次；多选的，该项无效；不选的，视为弃权。",
    "不署名，不作任何记号。",
)

MASSES_FORM = "（群众代表票）"  # after the rules' title, so that nobody takes one pile for the other


def ballot_form(ballot: Ballot, *, test: bool = False) -> BallotForm:
    """The form F1 as printed for this ballot; nothing on it differs from copy to copy."""
    rules = ballot.rules()
    committee = ballot.subject_kind == SubjectKind.COMMITTEE
    branch = ballot.organization.name
    title = (
        f"{branch}（{ballot.campaign.year}年度）支部委员会测评表"
        if committee
        else rules.form_title.format(branch=branch, year=ballot.campaign.year)
    ) + (MASSES_FORM if ballot.by_masses else "")
    day = ballot.meeting.day
    return BallotForm(
        title=title,
        organization=branch,
        date_text=f"{day.year}年{day.month}月{day.day}日",
        columns=tuple(ballot.options),
        rows=tuple(
            FormRow(subject.ordinal, subject.name, subject.graded, subject.note)
            for subject in ballot.subjects.all()
        ),
        notes=COMMITTEE_NOTES if committee else rules.form_notes,
        points=() if committee else rules.assessment_points,
        with_remarks=bool(rules.form_remark),
        name_heading="评议内容" if committee else "姓名",
        remark_heading=rules.form_remark,
        ballot=str(ballot.pk),
        test=test,
        large=ballot.large_print,
        most_rows=rules.form_rows_per_page,
    )


def form_template(ballot: Ballot, *, test: bool = False) -> FormTemplate:
    """What the reader has to know of this ballot's form."""
    return template_of(ballot_form(ballot, test=test))


def sides(ballot: Ballot) -> dict[int, tuple[BallotSubject, ...]]:
    """The rated rows on each side of the form, by the number of the side; a side without rows is left out."""
    rated = list(ballot.rated())
    placed = {s.page: tuple(rated[row.row] for row in s.rows) for s in form_template(ballot).sheets}
    return {page: rows for page, rows in placed.items() if rows}
