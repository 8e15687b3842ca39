"""Seeing: the picture, what lies under the paint, where people look, and which way the form runs."""
