"""``dreambrush inspect``: what an .ora holds, and how it is told."""
