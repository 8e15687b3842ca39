"""``dreambrush train``: teaches dreambrush what a brush does."""
