"""Trained brushes: their names, their files, their networks."""
