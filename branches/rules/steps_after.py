"""The steps that follow the meeting: assessment, feedback, rectification, publicity, reports, surveys."""

from __future__ import annotations

from datetime import date

from branches.rules.dates import MONTHS_A_QUARTER
from branches.rules.ruleset import Rules
from branches.rules.steptypes import AFTER, MEETINGS, Due, Step

Asked = tuple[bool, Step]
MEASURES = ("measures", "timetable", "measures_and_pledge")


def steps_after(rules: Rules, last: date | None, is_body: bool) -> list[Step]:
    """Return what follows the meeting; keys in `after` may name steps that are not owed."""
    plenary = rules.meeting_form == "democratic_life" or not is_body
    ballot = rules.ballot_place != "none" and rules.meeting_form != "democratic_life" and not is_body
    known = {"last_meeting"} | ({"plenary"} if plenary else set()) | ({"ballot"} if ballot else set())

    def counted(anchor: str) -> str:
        """The day to count from; where that one never comes, the last meeting."""
        return anchor if anchor in known else "last_meeting"

    asked = (
        *_results(rules, last, ballot),
        *_measures(rules, is_body),
        *_telling(rules, counted(rules.report_counts_from), ballot),
    )
    since = counted(rules.rectification_counts_from)
    return [*(step for wanted, step in asked if wanted), *_repeated(rules, since, is_body)]


def _results(rules: Rules, last: date | None, ballot: bool) -> tuple[Asked, ...]:
    """What comes of the ballot."""
    filed = rules.result_publicity == "file_up"
    listed = "summary_form" in rules.report_attachments
    table = (
        "summary_form_due"
        if rules.summary_form_due
        else "report_attachments"
        if listed
        else "result_publicity"
    )
    decided = ("assessment", "ballot")
    return (
        (
            ballot and rules.assessment_by != "none",
            Step("assessment", "组织评定", AFTER, "assessment_by", Due(last), after=("ballot",)),
        ),
        (
            ballot and rules.feedback_required,
            Step("feedback", "向本人反馈", AFTER, "feedback_required", after=decided),
        ),
        (
            ballot and (rules.summary_form_due is not None or listed or filed),
            Step(
                "summary",
                "测评汇总表",
                AFTER,
                table,
                Due(rules.summary_form_due or last),
                after=("ballot",),
            ),
        ),
        (
            ballot and rules.result_publicity == "scoped_notice",
            Step("result_notice", "公示评议结果", AFTER, "result_publicity", after=decided),
        ),
    )


def _measures(rules: Rules, is_body: bool) -> tuple[Asked, ...]:
    """What is put right, and who hears of it."""
    public, filed = rules.rectification_public, rules.rectification_filed
    how = "公开、报备" if public and filed else "公开" if public else "报备"
    rule = "rectification_public" if public else "rectification_filed"
    return (
        (
            rules.committee_rectification in MEASURES,
            Step("rectification", "班子整改措施", AFTER, "committee_rectification", after=MEETINGS),
        ),
        (
            rules.member_rectification != "none" and not is_body,
            Step("commitments", "党员整改措施和承诺", AFTER, "member_rectification", after=MEETINGS),
        ),
        (
            rules.material_public_notice,
            Step("material_notice", "材料向群众公示", AFTER, "material_public_notice", after=("material",)),
        ),
        (rules.material_pledge, Step("pledge", "公开承诺", AFTER, "material_pledge", after=("material",))),
        (public or filed, Step("publicity", f"整改措施{how}", AFTER, rule, after=("rectification",))),
    )


def _telling(rules: Rules, since: str, ballot: bool) -> tuple[Asked, ...]:
    """Meetings that tell how it went, and the report; `since` is the day the report's days count from."""
    held = ("ballot",) if ballot else MEETINGS
    due = Due(rules.report_due)
    if rules.report_due is None and rules.report_days_after is not None:
        due = Due(anchor=since, days=rules.report_days_after)
    leaders = rules.meeting_form == "democratic_life"
    special = "民主生活会情况专题报告" if leaders else "专项报告"
    words = special if rules.report == "special" else "情况总结材料"
    return (
        (rules.briefing, Step("briefing", "通报会", AFTER, "briefing", after=MEETINGS)),
        (
            rules.masses_briefing,
            Step("masses_briefing", "向群众通报", AFTER, "masses_briefing", after=MEETINGS),
        ),
        (rules.report != "none", Step("report", words, AFTER, "report", due, after=(*held, "briefing"))),
    )


def _repeated(rules: Rules, since: str, is_body: bool) -> list[Step]:
    """Steps that come months later or again: 通报班子整改情况, 兑现承诺, 群众满意度."""
    found = []
    if months := rules.committee_report_months:
        due = Due(anchor=since, months=months)
        found.append(
            Step(
                "committee_report",
                "通报班子整改情况",
                AFTER,
                "committee_report_months",
                due,
                after=MEETINGS,
            )
        )
    every = 0 if is_body else rules.member_report_every_months or 0
    for n in range(1, rules.member_report_times + 1 if every else 1):
        due = Due(anchor=since, months=n * every, quarter=every == MONTHS_A_QUARTER)
        label = f"党员报告兑现承诺（第{n}次）"
        found.append(
            Step(f"pledge_report-{n}", label, AFTER, "member_report_every_months", due, after=MEETINGS)
        )
    for n in range(1, rules.satisfaction_surveys + 1):
        label = f"群众满意度测评（第{n}次）" if rules.satisfaction_surveys > 1 else "群众满意度测评"
        found.append(Step(f"satisfaction-{n}", label, AFTER, "satisfaction_surveys"))
    return found
