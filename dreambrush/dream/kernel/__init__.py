"""A dream as the compiled kernel runs it: what onnxruntime answers, several times as fast."""
