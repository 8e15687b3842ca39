"""Films, painted drawing by drawing: strokes live on from one to the next."""
