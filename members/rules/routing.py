"""Who reviews a material (审核把关): from the offices above an organisation to the seats of its review.

A seat is an office, never a person. Who sits on it is worked out anew from the posts of the day: a vacant
office is stood in for or passed over, nobody sits at the review of an own material, and every such turn is
said in plain words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

OWN, PARENT, TOWN = "own_head", "parent_head", "town_head"
LINE_HEAD, LINE_CHARGE = "line_head", "line_charge"
SUPERVISORS = "supervisors"
SEATS = {
    OWN: "所在党组织主要负责同志",
    PARENT: "上一级党组织主要负责同志",
    TOWN: "乡镇党委主要负责同志",
    LINE_HEAD: "本系统主管单位主要负责同志",
    LINE_CHARGE: "本系统主管单位分管负责同志",
    SUPERVISORS: "督导组",
}
BY_RULE: dict[str, tuple[str, ...]] = {
    "none": (),
    "own_head": (OWN,),
    "parent_head": (PARENT,),
    "town_head": (TOWN,),
    "line_heads": (LINE_HEAD, LINE_CHARGE),
    "supervisors": (SUPERVISORS,),
}
HEAD_ROLE, DEPUTY_ROLE, SUPERVISOR_ROLE = "secretary", "deputy", "supervisor"
SAME_PERSON = "与前一席是同一位同志，一次审核算两席。"
UP = "转上一级"
AUTHOR = "就是{what}的作者或者本人，不能审核自己的{what}"
NAMESAKE = "与{what}的作者或者本人同名，账号没有关联名册，分不清是不是同一人"
NOBODY = "再往上没有可以审核的同志。请上级党建办登记书记的任职并开设账号，登记后自动转到新任。"


@dataclass(frozen=True)
class Identity:
    """Somebody: the account and the entry on the roll, as far as there are any, and the name."""

    account: int | None
    member: str
    name: str


def is_same(one: Identity, other: Identity) -> bool:
    """Whether the two may be one person: by account, by roll, or by name unless the roll tells them apart.

    Somebody with two accounts must not review an own material from the other one.
    """
    if is_surely(one, other):
        return True
    return one.name == other.name and not (one.member and other.member)


def is_surely(one: Identity, other: Identity) -> bool:
    """Whether the two are one person, by account or by roll."""
    if one.account is not None and one.account == other.account:
        return True
    return bool(one.member) and one.member == other.member


@dataclass(frozen=True)
class Post:
    """A post held today; `charges` are the organisations its holder is in charge of (分管)."""

    holder: Identity
    role: str
    charges: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Office:
    """One organisation with its posts of today, the longest held first."""

    key: int
    name: str
    kind: str
    category: str
    posts: tuple[Post, ...] = ()

    def held(self, role: str) -> list[Post]:
        """The posts of one role."""
        return [post for post in self.posts if post.role == role]


@dataclass(frozen=True)
class Case:
    """What decides on the seats of one material, or of what else is reviewed (`what` in words).

    `chain` is the organisation and all above it, `line` its supervising unit and all above that (empty when
    none is registered), both from below; `barred` are those it is about and those who wrote it.
    """

    chain: tuple[Office, ...]
    line: tuple[Office, ...]
    barred: tuple[Identity, ...]
    when_author: str
    when_vacant: str
    what: str = "材料"


@dataclass(frozen=True)
class SeatPlan:
    """One seat: its office and role of today, the accounts that may decide there, and why it was passed on.

    Without anybody to review, office and holders are empty and `escalated` says what to do.
    """

    seat: str
    office: int | None = None
    office_name: str = ""
    role: str = ""
    holders: tuple[int, ...] = ()
    escalated: str = ""

    @property
    def word(self) -> str:
        """The name of the seat as the notices call it."""
        return SEATS[self.seat]


@dataclass
class _Search:
    """One seat being looked for, with what was said on the way."""

    case: Case
    seat: str
    said: list[str] = field(default_factory=list)

    def is_barred(self, post: Post) -> bool:
        """Whether the post is held by somebody the material is about, or who wrote it."""
        return any(is_same(post.holder, somebody) for somebody in self.case.barred)

    def free(self, posts: Sequence[Post]) -> list[Post]:
        """Those of the posts whose holders can log in and may review."""
        return [post for post in posts if post.holder.account is not None and not self.is_barred(post)]

    def why_barred(self, posts: Sequence[Post]) -> str:
        """In words why a holder of one of the posts may not review; empty when each may."""
        for post in posts:
            for somebody in self.case.barred:
                if is_same(post.holder, somebody):
                    why = AUTHOR if is_surely(post.holder, somebody) else NAMESAKE
                    return why.format(what=self.case.what)
        return ""

    def found(self, office: Office, posts: Sequence[Post]) -> SeatPlan:
        """The seat, taken."""
        people = tuple(dict.fromkeys(p.holder.account for p in posts if p.holder.account is not None))
        said = "".join(self.said)
        return SeatPlan(self.seat, office.key, office.name, posts[0].role, people, said)

    def head_of(self, offices: Sequence[Office]) -> SeatPlan:
        """The head of the first of the offices, else who stands in, else the next one up."""
        for office in offices:
            seat = self._at(office)
            if seat is not None:
                return seat
        self.said.append(NOBODY)
        return SeatPlan(self.seat, escalated="".join(self.said))

    def _at(self, office: Office) -> SeatPlan | None:
        """The head of this office or who stands in; None where the next one up must review."""
        heads = office.held(HEAD_ROLE)
        if free := self.free(heads):
            return self.found(office, free[:1])
        if barred := self.why_barred(heads):
            return self.instead(f"{office.name}书记{barred}", UP)
        why = f"{office.name}书记{'还没有可用的账号' if heads else '空缺'}"
        if self.case.when_vacant == "deputy":
            deputies = office.held(DEPUTY_ROLE)
            if free := self.free(deputies):
                self.said.append(f"{why}，由主持工作的副书记代审。")
                return self.found(office, free[:1])
            if barred := self.why_barred(deputies):
                return self.instead(f"{why}，副书记{barred}", UP)
        self.said.append(f"{why}，{UP}。")
        return None

    def instead(self, why: str, otherwise: str) -> SeatPlan | None:
        """Where the rules want supervisors in the place of an author: they; None where `otherwise` holds."""
        if self.case.when_author == "supervisors":
            self.said.append(f"{why}，转督导组。")
            seat = self.supervisors()
            if seat is not None:
                return seat
            self.said.pop()
            otherwise = f"没有登记督导组，{otherwise}"
        self.said.append(f"{why}，{otherwise}。")
        return None

    def supervisors(self) -> SeatPlan | None:
        """The nearest supervision team sent to the organisation or to one above it."""
        for office in self.case.chain:
            if free := self.free(office.held(SUPERVISOR_ROLE)):
                return self.found(office, free)
        return None


def seats_of(rule: str, case: Case) -> tuple[SeatPlan, ...]:
    """The seats a review needs under a `*_reviewer` rule; every one of them must pass the material."""
    return tuple(said_plainly([sit(seat, case) for seat in BY_RULE[rule]]))


def said_plainly(seats: Sequence[SeatPlan]) -> Iterator[SeatPlan]:
    """The seats; of one that the holder of an earlier one sits on too, that it is so."""
    taken: set[int] = set()
    for seat in seats:
        both = taken.intersection(seat.holders)
        taken.update(seat.holders)
        yield replace(seat, escalated=seat.escalated + SAME_PERSON) if both else seat


def sit(seat: str, case: Case) -> SeatPlan:
    """Who sits on the seat today."""
    search = _Search(case, seat)
    if seat == SUPERVISORS:
        team = search.supervisors()
        if team is not None:
            return team
        search.said.append("没有登记督导组，转上一级党组织主要负责同志。")
        return search.head_of(case.chain[1:])
    if seat in (LINE_HEAD, LINE_CHARGE):
        return _in_line(search)
    if seat == OWN:
        return search.head_of(case.chain)
    return search.head_of(case.chain[1:] if seat == PARENT else _from_town(search))


def _from_town(search: _Search) -> Sequence[Office]:
    """The nearest committee of an office's category above, else the nearest committee, and all above it."""
    above = search.case.chain[1:]
    committees = [place for place, office in enumerate(above) if office.kind == "committee"]
    towns = [place for place in committees if above[place].category == "office"]
    for place in (*towns, *committees):
        return above[place:]
    search.said.append("上面没有登记乡镇党委，转上一级党组织主要负责同志。")
    return above


def _in_line(search: _Search) -> SeatPlan:
    """The head of the supervising unit, or the one there who is in charge of the organisation."""
    case = search.case
    if not case.line:
        search.said.append("没有登记系统主管单位，转上一级党组织主要负责同志；登记后自动转到主管单位。")
        return search.head_of(case.chain[1:])
    if search.seat == LINE_HEAD:
        return search.head_of(case.line)
    unit = case.line[0]
    in_charge = _in_charge(case)
    if free := search.free(in_charge):
        return search.found(unit, free)
    if barred := search.why_barred(in_charge):
        seat = search.instead(f"{unit.name}分管负责同志{barred}", "由主要负责同志一并审核")
        if seat is not None:
            return seat
    elif in_charge:
        search.said.append(f"{unit.name}分管负责同志还没有可用的账号，由主要负责同志一并审核。")
    else:
        search.said.append(f"{unit.name}没有登记分管负责同志，由主要负责同志一并审核。")
    return search.head_of(case.line)


def _in_charge(case: Case) -> list[Post]:
    """The posts of the supervising unit in charge of the organisation, else of the nearest one above it."""
    for place in case.chain:
        if posts := [post for post in case.line[0].posts if place.key in post.charges]:
            return posts
    return []
