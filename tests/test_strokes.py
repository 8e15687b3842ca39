from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.errors import ExitCode, OutputError, StrokesError
from dreambrush.strokes import Strokes


def some_strokes(n: int = 7, seed: int = 0) -> Strokes:
    rng = np.random.default_rng(seed)
    return Strokes(
        path=rng.uniform(-5, 120, (n, 3, 2)).astype(np.float32),
        pressure=rng.uniform(0, 1, (n, 2)).astype(np.float32),
        radius=rng.uniform(0.5, 30, n).astype(np.float32),
        colour=rng.uniform(0, 1, (n, 3)).astype(np.float32),
        brush=rng.integers(0, 2, n).astype(np.int32),
        layer=rng.integers(0, 3, n).astype(np.int32),
        size=(120, 80),
        brushes=("oil", "ink"),
        layers=("Block-in", "Detail", "Äther & <Licht>"),
    )


@given(st.integers(0, 30), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_json_brings_back_every_bit(n: int, seed: int) -> None:
    strokes = some_strokes(n, seed)
    again = Strokes.from_json(strokes.to_json())
    assert again == strokes
    assert again.to_json() == strokes.to_json()


def test_rows_are_path_pressures_and_radius() -> None:
    strokes = some_strokes(5)
    assert strokes.rows().dtype == np.float32
    for row, path, pressure, radius in zip(strokes.rows(), strokes.path, strokes.pressure, strokes.radius, strict=True):
        assert row.tolist() == [*path.ravel(), *pressure, radius]
    assert strokes[:0].rows().shape == (0, 9)


def test_saving_and_loading(tmp_path: Path) -> None:
    strokes = some_strokes()
    strokes.save(tmp_path / "a.json")
    assert Strokes.load(tmp_path / "a.json") == strokes
    with pytest.raises(OutputError):
        strokes.save(tmp_path / "a.json")
    strokes[:2].save(tmp_path / "a.json", overwrite=True)
    assert len(Strokes.load(tmp_path / "a.json")) == 2


def test_slices_masks_and_concatenation_keep_the_order() -> None:
    strokes = some_strokes(9)
    assert Strokes.concatenate([strokes[:4], strokes[4:]]) == strokes
    assert np.array_equal(strokes[strokes.radius > 10].radius, strokes.radius[strokes.radius > 10])
    assert strokes[np.array([3, 1])] == Strokes.concatenate([strokes[3:4], strokes[1:2]])
    assert strokes != strokes[::-1]
    with pytest.raises(StrokesError, match="Expected size"):
        Strokes.concatenate([strokes, strokes.scaled((240, 160))])
    with pytest.raises(StrokesError, match="at least one"):
        Strokes.concatenate([])


@given(st.integers(1, 4000), st.integers(1, 4000))
@settings(max_examples=40, deadline=None)
def test_scaling_there_and_back(width: int, height: int) -> None:
    strokes = some_strokes()
    scaled = strokes.scaled((width, height))
    assert scaled.size == (width, height)
    np.testing.assert_allclose(scaled.path[..., 0], strokes.path[..., 0] * width / 120, rtol=1e-5)
    back = scaled.scaled((120, 80))
    np.testing.assert_allclose(back.path, strokes.path, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(back.radius, strokes.radius, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("path", np.zeros((7, 2, 2)), r"Expected path to have shape \(7, 3, 2\) but it had shape \(7, 2, 2\)"),
        ("pressure", np.full((7, 2), 1.5, np.float32), "Expected pressure to be within 0..1"),
        ("pressure", np.zeros((6, 2), np.float32), r"Expected pressure to have shape \(7, 2\)"),
        ("radius", np.zeros(7, np.float32), "Expected radius to be within"),
        ("radius", np.zeros((7, 1), np.float32), r"Expected radius to have shape \(n,\)"),
        ("colour", np.full((7, 3), np.nan, np.float32), "Expected colour to be within 0..1"),
        ("colour", np.full((7, 3), "red"), "Expected colour to have dtype float32"),
        ("path", np.full((7, 3, 2), np.inf, np.float32), "Expected path to be within"),
        ("brush", np.full(7, 2), "Expected brush to be within 0..1"),
        ("brush", np.zeros(7, np.float32), "Expected brush to have dtype int32"),
        ("layer", np.full(7, -1), "Expected layer to be within 0..2"),
        ("size", (0, 5), "Expected size"),
        ("layers", (1, 2, 3), "Expected layers to be names"),
    ],
)
def test_bad_arrays_are_named(name: str, value: Any, message: str) -> None:
    with pytest.raises(StrokesError, match=message) as caught:
        replace(some_strokes(), **{name: value})
    assert caught.value.exit_code is ExitCode.BAD_STROKES


def changed(**values: Any) -> str:
    return json.dumps({**json.loads(some_strokes(2).to_json()), **values})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        changed(format="other"),
        changed(version=2),
        changed(strokes=None),
        changed(strokes=[[1, 2]]),
        changed(strokes=[["a"] * 14]),
        changed(strokes=[[1e999] * 14]),
        changed(strokes=[[0.5] * 14]),
        changed(strokes=[[0.5] * 12 + [99, 0]]),
        changed(strokes=[[10**400] * 14]),
        changed(size=[1]),
        changed(size=["a", 2]),
        changed(size=[[1], 2]),
        changed(brushes=[{}]),
    ],
)
def test_bad_files_give_one_kind_of_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(StrokesError):
        Strokes.load(tmp_path / "bad.json")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StrokesError, match="cannot be read"):
        Strokes.load(tmp_path / "missing.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(StrokesError, match="not text"):
        Strokes.load(tmp_path / "binary.json")


def test_strokes_of_rows_have_one_brush_on_one_layer() -> None:
    rows = np.random.default_rng(0).uniform(0.1, 1, (5, 9)).astype(np.float32)
    strokes = Strokes.of_rows(rows, (64, 48), brush="oil", layer="Paint")
    assert np.array_equal(strokes.rows(), rows)
    assert (strokes.size, strokes.brushes, strokes.layers) == ((64, 48), ("oil",), ("Paint",))
    assert not strokes.colour.any() and not strokes.brush.any() and not strokes.layer.any()
