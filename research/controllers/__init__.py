"""Controllers that were tried, and what trains and measures them inside the dream and on the real canvas."""
