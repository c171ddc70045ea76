"""Pictures as the files people upload: photos, scanner PDF, TIFF; and one whole evening with its truth."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import pillow_heif
from PIL import Image

from bench.paper import forms
from bench.paper.damage import CLASSES
from bench.paper.optics import Grey, grey
from bench.paper.sheets import Leaf, damaged, write
from bench.paper.truth import RowTruth
from bench.paper.voters import careful, invent
from evaluations.paper.shapes import BallotForm

PDF = "scan.pdf"
KINDS = (
    "overvote",
    "corrected",
    "cancelled",
    "word",
    "dot_only",
)  # the doubtful rows of the evening, in turn


def photo(picture: Grey, kind: str = "JPEG", quality: int = 88, orientation: int = 1) -> bytes:
    """A colour photo; `orientation` is the EXIF number of how the phone was held (1, 3, 6 or 8).

    `kind` is JPEG, PNG or HEIF.
    """
    turns = {1: 0, 3: 2, 6: 1, 8: 3}[orientation]  # quarter turns to the left that the number undoes
    image = Image.merge("RGB", [Image.fromarray(np.rot90(picture, turns))] * 3)
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
    if kind == "PNG":
        image.save(out, "PNG")
    elif kind == "HEIF":
        image.save(out, kind, quality=quality, exif=exif.tobytes(), enc_params={"preset": "ultrafast"})
    else:
        image.save(out, kind, quality=quality, exif=exif.tobytes())
    return out.getvalue()


def scanner_pdf(pictures: list[Grey], dpi: int = 200, quality: int = 80) -> bytes:
    """The PDF of an office scanner: one JPEG a page."""
    pages = [Image.fromarray(picture) for picture in pictures]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, quality=quality)
    return out.getvalue()


def tiff(pictures: list[Grey], dpi: tuple[int, int] = (200, 200), *, bilevel: bool = False) -> bytes:
    """A TIFF of several pages; black and white ones are packed as fax machines do (group 4)."""
    pages = [
        Image.fromarray(picture).convert("1") if bilevel else Image.fromarray(picture) for picture in pictures
    ]
    out = io.BytesIO()
    packing = "group4" if bilevel else "tiff_lzw"
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression=packing, dpi=dpi)
    return out.getvalue()


@dataclass(slots=True)
class Paper:
    """One filled side of the evening: where it lies (file, page from 1), and what stands on it."""

    number: int
    side: int
    rows: tuple[RowTruth, ...]
    places: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Scenario:
    """Files of one count and the truth.

    `papers` are the sheets of the ballot, each once, whatever number of times it was scanned; `foreign` are
    the pages (file, page) of another form; `doubles` the papers scanned twice; `doubtful` the rows only a
    person should decide, as (paper, row).
    """

    files: dict[str, bytes]
    papers: list[Paper]
    foreign: list[tuple[str, int]]
    doubles: list[int]
    upside_down: tuple[str, int]
    doubtful: list[tuple[int, int]]

    def counts(self) -> dict[int, Counter[str]]:
        """For every rated row how often each mark was given: "1".."9", "0" nothing, "x" invalid."""
        found: dict[int, Counter[str]] = {}
        for paper in self.papers:
            for row in paper.rows:
                found.setdefault(row.row, Counter())[row.mark] += 1
        return found


class _Evening:
    """Voters one after the other; `scans` and `photos` are their sheets on the way into the computer."""

    def __init__(self, form: BallotForm, seed: int) -> None:
        self.form, self.seed = form, seed
        self.papers: list[Paper] = []
        self.scans: list[tuple[Paper | None, Grey]] = []
        self.photos: list[tuple[Paper, Grey]] = []

    def vote(self, spoil: dict[int, str], *, scanned: bool, photographed: bool) -> None:
        """One more careful voter fills all sides; `spoil` names rows that go wrong."""
        number = self.papers[-1].number + 1 if self.papers else 0
        rng = np.random.default_rng([self.seed, number])
        sides = forms.printed(self.form)
        voter = careful(invent(rng, sides[0].form.options))
        for side in sides:
            leaf = write(side, rng, voter, spoil)
            paper = Paper(number, side.sheet.page, leaf.truth.rows)
            self.papers.append(paper)
            if scanned:
                self.scans.append((paper, self.seen(leaf, "scan200")))
            if photographed:
                self.photos.append((paper, self.seen(leaf, "phone")))

    def seen(self, leaf: Leaf, damage: str) -> Grey:
        """A side after one kind of damage."""
        return damaged(leaf, self.seed, f"{damage} {len(self.papers)}", 0, CLASSES[damage]).image

    def stray(self, foreign: BallotForm) -> Grey:
        """A scan of a filled sheet of another form."""
        leaf = write(forms.printed(foreign)[0], np.random.default_rng([self.seed, 9999]))
        return self.seen(leaf, "scan200")


def scenario(
    form: BallotForm,
    *,
    foreign: BallotForm | None = None,
    sheets: int = 60,
    photos: int = 10,
    doubles: int = 2,
    doubtful: int = 5,
    seed: int = 61,
) -> Scenario:
    """The files of one evening: a scanner PDF of `sheets` voters, and photos of `photos` by phone.

    `doubles` of those photographed are in the PDF too, the others are further voters. One page of the PDF is
    upside down, one is of the `foreign` form (of another ballot if none is given). `doubtful` rows are such
    that only a person should decide; all others are neat.
    """
    evening = _Evening(form, seed)
    rows = [row.row for side in forms.printed(form) for row in side.sheet.rows]
    voters = sheets + photos - doubles
    spoilt = {
        (3 + 7 * index) % voters: (rows[(5 * index + 2) % len(rows)], KINDS[index % len(KINDS)])
        for index in range(doubtful)
    }
    again = {(5 + 11 * number) % sheets for number in range(doubles)}
    for voter in range(voters):
        spoil = dict([spoilt[voter]]) if voter in spoilt else {}
        late = voter >= sheets
        evening.vote(spoil, scanned=not late, photographed=late or voter in again)
    turned = len(evening.scans) // 2
    paper, picture = evening.scans[turned]
    evening.scans[turned] = (paper, grey(cv2.rotate(picture, cv2.ROTATE_180)))
    strange = len(evening.scans) // 3
    evening.scans.insert(
        strange, (None, evening.stray(foreign or replace(form, ballot=form.ballot + "-another")))
    )
    files = {PDF: scanner_pdf([picture for _, picture in evening.scans])}
    for position, (scanned, _) in enumerate(evening.scans, 1):
        if scanned:
            scanned.places.append((PDF, position))
    for number, (paper, picture) in enumerate(evening.photos):
        kind = "HEIF" if number == 4 else "JPEG"
        name = f"IMG_{2001 + number}.{'heic' if kind == 'HEIF' else 'jpg'}"
        files[name] = photo(picture, kind, 80, orientation=6 if number % 4 == 3 else 1)
        paper.places.append((name, 1))
    return Scenario(
        files=files,
        papers=evening.papers,
        foreign=[(PDF, strange + 1)],
        doubles=sorted(again),
        upside_down=(PDF, turned + 2),
        doubtful=sorted((voter, row) for voter, (row, _) in spoilt.items()),
    )
