"""Painting a recipe again, and finding what the artist has changed since."""
