"""Makes ONNX of what was trained, and checks that it answers alike."""
