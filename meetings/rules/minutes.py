"""Minutes as text, drafted from what was entered: head, speeches in the order of the slots, ballot, resolution, comments.

The order 发言人—自我批评—×××批评意见—表态 and the closing sections are those customary for 会议记录 of branches
(domain notes R25, F7).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from meetings.rules.minutes_record import HEAD, Piece, Record, mark

BALLOT, RESOLUTION, COMMENTS = "ballot", "resolution", "comments"
CLOSING = {BALLOT: "测评情况", RESOLUTION: "决议", COMMENTS: "上级点评"}
BLANK = "____"

# Slots by what they are to a speech; the keys are those of the agenda.
OWN_SPEECH = ("own_check", "committee_check", "head_check")
ANSWERS = ("criticism", "reply")
SPOKEN_AS = {"own_check": "自我批评", "head_check": "自我批评"}
OF_SUPERIORS = "comments"
BALLOT_SLOT = "ballot"
SKIPPED = "skipped"


@dataclass(frozen=True)
class Heads:
    """应到 or 实到: people, with full and probationary members where they are counted apart."""

    people: int
    full: int | None = None

    def words(self) -> str:
        """As it stands in minutes: 应到×名，其中正式党员×名、预备党员×名."""
        if self.full is None:
            return f"{self.people} 名"
        rest = self.people - self.full
        apart = f"，预备党员 {rest} 名" if rest else ""
        return f"{self.people} 名，其中正式党员 {self.full} 名{apart}"


@dataclass(frozen=True)
class Absence:
    """Somebody who did not come: 请假, 缺席 or 不计应到, with the reason if one was given."""

    name: str
    how: str
    reason: str = ""

    def words(self) -> str:
        """吴长河（请假，外出务工）."""
        return f"{self.name}（{'，'.join(filter(None, (self.how, self.reason)))}）"


@dataclass(frozen=True)
class Guest:
    """Somebody who attended without counting, and what a superior said of the meeting."""

    name: str
    post: str
    capacity: str
    comments: str = ""

    def words(self) -> str:
        """周敏（青石镇党委组织委员）."""
        return f"{self.name}（{self.post or self.capacity}）"


@dataclass(frozen=True)
class Spoken:
    """One slot of the agenda as it was noted."""

    key: str
    kind: str
    label: str
    title: str
    speaker: str = ""
    notes: str = ""
    status: str = ""
    skip_reason: str = ""


@dataclass(frozen=True)
class Gathered:
    """What was entered of a meeting. `heads` are None where nobody is counted or nothing was entered yet."""

    title: str
    time: str
    place: str
    topics: str
    chair: str = ""
    recorder: str = ""
    expected: Heads | None = None
    present: Heads | None = None
    absences: tuple[Absence, ...] = ()
    elsewhere: tuple[str, ...] = ()
    guests: tuple[Guest, ...] = ()
    slots: tuple[Spoken, ...] = ()
    speakers: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    has_ballot: bool = False
    scrutineers: tuple[str, ...] = ()
    tellers: tuple[str, ...] = ()


def _piece(key: str, title: str, text: str) -> Piece:
    """A piece as the data give it."""
    return Piece(key, title, text, mark(text))


def drafted(found: Gathered) -> Record:
    """The minutes as the data give them; where nothing was entered the text is empty and printed as blank lines."""
    head = {
        "title": found.title,
        "time": found.time,
        "place": found.place,
        "chair": found.chair,
        "recorder": found.recorder,
        "expected": found.expected.words() if found.expected else "",
        "present": found.present.words() if found.present else "",
        "absent": "、".join(one.words() for one in found.absences) or ("无" if found.present else ""),
        "elsewhere": "、".join(found.elsewhere),
        "guests": "、".join(one.words() for one in found.guests),
        "topics": found.topics,
    }
    body = [_piece(*one) for one in (_from_slots(found.slots) or _skeleton(found))]
    if found.has_ballot:
        text = ballot_text(None, scrutineers=found.scrutineers, tellers=found.tellers)
        body.append(_piece(BALLOT, CLOSING[BALLOT], text))
    body.append(_piece(RESOLUTION, CLOSING[RESOLUTION], ""))
    body.append(_piece(COMMENTS, CLOSING[COMMENTS], _comments(found)))
    return Record(tuple(_piece(key, label, head[key]) for key, label in HEAD.items()), tuple(body))


@dataclass
class _Block:
    """Slots that make one section."""

    first: Spoken
    slots: list[Spoken] = field(default_factory=list)

    def takes(self, slot: Spoken) -> bool:
        """Whether the slot goes on with this section: criticism and reply with the speech, equal kinds together."""
        if slot.kind in ANSWERS:
            return self.first.kind in OWN_SPEECH or self.first.kind in ANSWERS
        return slot.kind == self.first.kind and slot.kind not in (*OWN_SPEECH, "other")


def _from_slots(slots: Sequence[Spoken]) -> list[tuple[str, str, str]]:
    """The sections of the slots in their order: key, title, text; ballot and superiors have sections of their own."""
    blocks: list[_Block] = []
    for slot in slots:
        if slot.kind in (BALLOT_SLOT, OF_SUPERIORS):
            continue
        if not blocks or not blocks[-1].takes(slot):
            blocks.append(_Block(slot))
        blocks[-1].slots.append(slot)
    found = []
    for block in blocks:
        first = block.first
        same = len(block.slots) > 1 and first.kind not in OWN_SPEECH
        title = first.label if same else first.title or first.label
        if first.kind in OWN_SPEECH and first.speaker not in title:
            title = f"{first.speaker}{title}"
        lines = [line for slot in block.slots if (line := _line(slot))]
        found.append((f"p{first.key}", title, "\n".join(lines)))
    return found


def _line(slot: Spoken) -> str:
    """One speech: who, as what, what was said. One that was left out is named only with its reason."""
    as_what = SPOKEN_AS.get(slot.kind, slot.label)
    who = f"{slot.speaker}（{as_what}）：" if slot.speaker else ""
    if slot.status == SKIPPED:
        reason = f"（{slot.skip_reason}）" if slot.skip_reason else ""
        return f"{who or slot.title + '：'}未进行{reason}。" if reason else ""
    return f"{who}{slot.notes.strip()}"


def _skeleton(found: Gathered) -> list[tuple[str, str, str]]:
    """Sections without an agenda that was run: a block a speaker where they take turns, else the parts of the rules."""
    if found.speakers:
        blocks = []
        for number, name in enumerate(found.speakers):
            others = [other for other in found.speakers if other != name]
            lines = [
                f"{name}（自我批评）：",
                *(f"{other}（批评意见）：" for other in others),
                f"{name}（表态）：",
            ]
            blocks.append((f"k{number}", f"{name}对照检查", "\n".join(lines)))
        return blocks
    parts = [(key, label) for key, label in found.parts if key not in (BALLOT_SLOT, OF_SUPERIORS)]
    return [(f"k-{key}", label, "") for key, label in parts] or [("k-body", "会议内容和发言", "")]


def _comments(found: Gathered) -> str:
    """What superiors said: from the guests, then from the slots of their comments."""
    said = [f"{one.words()}：{one.comments.strip()}" for one in found.guests if one.comments.strip()]
    slots = [slot for slot in found.slots if slot.kind == OF_SUPERIORS and slot.notes.strip()]
    said += [
        f"{slot.speaker}：{slot.notes.strip()}" if slot.speaker else slot.notes.strip() for slot in slots
    ]
    return "\n".join(said)


@dataclass(frozen=True)
class Papers:
    """Papers of a ballot: out, back, valid and void; never a vote."""

    issued: int
    returned: int
    valid: int
    void: int
    about: str = ""


def ballot_text(
    papers: Papers | None, *, scrutineers: Iterable[str] = (), tellers: Iterable[str] = ()
) -> str:
    """测评情况 in one sentence, with blanks where the numbers are not known; never who got how many votes."""
    out, back, valid, void = (
        (BLANK,) * 4
        if papers is None
        else (str(papers.issued), str(papers.returned), str(papers.valid), str(papers.void))
    )
    about = f"（{papers.about}）" if papers and papers.about else ""
    text = f"民主测评{about}发出测评表 {out} 张，收回 {back} 张，其中有效 {valid} 张、无效 {void} 张。"
    for label, names in (("监票人", "、".join(scrutineers)), ("计票人", "、".join(tellers))):
        if names:
            text += f"{label}：{names}。"
    return text
