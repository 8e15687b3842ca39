"""What a painting was made of, and painting it again."""
