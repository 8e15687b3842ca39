"""Curves in ICC profiles of grey."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from dreambrush.pictures.grey_profiles import grey_curve
from dreambrush.pictures.light import to_linear
from tests.pictures.test_colour_profiles import fixed, icc_profile, tag

GREYS = np.linspace(0, 1, 300)


def para(kind: int, *numbers: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + fixed(*numbers)


SRGB = to_linear(GREYS.astype(np.float32))
TABLE = struct.pack(">4sII", b"curv", 0, 3) + struct.pack(">3H", 0, 13107, 65535)


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        (struct.pack(">4sII", b"curv", 0, 0), GREYS),
        (struct.pack(">4sIIH", b"curv", 0, 1, 563), GREYS ** (563 / 256)),
        (TABLE, np.interp(GREYS, [0, 0.5, 1], [0, 0.2, 1])),
        (para(0, 2.2), GREYS**2.2),
        (para(1, 2.4, 1 / 1.055, 0.0), (GREYS / 1.055) ** 2.4),
        (para(2, 2.0, 0.9, 0.05, 0.0975), (0.9 * GREYS + 0.05) ** 2 + 0.0975),
        (para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045), SRGB),
        (para(4, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0.0, 0.0), SRGB),
    ],
)
def test_every_kind_of_curve(curve: bytes, expected: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    found = grey_curve(icc_profile(b"GRAY", tag(b"kTRC", curve)))
    assert found is not None
    np.testing.assert_allclose(found(GREYS), expected, atol=2e-4)


def test_what_has_no_such_curve() -> None:
    curve = para(9, 1.0)
    assert grey_curve(icc_profile(b"GRAY", tag(b"kTRC", curve))) is None
    assert grey_curve(icc_profile(b"GRAY")) is None
    assert grey_curve(icc_profile(b"RGB ", tag(b"kTRC", para(0, 2.2)))) is None
    assert grey_curve(b"rubbish") is None
