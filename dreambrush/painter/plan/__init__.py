"""What is decided before and between laying paint: how much thought, in which order, with what hand."""
