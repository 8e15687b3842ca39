from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from dreambrush.arrays import Float32
from dreambrush.dream.kernel import wet_kernel
from dreambrush.dream.kernel.agreement import LARGEST_DIFFERENCE
from dreambrush.dream.kernel.wet_kernel import WetKernel, agreed, open_wet_kernel
from dreambrush.dream.kernel.wet_weights import flags_of, packed_wet_weights
from dreambrush.dream.wet import CARD_ENTRY, WetDream, WetGradient, WetPaint
from dreambrush.kernel.library import using
from dreambrush.models.catalogue import CARD_FILE, WET_FILE, WET_GRADIENT_FILE, find_brush
from dreambrush.train.export.wet import wet_bytes, wet_kernel_entry
from dreambrush.train.fit.wet import WetField
from tests.dream.kernel.test_kernel import asked, levels, random_case

KINDS = {"wet": (1, True, True), "blender": (1, False, False), "wide": (3, False, True)}
"""Of each: rows of nodes, whether it takes paint away, whether it lays any of its own."""


def field_of(kind: str) -> WetField:
    """A wet field that never learned anything, whose answers are of every kind."""
    torch.manual_seed(1)
    lanes, erases, own = KINDS[kind]
    nib = torch.tensor([[1.2, 0.1], [0.1, 0.84]]) if kind == "wide" else None
    field = WetField(1.3, nib, lanes, erases=erases, own=own).requires_grad_(False).eval()
    last = field.network[-1]
    assert isinstance(last, torch.nn.Linear)
    last.weight.mul_(6)
    return field


@cache
def model_of(kind: str) -> bytes:
    """The ONNX file of a field; torch exports the wide one, which takes long."""
    return wet_bytes(field_of(kind))


@pytest.fixture(scope="module", params=KINDS)
def case(request: pytest.FixtureRequest) -> tuple[WetField, bytes, Float32]:
    """A field, its ONNX file, and what the kernel reads of that."""
    field = field_of(request.param)
    model = model_of(request.param)
    weights = packed_wet_weights(model, field.erases, field.own)
    assert weights is not None
    return field, model, weights


@pytest.fixture(scope="module")
def wide() -> Float32:
    weights = packed_wet_weights(model_of("wide"), False, True)
    assert weights is not None
    return weights


def questions(count: int, per: int, seed: int) -> tuple[Float32, Float32]:
    """Strokes (k, 9) of all kinds, and points (k, p, 2) on both sides of where paint ends."""
    rng = np.random.default_rng(seed)
    path = np.repeat(rng.uniform(0, 64, (count, 2)), 3, 0).reshape(count, 6) + rng.normal(0, 8, (count, 6))
    numbers = path, rng.random((count, 2)), np.exp(rng.uniform(-0.5, 3.5, (count, 1)))
    points = path[:, None, 2:4] + rng.normal(0, 8, (count, per, 2))
    return np.concatenate(numbers, 1).astype(np.float32), points.astype(np.float32)


def changes(points: Float32, nodes: int, seed: int) -> tuple[Float32, ...]:
    """How something changes with each answer, at points (k, p, 2)."""
    rng, (count, per) = np.random.default_rng(seed), points.shape[:2]
    shapes = [(count * per,)] * 3 + [(count * per, nodes)]
    return tuple((rng.normal(0, 1, shape) / per).astype(np.float32) for shape in shapes)


def test_it_answers_as_onnxruntime_does(case: tuple[WetField, bytes, Float32]) -> None:
    field, model, weights = case
    found, agreement = agreed(model, WET_FILE)
    assert found is not None and agreement is not None
    assert found.tobytes() == weights.tobytes() and flags_of(found) == [field.erases, field.own]
    assert agreement.share < 2e-4 and agreement.most < 0.01


def test_it_is_near_to_the_truth(case: tuple[WetField, bytes, Float32]) -> None:
    """To what torch makes of the weights in double precision; nearer than torch is in single precision."""
    field, _, weights = case
    strokes, points = questions(200, 40, 8)
    single = field(torch.from_numpy(strokes), torch.from_numpy(points))
    double = field.double()(torch.from_numpy(strokes).double(), torch.from_numpy(points).double())
    field.float()
    found = WetKernel(weights).values(*asked(strokes, points))
    for ours, theirs, truth in zip(found, single, double, strict=True):
        apart = np.abs(ours - truth.numpy().reshape(ours.shape))
        assert (apart > LARGEST_DIFFERENCE).mean() < 2e-4
        assert apart.mean() <= 1.1 * float((theirs - truth).abs().mean()) + 2e-8
    own, kept, carried, parts = found
    assert np.abs(parts.sum(1) - 1).max() < 1e-5 and parts.min() > -1e-6
    assert (own + kept + carried).max() < 1 + 1e-5 and np.ptp(parts) > 0.2
    assert field.own or not own.any()
    assert field.erases == bool((own + kept + carried).min() < 0.99)


def test_its_gradient_is_that_of_torch(case: tuple[WetField, bytes, Float32]) -> None:
    field, _, weights = case
    own = WetKernel(weights)
    strokes, points = questions(150, 30, 3)
    by = changes(points, own.node_count, 4)
    found = own.vjp(*asked(strokes, points), *by)
    leaf = torch.from_numpy(strokes).double().requires_grad_()
    answers = field.double()(leaf, torch.from_numpy(points).double())
    field.float()
    given = [torch.from_numpy(each).double().reshape(answer.shape) for each, answer in zip(by, answers, strict=True)]
    total = torch.stack([(answer * each).sum() for answer, each in zip(answers, given, strict=True)]).sum()
    (expected,) = (each.numpy() for each in torch.autograd.grad(total, leaf))
    apart = np.abs(expected - found)
    assert np.abs(expected).max() > 0.02 and (np.abs(expected).max(0) > 1e-3).all()
    # Where two pieces of a path are equally near, rounding decides which way the gradient points.
    assert (apart > LARGEST_DIFFERENCE).mean() < 0.03 and np.median(apart) < 1e-6


def test_its_gradient_is_that_of_its_values(wide: Float32) -> None:
    """By small changes of each number of a stroke, in turn.

    The path is nearly straight: inside of a bend two places of the path are equally near somewhere, and answers jump.
    """
    rng, own = np.random.default_rng(5), WetKernel(wide)
    strokes = np.array([[20, 30, 33, 30.5, 50, 31, 0.7, 0.4, 8.0]], np.float32)
    points = rng.uniform((16, 20), (54, 40), (1, 3000, 2)).astype(np.float32)
    where = points[0, :, :1] / 30
    by = [np.cos(where)[:, 0], np.sin(where)[:, 0], np.cos(2 * where)[:, 0]]
    by.append(np.cos(where + 0.3 * np.arange(own.node_count, dtype=np.float32)))
    gradient = own.vjp(*asked(strokes, points), *by)[0]
    assert np.abs(gradient).max() > 10
    for number, step in enumerate([0.02] * 6 + [0.002] * 2 + [0.01]):
        ends = []
        for side in (-1, 1):
            moved = strokes.copy()
            moved[0, number] += side * step
            answers = own.values(*asked(moved, points))
            ends.append(sum(float((a.astype(np.float64) * b).sum()) for a, b in zip(answers, by, strict=True)))
        assert (ends[1] - ends[0]) / (2 * step) == pytest.approx(float(gradient[number]), rel=0.05, abs=0.1)


def test_all_instructions_give_the_same_bits(case: tuple[WetField, bytes, Float32]) -> None:
    strokes, starts, points, _ = random_case(1)
    answers = []
    for level in levels():
        own = WetKernel(case[2], level)
        by = changes(points[None], own.node_count, 7)
        each = (*own.values(strokes, starts, points), own.vjp(strokes, starts, points, *by))
        assert all(np.isfinite(answer).all() for answer in each) and each[2].max() > 0.1
        answers.append(b"".join(answer.tobytes() for answer in each))
    assert len(set(answers)) == 1


def test_few_points_of_a_stroke_get_the_same_answers_as_many(case: tuple[WetField, bytes, Float32]) -> None:
    # Few are asked in half blocks, if need be with other instructions.
    strokes, points = questions(20, 48, 3)
    for level in levels():
        own = WetKernel(case[2], level)
        many = own.values(strokes, np.arange(21) * 48, points.reshape(-1, 2))
        few = own.values(strokes, np.arange(21) * 8, np.ascontiguousarray(points[:, :8]).reshape(-1, 2))
        for one, other in zip(many, few, strict=True):
            assert one.reshape(20, 48, -1)[:, :8].tobytes() == other.reshape(20, 8, -1).tobytes()


def test_a_stroke_s_answer_does_not_depend_on_other_strokes(wide: Float32) -> None:
    strokes, starts, points, _ = random_case(2)
    own = WetKernel(wide)
    by = changes(points[None], own.node_count, 8)
    values, by_strokes = own.values(strokes, starts, points), own.vjp(strokes, starts, points, *by)
    for number in range(len(strokes)):
        part = slice(starts[number], starts[number + 1])
        alone = strokes[number : number + 1], np.array([0, part.stop - part.start]), points[part]
        for one, other in zip(own.values(*alone), values, strict=True):
            assert one.tobytes() == other[part].tobytes()
        assert own.vjp(*alone, *(each[part] for each in by)).tobytes() == by_strokes[number].tobytes()


def test_strokes_and_points_that_are_no_numbers(wide: Float32) -> None:
    own = WetKernel(wide)
    by = changes(random_case(3)[2][None], own.node_count, 9)
    for spoilt in (np.nan, np.inf, -np.inf, 3e38):
        strokes, starts, points, _ = random_case(3)
        strokes[5, 2], points[starts[7]] = spoilt, spoilt
        for answer in own.values(strokes, starts, points):
            assert np.abs(answer).max() < 1 + 1e-5
        by_strokes = own.vjp(strokes, starts, points, *by)
        assert (np.abs(by_strokes) <= 1e9).all()
        assert by_strokes[8].tobytes() == own.vjp(*random_case(3)[:3], *by)[8].tobytes()  # others are not touched


def test_what_does_not_fit_is_refused(wide: Float32) -> None:
    own = WetKernel(wide)
    strokes, starts, points, _ = random_case(4)
    by = changes(points[None], own.node_count, 10)
    with pytest.raises(ValueError, match="Expected"):
        own.values(strokes, starts + 1, points)
    with pytest.raises(ValueError, match="Expected"):
        own.vjp(strokes, starts, points, *(*by[:3], by[3][:, 1:]))
    with pytest.raises(ValueError, match="Expected"):
        own.vjp(strokes, starts, points, *(by[0][1:], *by[1:]))
    with pytest.raises(RuntimeError, match="weights"):
        WetKernel(np.zeros(7, np.float32))


@pytest.fixture
def folder(tmp_path: Path, blender: bytes) -> Path:
    """A copy of oil's dream, with a wet one beside it."""
    copy = Path(shutil.copytree(find_brush("oil").dream_folder(), tmp_path / "dream"))
    (copy / WET_FILE).write_bytes(blender)
    say(copy, {CARD_ENTRY: {"lanes": [0.0], "rings": [[0.0, 1, 1.0]]}})
    return copy


@pytest.fixture(scope="module")
def blender() -> bytes:
    return model_of("blender")


def say(folder: Path, entry: dict[str, object]) -> None:
    card = json.loads((folder / CARD_FILE).read_text())
    (folder / CARD_FILE).write_text(json.dumps(card | entry))


def test_a_wet_dream_is_the_kernel_s_unless_that_is_not_wanted(folder: Path) -> None:
    strokes, starts, points = asked(*questions(20, 30, 6))
    with using("none"):
        ours = WetDream(folder, threads=1)
        assert open_wet_kernel(folder) is None and not ours.is_compiled
        without = ours.at(strokes, starts, points)
    plain, found = WetDream(folder, threads=1, compiled=False), WetDream(folder, threads=1)
    assert not plain.is_compiled and found.is_compiled
    for one, two, three in zip(
        without, plain.at(strokes, starts, points), found.at(strokes, starts, points), strict=True
    ):
        assert one.tobytes() == two.tobytes()
        assert (np.abs(one - three) > LARGEST_DIFFERENCE).mean() < 0.01
    assert without.weights.tobytes() != found.at(strokes, starts, points).weights.tobytes()
    # The card tells of other nodes than the network has: onnxruntime is asked, and says what is wrong.
    say(folder, {CARD_ENTRY: {"lanes": [0.0, 0.5], "rings": [[0.0, 1, 1.0]]}})
    assert not WetDream(folder, threads=1).is_compiled


def test_the_gradient_is_the_kernel_s_where_its_file_is(folder: Path) -> None:
    strokes, starts, points, _ = random_case(7)
    by = changes(points[None], 17, 11)
    (folder / WET_GRADIENT_FILE).write_bytes(b"for others")
    found = WetGradient(folder, threads=1).at(strokes, starts, points, WetPaint(*by))
    own = open_wet_kernel(folder)
    assert own is not None and found.tobytes() == own.vjp(strokes, starts, points, *by).tobytes()


def test_the_card_saves_asking(folder: Path, blender: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = wet_kernel_entry(blender)
    assert entry["wet_kernel"]["flags"] == [False, False]
    say(folder, entry)
    expected = open_wet_kernel(folder)
    monkeypatch.setattr(wet_kernel, "agreed", None)  # which must not be called now
    found = open_wet_kernel(folder)
    case = random_case(8)[:3]
    assert found is not None and expected is not None
    for one, other in zip(found.values(*case), expected.values(*case), strict=True):
        assert one.tobytes() == other.tobytes()


def test_a_network_that_does_something_else_with_its_weights_is_left_to_onnxruntime(folder: Path) -> None:
    import onnx

    model = onnx.load(folder / WET_FILE)
    (last,) = [node for node in model.graph.node if "carried" in node.output]
    last.op_type = "Add"  # instead of Sub
    onnx.save(model, folder / WET_FILE)
    assert packed_wet_weights((folder / WET_FILE).read_bytes()) is not None
    assert open_wet_kernel(folder) is None and not WetDream(folder).is_compiled


@pytest.mark.parametrize("content", [b"", b"no network", b"\x3a\xff", None])
def test_files_that_are_no_networks_have_no_kernel(folder: Path, content: bytes | None) -> None:
    (folder / WET_FILE).unlink()
    if content is not None:
        (folder / WET_FILE).write_bytes(content)
    assert open_wet_kernel(folder) is None
