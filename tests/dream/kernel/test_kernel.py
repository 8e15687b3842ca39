from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambrush.arrays import Float32, Int64, Mask
from dreambrush.bezier import CONTROL, END, START, point_at, velocity_at
from dreambrush.dream.dream import Dream
from dreambrush.dream.gradient import DreamGradient
from dreambrush.dream.kernel.kernel import Kernel, open_kernel
from dreambrush.dream.kernel.weights import packed_weights
from dreambrush.kernel.library import LEVELS, instructions, kernel, using
from dreambrush.models.catalogue import DREAM_FILE, WEIGHTS_FILE, find_brush, list_brushes
from dreambrush.train.fit.learn import load_dream

OURS = [brush.name for brush in list_brushes() if brush.origin == "ours"]
LARGEST_DIFFERENCE = 1e-4  # of alpha; and of the gradient, where it is of order one


def levels() -> list[str]:
    """Those that this processor has."""
    found = kernel()
    assert found is not None, "the kernel is not compiled"
    return list(LEVELS[: found[1].db_best_instructions() + 1])


def weights_of(name: str) -> Float32:
    weights = packed_weights((find_brush(name).dream_folder() / DREAM_FILE).read_bytes())
    assert weights is not None
    return weights


def asked(strokes: Float32, points: Float32) -> tuple[Float32, Int64, Float32]:
    """As the kernel wants it: strokes (b, 9), starts and points of (b, p, 2)."""
    return strokes, np.arange(len(strokes) + 1) * points.shape[1], points.reshape(-1, 2)


coordinates = st.floats(-20, 100, width=32)
pressures = st.floats(0, 1, width=32)
strokes_drawn = st.lists(
    st.tuples(*[coordinates] * 6, pressures, pressures, st.floats(0.5, 40, width=32)), min_size=1, max_size=6
)


def well_posed(strokes: Float32, points: Float32, nib: Float32) -> Mask:
    """Where rounding decides nothing (b, p), seen through the nib (2, 2).

    Two places of a path may be equally near to a point; either may count as the nearest.  And where a path turns back
    sharply, it has no direction.
    """
    unit = strokes[:, 8] + np.float32(0.5)
    start, control, end = (strokes[:, None, part].astype(np.float64) @ nib for part in (START, CONTROL, END))
    points = points @ nib
    nodes = point_at(start, control, end, np.linspace(0, 1, 9)[:, None])
    edges = np.diff(nodes, axis=1)
    from_node = points[:, :, None] - nodes[:, None, :-1]
    share = (from_node * edges[:, None]).sum(-1) / np.maximum((edges**2).sum(-1), 1e-9)[:, None]
    feet = np.clip(share, 0, 1)[..., None] * edges[:, None]
    distance = np.hypot(*np.moveaxis(from_node - feet, -1, 0)) / unit[:, None, None]
    nearest = np.argmin(distance, -1, keepdims=True)
    places = feet + nodes[:, None, :-1]
    apart = np.abs(places - np.take_along_axis(places, nearest[..., None], 2)).max(-1) / unit[:, None, None]
    rivals = distance - np.take_along_axis(distance, nearest, 2) < 1e-3
    speed = np.hypot(*np.moveaxis(velocity_at(start, control, end, np.linspace(0, 1, 65)[:, None]), -1, 0))
    return np.asarray(~(rivals & (apart > 1e-3)).any(-1) & (speed.min(1) > 0.2 * unit)[:, None])


@pytest.mark.parametrize("name", OURS)
@given(rows=strokes_drawn, seed=st.integers(0, 2**16))
@settings(max_examples=20, deadline=None)
def test_it_answers_as_onnxruntime_does(name: str, rows: list[tuple[float, ...]], seed: int) -> None:
    folder, rng = find_brush(name).dream_folder(), np.random.default_rng(seed)
    strokes = np.array(rows, np.float32)
    around = strokes[:, None, 2:4] + rng.normal(0, 1.5, (len(rows), 40, 2)) * strokes[:, None, 8:]
    points = np.asarray(around, np.float32)
    expected = Dream(folder, threads=1, compiled=False)(strokes, points)
    found = Kernel(weights_of(name)).values(*asked(strokes, points))
    posed = well_posed(strokes, points, weights_of(name)[1:5].reshape(2, 2))
    for one, other in zip(expected, found, strict=True):
        apart = np.abs(one - other.reshape(one.shape))[posed]
        # onnxruntime counts from the canvas's corner, and rounds more for it; it is not the kernel that is wrong.
        assert (apart > LARGEST_DIFFERENCE).sum() <= 2 and apart.max(initial=0) < 0.005


def test_it_is_nearer_to_the_truth_than_onnxruntime() -> None:
    """To what torch makes of the weights in double precision."""
    rng = np.random.default_rng(8)
    for name in ("bristle", "ink"):
        folder = find_brush(name).dream_folder()
        numbers = rng.uniform(0, 400, (300, 6)), rng.random((300, 2)), rng.uniform(1, 30, (300, 1))
        strokes = np.concatenate(numbers, 1).astype(np.float32)
        points = (strokes[:, None, 2:4] + rng.normal(0, 20, (300, 40, 2))).astype(np.float32)
        double = load_dream(folder / WEIGHTS_FILE).double()
        with torch.no_grad():
            truth = double(torch.from_numpy(strokes).double(), torch.from_numpy(points).double())[0].numpy()
        theirs = Dream(folder, threads=1, compiled=False)(strokes, points)[0]
        ours = Kernel(weights_of(name)).values(*asked(strokes, points))[0].reshape(truth.shape)
        assert np.abs(ours - truth).mean() < np.abs(theirs - truth).mean() < 1e-4


@pytest.mark.parametrize("name", OURS)
def test_its_gradient_is_onnxruntime_s(name: str) -> None:
    folder, rng = find_brush(name).dream_folder(), np.random.default_rng(3)
    count, per = 200, 40
    path = np.repeat(rng.uniform(0, 64, (count, 2)), 3, 0).reshape(count, 6) + rng.normal(0, 8, (count, 6))
    numbers = path, rng.random((count, 2)), np.exp(rng.uniform(-0.5, 3.5, (count, 1)))
    strokes = np.concatenate(numbers, 1).astype(np.float32)
    points = (path[:, None, 2:4] + rng.normal(0, 8, (count, per, 2))).astype(np.float32)
    by_mean, by_variance = (rng.normal(0, 1 / per, (count, per)).astype(np.float32) for _ in range(2))
    expected = DreamGradient(folder, threads=1, compiled=False)(strokes, points, by_mean, by_variance)
    found = Kernel(weights_of(name)).vjp(*asked(strokes, points), by_mean.ravel(), by_variance.ravel())
    apart = np.abs(expected - found)
    assert np.abs(expected).max() > 0.02 and (np.abs(expected).max(0) > 1e-3).all()
    assert (apart > LARGEST_DIFFERENCE).mean() < 0.01 and np.median(apart) < 1e-6


def test_its_gradient_is_that_of_its_values() -> None:
    """By small changes of each number of a stroke, in turn."""
    rng, own = np.random.default_rng(5), Kernel(weights_of("bristle"))
    strokes = np.array([[20, 30, 34, 20, 50, 36, 0.7, 0.4, 8.0]], np.float32)
    points = rng.uniform(10, 60, (1, 3000, 2)).astype(np.float32)
    by = rng.normal(0, 1, (2, 3000)).astype(np.float32)
    gradient = own.vjp(*asked(strokes, points), *by)[0]
    for number, step in enumerate([0.02] * 6 + [0.002] * 2 + [0.01]):
        ends = []
        for side in (-1, 1):
            moved = strokes.copy()
            moved[0, number] += side * step
            mean, variance = (each.astype(np.float64) for each in own.values(*asked(moved, points)))
            ends.append(float((mean * by[0] + variance * by[1]).sum()))
        assert (ends[1] - ends[0]) / (2 * step) == pytest.approx(float(gradient[number]), rel=0.1, abs=0.1)


def random_case(seed: int) -> tuple[Float32, Int64, Float32, Float32]:
    """Strokes with no point, few and many; some without length, without pressure, or far away."""
    rng = np.random.default_rng(seed)
    counts = np.array([0, 1, 15, 16, 17, 200, 0, 33, 64, 5])
    starts = np.concatenate([[0], np.cumsum(counts)])
    strokes = np.concatenate([rng.uniform(0, 64, (10, 6)), rng.random((10, 2)), rng.uniform(0.5, 30, (10, 1))], 1)
    strokes[3, :6] = 30.0
    strokes[4, 6:8] = 0.0
    strokes[5, :6] += 5000.0
    points = rng.uniform(-10, 74, (starts[-1], 2))
    points[starts[5] : starts[6]] += 5000.0
    return strokes.astype(np.float32), starts, points.astype(np.float32), rng.normal(0, 1, (2, starts[-1])).astype("f4")


@pytest.mark.parametrize("name", ["oil", "bristle", "ink"])
def test_all_instructions_give_the_same_bits(name: str) -> None:
    strokes, starts, points, by = random_case(1)
    answers = []
    for level in levels():
        own = Kernel(weights_of(name), level)
        each = (*own.values(strokes, starts, points), own.vjp(strokes, starts, points, *by))
        assert all(np.isfinite(answer).all() for answer in each) and each[0].max() > 0.5
        answers.append(b"".join(answer.tobytes() for answer in each))
    assert len(set(answers)) == 1


@pytest.mark.parametrize("few", [1, 8, 9, 16, 24])
def test_the_last_points_of_a_stroke_are_as_good_as_the_first(few: int) -> None:
    strokes, _, points, _ = random_case(4)
    points = points[:350].reshape(10, 35, 2)[:, :few]
    for level in levels():
        own = Kernel(weights_of("oil"), level)
        each = own.values(strokes, np.arange(len(strokes) + 1) * few, np.ascontiguousarray(points).reshape(-1, 2))
        padded = np.concatenate([points, np.zeros((len(strokes), 48 - few, 2), np.float32)], 1)
        whole = own.values(strokes, np.arange(len(strokes) + 1) * 48, padded.reshape(-1, 2))
        for one, other in zip(each, whole, strict=True):
            assert one.reshape(-1, few).tobytes() == np.ascontiguousarray(other.reshape(-1, 48)[:, :few]).tobytes()


def test_a_stroke_s_answer_does_not_depend_on_other_strokes() -> None:
    strokes, starts, points, by = random_case(2)
    own = Kernel(weights_of("oil"))
    mean, variance = own.values(strokes, starts, points)
    by_strokes = own.vjp(strokes, starts, points, *by)
    for number in range(len(strokes)):
        part = slice(starts[number], starts[number + 1])
        alone = strokes[number : number + 1], np.array([0, part.stop - part.start]), points[part]
        assert own.values(*alone)[0].tobytes() == mean[part].tobytes()
        assert own.values(*alone)[1].tobytes() == variance[part].tobytes()
        assert own.vjp(*alone, by[0, part], by[1, part]).tobytes() == by_strokes[number].tobytes()


def test_strokes_and_points_that_are_no_numbers() -> None:
    own = Kernel(weights_of("oil"))
    for spoilt in (np.nan, np.inf, -np.inf, 3e38):
        strokes, starts, points, by = random_case(3)
        strokes[5, 2], points[starts[7]] = spoilt, spoilt
        mean, variance = own.values(strokes, starts, points)
        assert (mean >= 0).all() and (mean <= 1).all() and (variance >= 0).all() and (variance <= 0.25).all()
        by_strokes = own.vjp(strokes, starts, points, *by)
        assert (np.abs(by_strokes) <= 1e9).all()
        assert by_strokes[8].tobytes() == own.vjp(*random_case(3)[:3], *by)[8].tobytes()  # others are not touched


def test_what_does_not_fit_is_refused() -> None:
    own = Kernel(weights_of("oil"))
    strokes, starts, points, by = random_case(4)
    bad_starts = (starts + 1, starts[:-1], starts[::-1].copy(), np.where(starts == starts[3], starts[-1] + 5, starts))
    for bad in bad_starts:
        with pytest.raises(ValueError, match="Expected"):
            own.values(strokes, bad, points)
    with pytest.raises(ValueError, match="Expected"):
        own.values(strokes[:, :8], starts, points)
    with pytest.raises(ValueError, match="Expected"):
        own.vjp(strokes, starts, points, by[0, 1:], by[1, 1:])
    with pytest.raises(RuntimeError, match="weights"):
        Kernel(np.zeros(7, np.float32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of oil's dream."""
    return Path(shutil.copytree(find_brush("oil").dream_folder(), tmp_path / "dream"))


def test_a_model_of_another_version_of_dreambrush_is_compared_and_used(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    card.pop("kernel", None)
    (folder / "card.json").write_text(json.dumps(card))
    assert open_kernel(folder) is not None
    assert Dream(folder).is_compiled


def test_a_network_that_does_something_else_with_its_weights_is_left_to_onnxruntime(folder: Path) -> None:
    import onnx

    model = onnx.load(folder / DREAM_FILE)
    (last,) = [node for node in model.graph.node if "variance" in node.output]
    last.op_type = "Add"  # instead of Mul
    onnx.save(model, folder / DREAM_FILE)
    assert packed_weights((folder / DREAM_FILE).read_bytes()) is not None
    assert open_kernel(folder) is None
    dream = Dream(folder)
    strokes, starts, points, _ = random_case(6)
    assert not dream.is_compiled and dream.at(strokes, starts, points)[1].max() > 0.5  # what no variance can be


@pytest.mark.parametrize("content", [b"", b"no network", b"\x3a\xff", None])
def test_files_that_are_no_networks_have_no_kernel(folder: Path, content: bytes | None) -> None:
    (folder / DREAM_FILE).unlink()
    if content is not None:
        (folder / DREAM_FILE).write_bytes(content)
    assert open_kernel(folder) is None


def test_whoever_wants_no_kernel_has_none() -> None:
    folder = find_brush("oil").dream_folder()
    best = levels()[-1]
    assert instructions() == best
    for asked_for, found in (("none", "none"), ("baseline", "baseline"), ("avx512", best), ("", best), ("mmx", best)):
        with using(asked_for):
            assert instructions() == found
            assert (open_kernel(folder) is None) == (found == "none")
            assert Dream(folder, threads=1).is_compiled == (found != "none")
    assert not Dream(folder, threads=1, compiled=False).is_compiled
