"""Opens trained networks, which may come from strangers.

ONNX is a fixed set of arithmetic: it cannot run code, and it runs on the CPU only, without plug-ins.  The one way
out of its file, tensors that are kept in other files, is closed here.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dreambrush.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime

RETRAIN = "Train it again with: dreambrush train"

KEPT = 32  # networks; to open one takes a tenth of a second, and a folder of pictures needs the same ones again

ELSEWHERE = b"location"
"""The key by which a tensor names the file that has its numbers (onnx.proto, TensorProto.external_data)."""


def open_network(
    path: Path, inputs: tuple[str, ...], outputs: tuple[str, ...], threads: int = 0
) -> onnxruntime.InferenceSession:
    """An ONNX file, ready to run on the CPU; while it stays the same it is opened once for all paintings.

    Args:
        path: the file; no other is read.
        inputs: names that its inputs must have, in this order.
        outputs: likewise.
        threads: for onnxruntime; 0 lets it take all cores.

    Raises:
        ModelError: it is missing, broken, another network, or refers to other files.
    """
    try:
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


def _unusable(name: str, reason: str) -> ModelError:
    return ModelError(f"The network {name} cannot be loaded: {reason.rstrip('.')}.", RETRAIN, id="network-unusable")
