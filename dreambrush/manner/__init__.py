"""The manner of a painting: what is measured of a painter's hand, as distributions."""
