"""Colours that a file names by number instead of by profile: cICP in PNG, nclx in AVIF and HEIF.

The numbers are those of ITU-T H.273.  What no sRGB screen can show is clipped.  Light brighter than white, which HDR
pictures have, is drawn in softly below white, so that clouds keep their shapes.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Float64
from dreambrush.pictures.light import from_linear

D65 = (0.3127, 0.3290)
C = (0.310, 0.316)
PRIMARIES: dict[int, tuple[tuple[float, float], ...]] = {
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), C),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), C),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), D65),
}
"""Number -> chromaticities (x, y) of red, green, blue and white.  Any other is taken for sRGB's."""
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), D65)

GAMMA_22, GAMMA_28, LINEAR, PQ, SMPTE_428, HLG = 4, 5, 8, 16, 17, 18
"""Transfer characteristics that differ from sRGB's for the eye.  Viewers show those of television as sRGB."""

WHITE_NITS = 203  # of white paper in HDR (ITU-R BT.2408)
SHOULDER = 0.8  # of white's light, from where on brighter light is drawn in

_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


class CodedToSrgb:
    """Converts colours to sRGB.

    Args:
        primaries: their number.
        transfer: the number of the transfer characteristics.
    """

    def __init__(self, primaries: int, transfer: int) -> None:
        self._transfer = transfer
        self._matrix = _to_srgb(PRIMARIES[primaries]) if primaries in PRIMARIES else None
        self._plain = self._matrix is None and transfer not in (GAMMA_22, GAMMA_28, LINEAR, PQ, SMPTE_428, HLG)

    def __call__(self, colour: Float32) -> Float32:
        """Converts (height, width, 3) values in 0..1."""
        if self._plain:
            return colour
        light = _light(colour.astype(np.float64), self._transfer)
        if self._matrix is not None:
            light = light @ self._matrix.T
        if self._transfer in (PQ, HLG):
            light = _drawn_in(light)
        return from_linear(light.astype(np.float32))


def _light(values: Float64, transfer: int) -> Float64:
    """Linear light of encoded values; 1 is white, and HDR goes beyond."""
    if transfer == LINEAR:
        return values
    if transfer in (GAMMA_22, GAMMA_28):
        return np.asarray(values ** (2.2 if transfer == GAMMA_22 else 2.8))
    if transfer == SMPTE_428:
        return np.asarray(values**2.6 * 52.37 / 48)
    if transfer == PQ:  # SMPTE ST 2084
        root = values ** (1 / 78.84375)
        nits = 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
        return np.asarray(nits / WHITE_NITS)
    if transfer == HLG:  # ARIB STD-B67, on a screen of 1,000 nits
        scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        luminance = np.maximum(scene @ np.array([0.2627, 0.6780, 0.0593]), 1e-9)
        return np.asarray(scene * luminance[..., None] ** 0.2 * (1000 / WHITE_NITS))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _drawn_in(light: Float64) -> Float64:
    """Light of which the brightest channel stays below 1; the hue remains."""
    most = np.maximum(light.max(2, keepdims=True), 1e-9)
    room = 1 - SHOULDER
    shown = np.where(most > SHOULDER, SHOULDER + room * (1 - np.exp((SHOULDER - most) / room)), most)
    return np.asarray(light * (shown / most))


def _to_srgb(primaries: tuple[tuple[float, float], ...]) -> Float64:
    """The (3, 3) matrix from linear light of these primaries to that of sRGB, white staying white."""
    own, wanted = _xyz(primaries[3])[:, 0], _xyz(D65)[:, 0]
    cones = np.diag((_BRADFORD @ wanted) / (_BRADFORD @ own))
    adapted = np.linalg.inv(_BRADFORD) @ cones @ _BRADFORD
    return np.asarray(np.linalg.inv(_to_xyz(SRGB)) @ adapted @ _to_xyz(primaries))


def _to_xyz(primaries: tuple[tuple[float, float], ...]) -> Float64:
    colours = _xyz(*primaries[:3])
    return np.asarray(colours * np.linalg.solve(colours, _xyz(primaries[3])[:, 0]))


def _xyz(*places: tuple[float, float]) -> Float64:
    """XYZ of chromaticities at luminance 1, in columns."""
    return np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in places]).T
