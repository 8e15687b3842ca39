"""The artist's pictures, colours and films."""
