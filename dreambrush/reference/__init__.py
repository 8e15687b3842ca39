"""References: works of others, or of the artist, whose manner is learned."""
