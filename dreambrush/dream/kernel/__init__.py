"""The dream as compiled code: what onnxruntime answers, several times as fast.  Painting works without it, too."""
