"""The world model while painting: what one brush does, and its gradient.  numpy and onnxruntime only."""
