"""``dreambrush bench``: paintings and few-stroke pictures, measured on this machine."""
