"""Where strokes might go: windows of error, strokes proposed in them, and what each would gain."""
