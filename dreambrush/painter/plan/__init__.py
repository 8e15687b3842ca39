"""Plans: how much is thought, with what hand strokes are laid, and in which order."""
