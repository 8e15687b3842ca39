"""Checkpoints: a state of a painting as bytes, from which painting goes on to the very same end.

The bytes are .npy arrays, one after the other.  The first is a JSON object as uint8; it names the others, in order.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambrush.bezier import NUMBERS, PATH
from dreambrush.errors import StrokesError
from dreambrush.files.json_text import read_json
from dreambrush.painter.painting import LaidLayer
from dreambrush.painter.plan.state import Earlier, PlanStep, State
from dreambrush.painter.propose.candidates import Belief, Candidates
from dreambrush.painter.refine.adam import Adam
from dreambrush.painter.refine.descent import Descent
from dreambrush.painter.sketch import Sketch
from dreambrush.painter.studio import Studio

FORMAT = 2  # of version 0.2; those of 0.1 are refused
FARTHEST = 1e6  # pixels, as of strokes
FARTHEST_OF_SIZE = 10  # no number of a stroke exceeds so many times width plus height
MOST_STEPS, MOST_NAMES = 1_000_000, 100  # far more than there are
MEAN_BY_ROOT = 2.0  # greatest mean over root of the mean square; with Adam's memories it stays below 1.7
LONGEST = 86400.0  # seconds that a painting may take
Arrays = dict[str, NDArray[Any]]


def write_state(state: State) -> bytes:
    """Writes all of a state but what is shown of it."""
    belief = state.belief
    arrays: Arrays = {
        **_columns("sketch", state.sketch),
        **_columns("candidates", belief.candidates),
        "canvas": belief.canvas,
        "earned": belief.earned,
        "layer": state.layer,
    }
    earlier = state.earlier
    if earlier.stages:
        arrays |= {**_columns("earlier", earlier.sketch), "earlier.layer": earlier.layer}
    step = {each.name: getattr(state.step, each.name) for each in fields(PlanStep)}
    before, descent = step.pop("before"), step.pop("descent")
    if not step["shaped"]:
        del step["shaped"]  # so that earlier versions can read it
    if before is not None:
        arrays |= _columns("before", before)
    if descent is not None:
        arrays |= _columns("descended", descent.sketch)
        arrays |= {f"descent.{name}": array for name, array in _descent_arrays(descent).items()}
        step["steps"] = descent.steps
    record = {
        "format": FORMAT,
        "rng": state.rng,
        "step": step,
        "layers": state.layers,
        "laid_layers": [asdict(each) for each in state.laid_layers],
        "spent": state.spent,
        "arrays": list(arrays),
    }
    if earlier.stages:
        record["earlier"] = {
            "stages": earlier.stages,
            "layers": earlier.layers,
            "laid_layers": [asdict(each) for each in earlier.laid_layers],
            "spent": earlier.spent,
        }
    file = io.BytesIO()
    for array in (np.frombuffer(json.dumps(record).encode(), np.uint8), *arrays.values()):
        np.save(file, array, allow_pickle=False)
    return file.getvalue()


def read_state(data: bytes, studio: Studio | None = None) -> State:
    """Reads what :func:`write_state` gave.

    Args:
        data: bytes from a file, which a stranger may have written.
        studio: where the picture is painted; the state must fit it.  The studio goes on to the state's stage.

    Raises:
        StrokesError: it is broken, of another version, or of another painting.
    """
    try:
        state = _read(io.BytesIO(data))
    except Exception as error:  # a stranger's bytes may fail in any way, and numpy raises almost anything
        reason = str(error)[:200] or type(error).__name__
        raise StrokesError(
            f"The unfinished painting cannot be read ({reason}).",
            "Paint the picture again, or use the version of dreambrush that started it.",
            id="unfinished-unreadable",
        ) from None
    if studio is not None:
        _check_earlier(state.earlier, studio)
        studio.go_on_after(state.earlier)
        _check_of(state, studio)
    return state


def _read(file: io.BytesIO) -> State:
    record = read_json(np.load(file, allow_pickle=False).tobytes())
    if record["format"] != FORMAT:
        raise ValueError("it is of another version")
    arrays = {name: np.load(file, allow_pickle=False) for name in record["arrays"]}
    told = dict(record["step"])
    steps = told.pop("steps", None)
    step = _plan_step(told)
    if "before.strokes" in arrays:
        step = replace(step, before=_sketch(arrays, "before"))
    if steps is not None:
        step = replace(step, descent=_descent(_sketch(arrays, "descended"), arrays, _count(steps)))
    candidates = Candidates(*(arrays[f"candidates.{each.name}"] for each in fields(Candidates)))
    n = len(candidates)
    columns: Arrays = {
        "strokes": candidates.strokes,
        "colours": np.zeros((n, 3), np.float32),
        "brush": candidates.brush,
    }
    _sketch({f"candidates.{name}": column for name, column in columns.items()}, "candidates")
    _check(candidates.size, (n,), np.int64)
    _check(candidates.gain, (n,), np.float32)
    _check(candidates.score, (n,), np.float32)
    _check(arrays["canvas"], (len(arrays["canvas"]), 3), np.float32)
    _check(arrays["earned"], (len(arrays["earned"]),), np.float64)
    layer, layers = arrays["layer"], tuple(record["layers"])
    _check(layer, (len(layer),), np.int64)
    state = State(
        sketch=_sketch(arrays, "sketch"),
        step=step,
        belief=Belief(arrays["canvas"], candidates, arrays["earned"]),
        rng=_rng_state(record["rng"]),
        layers=layers,
        layer=layer,
        laid_layers=tuple(_laid_layer(each) for each in record["laid_layers"]),
        spent=_seconds(record["spent"]),
        earlier=_earlier(record["earlier"], arrays) if "earlier" in record else Earlier(),
    )
    _check_layers(layer, layers)
    count, laid = len(state.sketch), len(state.laid_layers)
    if laid > len(layers) or not 0 <= state.laid <= count or (len(layer) and len(layer) > count):
        raise ValueError("its strokes and layers do not fit together")
    return state


def _earlier(record: dict[str, Any], arrays: Arrays) -> Earlier:
    """Checks and makes what earlier stages have laid."""
    sketch, layer, layers = _sketch(arrays, "earlier"), arrays["earlier.layer"], tuple(record["layers"])
    _check(layer, (len(sketch),), np.int64)
    _check_layers(layer, layers)
    laid = tuple(_laid_layer(each) for each in record["laid_layers"])
    stages = _count(record["stages"])
    if not max(len(laid), len(layers), 1) <= stages or sum(each.strokes for each in laid) != len(sketch):
        raise ValueError("its strokes and stages do not fit together")
    return Earlier(stages, sketch, layers, layer, laid, _seconds(record["spent"]))


def _check_layers(layer: NDArray[Any], layers: tuple[Any, ...]) -> None:
    """Checks the layer (k,) of each stroke, and the names of the layers."""
    if not all(isinstance(name, str) for name in layers) or len(layers) > MOST_NAMES:
        raise ValueError("its layers have no names")
    if len(layer) and (layer[0] < 0 or layer[-1] >= len(layers) or (np.diff(layer) < 0).any()):
        raise ValueError("its strokes are on layers that are not there")


def _seconds(number: Any) -> float:
    return min(max(float(number), 0.0), LONGEST)


def _check_earlier(earlier: Earlier, studio: Studio) -> None:
    """Checks that what earlier stages have laid can be of this painting, before it is laid again.

    Raises:
        StrokesError: it cannot.
    """
    asked, sketch = studio.whole.asked, earlier.sketch
    farthest = FARTHEST_OF_SIZE * sum(studio.whole.target.size)
    if (
        earlier.stages >= studio.stages
        or len(sketch) > asked.strokes
        or (len(sketch) and (np.abs(sketch.strokes).max() > farthest or sketch.brush.max() >= len(asked.brushes)))
    ):
        raise StrokesError(
            "The unfinished painting has other stages.", "Paint the picture again.", id="unfinished-unreadable"
        )


def _check_of(state: State, studio: Studio) -> None:
    """Checks that a state fits the picture that is painted.

    Raises:
        StrokesError: it cannot.
    """
    known = studio.known
    strokes, belief = known.asked.strokes, state.belief
    if belief.canvas.shape != known.coarse.target.shape or len(state.sketch) > strokes:
        raise StrokesError(
            "The unfinished painting is of another picture.",
            "Paint the picture again.",
            id="unfinished-unreadable",
        )
    descent = state.step.descent
    others = [each for each in (state.step.before, None if descent is None else descent.sketch) if each is not None]
    candidates, sketches = belief.candidates, [state.sketch, *others]
    rows = [candidates.strokes, *(each.strokes for each in sketches)]
    brushes = [candidates.brush, *(each.brush for each in sketches)]
    farthest = FARTHEST_OF_SIZE * sum(known.target.size)
    if (
        any(len(sketch) > strokes for sketch in others)
        or any(len(each) and np.abs(each).max() > farthest for each in rows)
        or any(len(each) and each.max() >= len(known.asked.brushes) for each in brushes)
        or not studio.planner.grower.fits(belief)
    ):
        raise StrokesError(
            "The parts of the unfinished painting do not fit together.",
            "Paint the picture again.",
            id="unfinished-unreadable",
        )


def _descent_arrays(descent: Descent) -> Arrays:
    adam = descent.adam
    return {
        "mean": adam.mean,
        "square": adam.square,
        "grad_colour": descent.grad_colour,
        "curvature": descent.curvature,
    }


def _descent(sketch: Sketch, arrays: Arrays, steps: int) -> Descent:
    found = {}
    for name, fresh in _descent_arrays(Descent.of(sketch)).items():
        found[name] = arrays[f"descent.{name}"]
        _check(found[name], fresh.shape, np.float32)
    if (np.abs(found["mean"]) > MEAN_BY_ROOT * np.sqrt(np.maximum(found["square"], 0)) + 1e-6).any():
        raise ValueError("its optimiser state is impossible")
    return Descent(sketch, Adam(found["mean"], found["square"], steps), found["grad_colour"], found["curvature"])


def _rng_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """Checks the state of a random generator; one with an even increment would repeat itself for ever."""
    try:
        inner = state["state"]
        numbers = {name: int(inner[name]) for name in ("state", "inc")}
        rest = {name: int(state[name]) for name in ("has_uint32", "uinteger")}
        if numbers["inc"] % 2 and all(0 <= number < 1 << 128 for number in numbers.values()):
            found = {"bit_generator": str(state["bit_generator"]), "state": numbers, **rest}
            np.random.default_rng().bit_generator.state = found
            return found
    except (ValueError, TypeError, KeyError, OverflowError):
        pass
    raise ValueError("its random numbers are unusable")


def _columns(name: str, thing: Sketch | Candidates) -> Arrays:
    return {f"{name}.{each.name}": getattr(thing, each.name) for each in fields(thing)}


def _sketch(arrays: Arrays, name: str) -> Sketch:
    strokes, colours, brush = (arrays[f"{name}.{column}"] for column in ("strokes", "colours", "brush"))
    n = len(strokes)
    _check(strokes, (n, NUMBERS), np.float32)
    _check(colours, (n, 3), np.float32)
    _check(brush, (n,), np.int64)
    if n and (np.abs(strokes).max() > FARTHEST or strokes[:, PATH.stop :].min() < 0 or brush.min() < 0):
        raise ValueError("its strokes are out of range")
    return Sketch(strokes, colours, brush)


def _check(array: NDArray[Any], shape: tuple[int, ...], dtype: type[np.generic]) -> None:
    """Checks that an array has that shape and type, and finite numbers."""
    if array.shape != shape or array.dtype != dtype:
        raise ValueError("its arrays have another shape or type")
    if not np.isfinite(array).all():
        raise ValueError("its arrays hold values that are not numbers")


def _plan_step(record: dict[str, Any]) -> PlanStep:
    """Checks and makes the step of the plan, without its arrays."""
    plain = PlanStep()
    for name, value in record.items():
        if type(value) is not type(getattr(plain, name)) and not (name == "before_mse" and isinstance(value, int)):
            raise ValueError(f"its {name:.40} is of another kind")
        if not isinstance(value, bool) and not 0 <= value <= MOST_STEPS:
            raise ValueError(f"its {name:.40} is out of range")
    return PlanStep(**record)


def _laid_layer(record: dict[str, Any]) -> LaidLayer:
    layer = LaidLayer(**record)
    mse = (layer.dreamed_mse, layer.mse)
    if not isinstance(layer.name, str) or not all(isinstance(each, float | int) and 0 <= each < 9 for each in mse):
        raise ValueError("a layer is unusable")
    return replace(layer, strokes=_count(layer.strokes))


def _count(number: Any) -> int:
    if not isinstance(number, int) or not 0 <= number <= MOST_STEPS:
        raise ValueError("a number is out of range")
    return number
