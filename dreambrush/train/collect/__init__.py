"""Random strokes, painted by libmypaint: what a dream learns from.  No torch."""
