"""All strokes together: what they make of a canvas, and gradient descent through that."""
