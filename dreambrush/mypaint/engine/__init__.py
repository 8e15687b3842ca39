"""libmypaint's engine: brushes with settings, canvases of real paint."""
