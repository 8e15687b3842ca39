"""Dreams in ONNX: weights and their shapes, operators, attributes, wiring."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np

from tests.fuzz.base import Base
from tests.fuzz.commands import Command
from tests.fuzz.mutations import mutated_array

WEIGHT = 1000
OPERATORS = (
    "Loop",
    "If",
    "Scan",
    "Add",
    "MatMul",
    "Expand",
    "Range",
    "ConstantOfShape",
    "Gather",
    "ReduceSum",
    "Tile",
    "Xyz",
)


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    import onnx

    name = rng.choice(("dream.onnx", "dream.onnx", "gradient.onnx"))
    model = onnx.load_model_from_string((base.folder / name).read_bytes())
    for _ in range(rng.choice((1, 1, 2, 4))):
        _change(rng, model, onnx)
    model_folder = folder / "model"
    model_folder.mkdir()
    for file in ("card.json", "dream.onnx", "gradient.onnx"):
        (model_folder / file).write_bytes((base.folder / file).read_bytes())
    (model_folder / name).write_bytes(model.SerializeToString())

    def call() -> None:
        from dreambrush.dream.dream import Dream
        from dreambrush.dream.gradient import DreamGradient

        random_numbers = np.random.default_rng(0)
        strokes = random_numbers.uniform(0.1, 20, (4, 9)).astype(np.float32)
        strokes[:, 6:8] = 0.5
        points = random_numbers.uniform(0, 20, (4, 16, 2)).astype(np.float32)
        mean, _ = Dream(model_folder, threads=1)(strokes, points)
        DreamGradient(model_folder, threads=1)(strokes, points, mean, mean)

    return call


def _change(rng: random.Random, model: Any, onnx: Any) -> None:
    graph, kind = model.graph, rng.random()
    if kind < 0.5 and len(graph.initializer):
        place = rng.randrange(len(graph.initializer))
        tensor = graph.initializer[place]
        if kind < 0.4:
            array = mutated_array(rng, onnx.numpy_helper.to_array(tensor))
            try:
                graph.initializer[place].CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))
            except (TypeError, ValueError, KeyError):
                tensor.raw_data = b""
        elif tensor.dims:
            tensor.dims[rng.randrange(len(tensor.dims))] = rng.choice((0, -1, 1, 7, 10**6, 2**40, 2**63 - 1))
        return
    node = rng.choice(graph.node)
    if kind < 0.65:
        node.op_type = rng.choice(OPERATORS)
    elif kind < 0.75 and node.input:
        node.input[rng.randrange(len(node.input))] = rng.choice(
            [*(each.name for each in graph.initializer), "", "strokes", "x"]
        )
    elif kind < 0.85 and node.attribute:
        attribute = rng.choice(node.attribute)
        attribute.i = rng.choice((-1, 0, 5, 2**40, -(2**62)))
        attribute.f = rng.choice((float("nan"), 1e30, -1.0))
    elif kind < 0.9:
        graph.node.remove(node)
    elif kind < 0.95:
        value = rng.choice([*graph.input, *graph.output])
        value.type.tensor_type.shape.dim.add().dim_value = rng.choice((0, 1, 3, 2**40))
    else:
        model.ir_version = rng.choice((0, 1, 99, 10**9))
        model.opset_import[0].version = rng.choice((0, 1, 7, 99, 10**9))
