"""Painting: look, propose, dream, choose, paint for real, look again.  numpy and onnxruntime only."""
