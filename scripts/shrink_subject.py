"""Makes ``pretrained/subject/subject.onnx`` from u2netp.onnx, as its card says: half as large, the same masks.

Run ``python scripts/shrink_subject.py u2netp.onnx pretrained/subject/subject.onnx``; it needs numpy, onnx and
onnxruntime.  Only the mask that is fused from all depths is kept, sizes are computed once, and weights are 16-bit whole
numbers times a scale of each filter, which are nearer to the weights than 16-bit floats.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

LARGEST = 2**15 - 1  # of the whole numbers
OPSET = 11


def folded(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network with all that is constant computed."""
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(Path(folder) / "folded.onnx")
        onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return onnx.load(options.optimized_model_filepath)


def shrink(model: onnx.ModelProto) -> onnx.ModelProto:
    """A network with one input and, of several outputs, the first."""
    del model.graph.output[1:]
    model = folded(model)
    graph = model.graph
    for tensor in [each for each in graph.initializer if len(each.dims) == 4]:
        weights, name = numpy_helper.to_array(tensor), tensor.name
        scale = (np.abs(weights).max((1, 2, 3), keepdims=True) / LARGEST).astype(np.float32)
        whole = np.rint(weights / scale).astype(np.int16)
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(whole, f"{name}_whole"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
        graph.node.insert(0, helper.make_node("Mul", [f"{name}_float", f"{name}_scale"], [name]))
        graph.node.insert(0, helper.make_node("Cast", [f"{name}_whole"], [f"{name}_float"], to=TensorProto.FLOAT))
    names = {graph.input[0].name: "picture", graph.output[0].name: "mask"}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    graph.input[0].name, graph.output[0].name = "picture", "mask"
    del graph.value_info[:], model.opset_import[:]
    model.opset_import.append(helper.make_opsetid("", OPSET))
    onnx.checker.check_model(model, full_check=True)
    return model


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python scripts/shrink_subject.py U2NETP.onnx OUT.onnx")
    onnx.save(shrink(onnx.load(sys.argv[1])), sys.argv[2])
