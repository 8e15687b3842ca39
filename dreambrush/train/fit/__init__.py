"""Fits a dream to strokes: what it sees of them, its network, and how far it errs."""
