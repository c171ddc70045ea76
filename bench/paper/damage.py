"""All kinds of damage by name: what the accuracy table runs over."""

from __future__ import annotations

from collections.abc import Callable

from bench.paper import photos, prints, scans, sheets
from bench.paper.optics import grey
from bench.paper.sheets import Damaged, Leaf, Sheet
from bench.paper.voters import Rng
from evaluations.paper.shapes import BallotForm

Damage = Callable[[Leaf, Rng], Damaged]


def none(leaf: Leaf, rng: Rng) -> Damaged:
    """Straight from the pen, 300 dpi."""
    return Damaged(grey(leaf.page.copy()))


CLASSES: dict[str, Damage] = {
    "scan300": scans.scan300,
    "scan200": scans.scan200,
    "scan150": scans.scan150,
    "scan100": scans.scan100,
    "jpeg40": scans.jpeg40,
    "rotated": scans.turned,
    "upside_down": scans.upside_down,
    "blur": scans.blur,
    "motion": scans.motion,
    "bilevel": scans.bilevel,
    "bilevel_light": scans.bilevel_light,
    "bilevel_auto": scans.bilevel_auto,
    "fax": scans.fax,
    "coffee": scans.coffee,
    "fold": scans.fold,
    "streak": scans.streak,
    "low_contrast": scans.low_contrast,
    "feed_stretch": scans.feed_stretch,
    "print95": prints.print95,
    "print105": prints.print105,
    "fit_page": prints.fit_page,
    "toner": prints.toner,
    "show_through": prints.show_through,
    "photocopy": prints.photocopy,
    "grey_paper": prints.grey_paper,
    "phone": photos.phone,
    "perspective": photos.perspective,
    "shadow": photos.hard_shadow,
    "wechat": photos.wechat,
    "phone_combo": photos.phone_combo,
    "dim": photos.dim,
    "finger": photos.finger,
}
OFFICE = ("scan300", "scan200", "scan150")  # the classes of the office target
ORDINARY = ("phone",)  # and of the photo target


def make_sheet(
    form: BallotForm | None, seed: int, name: str = "", number: int = 0, voters: str = "usual"
) -> Sheet:
    """Sheet `number` of a seed after the damage `name` (none: undamaged); no form: one of the corpus.

    The same arguments give the same picture. All damages of one seed and number share the written sheet.
    """
    return sheets.damaged(
        sheets.leaf(form, seed, number, voters), seed, name, number, CLASSES.get(name, none)
    )
