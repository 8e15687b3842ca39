"""What was tried on the way to the painter, and is not part of it.  Nothing in ``dreambrush`` imports this.

Run its programs from the root of the repository, as ``python -m research.dreams.compare``.  ``notebook.md`` says what
came of them.
"""
