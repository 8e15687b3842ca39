"""Layers merged with MyPaint's own arithmetic."""
