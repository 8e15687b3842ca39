"""MyPaint's folders of brushes, and our brushes in them."""
