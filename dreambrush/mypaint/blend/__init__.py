"""Merges layers with MyPaint's own arithmetic."""
