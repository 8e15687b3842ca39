"""The thickness of paint, and the light that falls on it."""
