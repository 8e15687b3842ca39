"""The real painting software: libmypaint's engine, brush files, OpenRaster files, exact blending."""
