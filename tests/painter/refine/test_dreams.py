from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from dreambrush.arrays import Float32
from dreambrush.dream.dream import Dream
from dreambrush.dream.gradient import GRADIENT_FILE, DreamGradient
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import COLOUR_FILE, BrushFile, find_brush
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.fragments import Fragments, all_cells, find_fragments
from dreambrush.painter.sketch import Sketch

if TYPE_CHECKING:
    from tests.painter.conftest import Sketches

SIDE = 40
GRID = all_cells(SIDE, SIDE, 1.0)


def pairs_of(dreams: Dreams, sketch: Sketch) -> Fragments:
    return find_fragments(sketch.strokes, dreams.reach(sketch), GRID)


def parts(pairs: Fragments) -> list[slice]:
    return [slice(*ends) for ends in zip(pairs.starts, pairs.starts[1:], strict=False)]


@pytest.fixture
def sketch(random_sketch: Sketches) -> Sketch:
    return random_sketch(25, SIDE, seed=1, brushes=3)


def test_answers_are_those_of_each_brush_s_dream(dreams: Dreams, sketch: Sketch, brushes: list[BrushFile]) -> None:
    each = [Dream(brush.dream_folder(), threads=1) for brush in brushes]
    assert set(sketch.brush) == {0, 1, 2}
    assert np.allclose(dreams.reach(sketch), [each[brush].reach for brush in sketch.brush])
    pairs = pairs_of(dreams, sketch)
    mean, variance = dreams.alpha(sketch, pairs)
    assert mean.shape == variance.shape == (len(pairs),) and mean.max() > 0.9
    for index, part in enumerate(parts(pairs)):
        expected = each[sketch.brush[index]](sketch.strokes[index : index + 1], pairs.points[None, part])
        assert np.abs(mean[part] - expected[0]).max(initial=0) < 1e-5
        assert np.abs(variance[part] - expected[1]).max(initial=0) < 1e-5


def test_the_number_of_cores_does_not_matter(random_sketch: Sketches, brushes: list[BrushFile]) -> None:
    sketch = random_sketch(90, SIDE, seed=2, brushes=2)
    answers = []
    for cores in (1, 3):
        with Dreams([brush.dream_folder() for brush in brushes[:2]], cores) as dreams:
            pairs = pairs_of(dreams, sketch)
            mean, variance = dreams.alpha(sketch, pairs)
            vjp = dreams.vjp(sketch, pairs, mean, 1 - mean, variance, np.random.default_rng(0))
            answers.append((mean, variance, vjp))
    assert len(answers[0][0]) > 10000  # points, so that there are many calls
    for one, three in zip(*answers, strict=True):
        assert one.tobytes() == three.tobytes()


def full_gradient(
    sketch: Sketch, pairs: Fragments, grad_mean: Float32, grad_variance: Float32, folder: Path
) -> Float32:
    gradient = DreamGradient(folder, threads=1)
    rows = [
        gradient(
            sketch.strokes[index : index + 1],
            pairs.points[None, part],
            grad_mean[None, part],
            grad_variance[None, part],
        )[0]
        for index, part in enumerate(parts(pairs))
    ]
    return np.array(rows, np.float32)


@pytest.mark.parametrize(("of_mean", "of_variance"), [(1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
def test_the_gradient_from_some_points_is_right_on_the_mean(
    random_sketch: Sketches, of_mean: float, of_variance: float
) -> None:
    folder = find_brush("bristle").dream_folder()
    sketch = random_sketch(12, SIDE, seed=5)
    with Dreams([folder]) as dreams:
        pairs = pairs_of(dreams, sketch)
        mean, _ = dreams.alpha(sketch, pairs)
        rng = np.random.default_rng(0)
        # The mean pulls all ways, as where a stroke covers what it should and what it should not.
        grad_mean = np.asarray(of_mean * np.sin(pairs.points.sum(1) / 5), np.float32)
        grad_variance = np.asarray(of_variance * rng.random(len(pairs)), np.float32)
        full = full_gradient(sketch, pairs, grad_mean, grad_variance, folder)
        draws = np.array([dreams.vjp(sketch, pairs, mean, grad_mean, grad_variance, rng) for _ in range(300)])
    apart = np.abs(draws.mean(0) - full) / (draws.std(0) / np.sqrt(len(draws)) + 1e-4 * np.abs(full).max(0))
    assert apart.max() < 6 and np.sqrt((apart**2).mean()) < 1.7
    likeness = (draws * full).sum((1, 2)) / np.sqrt((draws**2).sum((1, 2)) * (full**2).sum())
    assert np.median(likeness) > 0.7  # a single draw already points the right way


def test_where_paint_is_surely_there_or_not_few_points_are_asked(oil: Dreams, random_sketch: Sketches) -> None:
    sketch = random_sketch(10, SIDE, seed=6)
    pairs = pairs_of(oil, sketch)
    mean, _ = oil.alpha(sketch, pairs)
    edge = (mean > 0.02) & (mean < 0.98)
    everywhere = np.ones(len(pairs), np.float32)
    nothing = np.zeros(len(pairs), np.float32)
    rng = np.random.default_rng(0)
    full = full_gradient(sketch, pairs, everywhere, nothing, find_brush("oil").dream_folder())
    some = np.mean([oil.vjp(sketch, pairs, mean, everywhere, nothing, rng) for _ in range(30)], 0)
    rim = full_gradient(sketch, pairs, np.where(edge, 1, 0).astype(np.float32), nothing, oil.each[0].folder)
    assert edge.mean() < 0.6
    assert np.abs(some - full).sum() / np.abs(full).sum() < 0.3
    assert np.abs(rim - full).sum() / np.abs(full).sum() < 0.3


def test_no_strokes_and_no_pairs(dreams: Dreams, sketch: Sketch) -> None:
    off = np.array([1000] * 6 + [0] * 3, np.float32)
    far = Sketch(sketch.strokes + off, sketch.colours, sketch.brush)
    for few in (Sketch.empty(), far):
        pairs = pairs_of(dreams, few)
        mean, variance = dreams.alpha(few, pairs)
        assert len(pairs) == len(mean) == len(variance) == 0
        vjp = dreams.vjp(few, pairs, mean, mean, mean, np.random.default_rng(0))
        assert vjp.shape == (len(few), 9) and not vjp.any()


def test_a_brush_that_lays_nothing(dreams: Dreams, sketch: Sketch) -> None:
    only = sketch[sketch.brush == 2]
    pairs = pairs_of(dreams, only)
    mean, _ = dreams.alpha(only, pairs)
    assert len(only) and mean.max() > 0.5
    assert dreams.vjp(only, pairs, mean, mean, mean, np.random.default_rng(0)).any(1).all()


def paler(folder: Path, brush: BrushFile) -> Path:
    """A dream of a brush that adds half of what lacks to white, and more the farther to the right."""
    shutil.copytree(brush.dream_folder(), folder)
    sizes: dict[str, list[str | int | None]] = {"strokes": ["b", 9], "points": ["b", "p", 2], "colour": ["b", 3]}
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, size) for name, size in sizes.items()]
    numbers = {"one": [1.0], "scale": [0.5 / SIDE]}
    axes = {"first": [0], "second": [1], "last": [2]}
    constants = [helper.make_tensor(name, TensorProto.FLOAT, [1], value) for name, value in numbers.items()]
    constants += [helper.make_tensor(name, TensorProto.INT64, [1], value) for name, value in axes.items()]
    nodes = [
        helper.make_node("Sub", ["one", "colour"], ["lack"]),
        helper.make_node("Unsqueeze", ["lack", "second"], ["row"]),
        helper.make_node("Slice", ["points", "first", "second", "last"], ["x"]),
        helper.make_node("Mul", ["x", "scale"], ["share"]),
        helper.make_node("Mul", ["share", "row"], ["shift"]),
    ]
    output = helper.make_tensor_value_info("shift", TensorProto.FLOAT, ["b", "p", 3])
    graph = helper.make_graph(nodes, "paler", inputs, [output], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), folder / COLOUR_FILE)
    return folder


def test_what_brushes_add_to_their_colours(tmp_path: Path, sketch: Sketch, brushes: list[BrushFile]) -> None:
    folders = [brushes[0].dream_folder(), paler(tmp_path / "paler", brushes[1]), brushes[2].dream_folder()]
    with Dreams(folders) as dreams:
        pairs = pairs_of(dreams, sketch)
        shift = dreams.shift(sketch, pairs)
    share = np.where(sketch.brush[pairs.stroke_id] == 1, pairs.points[:, 0] * 0.5 / SIDE, 0)
    assert shift is not None
    np.testing.assert_allclose(shift, share[:, None] * (1 - sketch.colours[pairs.stroke_id]), atol=1e-6)


def test_brushes_that_add_nothing(dreams: Dreams, sketch: Sketch) -> None:
    assert dreams.shift(sketch, pairs_of(dreams, sketch)) is None


def test_a_dream_without_a_gradient(tmp_path: Path, brushes: list[BrushFile]) -> None:
    shutil.copytree(brushes[0].dream_folder(), tmp_path / "dream")
    (tmp_path / "dream" / GRADIENT_FILE).unlink()
    with pytest.raises(ModelError, match=r"gradient\.onnx"):
        Dreams([tmp_path / "dream"])
