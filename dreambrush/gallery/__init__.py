"""Pages that explain paintings: one HTML file each, without server, network or anything outside of the file."""
