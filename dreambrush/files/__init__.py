"""Files that appear whole or not at all, and text that may come from a stranger."""
