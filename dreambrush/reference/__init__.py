"""What is taken from a reference: the strokes that a painting can be painted with, and the brush that suits it."""
