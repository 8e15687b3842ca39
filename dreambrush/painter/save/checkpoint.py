"""A moment of a painting, from which it can go on to the very same end; as bytes, so that it can be kept in a file.

The bytes are a JSON object as an .npy array of uint8, and after it the .npy arrays that it names, in its order.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambrush.errors import StrokesError
from dreambrush.files.json_text import read_json
from dreambrush.painter.painting import Stage
from dreambrush.painter.plan.planner import Position
from dreambrush.painter.propose.grow import Candidates, Memory
from dreambrush.painter.refine.optimiser import Descent
from dreambrush.painter.sketch import Sketch

FORMAT = 1
FARTHEST = 1e6  # pixels, as of strokes
MOST_STEPS, MOST_NAMES = 1_000_000, 100  # far more than there are
SLOPE_BY_ROOT = 2.0  # a mean by the root of that of the squares; with Adam's memories it stays below 1.7
LONGEST = 86400.0  # seconds, of a painting
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Unfinished:
    """A painting in the making, between two moments of thought.

    Attributes:
        sketch: all strokes so far, laid or not.
        rng: state of the generator of numbers.
        memory: of the grower.
        at: how far the plan is.
        names: of the layers; none while no paint is laid.
        layer: (k,) on which of them each stroke of the plan goes; likewise.
        stages: that are finished.
        spent: seconds.
    """

    sketch: Sketch
    rng: Mapping[str, Any]
    memory: Memory
    at: Position
    names: tuple[str, ...]
    layer: NDArray[np.int64]
    stages: tuple[Stage, ...]
    spent: float

    @property
    def laid(self) -> int:
        """How many strokes are laid."""
        return sum(stage.strokes for stage in self.stages)

    def to_bytes(self) -> bytes:
        """All of it."""
        arrays: Arrays = {
            **_columns("sketch", self.sketch),
            **_columns("ideas", self.memory.ideas),
            "canvas": self.memory.canvas,
            "earned": self.memory.earned,
            "layer": self.layer,
        }
        at = {each.name: getattr(self.at, each.name) for each in fields(Position)}
        before, descent = at.pop("before"), at.pop("descent")
        if before is not None:
            arrays |= _columns("before", before)
        if descent is not None:
            arrays |= _columns("descent", descent, but=("steps", "sketch")) | _columns("descended", descent.sketch)
            at["steps"] = descent.steps
        record = {
            "format": FORMAT,
            "rng": self.rng,
            "at": at,
            "names": self.names,
            "stages": [asdict(stage) for stage in self.stages],
            "spent": self.spent,
            "arrays": list(arrays),
        }
        file = io.BytesIO()
        for array in (np.frombuffer(json.dumps(record).encode(), np.uint8), *arrays.values()):
            np.save(file, array, allow_pickle=False)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Unfinished:
        """From what :meth:`to_bytes` gave.

        Raises:
            StrokesError: it is broken, or of another version.
        """
        try:
            return cls._read(io.BytesIO(data))
        except Exception as error:  # what strangers write may fail in any way, and numpy raises almost anything
            reason = str(error)[:200] or type(error).__name__
            raise StrokesError(
                f"What dreambrush keeps of the unfinished painting cannot be read ({reason}).",
                "Paint the picture anew, or use the version of dreambrush that began it.",
                id="unfinished-unreadable",
            ) from None

    @classmethod
    def _read(cls, file: io.BytesIO) -> Unfinished:
        record = read_json(np.load(file, allow_pickle=False).tobytes())
        if record["format"] != FORMAT:
            raise ValueError("it is of another version")
        arrays = {name: np.load(file, allow_pickle=False) for name in record["arrays"]}
        at = dict(record["at"])
        steps = at.pop("steps", None)
        place = _position(at)
        sketch = _sketch(arrays, "sketch")
        if "before.strokes" in arrays:
            place.before = _sketch(arrays, "before")
        if steps is not None:
            descended = _sketch(arrays, "descended")
            others = {name: arrays[f"descent.{name}"] for name in ("mean", "square", "by_colour", "stiffness")}
            fresh = Descent.of(descended)
            for name, others_name in ((name, others[name]) for name in others):
                _check(others_name, getattr(fresh, name).shape, np.float32)
            if (np.abs(others["mean"]) > SLOPE_BY_ROOT * np.sqrt(np.maximum(others["square"], 0)) + 1e-6).any():
                raise ValueError("its descent is none that there can be")
            place.descent = replace(fresh, steps=_count(steps), **others)
        ideas = Candidates(*(arrays[f"ideas.{each.name}"] for each in fields(Candidates)))
        n = len(ideas)
        _sketch({"x.strokes": ideas.strokes, "x.colours": np.zeros((n, 3), np.float32), "x.brush": ideas.brush}, "x")
        _check(ideas.size, (n,), np.int64)
        _check(ideas.gain, (n,), np.float32)
        _check(ideas.score, (n,), np.float32)
        _check(arrays["canvas"], (len(arrays["canvas"]), 3), np.float32)
        _check(arrays["earned"], (len(arrays["earned"]),), np.float64)
        layer, names = arrays["layer"], tuple(record["names"])
        _check(layer, (len(layer),), np.int64)
        stages = tuple(_stage(stage) for stage in record["stages"])
        whole = cls(
            sketch,
            record["rng"],
            Memory(arrays["canvas"], ideas, arrays["earned"]),
            place,
            names,
            layer,
            stages,
            min(max(float(record["spent"]), 0.0), LONGEST),
        )
        if not all(isinstance(name, str) for name in names) or len(names) > MOST_NAMES:
            raise ValueError("its layers have no names")
        if len(layer) and (layer[0] < 0 or layer[-1] >= len(names) or (np.diff(layer) < 0).any()):
            raise ValueError("its strokes are on layers that are not there")
        if len(stages) > len(names) or not 0 <= whole.laid <= len(sketch) or (len(layer) and len(layer) > len(sketch)):
            raise ValueError("its strokes and layers do not fit together")
        return whole


def _columns(name: str, thing: Sketch | Candidates | Descent, but: tuple[str, ...] = ()) -> Arrays:
    return {f"{name}.{each.name}": getattr(thing, each.name) for each in fields(thing) if each.name not in but}


def _sketch(arrays: Arrays, name: str) -> Sketch:
    strokes, colours, brush = (arrays[f"{name}.{column}"] for column in ("strokes", "colours", "brush"))
    n = len(strokes)
    _check(strokes, (n, 9), np.float32)
    _check(colours, (n, 3), np.float32)
    _check(brush, (n,), np.int64)
    if n and (np.abs(strokes).max() > FARTHEST or strokes[:, 6:].min() < 0 or brush.min() < 0):
        raise ValueError("its strokes are beyond all bounds")
    return Sketch(strokes, colours, brush)


def _check(array: NDArray[Any], shape: tuple[int, ...], dtype: type[np.generic]) -> None:
    """Settles whether an array has that shape and type, and finite numbers."""
    if array.shape != shape or array.dtype != dtype:
        raise ValueError("its arrays have another shape or type")
    if not np.isfinite(array).all():
        raise ValueError("its arrays hold what is no number")


def _position(record: dict[str, Any]) -> Position:
    """How far the plan is, but for what arrays tell."""
    plain = Position()
    for name, value in record.items():
        if type(value) is not type(getattr(plain, name)) and not (name == "before_mse" and isinstance(value, int)):
            raise ValueError(f"its {name:.40} is of another kind")
        if not isinstance(value, bool) and not 0 <= value <= MOST_STEPS:
            raise ValueError(f"its {name:.40} is out of range")
    return Position(**record)


def _stage(record: dict[str, Any]) -> Stage:
    stage = Stage(**record)
    mse = (stage.dreamed_mse, stage.mse)
    if not isinstance(stage.name, str) or not all(isinstance(each, float | int) and 0 <= each < 9 for each in mse):
        raise ValueError("a stage is none")
    return replace(stage, strokes=_count(stage.strokes))


def _count(number: Any) -> int:
    if not isinstance(number, int) or not 0 <= number <= MOST_STEPS:
        raise ValueError("a number is out of range")
    return number
