from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from dreambrush.dream.dream import Dream
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import CARD_FILE, DREAM_FILE, find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.strokes import SIDE, collect, paint_strokes

HELD_OUT_SEED = 20_000_001  # neither of training nor of the card's own evaluation


def held_out_error(name: str, count: int = 400) -> tuple[float, float]:
    """Error of a shipped dream on fresh strokes, and the noise floor of the same strokes."""
    brush = find_brush(name)
    assert brush.dream is not None
    settings = read_myb(brush.path)
    held_out = collect(settings, count, HELD_OUT_SEED)
    real = held_out.alpha.reshape(count, -1) / 255.0
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) + 0.5
    points = np.broadcast_to(np.stack([x.ravel(), y.ravel()], 1), (count, SIDE * SIDE, 2))
    dream = Dream(brush.dream)
    means = [
        dream(held_out.strokes[i : i + 50], np.ascontiguousarray(points[i : i + 50]))[0] for i in range(0, count, 50)
    ]
    error = float(np.mean((np.concatenate(means) - real) ** 2))
    renders = paint_strokes(settings, np.repeat(held_out.strokes, 4, axis=0)).reshape(count, 4, -1) / 255.0
    return error, float(renders.var(axis=1, ddof=1).mean())


@pytest.mark.slow
def test_the_opaque_brush_is_dreamt_well() -> None:
    error, floor = held_out_error("oil")
    assert floor < 1e-9
    assert error <= 0.0015


@pytest.mark.slow
def test_the_random_brush_is_dreamt_nearly_as_well_as_can_be() -> None:
    error, floor = held_out_error("bristle")
    assert floor > 1e-4
    assert error <= 1.15 * floor


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (CARD_FILE, b""),
        (CARD_FILE, b"[1]"),
        (CARD_FILE, b'{"format": "dreambrush dream", "version": 99}'),
        (CARD_FILE, b'{"format": "dreambrush dream", "version": 1, "reach": "far"}'),
        (CARD_FILE, b'{"format": "dreambrush dream", "version": 1, "reach": NaN}'),
        (CARD_FILE, b'{"format": ["dreambrush dream"], "version": {}}'),
        (CARD_FILE, b"[" * 100_000),
        (CARD_FILE, b'{"format": "dreambrush dream", "version": 1, "reach": 1}' + b" " * 2**20),
        (CARD_FILE, pickle.dumps({"format": "dreambrush dream"})),
        (DREAM_FILE, b""),
        (DREAM_FILE, b"not an onnx file"),
        (DREAM_FILE, pickle.dumps([1])),
    ],
)
def test_broken_dreams_are_told(name: str, content: bytes, tmp_path: Path) -> None:
    folder = find_brush("oil").dream
    assert folder is not None
    broken = tmp_path / "oil"
    shutil.copytree(folder, broken)
    (broken / name).write_bytes(content)
    with pytest.raises(ModelError, match="dreambrush train"):
        Dream(broken)(np.ones((1, 9), np.float32), np.ones((1, 4, 2), np.float32))
