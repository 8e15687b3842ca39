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
from dreambrush.painter.grow import Ideas, Memory
from dreambrush.painter.painting import Stage
from dreambrush.painter.plan import Position
from dreambrush.painter.refine import Descent
from dreambrush.painter.sketch import Sketch

FORMAT = 1
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
        except (ValueError, KeyError, TypeError, AttributeError, EOFError, RecursionError, MemoryError) as error:
            raise StrokesError(
                f"What dreambrush keeps of the unfinished painting cannot be read ({error or type(error).__name__}).",
                "Paint the picture anew, or use the version of dreambrush that began it.",
                id="unfinished-unreadable",
            ) from None

    @classmethod
    def _read(cls, file: io.BytesIO) -> Unfinished:
        record = json.loads(np.load(file, allow_pickle=False).tobytes().decode())
        if record["format"] != FORMAT:
            raise ValueError("it is of another version")
        arrays = {name: np.load(file, allow_pickle=False) for name in record["arrays"]}
        at = dict(record["at"])
        steps = at.pop("steps", None)
        place = Position(**at)
        sketch = _sketch(arrays, "sketch")
        if "before.strokes" in arrays:
            place.before = _sketch(arrays, "before")
        if steps is not None:
            descended = _sketch(arrays, "descended")
            others = {name: arrays[f"descent.{name}"] for name in ("mean", "square", "by_colour", "stiffness")}
            place.descent = replace(Descent.of(descended), steps=int(steps), **others)
        ideas = Ideas(*(arrays[f"ideas.{each.name}"] for each in fields(Ideas)))
        layer, names = arrays["layer"], tuple(record["names"])
        stages = tuple(Stage(**stage) for stage in record["stages"])
        whole = cls(
            sketch,
            record["rng"],
            Memory(arrays["canvas"], ideas, arrays["earned"]),
            place,
            names,
            layer,
            stages,
            float(record["spent"]),
        )
        if len(stages) > len(names) or not 0 <= whole.laid <= len(sketch) or (len(layer) and len(layer) > len(sketch)):
            raise ValueError("its strokes and layers do not fit together")
        return whole


def _columns(name: str, thing: Sketch | Ideas | Descent, but: tuple[str, ...] = ()) -> Arrays:
    return {f"{name}.{each.name}": getattr(thing, each.name) for each in fields(thing) if each.name not in but}


def _sketch(arrays: Arrays, name: str) -> Sketch:
    strokes, colours, brush = (arrays[f"{name}.{column}"] for column in ("strokes", "colours", "brush"))
    n = len(strokes)
    if strokes.shape != (n, 9) or colours.shape != (n, 3) or brush.shape != (n,) or brush.dtype.kind != "i":
        raise ValueError("its strokes have another shape")
    if not (np.isfinite(strokes).all() and np.isfinite(colours).all()):
        raise ValueError("its strokes are no numbers")
    return Sketch(strokes, colours, brush)
