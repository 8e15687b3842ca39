"""The world model: what one brush does, learned from its strokes.  torch lives here."""
