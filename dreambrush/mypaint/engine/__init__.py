"""libmypaint's engine: brushes with settings, and canvases of real paint."""
