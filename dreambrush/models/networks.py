"""Opens trained networks, which may come from strangers.

ONNX is a fixed set of arithmetic: it cannot run code, and it runs on the CPU only, without plug-ins.  The one way
out of its file, tensors that are kept in other files, is closed here.  Nor can it compute for ever: operators that
repeat others are refused, and what it answers is checked before it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.errors import ModelError
from dreambrush.models.onnx_parts import why_not

if TYPE_CHECKING:
    import onnxruntime

RETRAIN = "Train it again with: dreambrush train"

KEPT = 32  # networks; to open one takes a tenth of a second, and a folder of pictures needs the same ones again
LARGEST_ANSWER = np.float32(1e9)
LARGEST_MODEL = 1 << 28  # bytes
Shape = tuple[int, ...]

ELSEWHERE = b"location"
"""The key by which a tensor names the file that has its numbers (onnx.proto, TensorProto.external_data)."""


def open_network(
    path: Path, inputs: tuple[str, ...], outputs: tuple[str, ...], threads: int = 0
) -> onnxruntime.InferenceSession:
    """Opens an ONNX file to run on the CPU.  While the file stays the same, it is opened once for all paintings.

    Args:
        path: the file; no other is read.
        inputs: names that its inputs must have, in this order.
        outputs: names that its outputs must have, in this order.
        threads: number of onnxruntime's threads; 0 takes all cores.

    Raises:
        ModelError: it is missing, broken, another network, or refers to other files.
    """
    try:
        if path.exists() and not path.is_file():
            raise ModelError(f"The network {path} is not a regular file.", RETRAIN, id="network-unusable")
        if path.stat().st_size > LARGEST_MODEL:
            raise ModelError(
                f"The network {path} is larger than {LARGEST_MODEL >> 20} MiB.", RETRAIN, id="network-unusable"
            )
        model = path.read_bytes()
    except OSError as error:
        raise _unusable(str(path), error.strerror or "it cannot be read") from None
    return _kept(model, str(path), inputs, outputs, threads)


def load_network(
    model: bytes, name: str, inputs: tuple[str, ...], outputs: tuple[str, ...], threads: int = 0
) -> onnxruntime.InferenceSession:
    """As :func:`open_network`, from the file's bytes; ``name`` is what error messages call it."""
    import onnxruntime

    if ELSEWHERE in model:
        raise _unusable(name, "it refers to other files")
    if model[4:8] == b"ORTM":  # onnxruntime's own format, which it would accept as well
        raise _unusable(name, "it is not ONNX")
    try:
        reason = why_not(model)
    except ValueError as error:
        reason = str(error)
    if reason:
        raise _unusable(name, reason)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has many kinds, all of which mean a broken file
        raise _unusable(name, (str(error).splitlines() or ["no reason given"])[0]) from None
    found = tuple(each.name for each in session.get_inputs()), tuple(each.name for each in session.get_outputs())
    if found != (inputs, outputs):
        raise _unusable(name, "it is another network")
    return session


@lru_cache(KEPT)
def _kept(
    model: bytes, name: str, inputs: tuple[str, ...], outputs: tuple[str, ...], threads: int
) -> onnxruntime.InferenceSession:
    return load_network(model, name, inputs, outputs, threads)


def ask(
    session: onnxruntime.InferenceSession, name: str, inputs: Mapping[str, Any], shapes: Mapping[str, Shape]
) -> list[Float32]:
    """Asks a network, and checks the answer, for a stranger's network may answer anything.

    Args:
        session: session of the network.
        name: name of the network in error messages.
        inputs: arrays that it is asked with, by name.
        shapes: shapes that the wanted outputs must have, by name.

    Returns:
        float32 numbers of these shapes, -1e9..1e9; what is no number is 0.

    Raises:
        ModelError: it fails, or answers with other shapes.
    """
    try:
        answers = session.run(list(shapes), inputs)
    except Exception as error:  # onnxruntime has many kinds, all of which mean a broken file
        reason = (str(error).splitlines() or ["no reason given"])[0]
        raise ModelError(f"The network {name} cannot be run: {reason[:200]}.", RETRAIN, id="network-unusable") from None
    found = [np.asarray(answer) for answer in answers]
    if [(each.shape, each.dtype) for each in found] != [(shape, np.dtype(np.float32)) for shape in shapes.values()]:
        raise ModelError(f"The network {name} gives other arrays than a dream does.", RETRAIN, id="network-unusable")
    return [bounded(each) for each in found]


def bounded(answer: Float32) -> Float32:
    """Numbers of any shape brought to -1e9..1e9; what is no number or infinite becomes 0."""
    # The maximum of an array with NaN is NaN, for which no comparison holds.
    if not answer.size or np.abs(answer).max() <= LARGEST_ANSWER:
        return answer
    return np.clip(np.nan_to_num(answer, nan=0, posinf=0, neginf=0), -LARGEST_ANSWER, LARGEST_ANSWER)


def _unusable(name: str, reason: str) -> ModelError:
    return ModelError(f"The network {name} cannot be loaded: {reason.rstrip('.')}.", RETRAIN, id="network-unusable")
