from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.packed_strokes import COLUMNS, FREE_STROKES, pack_strokes, unpack_strokes
from dreambrush.strokes import Strokes

NAMES = {"size": (120, 80), "brushes": ("oil", "ink"), "layers": ("Block-in", "Detail")}


def some_strokes(n: int, seed: int = 0) -> Strokes:
    rng = np.random.default_rng(seed)
    return Strokes(
        path=rng.uniform(-5, 120, (n, 3, 2)).astype(np.float32),
        pressure=rng.uniform(0, 1, (n, 2)).astype(np.float32),
        radius=rng.uniform(0.5, 30, n).astype(np.float32),
        colour=rng.uniform(0, 1, (n, 3)).astype(np.float32),
        brush=rng.integers(0, 2, n).astype(np.int32),
        layer=rng.integers(0, 2, n).astype(np.int32),
        **NAMES,  # type: ignore[arg-type]
    )


def unpacked(text: str) -> Strokes:
    return unpack_strokes(text, **NAMES)  # type: ignore[arg-type]


@given(st.integers(0, 60), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_nothing_is_lost(n: int, seed: int) -> None:
    strokes = some_strokes(n, seed)
    assert unpacked(pack_strokes(strokes)) == strokes


def test_a_stroke_takes_about_fifty_bytes() -> None:
    assert len(pack_strokes(some_strokes(3000))) < 200_000


def test_strokes_that_are_cut_off_are_refused() -> None:
    data = zlib.decompress(base64.b64decode(pack_strokes(some_strokes(9))))
    for part in (data[:-1], data[: -4 * (COLUMNS + 2) + 1]):
        with pytest.raises(ValueError, match="cut off"):
            unpacked(base64.b64encode(zlib.compress(part)).decode())


def test_a_few_bytes_cannot_claim_very_many_strokes() -> None:
    bomb = zlib.compress(bytes(4 * (COLUMNS + 2) * 3 * FREE_STROKES), 9)
    with pytest.raises(ValueError, match="far more than it could hold"):
        unpacked(base64.b64encode(bomb).decode())
