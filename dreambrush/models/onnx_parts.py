"""What an ONNX file is made of, found out without running any of it.

ONNX can loop: a network of a stranger could compute for ever.  Here the file, a message of Protocol Buffers, is only
taken apart as far as the names of its operators, and the numbers
that it holds.  Sources: onnx.proto of ONNX 1.16 (the numbers of the fields), and
https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from dreambrush.arrays import Float32

GRAPH, FUNCTIONS = 7, 25  # fields of a ModelProto
NODE, INITIALISER = 1, 5  # of a GraphProto
DIMENSIONS, TYPE, NAME, RAW_DATA = 1, 2, 8, 9  # of a TensorProto
FLOAT = 1  # a type
OPERATOR, ATTRIBUTE, DOMAIN = 4, 5, 7  # of a NodeProto
SUBGRAPH, SUBGRAPHS = 6, 11  # of an AttributeProto

# Those of the networks that dreambrush makes and brings along, and near relatives that newer versions of torch might
# write instead.  None of them repeats anything.
_NAMES = """
Abs Add And ArgMax ArgMin BatchNormalization Cast CastLike Ceil Clip Concat Constant ConstantOfShape Conv CumSum
Div Dropout Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gelu Gemm GlobalAveragePool Greater
GreaterOrEqual HardSigmoid HardSwish Identity LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul
Max MaxPool Min Mod Mul Neg Not Or PRelu Pad Pow Range Reciprocal ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin
ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round ScatterElements ScatterND Shape Sigmoid Sign Sin Cos
Slice Softmax Softplus Split Sqrt Squeeze Sub Sum Tanh Tile TopK Transpose Trilu Unsqueeze Where Xor
"""
OPERATORS = frozenset(_NAMES.split())


def why_not(model: bytes) -> str:
    """Why a model must not be run, from its operators; "" if nothing speaks against it.

    Raises:
        ValueError: it is no message.
    """
    for field, part in _fields(model):
        if field == FUNCTIONS:
            return "it defines operators of its own"
        if field == GRAPH:
            for kind, node in _fields(_message(part)):
                reason = _why_not(_message(node)) if kind == NODE else ""
                if reason:
                    return reason
    return ""


def _why_not(node: bytes) -> str:
    for field, part in _fields(node):
        if field == OPERATOR and (name := _message(part).decode("utf-8", "replace")) not in OPERATORS:
            return f"it has the operator {name[:40]!r}, which networks of dreambrush do not have"
        if field == DOMAIN and _message(part) not in (b"", b"ai.onnx"):
            return "it has operators that are not ONNX's own"
        if field == ATTRIBUTE and {SUBGRAPH, SUBGRAPHS} & {kind for kind, _ in _fields(_message(part))}:
            return "it has networks within it"
    return ""


def float_tensors(model: bytes) -> dict[str, Float32]:
    """The constant tensors of a model by name: all float32 ones whose numbers are kept as raw bytes.

    Raises:
        ValueError: it is no message, or a tensor has another number of bytes than its shape says.
    """
    found = {}
    for field, part in _fields(model):
        if field == GRAPH:
            for kind, tensor in _fields(_message(part)):
                if kind == INITIALISER:
                    name, values = _tensor(_message(tensor))
                    if values is not None:
                        found[name] = values
    return found


def _tensor(message: bytes) -> tuple[str, Float32 | None]:
    """Name and numbers of a tensor; None if it is of another kind."""
    shape: list[int] = []
    name, raw, kind = "", None, 0
    for field, part in _fields(message):
        if field == DIMENSIONS:
            shape += [part] if isinstance(part, int) else list(_numbers(part))
        elif field == TYPE and isinstance(part, int):
            kind = part
        elif field == NAME:
            name = _message(part).decode("utf-8", "replace")
        elif field == RAW_DATA:
            raw = _message(part)
    if raw is None or kind != FLOAT:
        return name, None
    if len(raw) != 4 * math.prod(shape):
        raise ValueError("it is not ONNX")
    return name, np.frombuffer(raw, "<f4").astype(np.float32).reshape(shape)


def _numbers(packed: bytes) -> Iterator[int]:
    at = 0
    while at < len(packed):
        value, at = _number(packed, at)
        yield value


def _fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Number and content of each field: bytes, or a whole number."""
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _number(message, at)
            yield key >> 3, value
            continue
        if kind == 2:
            length, at = _number(message, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError("it is not ONNX")
        if at + length > len(message):
            raise ValueError("it is cut off")
        yield key >> 3, message[at : at + length]
        at += length


def _number(message: bytes, at: int) -> tuple[int, int]:
    """Reads a number of seven bits a byte; also where it ends."""
    value = 0
    for place in range(10):
        if at >= len(message):
            raise ValueError("it is cut off")
        value |= (message[at] & 127) << 7 * place
        at += 1
        if message[at - 1] < 128:
            return value, at
    raise ValueError("it is not ONNX")


def _message(part: bytes | int) -> bytes:
    if isinstance(part, int):
        raise ValueError("it is not ONNX")
    return part
