"""How good a painting is: its strokes as a painter would see them, its error, and how true the dream was."""
