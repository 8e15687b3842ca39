"""References: paintings by others, and what is read from them."""
