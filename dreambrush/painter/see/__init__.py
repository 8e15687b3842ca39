"""What is painted: the picture, what lies under the paint, where people look, which way the form runs."""
