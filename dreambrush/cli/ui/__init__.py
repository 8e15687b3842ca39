"""What a command shows while it works: progress, time left, a preview in the terminal."""
