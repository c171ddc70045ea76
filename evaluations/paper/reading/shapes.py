"""Says whether the strokes in a box are a √, a ×, a ○, a hasty / or something else. When unsure: something else."""

from __future__ import annotations

import itertools
import math

from evaluations.paper.reading.lines import Line, Point
from evaluations.paper.reading.strokes import NEAR, Drawing

TICK, CROSS, RING, SLASH, OTHER = "tick", "cross", "ring", "slash", "other"

DEPTH = 0.31  # mm the bend of a √ lies below the way from end to end at least
SHORT_ARM = 0.5  # mm the left arm of a √ is long at least
RISE = 1.3  # mm the right arm of a √ rises at least
FLAT = 0.25  # of its width it rises at least: flatter is a line through a mark
FALLS = 2.0  # times its rise the left arm falls at most
# RISE where the bend is deep, as a share of the mark's width; and FLAT and FALLS where it is deeper still: no line
# through a mark bends like that.
RISE_SHARP, SHARP = 0.8, 0.2
DEEP, FLAT_DEEP, FALLS_DEEP = 0.3, 0.2, 2.6
BENT_LEFT, BENT_RIGHT = 1.45, 1.35  # an arm is at most so many times longer than the straight way
BENT_CROSS = 1.18
NIB, NIB_SHARE = 2.2, 0.6  # mm, and of the longer arm
FALL = 0.5  # of its width the left arm of a √ with such an end falls at least: a line through a √ is level
LOWER = 0.6  # of the height of a stroke lies above the place where a short left arm grows out of it
SLASH_LONG, SLASH_FLAT, SLASH_STEEP = 2.2, 25.0, 83.0  # mm, degrees from the level
SWOLLEN, SWOLLEN_SHARE = (
    0.35,
    0.6,
)  # mm and share the pen may be wider somewhere: beyond, it was filled or retraced
SWOLLEN_CROSS = 0.6  # the same of a ×: its crossing is wide
# At the tip of a √, so many widths of the pen away from it at most, the pen is pressed down and the arms flow
# together: mm it may be wider there, and times the width that arms of one width have more.
SWOLLEN_TIP, TIP_NEAR, TIP_MORE = 0.5, 3.0, 1.4
ROUND = 0.5  # share of its frame the area of a ○ fills at least
OVERLAP = 0.25  # share of it that lies between two crossings, where its ends go past each other
# mm a side branch of a √ or / is long at most, and away from its tip; and how steep it runs down there.
BRANCH, AWAY, STEM = 1.0, 0.4, 0.7
SPUR = 0.25  # mm: of side branches longer than that a mark has one at most, a ○ that is open none
END, FAR = 0.3, 0.4  # mm of an end that sticks out of a ○; of its size two of a line through it are apart
TAIL = 0.25  # tails of a ○, as a share of its circumference


def shape_of(drawing: Drawing) -> tuple[str, Point]:
    """TICK, CROSS, RING, SLASH (a √ in haste, without its hook) or OTHER, and where it stands.

    A √ stands where its tip is, everything else where its middle is (mm from the corner of the picture).
    """
    lines = drawing.lines
    points = [point for line in lines for point in line.path] or [(0.0, 0.0)]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    if drawing.pieces != 1:
        return OTHER, middle
    swollen = drawing.swollen - SWOLLEN_SHARE * drawing.thick
    if swollen > SWOLLEN and swollen <= SWOLLEN_CROSS and _is_cross(lines):
        return CROSS, middle
    lines = _with_hook(drawing) or _without_nib(lines)
    alone = len(lines) == 1 and lines[0].start < 0 and lines[0].end < 0
    tip = _tip(lines[0].path) if alone else None
    if swollen > SWOLLEN:
        return (TICK, tip) if tip and _flows_together(drawing, lines[0].path, tip) else (OTHER, middle)
    if alone:
        if tip:
            return TICK, tip
        if _is_slash(lines[0]):
            return SLASH, middle
        return RING if _is_open_ring(lines[0]) else OTHER, middle
    if _is_ring(lines):
        return RING, middle
    return CROSS if _is_cross(lines) else OTHER, middle


def _flows_together(drawing: Drawing, path: list[Point], tip: Point) -> bool:
    """Whether the widest place of a √ is no more than its tip, where its arms become one: more at a narrow angle.

    Arms of one width have a circle between them that is 2 / (1 + sin(angle / 2)) times as wide.
    """
    half = math.sin(_between(path, tip) / 2)
    more = SWOLLEN_TIP + max(SWOLLEN_SHARE, TIP_MORE * (1 - half) / (1 + half)) * drawing.thick
    return drawing.swollen <= more and math.dist(drawing.widest, tip) <= TIP_NEAR * drawing.thick


def _between(path: list[Point], tip: Point) -> float:
    """The angle between the arms of a √, in radians."""
    ways = [math.atan2(end[1] - tip[1], end[0] - tip[0]) for end in (path[0], path[-1])]
    return abs(math.remainder(ways[0] - ways[1], math.tau))


def _hook(drawing: Drawing) -> Line | None:
    """The side branch of a lone stroke that is the short left arm of a √, whose arms are one farther down."""
    lines, spurs = drawing.lines, [spur for spur in drawing.spurs if spur.length > SPUR]
    if len(lines) != 1 or len(spurs) != 1 or lines[0].start >= 0 or lines[0].end >= 0:
        return None
    (x, y), (end_x, end_y) = _root(spurs[0]), _free(spurs[0])
    low, high = sorted((lines[0].path[0], lines[0].path[-1]), key=lambda point: -point[1])
    steep = y - end_y >= FALL * (x - end_x) > 0
    return spurs[0] if steep and y - high[1] >= LOWER * (low[1] - high[1]) else None


def _with_hook(drawing: Drawing) -> list[Line]:
    """The one stroke of a √ whose left arm was so short that it counted as none; empty when that is no √."""
    hook = _hook(drawing)
    if hook is None:
        return []
    way, root = drawing.lines[0].path, _root(hook)
    at = min(range(len(way)), key=lambda k: math.dist(way[k], root))
    whole = _without_nib([Line(1, -1, way[at:]), Line(1, -2, way[at::-1]), Line(1, -3, [root, _free(hook)])])
    return whole if len(whole) == 1 and _tip(whole[0].path) else []


def _without_nib(lines: list[Line]) -> list[Line]:
    """A √ without the short end its tip may have, where the pen went a little too far down."""
    if len(lines) != 3 or len({line.start if line.start > 0 else line.end for line in lines}) != 1:
        return lines
    if any(line.start > 0 and line.end > 0 for line in lines):
        return lines
    for nib, one, two in itertools.permutations(sorted(lines, key=lambda line: line.length)):
        if two.length < max(nib.length, one.length):
            continue
        inner, end = (nib.path[0], nib.path[-1]) if nib.start > 0 else (nib.path[-1], nib.path[0])
        first = one.path if one.start < 0 else one.path[::-1]
        second = two.path if two.start > 0 else two.path[::-1]
        down = end[1] - inner[1] > abs(end[0] - inner[0])
        short = nib.length <= min(NIB, NIB_SHARE * two.length)
        falls = inner[1] - first[0][1] >= FALL * abs(inner[0] - first[0][0])
        if short and down and falls and second[-1][1] <= inner[1]:
            return [Line(min(one.start, one.end), min(two.start, two.end), [*first, *second])]
    return lines


def _tip(path: list[Point]) -> Point | None:
    """The tip of a √: down to the right, then up to the right and farther, two straight arms; None if it is none.

    The tip is where the way bends most or, in a round √, its lowest point.
    """
    if path[0][0] > path[-1][0]:
        path = path[::-1]
    bend_at, depth = _bend(path)
    lowest_at = max(range(len(path)), key=lambda k: path[k][1])
    for tip_at in (bend_at, lowest_at):
        if depth >= DEPTH and _is_tip(path, tip_at, depth):
            return path[tip_at]
    return None


def _is_tip(path: list[Point], tip_at: int, depth: float) -> bool:
    """Whether the arms from there to both ends are those of a √; `depth` is how deep it bends."""
    start, tip, end = path[0], path[tip_at], path[-1]
    rise, reach, wide = tip[1] - end[1], end[0] - tip[0], end[0] - start[0]
    left, right = Line(0, 0, path[: tip_at + 1]), Line(0, 0, path[tip_at:])
    flat, falls = (FLAT_DEEP, FALLS_DEEP) if depth >= DEEP * wide else (FLAT, FALLS)
    right_way = (
        rise >= max(flat * wide, RISE_SHARP if depth >= SHARP * wide else RISE)
        and reach >= 0.3
        and start[0] <= tip[0] - 0.2
        and start[1] <= tip[1] + 0.25
        and tip[1] - start[1] <= falls * rise
        and max(point[1] for point in path) - tip[1] < 0.5
    )
    straight = (
        left.chord >= SHORT_ARM
        and right.length >= 0.7 * left.length
        and left.length <= BENT_LEFT * left.chord + 0.3
        and right.length <= BENT_RIGHT * right.chord + 0.2
    )
    return right_way and straight


def _is_slash(line: Line) -> bool:
    """One nearly straight stroke up to the right: how people in a hurry write a √."""
    low, high = sorted((line.path[0], line.path[-1]), key=lambda point: -point[1])
    way = math.degrees(math.atan2(low[1] - high[1], high[0] - low[0]))
    return (
        line.chord >= SLASH_LONG and SLASH_FLAT < way < SLASH_STEEP and line.length < 1.3 * line.chord + 0.3
    )


def _bend(path: list[Point]) -> tuple[int, float]:
    """The point farthest below the straight way from end to end, and how far."""
    (ax, ay), (bx, by) = path[0], path[-1]
    far = math.hypot(bx - ax, by - ay) or 1.0
    depths = [((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / far for x, y in path]
    at = max(range(len(path)), key=lambda k: depths[k])
    return at, depths[at]


def _area(path: list[Point]) -> tuple[float, float]:
    """Area of a closed way in mm², and of its frame."""
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(path, [*path[1:], path[0]], strict=True))
    wide = max(p[0] for p in path) - min(p[0] for p in path)
    high = max(p[1] for p in path) - min(p[1] for p in path)
    if not wide or not high or max(wide / high, high / wide) > 2.2 or min(wide, high) < 1.5:
        return 0.0, 1.0
    return abs(twice) / 2, wide * high


def _is_open_ring(line: Line) -> bool:
    """A ○ whose ends do not quite meet."""
    area, frame = _area(line.path)
    return line.chord < 0.2 * line.length and area > ROUND * frame


def struck(shape: str, drawing: Drawing, at: Point, times: float = 1.0) -> bool:
    """Whether the short side branches of a √, / or ○ may be the ends of a line through it.

    Where such a line flows together with the mark no more than that is left of it. The ends of a ○ itself lie together,
    and a pen that turns leaves a branch at the tip of a √. `at` is that tip, `times` it was enlarged.
    """
    spurs = [spur for spur in drawing.spurs if spur.length > SPUR * times]
    if shape == TICK and _with_hook(drawing):
        return False
    if shape in (TICK, SLASH):
        long = [spur for spur in spurs if spur.length > BRANCH * times]
        return len(spurs) > 1 or any(
            shape == SLASH or not _is_stem(spur, drawing, at, times) for spur in long
        )
    if shape != RING:
        return False
    if len(drawing.lines) == 1 and drawing.lines[0].start != drawing.lines[0].end and spurs:
        return True  # a ○ that is open has two ends already
    ends = [*drawing.spurs, *(line for line in drawing.lines if (line.start < 0) != (line.end < 0))]
    roots = [_root(line) for line in ends if line.length > END]
    points = [point for line in drawing.lines for point in line.path]
    wide = max(max(p[axis] for p in points) - min(p[axis] for p in points) for axis in (0, 1))
    return any(math.dist(a, b) > FAR * wide for a, b in itertools.combinations(roots, 2))


def _is_stem(spur: Line, drawing: Drawing, tip: Point, times: float) -> bool:
    """Whether a side branch of a √ runs down from its tip or its lowest point: the end of both arms in one."""
    root, end = _root(spur), _free(spur)
    low = max((point for line in drawing.lines for point in line.path), key=lambda point: point[1])
    near = min(math.dist(root, tip), math.dist(root, low)) <= AWAY * times
    return near and end[1] - root[1] > STEM * abs(end[0] - root[0])


def _free(branch: Line) -> Point:
    """The free end of such a stroke."""
    return branch.path[-1] if branch.start > 0 else branch.path[0]


def _root(branch: Line) -> Point:
    """Where a stroke with a free end grows out of another."""
    return branch.path[0] if branch.start > 0 else branch.path[-1]


def _is_ring(lines: list[Line]) -> bool:
    """One closed stroke, with short tails at most."""
    nodes = {node for line in lines for node in (line.start, line.end)}
    if len(lines) - len(nodes) + 1 != 1:
        return False
    loops = [line for line in lines if line.start == line.end]
    if len(loops) == 1:
        loop = loops[0]
        tails = [line for line in lines if line is not loop]
        path = loop.path
    else:
        path, tails = _ring_of_two(lines)
        if not path:
            return False
    area, frame = _area(path)
    around = Line(0, 0, path).length
    return area > ROUND * frame and sum(line.length for line in tails) < TAIL * around


def _ring_of_two(lines: list[Line]) -> tuple[list[Point], list[Line]]:
    """Two strokes between the same two crossings: a ○ with a tail inside and one outside."""
    for k, one in enumerate(lines):
        for two in lines[k + 1 :]:
            if {one.start, one.end} == {two.start, two.end} and one.start != one.end:
                if min(one.length, two.length) > OVERLAP * (one.length + two.length):
                    continue
                second = two.path if two.start == one.end else two.path[::-1]
                return [*one.path, *second], [line for line in lines if line is not one and line is not two]
    return [], []


def _is_cross(lines: list[Line]) -> bool:
    """Four straight arms out of one crossing, opposite ones in line, slanting."""
    arms = [line for line in lines if (line.start < 0) != (line.end < 0)]
    bridges = [line for line in lines if line.start > 0 and line.end > 0]
    if len(arms) != 4 or len(arms) + len(bridges) != len(lines) or len(bridges) > 1:
        return False
    if bridges and (bridges[0].start == bridges[0].end or bridges[0].length > NEAR):
        return False
    if any(arm.length > BENT_CROSS * arm.chord + 0.15 or arm.length < 0.8 for arm in arms):
        return False
    outward = [arm.path if arm.start > 0 else arm.path[::-1] for arm in arms]
    ways = sorted(math.degrees(math.atan2(p[-1][1] - p[0][1], p[-1][0] - p[0][0])) % 360 for p in outward)
    slanting = all(16 < way % 90 < 74 for way in ways)
    opposite = all(abs(ways[k + 2] - ways[k] - 180) < 32 for k in (0, 1))
    long = sorted(arm.length for arm in arms)
    return slanting and opposite and long[0] > 0.22 * long[3]
