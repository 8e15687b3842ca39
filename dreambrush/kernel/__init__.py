"""What is compiled for speed alone: the dream at points, and what paint does to cells.  Painting works without it."""
