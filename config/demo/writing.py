"""Self-examination materials of the demo in every state: a draft, one that waits, one returned, one passed, one on paper."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from branches.models import Campaign, Organization, User
from members.models import Material, MaterialRole, ReviewSlot
from members.rules.paper import Answer, Item, Paper, Section
from members.services.material_notes import receive_material
from members.services.material_people import owed_here
from members.services.materials import open_material, save_material, submit_material
from members.services.must_answer import must_answer
from members.services.review_decisions import add_remark, checklist_of, pass_slot, return_slot

PROBLEMS = (
    ("作风建设", "下组走访不勤", "上半年只走访了11户，两户困难家庭没有上过门。", "觉得有组长在，用不着天天跑。",
     "每月走访不少于10户，困难户每月上门一次。"),
    ("联系服务群众", "群众反映的事没有跟到底", "村口路灯报修以后没有再问，拖了两个月。", "重交办，轻督办。",
     "建一本来访登记，每件事写明谁办、哪天回话。"),
    ("执行纪律", "请销假不严", "三次支委会有人没有请假就缺席，没有批评。", "抹不开面子。", "缺席当场说明，年底在党员大会上报告。"),
)  # fmt: skip
REMARK = "走访户数写得实。两户困难家庭是哪两户、为什么没有去，请写清楚。"
RETURNED = "总的不错。“原因”写得浅，请结合自己再想一想。"


@dataclass(frozen=True)
class Writers:
    """Who writes, and the town's head who reviews: three village secretaries, an official, a school's secretary."""

    head: User
    secretary: User
    official: User
    school: User
    second: User
    third: User


def write_materials(campaign: Campaign, rows: dict[str, Organization], who: Writers) -> None:
    """Write, hand in, return, pass."""
    village, second, school = rows["QSC05"], rows["QSC10"], rows["QSX01"]
    _write(campaign, village, MaterialRole.COMMITTEE, who.secretary, answers=1)
    own = _hand_in(_write(campaign, village, MaterialRole.HEAD, who.secretary), who.secretary)
    _send_back(own, who.head)
    _hand_in(_write(campaign, village, MaterialRole.OFFICIAL, who.official), who.official)
    _pass(_hand_in(_write(campaign, second, MaterialRole.HEAD, who.second), who.second), who.head)
    receive_material(
        campaign=campaign,
        organization=second,
        key="",
        day=timezone.localdate() - datetime.timedelta(days=2),
        by=who.second,
    )
    _hand_in(_write(campaign, rows["QSC11"], MaterialRole.HEAD, who.third), who.third)
    for role in (MaterialRole.COMMITTEE, MaterialRole.HEAD):
        _hand_in(_write(campaign, school, role, who.school), who.school)


def _write(
    campaign: Campaign, organization: Organization, role: str, by: User, answers: int | None = None
) -> Material:
    """The material one owes in this role, written; with the first `answers` of its questions answered."""
    owed = next(
        one for one in owed_here(campaign, organization)
        if one.role == role and (role != MaterialRole.HEAD or one.name == by.full_name)
    )  # fmt: skip
    material = open_material(campaign=campaign, organization=organization, key=owed.key, by=by)
    asked = must_answer(material)
    said = tuple(Answer(point.id, point.text, _answer(point.text)) for point in asked[:answers])
    is_list = owed.form == "list"
    sections = () if is_list else _sections(campaign, organization, role)
    paper = Paper(sections, _items(role) if is_list else (), said)
    return save_material(material=material, revision=material.revision, paper=paper, by=by)


def _items(role: str) -> tuple[Item, ...]:
    """Three problems with what is to be done; ids do not change from one demo to the next."""
    return tuple(
        Item(
            f"demo{role}{number}",
            heading,
            problem,
            example,
            cause,
            measure,
            "支部书记" if role == MaterialRole.COMMITTEE else "本人",
            "今年年底前",
        )
        for number, (heading, problem, example, cause, measure) in enumerate(PROBLEMS, start=1)
    )


def _sections(campaign: Campaign, organization: Organization, role: str) -> tuple[Section, ...]:
    """The same as a full text, by the heads and parts the notice names."""
    rules = campaign.rules_for(organization)
    heads = rules.committee_heads if role == MaterialRole.COMMITTEE else rules.member_heads
    texts = [f"{problem}。{example}\n{cause}" for _head, problem, example, cause, _measure in PROBLEMS]
    measures = [measure for *_, measure in PROBLEMS]
    parts = rules.material_sections or ("",)
    return tuple(
        Section(head, part, (texts if place == 0 else measures)[number % len(PROBLEMS)])
        for number, head in enumerate(heads or ("",))
        for place, part in enumerate(parts)
    )


def _answer(question: str) -> str:
    """What is answered to a point."""
    return "没有这种情况。" if "是否" in question else "情况属实，已经列入整改措施，年底前办好并向群众回话。"


def _hand_in(material: Material, by: User) -> Material:
    return submit_material(material=material, revision=material.revision, by=by)


def _seat(material: Material, by: User) -> ReviewSlot:
    """The seat this person sits at."""
    found: ReviewSlot = ReviewSlot.objects.select_related("version__material").get(
        version__material=material, holder=by
    )
    return found


def _send_back(material: Material, by: User) -> None:
    """Returned with a remark at the first paragraph."""
    slot = _seat(material, by)
    block = Paper.loads(slot.version.content).blocks()[0]
    add_remark(slot=slot, block=block.id, paragraph=0, text=REMARK, by=by)
    checklist = dict.fromkeys(checklist_of(slot), "yes")
    return_slot(slot=slot, note=RETURNED, checklist=checklist, by=by)


def _pass(material: Material, by: User) -> None:
    slot = _seat(material, by)
    pass_slot(slot=slot, checklist=dict.fromkeys(checklist_of(slot), "yes"), by=by)
