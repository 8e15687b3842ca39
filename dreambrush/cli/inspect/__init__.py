"""``dreambrush inspect``: reads an .ora and reports what it holds."""
