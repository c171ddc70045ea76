"""Says whether a picture is so noisy that its ink is looked for once more with the noise spread over a wider area.

A photograph by a weak lamp, a scan far too light and a faint pencil have this in common: single pixels of the paper
are as dark as strokes are. A stroke is several pixels wide and long, noise is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluations.paper.reading.ink import Ink

# Times the usual darkness of the strokes noise reaches, and by how much (sigma, in pixels) it is spread from there on.
# Spread wider than that a pale √ at the edge of a shadow is gone.
STEPS = ((0.3, 1.0), (0.4, 1.5))
# The same of the darkness from which ink is ink, however calm the paper is: strokes so pale are cut into pieces.
PALE, MOST = 0.55, 1.5
PART = (
    0.75  # of the boxes are calmer than what counts: noise is often that of a shadow over a part of the sheet
)


def calm_of(inks: Sequence[Ink], peak: float) -> float:
    """How far (sigma, in pixels) noise is spread before ink is looked for; 0 where the picture is calm.

    `peak` is the usual darkness of the sheet's strokes (0 to 255), 0 where none was found.
    """
    noise, level = (
        float(np.quantile(np.concatenate([boxes.ravel() for boxes in found]), PART))
        for found in ([ink.noise for ink in inks], [ink.levels for ink in inks])
    )
    if level > PALE * peak:
        return MOST
    return max((calm for limit, calm in STEPS if noise > limit * peak), default=0.0)
