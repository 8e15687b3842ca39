"""OpenRaster files: read without trust, written as MyPaint writes them."""
