"""The only place where strokes reach the engine."""
