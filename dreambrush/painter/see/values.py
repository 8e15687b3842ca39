"""Values: what a draughtsman makes of the tones of a picture, so that its lights stay bare ground.

The lightest part of the picture becomes the ground itself, and what is darker keeps its distance.  A picture may also
become one of greys, from its darkest ink to the ground.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.painter.see.gaussian import broadly_blurred
from dreambrush.painter.see.squint import ramp
from dreambrush.painter.see.zones import tone_below, tone_of

DARKEST = 0.02  # share of the picture that is as dark as the darkest ink
MOST_LIFTED = 1.2  # times that tones become lighter at most, where a picture keeps its colours
WHITE = 0.7  # least value of all channels from which a place may be bare: no light skin, nor a yellow leaf
FADES = 0.12  # tones below what is bare, within which colours fade into the ground
LEAST_RANGE = 0.2  # of tones, between the darkest and what is bare
RAISED = 0.12  # how much lighter than straight in between middle greys become
LIT = 0.64  # of the tone of the lightest parts, from which on a place may be bare at all: a blue sky is no snow
LIGHTEST = 0.99  # share of the picture that is darker than its lightest parts
REDS, BLUES = 0.22, 0.14  # how much darker than their light a draughtsman makes reds and blues, against greys
APART, AROUND = 0.5, 0.05  # share of the difference from what lies about that is added; how far that is, of the side


def keyed(picture: Float32, ground: Float32, bare: float, ink: Float32 | None = None) -> Float32:
    """A picture whose lights are the ground.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        ground: (3,) colour of the ground, sRGB 0..1.
        bare: share of the picture that becomes the ground, 0..1.
        ink: (3,) colour of the darkest parts, if the picture is to be one of greys between that and the ground.

    Returns:
        (h, w, 3) float32, sRGB 0..1.
    """
    tones = tone_of(picture) if ink is None else drawn_tones(picture)
    top = max(tone_below(tones, 1 - bare), LIT * tone_below(tones, LIGHTEST))
    if ink is not None:
        low = min(tone_below(tones, DARKEST), top - LEAST_RANGE)
        share = np.clip((tones - np.float32(low)) / np.float32(top - low), 0, 1)
        share += np.float32(RAISED) * share * (1 - share)
        return np.asarray(ink + share[..., None] * (ground - ink), np.float32)
    paper = float(tone_of(ground[None, None])[0, 0])
    lifted = np.float32(min(max(paper / max(top, 1e-3), 1.0), MOST_LIFTED))
    white = picture.min(2)  # a bright yellow is light, but no paper
    whitest = max(tone_below(white, 1 - bare), WHITE)
    faded = ramp(white, whitest - FADES, whitest)[..., None]
    brighter = np.clip(picture * lifted, 0, 1) * ground / np.float32(max(paper, 1e-3))
    return np.asarray(np.clip(brighter + faded * (ground - brighter), 0, 1), np.float32)


def drawn_tones(picture: Float32) -> Float32:
    """Tones (h, w) of a picture (h, w, 3), sRGB 0..1, as one draws it in a single colour.

    Reds and blues become darker than their light is, lest a red leaf be lost in green ones.  And what is lighter than
    its surroundings becomes lighter still, so that a subject stands out from what lies behind it.
    """
    red, green, blue = (picture[..., channel] for channel in range(3))
    darker = np.float32(REDS) * np.maximum(red - green, 0) + np.float32(BLUES) * np.maximum(blue - red, 0)
    tones = tone_of(picture) - darker
    around = broadly_blurred(tones, AROUND * max(tones.shape))
    return np.asarray(np.clip(tones + np.float32(APART) * (tones - around), 0, 1), np.float32)
