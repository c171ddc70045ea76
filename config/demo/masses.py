"""What the masses say and read in the demo: a survey of their satisfaction counted by two, and a list that hangs."""

from __future__ import annotations

from django.utils import timezone

from branches.models import Campaign, Organization, User
from config.demo.preparation import SLUG, VILLAGE
from rectification.models import PublicationKind, SurveyRound
from rectification.rules.satisfaction import Count
from rectification.services import publication_objections, publications, satisfaction, survey_counts, surveys

# Papers of each class of respondents as both counted them: 满意、比较满意、基本满意、不满意; no tick, spoilt.
PAPERS = (Count((31, 12, 6, 2), 1, 0), Count((9, 3, 1, 0), 0, 1))
NOT_RETURNED = 3
LIST = (
    "1. 问题：村务公开栏更新慢；整改措施：每月 5 日前更新，村民小组长核对。",
    "2. 问题：入户走访少；整改措施：支委每人联系一个组，每季度走完一遍。",
    "3. 问题：三组的路灯坏了没人管；整改措施：落实专人，每月查一遍。",
)
SAID, ANSWERED = "三组的路灯现在还没有亮。", "配件已经买到，本周内换好，已列入整改。"


def ask_the_masses(rows: dict[str, Organization], secretary: User, supervisor: User) -> None:
    """Give the village its survey and its public list; `supervisor` counts beside the secretary."""
    campaign = Campaign.objects.select_related("issuer").get(slug=SLUG)
    _survey(campaign, rows[VILLAGE], secretary, supervisor)
    _hang(campaign, rows[VILLAGE], secretary)


def _survey(campaign: Campaign, village: Organization, secretary: User, other: User) -> None:
    """From the papers handed out to the certified result."""
    step = surveys.survey_steps(campaign, village)[0].key
    begun = surveys.begin(campaign=campaign, organization=village, step=step, by=secretary)
    classes = list(begun.classes.all())
    counted = {row.pk: count for row, count in zip(classes, PAPERS, strict=True)}
    saved = surveys.save_heads(
        survey_round=begun,
        version=begun.version,
        day=timezone.localdate(),
        heads={pk: (count.returned + NOT_RETURNED, count.returned) for pk, count in counted.items()},
        by=secretary,
    )
    surveys.collect(survey_round=saved, version=saved.version, by=secretary)
    for person in (secretary, other):
        survey_counts.save_count(survey_round=_now(begun), counts=counted, by=person)
        survey_counts.finish(survey_round=_now(begun), by=person)
    survey_counts.match(survey_round=_now(begun), by=secretary)
    matched = _now(begun)
    satisfaction.close(survey_round=matched, version=matched.version, by=secretary)


def _now(survey_round: SurveyRound) -> SurveyRound:
    """The round as it is in the database now."""
    return SurveyRound.objects.select_related(*surveys.RELATED).get(pk=survey_round.pk)


def _hang(campaign: Campaign, village: Organization, secretary: User) -> None:
    """The list of problems and measures, approved and hanging since today, with something said to it and answered."""
    made = publications.draft(
        campaign=campaign, organization=village, kind=PublicationKind.MATERIAL, by=secretary
    )
    kept = {name: getattr(made, name) for name in publications.KEPT}
    kept |= {"text": "\n".join(LIST), "place": "村务公开栏"}
    made = publications.save(publication=made, version=made.version, by=secretary, **kept)
    made = publications.approve(publication=made, version=made.version, by=secretary)
    made = publications.post(publication=made, version=made.version, by=secretary)
    said = publication_objections.note_objection(
        publication=made, on=timezone.localdate(), text=SAID, by=secretary
    )
    publication_objections.answer_objection(objection=said, answer=ANSWERED, to_rectify=True, by=secretary)
