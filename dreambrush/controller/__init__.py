"""Controllers: windows in, proposals out."""
